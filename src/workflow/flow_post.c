#include "workflow/flow_post.h"

#include "core/id.h"
#include "store/rows.h"

#define COLUMNS "id, state, kind, name, tag, flow, wait, sender, actor, put_at, body, reason"

const char *const flow_post_kinds[] = {
    [FLOW_POST_MESSAGE] = "message", [FLOW_POST_SIGNAL] = "signal", [FLOW_POST_BEGIN] = "begin",
    [FLOW_POST_DONE] = "done",       [FLOW_POST_ERROR] = "error",   [FLOW_POST_BROKEN] = "broken",
    [FLOW_POST_CANCEL] = "cancel",   [FLOW_POST_GO] = "go",
};

static enum flow_post_kind kind_of(struct str name)
{
    for (int i = 0; i < (int)ARRAY_LEN(flow_post_kinds); i++)
        if (str_equal(str_from_z(flow_post_kinds[i]), name))
            return (enum flow_post_kind)i;
    return FLOW_POST_GO;
}

bool flow_post_put(struct tx *tx, struct flow_post *post, struct err *err)
{
    if (post->id == 0)
        post->id = id_next(post->put_at);
    return store_exec(tx,
                      "INSERT INTO flow_post (tenant, " COLUMNS ")"
                      " VALUES ($1, $2, 'waiting', $3, $4, $5, $6, $7, $8, $9, $10, $11, '')",
                      ARGS(INT(tx->tenant), INT(post->id),
                           TEXT(str_from_z(flow_post_kinds[post->kind])), TEXT(post->name),
                           TEXT(post->tag), INT(post->flow), INT(post->wait), INT(post->sender),
                           INT(post->actor), INT(post->put_at), TEXT(post->body)),
                      err) ||
           err_while(err, "putting a post");
}

static struct flow_post read_row(const struct rows *rows, size_t row)
{
    return (struct flow_post){
        .id = rows_int(rows, row, 0),
        .is_kept = str_equal(rows_text(rows, row, 1), STR("kept")),
        .kind = kind_of(rows_text(rows, row, 2)),
        .name = rows_text(rows, row, 3),
        .tag = rows_text(rows, row, 4),
        .flow = rows_int(rows, row, 5),
        .wait = (int)rows_int(rows, row, 6),
        .sender = rows_int(rows, row, 7),
        .actor = rows_int(rows, row, 8),
        .put_at = rows_int(rows, row, 9),
        .body = rows_text(rows, row, 10),
        .reason = rows_text(rows, row, 11),
    };
}

static void read_rows(struct arena *arena, const struct rows *rows, struct flow_post **posts,
                      size_t *count)
{
    *posts = ARENA_ARRAY(arena, struct flow_post, rows->count);
    *count = rows->count;
    for (size_t i = 0; i < rows->count; i++)
        (*posts)[i] = read_row(rows, i);
}

bool flow_post_get(struct tx *tx, struct arena *arena, int64_t id, struct flow_post *post,
                   struct err *err)
{
    struct rows rows;

    if (!store_query(tx, arena, &rows,
                     "SELECT " COLUMNS " FROM flow_post WHERE tenant = $1 AND id = $2",
                     ARGS(INT(tx->tenant), INT(id)), err))
        return false;
    if (rows.count == 0)
        return err_set(err, ERR_ABSENT, "there is no such message any more");
    *post = read_row(&rows, 0);
    return true;
}

bool flow_post_list(struct tx *tx, struct arena *arena, int limit, struct flow_post **posts,
                    size_t *count, struct err *err)
{
    struct rows rows;

    if (!store_query(tx, arena, &rows,
                     "SELECT " COLUMNS " FROM flow_post WHERE tenant = $1 AND state = 'waiting'"
                     " ORDER BY id LIMIT $2",
                     ARGS(INT(tx->tenant), INT(limit)), err))
        return false;
    read_rows(arena, &rows, posts, count);
    return true;
}

bool flow_post_list_kept(struct tx *tx, struct arena *arena, int64_t after,
                         struct flow_post **posts, size_t *count, struct err *err)
{
    struct rows rows;

    if (!store_query(tx, arena, &rows,
                     "SELECT " COLUMNS " FROM flow_post WHERE tenant = $1 AND state = 'kept'"
                     " AND id < $2 ORDER BY id DESC LIMIT $3",
                     ARGS(INT(tx->tenant), INT(after > 0 ? after : INT64_MAX), INT(FLOW_POST_PAGE)),
                     err))
        return false;
    read_rows(arena, &rows, posts, count);
    return true;
}

bool flow_post_take(struct tx *tx, int64_t id, bool *was_there, struct err *err)
{
    int64_t changed = 0;

    if (!store_change(tx, "DELETE FROM flow_post WHERE tenant = $1 AND id = $2",
                      ARGS(INT(tx->tenant), INT(id)), &changed, err))
        return false;
    *was_there = changed > 0;
    return true;
}

bool flow_post_keep(struct tx *tx, int64_t id, struct str reason, struct err *err)
{
    return store_exec(tx,
                      "UPDATE flow_post SET state = 'kept', reason = $3"
                      " WHERE tenant = $1 AND id = $2",
                      ARGS(INT(tx->tenant), INT(id), TEXT(reason)), err);
}

bool flow_post_keep_unheard(struct tx *tx, int64_t id, struct str reason, bool *is_kept,
                            struct err *err)
{
    int64_t changed = 0;

    if (!store_change(tx,
                      "UPDATE flow_post SET state = 'kept', reason = $3"
                      " WHERE tenant = $1 AND id = $2 AND NOT EXISTS"
                      " (SELECT 1 FROM flow_wait w WHERE w.tenant = $1 AND w.kind = 'message'"
                      "  AND w.name = flow_post.name AND w.tag IN (flow_post.tag, ''))",
                      ARGS(INT(tx->tenant), INT(id), TEXT(reason)), &changed, err))
        return false;
    *is_kept = changed > 0;
    return true;
}

bool flow_post_revive(struct tx *tx, struct str name, struct str tag, int64_t *count,
                      struct err *err)
{
    return store_change(tx,
                        "UPDATE flow_post SET state = 'waiting', flow = 0, reason = ''"
                        " WHERE tenant = $1 AND state = 'kept' AND kind = 'message'"
                        " AND name = $2 AND tag = $3",
                        ARGS(INT(tx->tenant), TEXT(name), TEXT(tag)), count, err);
}

#include "registry/attachment_collect.h"

#include <string.h>

#include "core/file.h"
#include "core/file_draft.h"
#include "store/rows.h"

enum {
    HEX_LEN = 64,
};

struct collecting {
    struct tenant *tenant;
    struct arena *arena; /* of one name */
    struct str name;
    int64_t now;
    int64_t count;
    bool is_named;
};

static bool is_hex(struct str name)
{
    for (size_t i = 0; i < name.len; i++)
        if (name.ptr[i] == '\0' || strchr("0123456789abcdef", name.ptr[i]) == NULL)
            return false;
    return name.len == HEX_LEN;
}

/* A copy that was never finished: ours, or an import's. */
static bool is_part(struct str name)
{
    return str_starts(name, STR(FILE_DRAFT_MARK)) || str_starts(name, STR("upload-"));
}

/* An import's options, and applications that are being filled in, are JSON with digests in it. */
static bool ask_named(struct tx *tx, struct collecting *collecting, struct err *err)
{
    struct rows rows;

    if (!store_query(tx, collecting->arena, &rows,
                     "SELECT 1 FROM attachment WHERE tenant = $1 AND digest = $2 LIMIT 1",
                     ARGS(INT(tx->tenant), TEXT(collecting->name)), err))
        return false;
    collecting->is_named = rows.count > 0;
    if (collecting->is_named)
        return true;
    if (!store_query(tx, collecting->arena, &rows,
                     "SELECT 1 FROM application WHERE tenant = $1 AND body LIKE '%' || $2 || '%'"
                     " LIMIT 1",
                     ARGS(INT(tx->tenant), TEXT(collecting->name)), err))
        return false;
    collecting->is_named = rows.count > 0;
    if (collecting->is_named)
        return true;
    if (!store_query(tx, collecting->arena, &rows,
                     "SELECT 1 FROM import WHERE tenant = $1 AND options LIKE '%' || $2 || '%'"
                     " LIMIT 1",
                     ARGS(INT(tx->tenant), TEXT(collecting->name)), err))
        return false;
    collecting->is_named = rows.count > 0;
    return true;
}

/*
 * In the writer: whoever is about to name these bytes comes before, and is seen here, or
 * after, and finds them gone (attachment_put).
 */
static bool remove_unnamed(struct tx *tx, void *data, struct err *err)
{
    struct collecting *collecting = data;
    struct str path =
        file_join(collecting->arena, tenant_folder(collecting->tenant), collecting->name);

    return ask_named(tx, collecting, err) &&
           (collecting->is_named || !file_exists(path) || file_remove(path, err));
}

static bool is_orphan(struct collecting *collecting, bool *answer, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};

    if (!tx_read(&tx, collecting->tenant, err) || !ask_named(&tx, collecting, err))
        return false;
    *answer = !collecting->is_named;
    return true;
}

static bool look_at(void *data, struct str name, int64_t at, struct err *err)
{
    struct collecting *collecting = data;
    bool answer = true;

    if (at > collecting->now - ATTACHMENT_ORPHAN_MS || !(is_hex(name) || is_part(name)))
        return true;

    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    collecting->arena = arena;
    collecting->name = name;
    if (is_hex(name) && !is_orphan(collecting, &answer, err))
        return false;
    if (!answer)
        return true;
    if (!tenant_write_wait(collecting->tenant, remove_unnamed, collecting, err))
        return false;
    if (!collecting->is_named)
        collecting->count++;
    return true;
}

bool attachment_collect(struct tenant *tenant, int64_t now, int64_t *count, struct err *err)
{
    struct collecting collecting = {.tenant = tenant, .now = now};
    struct str folder = tenant_folder(tenant);

    if (file_is_folder(folder) && !file_each(folder, look_at, &collecting, err))
        return false;
    *count = collecting.count;
    return true;
}

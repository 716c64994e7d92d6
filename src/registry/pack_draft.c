#include "registry/pack_draft.h"

#include "auth/journal.h"
#include "core/utf8.h"
#include "sign/digest.h"
#include "store/rows.h"

#include <string.h>

static const struct {
    struct str folder, ending;
} PLACES[] = {
    {STR_INIT("decisions/"), STR_INIT(".dmn")},  {STR_INIT("forms/"), STR_INIT(".json")},
    {STR_INIT("i18n/"), STR_INIT(".po")},        {STR_INIT("messages/"), STR_INIT(".mustache")},
    {STR_INIT("processes/"), STR_INIT(".bpmn")}, {STR_INIT("services/"), STR_INIT(".json")},
    {STR_INIT("tests/"), STR_INIT(".case")},
};

bool pack_draft_takes(struct str path)
{
    for (size_t i = 0; i < ARRAY_LEN(PLACES); i++) {
        struct str name = str_slice(path, PLACES[i].folder.len, path.len);

        if (str_starts(path, PLACES[i].folder) && str_ends(name, PLACES[i].ending) &&
            name.len > PLACES[i].ending.len && str_find_char(name, '/') == name.len)
            return pack_path_is_valid(path);
    }
    return false;
}

struct str pack_draft_digest(struct arena *arena, const struct pack_file *file)
{
    struct buf text = {.arena = arena};

    if (file == NULL)
        return STR("");
    struct digest digest = digest_of(file->bytes);
    digest_print(&text, &digest);
    return buf_str(&text);
}

static struct pack_draft read_row(const struct rows *rows, size_t i, struct str pack)
{
    return (struct pack_draft){
        .pack = pack,
        .path = rows_text(rows, i, 0),
        .revision = rows_int(rows, i, 1),
        .at = rows_int(rows, i, 2),
        .actor = rows_int(rows, i, 3),
        .base = rows_text(rows, i, 4),
        .is_gone = rows_int(rows, i, 5) != 0,
        .body = rows_text(rows, i, 6).len > 0 ? rows_text(rows, i, 6) : STR(""),
    };
}

bool pack_draft_get(struct tx *tx, struct arena *arena, struct pack_draft *draft, bool *found,
                    struct err *err)
{
    struct rows rows;

    if (!store_query(tx, arena, &rows,
                     "SELECT path, revision, at, actor, base, is_gone, body FROM pack_file"
                     " WHERE tenant = $1 AND pack = $2 AND version = '' AND path = $3",
                     ARGS(INT(tx->tenant), TEXT(draft->pack), TEXT(draft->path)), err))
        return false;
    *found = rows.count > 0;
    if (*found)
        *draft = read_row(&rows, 0, draft->pack);
    return true;
}

bool pack_draft_list(struct tx *tx, struct arena *arena, struct str pack,
                     struct pack_draft **drafts, size_t *count, struct err *err)
{
    struct rows rows;

    if (!store_query(tx, arena, &rows,
                     "SELECT path, revision, at, actor, base, is_gone, body FROM pack_file"
                     " WHERE tenant = $1 AND pack = $2 AND version = '' AND path <> ''"
                     " ORDER BY path",
                     ARGS(INT(tx->tenant), TEXT(pack)), err))
        return false;
    *drafts = ARENA_ARRAY(arena, struct pack_draft, rows.count + 1);
    *count = rows.count;
    for (size_t i = 0; i < rows.count; i++)
        (*drafts)[i] = read_row(&rows, i, pack);
    return true;
}

/* The present revision: 0 when there is none; *total of the pack. */
static bool read_present(struct tx *tx, const struct pack_draft *draft, int64_t *revision,
                         int64_t *total, struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct rows rows;

    *revision = 0;
    if (!store_query(tx, scratch, &rows,
                     "SELECT path, revision FROM pack_file WHERE tenant = $1 AND pack = $2"
                     " AND version = '' AND path <> ''",
                     ARGS(INT(tx->tenant), TEXT(draft->pack)), err))
        return false;
    *total = (int64_t)rows.count;
    for (size_t i = 0; i < rows.count; i++)
        if (str_equal(rows_text(&rows, i, 0), draft->path))
            *revision = rows_int(&rows, i, 1);
    return true;
}

static bool note(struct tx *tx, const struct pack_draft *draft, const char *action,
                 int64_t *revision, struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct journal_entry entry = {
        .at = draft->at,
        .actor = draft->actor,
        .action = str_from_z(action),
        .detail = str_printf(scratch, "{\"pack\":\"%.*s\",\"path\":\"%.*s\"}", STR_ARG(draft->pack),
                             STR_ARG(draft->path)),
    };

    if (!journal_add(tx, &entry, err))
        return false;
    *revision = entry.seq;
    return true;
}

static bool check_draft(const struct pack_draft *draft, struct err *err)
{
    if (!pack_draft_takes(draft->path))
        return err_set(err, ERR_INPUT,
                       "only processes, decisions, forms, texts and cases of a pack are changed "
                       "here");
    if (draft->body.len > PACK_DRAFT_BYTES_MAX)
        return err_set(err, ERR_LIMIT, "a file has at most %d kB", PACK_DRAFT_BYTES_MAX >> 10);
    if (!utf8_is_valid(draft->body) || str_find_char(draft->body, '\0') < draft->body.len)
        return err_set(err, ERR_INPUT, "the file is not a text in UTF-8");
    return true;
}

bool pack_draft_put(struct tx *tx, struct pack_draft *draft, struct err *err)
{
    int64_t present, total, revision;

    if (!check_draft(draft, err) || !read_present(tx, draft, &present, &total, err))
        return false;
    if (present != draft->revision)
        return err_set(err, ERR_CONFLICT, "somebody else has changed this draft meanwhile");
    if (present == 0 && total >= PACK_DRAFT_FILES_MAX)
        return err_set(err, ERR_LIMIT, "a pack has at most %d drafts", PACK_DRAFT_FILES_MAX);
    if (!note(tx, draft, "pack.draft", &revision, err) ||
        !store_exec(tx,
                    "INSERT INTO pack_file (tenant, pack, version, path, revision, at, actor,"
                    " base, is_gone, body) VALUES ($1, $2, '', $3, $4, $5, $6, $7, $8, $9)"
                    " ON CONFLICT (tenant, pack, version, path) DO UPDATE SET"
                    " revision = excluded.revision, at = excluded.at, actor = excluded.actor,"
                    " base = excluded.base, is_gone = excluded.is_gone, body = excluded.body",
                    ARGS(INT(tx->tenant), TEXT(draft->pack), TEXT(draft->path), INT(revision),
                         INT(draft->at), INT(draft->actor), TEXT(draft->base), INT(draft->is_gone),
                         TEXT(draft->body)),
                    err))
        return false;
    draft->revision = revision;
    return true;
}

bool pack_draft_drop(struct tx *tx, const struct pack_draft *draft, struct err *err)
{
    int64_t present, total, revision;

    if (!read_present(tx, draft, &present, &total, err))
        return false;
    if (present == 0)
        return err_set(err, ERR_ABSENT, "there is no draft of this file");
    if (present != draft->revision)
        return err_set(err, ERR_CONFLICT, "somebody else has changed this draft meanwhile");
    return note(tx, draft, "pack.draft.drop", &revision, err) &&
           store_exec(tx,
                      "DELETE FROM pack_file WHERE tenant = $1 AND pack = $2 AND version = ''"
                      " AND path = $3",
                      ARGS(INT(tx->tenant), TEXT(draft->pack), TEXT(draft->path)), err);
}

static bool merge(struct arena *arena, struct pack_draft_sum *sum, struct err *err)
{
    struct pack_file *changes = ARENA_ARRAY(arena, struct pack_file, sum->count + 1);
    struct pack *pack;

    for (size_t i = 0; i < sum->count; i++) {
        const struct pack_draft *draft = &sum->drafts[i];
        struct str base = pack_draft_digest(arena, pack_file_find(sum->live, draft->path));

        if (sum->stale.len == 0 && !str_equal(base, draft->base))
            sum->stale = draft->path;
        changes[i].path = draft->path;
        if (!draft->is_gone)
            changes[i].bytes = draft->body;
    }
    if (!pack_merge(arena, sum->live, changes, sum->count, &pack, err))
        return false;
    sum->pack = pack;
    return true;
}

bool pack_draft_gather(struct tx *tx, struct arena *arena, const struct catalog *catalog,
                       struct str pack, struct pack_draft_sum *sum, struct err *err)
{
    *sum = (struct pack_draft_sum){.live = pack_set_find(&catalog->model->packs, pack)};
    if (sum->live == NULL)
        return err_set(err, ERR_ABSENT, "there is no such pack");
    return pack_draft_list(tx, arena, sum->live->id, &sum->drafts, &sum->count, err) &&
           merge(arena, sum, err);
}

bool pack_draft_verdict(struct tx *tx, struct arena *arena, struct str pack, struct str *verdict,
                        struct err *err)
{
    struct rows rows;

    if (!store_query(tx, arena, &rows,
                     "SELECT body FROM pack_file WHERE tenant = $1 AND pack = $2 AND version = ''"
                     " AND path = ''",
                     ARGS(INT(tx->tenant), TEXT(pack)), err))
        return false;
    *verdict = rows.count > 0 ? rows_text(&rows, 0, 0) : (struct str){0};
    return true;
}

bool pack_draft_judge(struct tx *tx, struct str pack, struct str verdict, int64_t now,
                      struct err *err)
{
    return store_exec(tx,
                      "INSERT INTO pack_file (tenant, pack, version, path, revision, at, actor,"
                      " base, is_gone, body) VALUES ($1, $2, '', '', 0, $3, 0, '', 0, $4)"
                      " ON CONFLICT (tenant, pack, version, path) DO UPDATE SET"
                      " at = excluded.at, body = excluded.body",
                      ARGS(INT(tx->tenant), TEXT(pack), INT(now), TEXT(verdict)), err);
}

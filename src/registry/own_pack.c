#include "registry/own_pack.h"

#include "core/log.h"
#include "core/vec.h"
#include "store/rows.h"

static struct str body_of(const struct rows *rows, size_t row, size_t is_gone, size_t body)
{
    struct str text = rows_text(rows, row, body);

    if (rows_int(rows, row, is_gone) != 0)
        return (struct str){0};
    return text.ptr != NULL ? text : STR("");
}

bool own_pack_changes(struct tx *tx, struct arena *arena, struct model_wish which,
                      struct pack_file **changes, size_t *count, struct err *err)
{
    struct rows rows;

    *count = 0;
    *changes = NULL;
    if (pack_own_no(which.version) == 0)
        return true;
    if (!store_query(tx, arena, &rows,
                     "SELECT path, is_gone, body FROM pack_file WHERE tenant = $1 AND pack = $2"
                     " AND version = $3 AND path <> '' ORDER BY path",
                     ARGS(INT(tx->tenant), TEXT(which.id), TEXT(which.version)), err))
        return false;
    *changes = ARENA_ARRAY(arena, struct pack_file, rows.count + 1);
    for (size_t i = 0; i < rows.count; i++)
        (*changes)[i] = (struct pack_file){rows_text(&rows, i, 0), body_of(&rows, i, 1, 2)};
    *count = rows.count;
    return true;
}

/* Its name tells its contents, so no other municipality's can be given out for it. */
static bool is_whole(struct arena *arena, struct str version, struct pack_file *changes,
                     size_t count)
{
    return str_equal(version, pack_own_version(arena, pack_shipped_version(version),
                                               pack_own_no(version), changes, count));
}

static bool load_one(struct tx *tx, struct arena *scratch, struct model_library *library,
                     struct str id, struct str version, struct err *err)
{
    struct model_own own = {.version = version};
    struct pack_file *changes;
    const struct pack *base;
    struct err absent;

    if (model_library_has(library, id, version))
        return true;
    if (!model_library_pack(library, id, pack_shipped_version(version), &base, &absent)) {
        LOG(LOG_WARN, "pack.own", {"pack", id}, {"version", version},
            {"reason", str_from_z(absent.text)});
        return true;
    }
    if (!own_pack_changes(tx, scratch, (struct model_wish){id, version}, &changes, &own.count, err))
        return false;
    if (!is_whole(scratch, version, changes, own.count))
        return err_set(err, ERR_BROKEN, "the own version %.*s of the pack %.*s is not what it was",
                       STR_ARG(version), STR_ARG(id));
    own.changes = changes;
    return model_library_add(library, base, &own, err);
}

bool own_pack_load(struct tx *tx, struct arena *scratch, struct model_library *library,
                   struct err *err)
{
    struct rows rows;

    if (!store_query(tx, scratch, &rows,
                     "SELECT pack, version FROM pack_file"
                     " WHERE tenant = $1 AND version <> '' AND path = ''",
                     ARGS(INT(tx->tenant)), err))
        return false;
    for (size_t i = 0; i < rows.count; i++)
        if (!load_one(tx, scratch, library, rows_text(&rows, i, 0), rows_text(&rows, i, 1), err))
            return false;
    return true;
}

static void add_paths(const struct rows *rows, struct arena *arena, struct own_pack *own)
{
    own->paths = ARENA_ARRAY(arena, struct str, rows->count + 1);
    for (size_t i = 0; i < rows->count; i++)
        if (str_equal(rows_text(rows, i, 0), own->version) && rows_text(rows, i, 1).len > 0)
            own->paths[own->path_count++] = rows_text(rows, i, 1);
}

bool own_pack_list(struct tx *tx, struct arena *arena, struct str pack, struct own_pack **list,
                   size_t *count, struct err *err)
{
    struct rows rows, heads;

    if (!store_query(tx, arena, &heads,
                     "SELECT version, at, actor, body FROM pack_file WHERE tenant = $1"
                     " AND pack = $2 AND version <> '' AND path = '' ORDER BY at DESC",
                     ARGS(INT(tx->tenant), TEXT(pack)), err) ||
        !store_query(tx, arena, &rows,
                     "SELECT version, path FROM pack_file WHERE tenant = $1 AND pack = $2"
                     " AND version <> '' ORDER BY version, path",
                     ARGS(INT(tx->tenant), TEXT(pack)), err))
        return false;
    *list = ARENA_ARRAY(arena, struct own_pack, heads.count + 1);
    *count = heads.count;
    for (size_t i = 0; i < heads.count; i++) {
        (*list)[i] = (struct own_pack){
            .pack = pack,
            .version = rows_text(&heads, i, 0),
            .at = rows_int(&heads, i, 1),
            .actor = rows_int(&heads, i, 2),
            .note = rows_text(&heads, i, 3),
        };
        add_paths(&rows, arena, &(*list)[i]);
    }
    return true;
}

bool own_pack_next(struct tx *tx, struct str pack, int64_t *no, struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct rows rows;

    if (!store_query(tx, scratch, &rows,
                     "SELECT version FROM pack_file WHERE tenant = $1 AND pack = $2"
                     " AND version <> '' AND path = ''",
                     ARGS(INT(tx->tenant), TEXT(pack)), err))
        return false;
    *no = 1;
    for (size_t i = 0; i < rows.count; i++)
        *no = MAX(*no, pack_own_no(rows_text(&rows, i, 0)) + 1);
    return true;
}

static bool put_row(struct tx *tx, const struct own_pack *own, const struct pack_file *file,
                    struct err *err)
{
    bool is_gone = file->bytes.ptr == NULL;

    return store_exec(tx,
                      "INSERT INTO pack_file (tenant, pack, version, path, revision, at, actor,"
                      " base, is_gone, body) VALUES ($1, $2, $3, $4, 0, $5, $6, '', $7, $8)"
                      " ON CONFLICT (tenant, pack, version, path) DO NOTHING",
                      ARGS(INT(tx->tenant), TEXT(own->pack), TEXT(own->version), TEXT(file->path),
                           INT(own->at), INT(own->actor), INT(is_gone),
                           TEXT(is_gone ? STR("") : file->bytes)),
                      err);
}

bool own_pack_put(struct tx *tx, const struct own_pack *own, const struct pack_file *changes,
                  size_t count, struct err *err)
{
    struct pack_file head = {STR(""), own->note.ptr != NULL ? own->note : STR("")};

    for (size_t i = 0; i < count; i++)
        if (!put_row(tx, own, &changes[i], err))
            return false;
    return put_row(tx, own, &head, err);
}

bool own_pack_old(struct tx *tx, struct arena *arena, struct str pack, struct str installed,
                  struct str *version, struct err *err)
{
    struct rows rows, flows;

    *version = (struct str){0};
    if (!store_query(tx, arena, &rows,
                     "SELECT version FROM pack_file WHERE tenant = $1 AND pack = $2"
                     " AND version <> '' AND path = '' ORDER BY at DESC",
                     ARGS(INT(tx->tenant), TEXT(pack)), err))
        return false;
    for (size_t i = rows.count; i-- > OWN_PACK_MAX && version->len == 0;) {
        struct str old = rows_text(&rows, i, 0);

        if (!store_query(tx, arena, &flows,
                         "SELECT id FROM flow WHERE tenant = $1 AND pack = $2 AND version = $3"
                         " LIMIT 1",
                         ARGS(INT(tx->tenant), TEXT(pack), TEXT(old)), err))
            return false;
        if (flows.count == 0 && !str_equal(old, installed))
            *version = old;
    }
    return true;
}

bool own_pack_drop(struct tx *tx, struct str pack, struct str version, struct err *err)
{
    return store_exec(tx,
                      "DELETE FROM pack_file WHERE tenant = $1 AND pack = $2 AND version = $3"
                      " AND version <> ''",
                      ARGS(INT(tx->tenant), TEXT(pack), TEXT(version)), err);
}

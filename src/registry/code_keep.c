#include "registry/code_keep.h"

#include "core/log.h"
#include "store/rows.h"

#include <stdatomic.h>

static bool find(struct store *store, struct arena *arena, struct str digest, struct rows *rows,
                 struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};

    return tx_read_node(&tx, store, err) &&
           store_query(&tx, arena, rows,
                       "SELECT codes FROM kept_list WHERE tenant = $1 AND digest = $2",
                       ARGS(INT(tx.tenant), TEXT(digest)), err);
}

struct keeping {
    const struct pack *pack;
    struct str codes;
};

static bool write(struct tx *tx, void *data, struct err *err)
{
    const struct keeping *keeping = data;

    return store_exec(tx,
                      "INSERT INTO kept_list (tenant, digest, pack, version, codes)"
                      " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (tenant, digest) DO NOTHING",
                      ARGS(INT(tx->tenant), TEXT(str_from_z(keeping->pack->digest)),
                           TEXT(keeping->pack->id), TEXT(keeping->pack->version),
                           TEXT(keeping->codes)),
                      err);
}

static bool keep(struct store *store, const struct pack *pack, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(16 * 1024);
    struct code_rows codes = {.arena = arena};
    struct keeping keeping = {.pack = pack};
    struct buf text = {.arena = arena};
    struct rows rows;

    if (!find(store, arena, str_from_z(pack->digest), &rows, err))
        return false;
    if (rows.count > 0)
        return true;
    if (!code_rows_read_pack(&codes, pack, err))
        return false;
    code_rows_merge(&codes);
    code_rows_print(&text, &codes);
    keeping.codes = buf_str(&text);
    return store_write_node(store, write, &keeping, err);
}

void code_keep_model(struct store *store, const struct model *model)
{
    struct err err;

    if (atomic_load(model->are_lists_kept))
        return;
    for (size_t i = 0; i < model->packs.count; i++)
        if (!keep(store, model->packs.packs[i], &err)) {
            LOG(LOG_WARN, "pack.unkept", {"pack", model->packs.packs[i]->id},
                {"reason", str_from_z(err.text)});
            return;
        }
    atomic_store(model->are_lists_kept, true);
}

bool code_keep_read(struct store *store, struct str digest, struct code_rows *rows, bool *is_known,
                    struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct rows found;

    if (!find(store, scratch, digest, &found, err))
        return false;
    *is_known = found.count > 0;
    return !*is_known || code_rows_parse(rows, rows_text(&found, 0, 0), err);
}

/* What an upgrade of a pack does to the codes a tenant has of its own. */
#include "core/vec.h"
#include "registry/code_keep.h"
#include "registry/code_lists.h"
#include "store/rows.h"

static bool take_away(struct tx *tx, const struct code_rows_item *row, struct err *err)
{
    return store_exec(
        tx,
        "DELETE FROM list_code WHERE tenant = $1 AND list = $2 AND code = $3"
        " AND valid_from = $4",
        ARGS(INT(tx->tenant), TEXT(row->list), TEXT(row->code.code), INT(row->code.valid_from)),
        err);
}

static bool has_stamp(struct tx *tx, struct arena *arena, bool *answer, struct err *err)
{
    struct rows rows;

    if (!store_query(tx, arena, &rows, "SELECT 1 FROM setting WHERE tenant = $1 AND name = $2",
                     ARGS(INT(tx->tenant), TEXT(STR(CODE_LISTS_STAMP))), err))
        return false;
    *answer = rows.count > 0;
    return true;
}

/* An upgrade on its way, all rows merged. */
struct turn {
    struct code_rows was; /* of the version before */
    struct code_rows own; /* the tenant's, of this pack's lists */
    struct code_rows now;
};

static bool read_was(struct tx *tx, const struct code_lists_upgrade *upgrade, struct turn *turn,
                     struct err *err)
{
    bool is_known, has_all = false;

    if (upgrade->was.len == 0)
        return true;
    if (!code_keep_read(tenant_store(tx->owner), upgrade->was, &turn->was, &is_known, err) ||
        (!is_known && !has_stamp(tx, upgrade->arena, &has_all, err)))
        return false;
    code_rows_merge(&turn->was);
    return is_known || has_all ||
           err_set(
               err, ERR_CONFLICT,
               "the version of the pack %.*s that is installed here has never been seen by this "
               "server, and codes of it may be in use: put it into the folder packs of the "
               "data directory and open the municipality once, then upgrade",
               STR_ARG(upgrade->pack->id));
}

static bool read_own(struct tx *tx, const struct code_lists_upgrade *upgrade, struct turn *turn,
                     struct err *err)
{
    struct code_rows all = {.arena = upgrade->arena};
    struct str prefix = str_printf(upgrade->arena, "%.*s.", STR_ARG(upgrade->pack->id));

    if (!code_rows_read_own(tx, &all, err))
        return false;
    for (size_t i = 0; i < all.count; i++)
        if (str_starts(all.items[i].list, prefix))
            VEC_PUSH(upgrade->arena, &turn->own, all.items[i]);
    code_rows_merge(&turn->own);
    return true;
}

/* What the version before had and this one has not is the tenant's from here on. */
static bool keep_left(struct tx *tx, const struct turn *turn, struct err *err)
{
    for (size_t i = 0; i < turn->was.count; i++) {
        const struct code_rows_item *row = &turn->was.items[i];

        if (code_rows_find(&turn->now, row) == NULL && code_rows_find(&turn->own, row) == NULL &&
            !code_lists_put(tx, row->list, &row->code, err))
            return false;
    }
    return true;
}

/* What the tenant put over a code of the version before is its own will; the rest was in want of
 * what this version has now. */
static bool drop_taken(struct tx *tx, const struct turn *turn, struct err *err)
{
    for (size_t i = 0; i < turn->own.count; i++) {
        const struct code_rows_item *row = &turn->own.items[i];
        const struct code_rows_item *was = code_rows_find(&turn->was, row);
        bool is_will = was != NULL && !code_rows_equal(was, row);

        if (!is_will && code_rows_find(&turn->now, row) != NULL && !take_away(tx, row, err))
            return false;
    }
    return true;
}

static void add_rows(struct code_rows *rows, const struct code_rows *more)
{
    for (size_t i = 0; i < more->count; i++)
        VEC_PUSH(rows->arena, rows, more->items[i]);
}

static bool is_renamed(const struct catalog_list *was, const struct catalog_list *now)
{
    for (size_t i = 0; i < now->count; i++) {
        const struct catalog_code *old = map_find(&was->by_code, now->codes[i].code);
        const struct catalog_code *latest = map_find(&now->by_code, now->codes[i].code);

        if (old != NULL && !str_equal(old->title[MODEL_RU], latest->title[MODEL_RU]))
            return true;
    }
    return false;
}

static bool find_renamed(struct tx *tx, struct code_lists_upgrade *upgrade, struct turn *turn,
                         struct err *err)
{
    struct map was = {.arena = upgrade->arena}, now = {.arena = upgrade->arena};
    struct str last = {0};

    add_rows(&turn->was, &turn->own);
    code_rows_lists(&turn->was, &was);
    turn->own.count = 0;
    if (!read_own(tx, upgrade, turn, err))
        return false;
    add_rows(&turn->now, &turn->own);
    code_rows_lists(&turn->now, &now);
    upgrade->renamed = ARENA_ARRAY(upgrade->arena, struct str, now.count + 1);
    for (size_t i = 0; i < turn->now.count; i++) {
        struct str list = turn->now.items[i].list;
        const struct catalog_list *before = map_find(&was, list);

        if (!str_equal(list, last) && before != NULL && is_renamed(before, map_find(&now, list)))
            upgrade->renamed[upgrade->renamed_count++] = list;
        last = list;
    }
    return true;
}

bool code_lists_upgrade(struct tx *tx, struct code_lists_upgrade *upgrade, struct err *err)
{
    struct arena *arena = upgrade->arena;
    struct turn turn = {{.arena = arena}, {.arena = arena}, {.arena = arena}};

    upgrade->renamed_count = 0;
    if (!read_was(tx, upgrade, &turn, err) || !read_own(tx, upgrade, &turn, err))
        return false;
    if (turn.was.count == 0 && turn.own.count == 0)
        return true;
    if (!code_rows_read_pack(&turn.now, upgrade->pack, err))
        return false;
    code_rows_merge(&turn.now);
    return keep_left(tx, &turn, err) && drop_taken(tx, &turn, err) &&
           find_renamed(tx, upgrade, &turn, err);
}

bool code_lists_thin(struct tx *tx, struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct code_rows own = {.arena = scratch}, said = {.arena = scratch};
    bool is_needed, are_known = true;
    struct rows packs;

    if (!has_stamp(tx, scratch, &is_needed, err))
        return false;
    if (!is_needed)
        return true;
    if (!code_rows_read_own(tx, &own, err) ||
        !store_query(tx, scratch, &packs, "SELECT digest FROM pack WHERE tenant = $1",
                     ARGS(INT(tx->tenant)), err))
        return false;
    for (size_t i = 0; i < packs.count; i++) {
        bool is_known;

        if (!code_keep_read(tenant_store(tx->owner), rows_text(&packs, i, 0), &said, &is_known,
                            err))
            return false;
        are_known = are_known && is_known;
    }
    code_rows_merge(&said);
    for (size_t i = 0; i < own.count; i++) {
        const struct code_rows_item *same = code_rows_find(&said, &own.items[i]);

        if (same != NULL && code_rows_equal(same, &own.items[i]) &&
            !take_away(tx, &own.items[i], err))
            return false;
    }
    return !are_known || store_exec(tx, "DELETE FROM setting WHERE tenant = $1 AND name = $2",
                                    ARGS(INT(tx->tenant), TEXT(STR(CODE_LISTS_STAMP))), err);
}

#include "core/arena.h"
#include "pack/pack.h"

#include <stdlib.h>

struct ordering {
    const struct pack *const *packs; /* sorted by id */
    size_t count;
    char *marks; /* of packs: 0 not seen, 1 being placed, 2 placed */
    struct pack_set *set;
};

const struct pack *pack_set_find(const struct pack_set *set, struct str id)
{
    for (size_t i = 0; i < set->count; i++)
        if (str_equal(set->packs[i]->id, id))
            return set->packs[i];
    return NULL;
}

static int by_id(const void *a, const void *b)
{
    return str_compare((*(const struct pack *const *)a)->id, (*(const struct pack *const *)b)->id);
}

static bool find_required(const struct ordering *ordering, const struct pack *pack,
                          const struct json *want, size_t *at, struct err *err)
{
    struct str range = json_text(want);

    for (size_t i = 0; i < ordering->count; i++) {
        const struct pack *there = ordering->packs[i];

        if (!str_equal(there->id, want->name))
            continue;
        if (!pack_version_fits(there->version, range))
            return err_set(err, ERR_INPUT, "pack %.*s requires %.*s %.*s, there is %.*s",
                           STR_ARG(pack->id), STR_ARG(want->name), STR_ARG(range),
                           STR_ARG(there->version));
        *at = i;
        return true;
    }
    return err_set(err, ERR_INPUT, "pack %.*s requires %.*s %.*s, which is not installed",
                   STR_ARG(pack->id), STR_ARG(want->name), STR_ARG(range));
}

/* Recursion is bounded by the number of packs, since each is entered once. */
static bool place(struct ordering *ordering, size_t at, struct err *err)
{
    const struct pack *pack = ordering->packs[at];
    const struct json *requires = json_find(pack->manifest, STR("requires"));

    if (ordering->marks[at] == 2)
        return true;
    if (ordering->marks[at] == 1)
        return err_set(err, ERR_INPUT, "pack %.*s requires itself in a circle", STR_ARG(pack->id));
    ordering->marks[at] = 1;
    if (requires != NULL && requires->kind == JSON_OBJECT)
        for (const struct json *want = requires->first; want != NULL; want = want->next) {
            size_t first;

            if (!find_required(ordering, pack, want, &first, err) || !place(ordering, first, err))
                return false;
        }
    ordering->marks[at] = 2;
    ordering->set->packs[ordering->set->count++] = pack;
    return true;
}

bool pack_order(struct arena *arena, const struct pack *const *packs, size_t count,
                struct pack_set *set, struct err *err)
{
    const struct pack **sorted = ARENA_ARRAY(arena, const struct pack *, count);
    struct pack_set made = {.packs = ARENA_ARRAY(arena, const struct pack *, count)};
    struct ordering ordering = {sorted, count, ARENA_ARRAY(arena, char, count), &made};

    for (size_t i = 0; i < count; i++)
        sorted[i] = packs[i];
    if (count > 0)
        qsort(sorted, count, sizeof(const struct pack *), by_id);
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && str_equal(sorted[i]->id, sorted[i - 1]->id))
            return err_set(err, ERR_INPUT, "pack %.*s is there twice", STR_ARG(sorted[i]->id));
        if (!place(&ordering, i, err))
            return false;
    }
    *set = made;
    return true;
}

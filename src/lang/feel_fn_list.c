/* Lists. */
#include "core/arena.h"
#include "core/vec.h"
#include "lang/feel_arg.h"
#include "lang/feel_builtin.h"

/* A list being made. */
struct items {
    const struct feel_value **items;
    size_t count, cap;
};

static const struct feel_value *list_value(struct feel_run *run, const struct feel_value **items,
                                           size_t count)
{
    return feel_value_list(run->arena, items, count);
}

static bool is_in(struct feel_run *run, const struct feel_value *value,
                  const struct feel_value *const *items, size_t count)
{
    if (!feel_run_step(run, 1 + (int64_t)count / 8))
        return false;
    for (size_t i = 0; i < count; i++)
        if (feel_value_equal(value, items[i]) == 1)
            return true;
    return false;
}

static const struct feel_value *fn_contains(struct feel_run *run,
                                            const struct feel_value *const *arguments, size_t count)
{
    struct feel_list list;

    (void)count;
    if (!feel_arg_list(run, arguments[0], &list))
        return &feel_null;
    return feel_value_boolean(is_in(run, arguments[1], list.items, list.count));
}

static const struct feel_value *fn_count(struct feel_run *run,
                                         const struct feel_value *const *arguments, size_t count)
{
    struct feel_list list;

    (void)count;
    if (!feel_arg_list(run, arguments[0], &list))
        return &feel_null;
    return feel_value_int(run->arena, (int64_t)list.count);
}

/* The place in a list, from 0; a place below 0 counts from the end. */
static bool place_in(struct feel_run *run, const struct feel_value *value, size_t count,
                     int64_t *place)
{
    struct feel_number number;

    if (!feel_arg_number(run, value, &number))
        return false;
    if (!feel_number_int(number, place)) {
        (void)feel_run_null(run, "a place is a whole number");
        return false;
    }
    if (*place < 0)
        *place += (int64_t)count + 1;
    (*place)--;
    if (*place >= 0 && *place < (int64_t)count)
        return true;
    (void)feel_run_null(run, "the list has no such place");
    return false;
}

static const struct feel_value *fn_sublist(struct feel_run *run,
                                           const struct feel_value *const *arguments, size_t count)
{
    struct feel_list list;
    int64_t start, length;

    if (!feel_arg_list(run, arguments[0], &list) ||
        !place_in(run, arguments[1], list.count, &start))
        return &feel_null;
    length = (int64_t)list.count - start;
    if (count > 2 && arguments[2]->kind != FEEL_NULL) {
        int64_t wanted;
        if (!feel_arg_int(run, arguments[2], &wanted))
            return &feel_null;
        if (wanted < 1 || wanted > length)
            return feel_run_null(run, "the list has no such part");
        length = wanted;
    }
    return list_value(run, list.items + start, (size_t)length);
}

static const struct feel_value **copy(struct feel_run *run, const struct feel_list *list,
                                      size_t more)
{
    const struct feel_value **items =
        ARENA_ARRAY(run->arena, const struct feel_value *, list->count + more);

    if (list->count > 0)
        memcpy(items, list->items, list->count * sizeof *items);
    (void)feel_run_step(run, (int64_t)(list->count + more) / 8);
    return items;
}

static const struct feel_value *fn_append(struct feel_run *run,
                                          const struct feel_value *const *arguments, size_t count)
{
    struct feel_list list;
    const struct feel_value **items;

    if (!feel_arg_list(run, arguments[0], &list))
        return &feel_null;
    items = copy(run, &list, count);
    memcpy(items + list.count, arguments + 1, (count - 1) * sizeof *items);
    return list_value(run, items, list.count + count - 1);
}

static const struct feel_value *
fn_concatenate(struct feel_run *run, const struct feel_value *const *arguments, size_t count)
{
    struct items all = {0};
    struct feel_list list;

    for (size_t i = 0; i < count; i++) {
        if (!feel_arg_list(run, arguments[i], &list) ||
            !feel_run_step(run, (int64_t)list.count / 8))
            return &feel_null;
        for (size_t j = 0; j < list.count; j++)
            VEC_PUSH(run->arena, &all, list.items[j]);
    }
    return list_value(run, all.items, all.count);
}

static bool list_and_place(struct feel_run *run, const struct feel_value *const *arguments,
                           struct feel_list *list, int64_t *place)
{
    return feel_arg_list(run, arguments[0], list) &&
           place_in(run, arguments[1], list->count, place);
}

static const struct feel_value *fn_insert(struct feel_run *run,
                                          const struct feel_value *const *arguments, size_t count)
{
    struct feel_list list;
    const struct feel_value **items;
    int64_t place;

    (void)count;
    if (!list_and_place(run, arguments, &list, &place))
        return &feel_null;
    items = copy(run, &list, 1);
    memmove(items + place + 1, items + place, (list.count - (size_t)place) * sizeof *items);
    items[place] = arguments[2];
    return list_value(run, items, list.count + 1);
}

static const struct feel_value *fn_remove(struct feel_run *run,
                                          const struct feel_value *const *arguments, size_t count)
{
    struct feel_list list;
    const struct feel_value **items;
    int64_t place;

    (void)count;
    if (!list_and_place(run, arguments, &list, &place))
        return &feel_null;
    items = copy(run, &list, 0);
    memmove(items + place, items + place + 1, (list.count - (size_t)place - 1) * sizeof *items);
    return list_value(run, items, list.count - 1);
}

/* Does the function say that the item is to be replaced? */
static bool is_chosen(struct feel_run *run, const struct feel_value *match,
                      const struct feel_value *item, const struct feel_value *by, bool *chosen)
{
    const struct feel_value *both[] = {item, by}, *result;

    result = feel_call(run, match->function, both, 2);
    if (result->kind != FEEL_BOOLEAN) {
        (void)feel_run_null(run, "the function says neither true nor false");
        return false;
    }
    *chosen = result->boolean;
    return true;
}

static const struct feel_value *fn_replace(struct feel_run *run,
                                           const struct feel_value *const *arguments, size_t count)
{
    const struct feel_value *match = feel_arg_single(arguments[1]);
    const struct feel_value **items;
    struct feel_list list;
    int64_t place;

    (void)count;
    if (!feel_arg_list(run, arguments[0], &list))
        return &feel_null;
    items = copy(run, &list, 0);
    if (match->kind != FEEL_FUNCTION) {
        if (!place_in(run, match, list.count, &place))
            return &feel_null;
        items[place] = arguments[2];
        return list_value(run, items, list.count);
    }
    if (!match->function->is_variadic && match->function->formal_count != 2)
        return feel_run_null(run, "the function takes the item and the new one");
    for (size_t i = 0; i < list.count; i++) {
        bool chosen;
        if (!is_chosen(run, match, items[i], arguments[2], &chosen))
            return &feel_null;
        if (chosen)
            items[i] = arguments[2];
    }
    return list_value(run, items, list.count);
}

static const struct feel_value *fn_reverse(struct feel_run *run,
                                           const struct feel_value *const *arguments, size_t count)
{
    struct feel_list list;
    const struct feel_value **items;

    (void)count;
    if (!feel_arg_list(run, arguments[0], &list))
        return &feel_null;
    items = copy(run, &list, 0);
    for (size_t i = 0; i < list.count; i++)
        items[i] = list.items[list.count - 1 - i];
    return list_value(run, items, list.count);
}

static const struct feel_value *fn_index_of(struct feel_run *run,
                                            const struct feel_value *const *arguments, size_t count)
{
    struct feel_list list;
    struct items places = {0};

    (void)count;
    if (!feel_arg_list(run, arguments[0], &list) || !feel_run_step(run, (int64_t)list.count / 8))
        return &feel_null;
    for (size_t i = 0; i < list.count; i++)
        if (feel_value_equal(list.items[i], arguments[1]) == 1)
            VEC_PUSH(run->arena, &places, feel_value_int(run->arena, (int64_t)i + 1));
    return list_value(run, places.items, places.count);
}

static bool add_distinct(struct feel_run *run, const struct feel_list *list, struct items *all)
{
    for (size_t i = 0; i < list->count; i++) {
        if (!is_in(run, list->items[i], all->items, all->count))
            VEC_PUSH(run->arena, all, list->items[i]);
        if (run->is_over)
            return false;
    }
    return true;
}

static const struct feel_value *fn_union(struct feel_run *run,
                                         const struct feel_value *const *arguments, size_t count)
{
    struct items all = {0};
    struct feel_list list;

    for (size_t i = 0; i < count; i++)
        if (!feel_arg_list(run, arguments[i], &list) || !add_distinct(run, &list, &all))
            return &feel_null;
    return list_value(run, all.items, all.count);
}

static const struct feel_value *fn_distinct(struct feel_run *run,
                                            const struct feel_value *const *arguments, size_t count)
{
    return fn_union(run, arguments, MIN(count, 1));
}

static bool flatten(struct feel_run *run, const struct feel_list *list, struct items *all,
                    int depth)
{
    if (depth > FEEL_RUN_DEPTH_MAX || !feel_run_step(run, 1 + (int64_t)list->count / 8))
        return false;
    for (size_t i = 0; i < list->count; i++) {
        const struct feel_value *item = list->items[i];
        if (item->kind != FEEL_LIST)
            VEC_PUSH(run->arena, all, item);
        else if (!flatten(run, &item->list, all, depth + 1))
            return false;
    }
    return true;
}

static const struct feel_value *fn_flatten(struct feel_run *run,
                                           const struct feel_value *const *arguments, size_t count)
{
    struct items all = {0};
    struct feel_list list;

    (void)count;
    if (!feel_arg_list(run, arguments[0], &list) || !flatten(run, &list, &all, 0))
        return &feel_null;
    return list_value(run, all.items, all.count);
}

/* all: decisive is false; any: true.  Null when neither all nor none say so. */
static const struct feel_value *quantify(struct feel_run *run, const struct feel_list *list,
                                         bool decisive)
{
    bool is_known = true;

    for (size_t i = 0; i < list->count; i++) {
        const struct feel_value *item = list->items[i];
        if (item->kind == FEEL_BOOLEAN && item->boolean == decisive)
            return feel_value_boolean(decisive);
        is_known = is_known && item->kind == FEEL_BOOLEAN;
    }
    if (!is_known)
        return feel_run_null(run, "an item is neither true nor false");
    return feel_value_boolean(!decisive);
}

static const struct feel_value *fn_all(struct feel_run *run,
                                       const struct feel_value *const *arguments, size_t count)
{
    struct feel_list list;

    return feel_arg_items(run, arguments, count, &list) ? quantify(run, &list, false) : &feel_null;
}

static const struct feel_value *fn_any(struct feel_run *run,
                                       const struct feel_value *const *arguments, size_t count)
{
    struct feel_list list;

    return feel_arg_items(run, arguments, count, &list) ? quantify(run, &list, true) : &feel_null;
}

static const struct feel_builtin ROWS[] = {
    {"list contains", "list, element", false, fn_contains},
    {"count", "list", false, fn_count},
    {"sublist", "list, start position, length?", false, fn_sublist},
    {"append", "list, item", true, fn_append},
    {"concatenate", "list", true, fn_concatenate},
    {"insert before", "list, position, newItem", false, fn_insert},
    {"remove", "list, position", false, fn_remove},
    {"list replace", "list, position, newItem", false, fn_replace},
    {"list replace", "list, match, newItem", false, fn_replace},
    {"reverse", "list", false, fn_reverse},
    {"index of", "list, match", false, fn_index_of},
    {"union", "list", true, fn_union},
    {"distinct values", "list", false, fn_distinct},
    {"flatten", "list", false, fn_flatten},
    {"all", "list", true, fn_all},
    {"any", "list", true, fn_any},
};

const struct feel_builtin_table feel_builtin_lists = {ROWS, ARRAY_LEN(ROWS)};

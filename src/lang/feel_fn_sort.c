/* What looks at the order or the sum of a list: sort, min, max, sum, mean, median, mode, … */
#include "core/arena.h"
#include "core/vec.h"
#include "lang/feel_arg.h"
#include "lang/feel_builtin.h"

struct sorting {
    struct feel_run *run;
    const struct feel_function *precedes; /* NULL: the natural order */
    bool is_broken;
};

/* May b stand before a?  Only then are they swapped, so that equal ones keep their order. */
static bool goes_before(struct sorting *sorting, const struct feel_value *b,
                        const struct feel_value *a)
{
    const struct feel_value *both[] = {b, a}, *result;
    int order = 0;

    if (sorting->is_broken || !feel_run_step(sorting->run, 1))
        return false;
    if (sorting->precedes == NULL) {
        sorting->is_broken = !feel_value_compare(b, a, &order);
        return order < 0;
    }
    result = feel_call(sorting->run, sorting->precedes, both, 2);
    sorting->is_broken = result->kind != FEEL_BOOLEAN;
    return result->kind == FEEL_BOOLEAN && result->boolean;
}

/* Merges the sorted halves of items, from there to here. */
static void merge(struct sorting *sorting, const struct feel_value **items,
                  const struct feel_value **room, size_t half, size_t count)
{
    size_t left = 0, right = half;

    memcpy(room, items, count * sizeof *items);
    for (size_t i = 0; i < count; i++) {
        bool takes_right =
            right < count && (left == half || goes_before(sorting, room[right], room[left]));
        items[i] = takes_right ? room[right++] : room[left++];
    }
}

static void sort(struct sorting *sorting, const struct feel_value **items,
                 const struct feel_value **room, size_t count)
{
    if (count < 2)
        return;
    sort(sorting, items, room, count / 2);
    sort(sorting, items + count / 2, room, count - count / 2);
    merge(sorting, items, room, count / 2, count);
}

static bool sorted(struct feel_run *run, const struct feel_list *list,
                   const struct feel_function *precedes, const struct feel_value ***items)
{
    struct sorting sorting = {.run = run, .precedes = precedes};
    const struct feel_value **room =
        ARENA_ARRAY(run->arena, const struct feel_value *, list->count + 1);

    *items = ARENA_ARRAY(run->arena, const struct feel_value *, list->count + 1);
    if (list->count > 0)
        memcpy(*items, list->items, list->count * sizeof **items);
    sort(&sorting, *items, room, list->count);
    if (sorting.is_broken)
        (void)feel_run_null(run, "the items have no order");
    return !sorting.is_broken && !run->is_over;
}

static const struct feel_value *fn_sort(struct feel_run *run,
                                        const struct feel_value *const *arguments, size_t count)
{
    const struct feel_function *precedes = NULL;
    const struct feel_value **items;
    struct feel_list list;

    if (!feel_arg_list(run, arguments[0], &list))
        return &feel_null;
    if (count > 1) {
        const struct feel_value *function = feel_arg_single(arguments[1]);
        if (function->kind != FEEL_FUNCTION)
            return feel_run_null(run, "what sorts is a function");
        precedes = function->function;
    }
    return sorted(run, &list, precedes, &items) ? feel_value_list(run->arena, items, list.count)
                                                : &feel_null;
}

/* The least (sign -1) or greatest (1) of all. */
static const struct feel_value *
extreme(struct feel_run *run, const struct feel_value *const *arguments, size_t count, int sign)
{
    const struct feel_value *best;
    struct feel_list list;
    int order;

    if (!feel_arg_items(run, arguments, count, &list))
        return &feel_null;
    if (list.count == 0)
        return feel_run_null(run, "the list is empty");
    best = list.items[0];
    if (!feel_value_compare(best, best, &order))
        return feel_run_null(run, "%s has no order", feel_value_word(best->kind));
    for (size_t i = 1; i < list.count; i++) {
        if (!feel_value_compare(list.items[i], best, &order))
            return feel_run_null(run, "%s and %s cannot be compared",
                                 feel_value_word(list.items[i]->kind), feel_value_word(best->kind));
        if (order * sign > 0)
            best = list.items[i];
    }
    return best;
}

static const struct feel_value *fn_min(struct feel_run *run,
                                       const struct feel_value *const *arguments, size_t count)
{
    return extreme(run, arguments, count, -1);
}

static const struct feel_value *fn_max(struct feel_run *run,
                                       const struct feel_value *const *arguments, size_t count)
{
    return extreme(run, arguments, count, 1);
}

static const struct feel_value *beyond(struct feel_run *run)
{
    return feel_run_null(run, "the result is beyond what can be kept");
}

/* All arguments as numbers; false: one is none, or there is none at all. */
static bool numbers_of(struct feel_run *run, const struct feel_value *const *arguments,
                       size_t count, struct feel_list *list)
{
    if (!feel_arg_items(run, arguments, count, list) ||
        !feel_run_step(run, (int64_t)list->count / 4))
        return false;
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i]->kind != FEEL_NUMBER) {
            (void)feel_run_null(run, "numbers are wanted here, not %s",
                                feel_value_word(list->items[i]->kind));
            return false;
        }
    }
    if (list->count == 0)
        (void)feel_run_null(run, "the list is empty");
    return list->count > 0;
}

static bool sum_of(const struct feel_list *list, struct feel_number *sum)
{
    *sum = list->items[0]->number;
    for (size_t i = 1; i < list->count; i++)
        if (!feel_number_add(*sum, list->items[i]->number, sum))
            return false;
    return true;
}

static const struct feel_value *fn_sum(struct feel_run *run,
                                       const struct feel_value *const *arguments, size_t count)
{
    struct feel_list list;
    struct feel_number sum;

    if (!numbers_of(run, arguments, count, &list))
        return &feel_null;
    return sum_of(&list, &sum) ? feel_value_number(run->arena, sum) : beyond(run);
}

static const struct feel_value *fn_product(struct feel_run *run,
                                           const struct feel_value *const *arguments, size_t count)
{
    struct feel_list list;
    struct feel_number product = feel_number_from_int(1);

    if (!numbers_of(run, arguments, count, &list))
        return &feel_null;
    for (size_t i = 0; i < list.count; i++)
        if (!feel_number_multiply(product, list.items[i]->number, &product))
            return beyond(run);
    return feel_value_number(run->arena, product);
}

static bool mean_of(const struct feel_list *list, struct feel_number *mean)
{
    return sum_of(list, mean) &&
           feel_number_divide(*mean, feel_number_from_int((int64_t)list->count), mean);
}

static const struct feel_value *fn_mean(struct feel_run *run,
                                        const struct feel_value *const *arguments, size_t count)
{
    struct feel_list list;
    struct feel_number mean;

    if (!numbers_of(run, arguments, count, &list))
        return &feel_null;
    return mean_of(&list, &mean) ? feel_value_number(run->arena, mean) : beyond(run);
}

static const struct feel_value *fn_median(struct feel_run *run,
                                          const struct feel_value *const *arguments, size_t count)
{
    struct feel_list list;
    const struct feel_value **items;
    struct feel_number middle;

    if (!numbers_of(run, arguments, count, &list) || !sorted(run, &list, NULL, &items))
        return &feel_null;
    if (list.count % 2 == 1)
        return items[list.count / 2];
    if (!feel_number_add(items[list.count / 2 - 1]->number, items[list.count / 2]->number,
                         &middle) ||
        !feel_number_divide(middle, feel_number_from_int(2), &middle))
        return beyond(run);
    return feel_value_number(run->arena, middle);
}

/* Of a sample: divided by the count less one. */
static const struct feel_value *fn_stddev(struct feel_run *run,
                                          const struct feel_value *const *arguments, size_t count)
{
    struct feel_list list;
    struct feel_number mean, sum = feel_number_from_int(0), part;

    if (!numbers_of(run, arguments, count, &list))
        return &feel_null;
    if (list.count < 2)
        return feel_run_null(run, "a deviation needs two numbers");
    if (!mean_of(&list, &mean))
        return beyond(run);
    for (size_t i = 0; i < list.count; i++)
        if (!feel_number_subtract(list.items[i]->number, mean, &part) ||
            !feel_number_multiply(part, part, &part) || !feel_number_add(sum, part, &sum))
            return beyond(run);
    if (!feel_number_divide(sum, feel_number_from_int((int64_t)list.count - 1), &sum) ||
        !feel_number_sqrt(sum, &sum))
        return beyond(run);
    return feel_value_number(run->arena, sum);
}

/* The numbers that occur most often, in their order. */
static const struct feel_value *fn_mode(struct feel_run *run,
                                        const struct feel_value *const *arguments, size_t count)
{
    VEC(const struct feel_value *) most = {0};
    struct feel_list list;
    const struct feel_value **items;
    size_t best = 0;

    if (!feel_arg_items(run, arguments, count, &list))
        return &feel_null;
    if (list.count == 0)
        return feel_value_list(run->arena, NULL, 0);
    if (!numbers_of(run, arguments, count, &list) || !sorted(run, &list, NULL, &items))
        return &feel_null;
    for (size_t i = 0, next; i < list.count; i = next) {
        next = i + 1;
        while (next < list.count && feel_number_compare(items[i]->number, items[next]->number) == 0)
            next++;
        if (next - i > best)
            most.count = 0;
        best = MAX(best, next - i);
        if (next - i == best)
            VEC_PUSH(run->arena, &most, items[i]);
    }
    return feel_value_list(run->arena, most.items, most.count);
}

static const struct feel_builtin ROWS[] = {
    {"sort", "list, precedes?", false, fn_sort},
    {"min", "list", true, fn_min},
    {"max", "list", true, fn_max},
    {"sum", "list", true, fn_sum},
    {"product", "list", true, fn_product},
    {"mean", "list", true, fn_mean},
    {"median", "list", true, fn_median},
    {"stddev", "list", true, fn_stddev},
    {"mode", "list", true, fn_mode},
};

const struct feel_builtin_table feel_builtin_sorts = {ROWS, ARRAY_LEN(ROWS)};

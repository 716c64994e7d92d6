#include "registry/record_holds.h"

#include "registry/record_where.h"
#include "registry/slot.h"

static int compare(const struct store_arg *one, const struct store_arg *other)
{
    if (one->kind == STORE_TEXT)
        return str_compare(one->text, other->text);
    return one->number < other->number ? -1 : one->number > other->number;
}

static bool holds(enum query_op op, const struct store_arg *is, const struct store_arg *wanted)
{
    switch (op) {
    case QUERY_EQ:
        return compare(is, wanted) == 0;
    case QUERY_NE:
        return compare(is, wanted) != 0;
    case QUERY_LT:
        return compare(is, wanted) < 0;
    case QUERY_LE:
        return compare(is, wanted) <= 0;
    case QUERY_GT:
        return compare(is, wanted) > 0;
    case QUERY_GE:
        return compare(is, wanted) >= 0;
    case QUERY_STARTS:
        return is->kind == STORE_TEXT && str_starts(is->text, wanted->text);
    case QUERY_IS_NULL:
    case QUERY_NOT_NULL:
        break;
    }
    return false;
}

static bool passes(struct arena *arena, const struct json *value,
                   const struct record_filter *filter)
{
    struct buf buf = {.arena = arena};

    if (filter->where != NULL)
        return record_where_holds(arena, filter->where, value);
    struct store_arg is = slot_value(&buf, filter->field, json_find(value, filter->field->name));

    if (filter->op == QUERY_IS_NULL || filter->op == QUERY_NOT_NULL)
        return (is.kind == STORE_NULL) == (filter->op == QUERY_IS_NULL);
    for (size_t i = 0; i < filter->count; i++) {
        struct buf other = {.arena = arena};
        struct store_arg wanted;

        if (is.kind != STORE_NULL &&
            slot_parse(&other, filter->field, filter->values[i], &wanted) &&
            wanted.kind == is.kind && holds(filter->op, &is, &wanted))
            return true;
    }
    return false;
}

bool record_holds(struct arena *arena, const struct json *value,
                  const struct record_filter *filters, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!passes(arena, value, &filters[i]))
            return false;
    return true;
}

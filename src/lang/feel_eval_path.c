/* "a.b" and "a[b]". */
#include "core/arena.h"
#include "core/vec.h"
#include "lang/feel_eval.h"
#include "lang/feel_time.h"

static const struct feel_value *whole(struct feel_run *run, int64_t value)
{
    return feel_value_int(run->arena, value);
}

/* The properties of table 54 and 55 of the standard (10.3.2.3, 10.3.2.13). */
static const struct feel_value *date_property(struct feel_run *run,
                                              const struct feel_moment *moment, struct str name)
{
    int64_t year;
    int month, day;

    feel_time_date(moment->day, &year, &month, &day);
    if (str_equal(name, STR("year")))
        return whole(run, year);
    if (str_equal(name, STR("month")))
        return whole(run, month);
    if (str_equal(name, STR("day")))
        return whole(run, day);
    if (str_equal(name, STR("weekday"))) /* Monday is 1; 1970-01-01 was a Thursday */
        return whole(run, ((moment->day + 3) % 7 + 7) % 7 + 1);
    return NULL;
}

static const struct feel_value *second_property(struct feel_run *run,
                                                const struct feel_moment *moment)
{
    struct feel_span span = {moment->second % 60, moment->nano};

    return feel_value_number(run->arena, feel_time_span_number(span));
}

static const struct feel_value *time_property(struct feel_run *run,
                                              const struct feel_moment *moment, struct str name)
{
    if (str_equal(name, STR("hour")))
        return whole(run, moment->second / 3600);
    if (str_equal(name, STR("minute")))
        return whole(run, moment->second / 60 % 60);
    if (str_equal(name, STR("second")))
        return second_property(run, moment);
    if (str_equal(name, STR("time offset")))
        return moment->zone.kind == FEEL_ZONE_LOCAL
                   ? &feel_null
                   : feel_value_span(run->arena, (struct feel_span){moment->zone.offset, 0});
    if (str_equal(name, STR("timezone")))
        return moment->zone.kind == FEEL_ZONE_NAMED ? feel_value_text(run->arena, moment->zone.name)
                                                    : &feel_null;
    return NULL;
}

static const struct feel_value *span_property(struct feel_run *run, struct feel_span span,
                                              struct str name)
{
    int64_t sign = span.seconds < 0 ? -1 : 1;

    if (sign < 0)
        span = feel_time_span_negate(span);
    if (str_equal(name, STR("days")))
        return whole(run, sign * (span.seconds / FEEL_TIME_DAY_SECONDS));
    if (str_equal(name, STR("hours")))
        return whole(run, sign * (span.seconds / 3600 % 24));
    if (str_equal(name, STR("minutes")))
        return whole(run, sign * (span.seconds / 60 % 60));
    if (!str_equal(name, STR("seconds")))
        return NULL;
    span.seconds %= 60;
    return feel_value_number(run->arena,
                             feel_time_span_number(sign < 0 ? feel_time_span_negate(span) : span));
}

static const struct feel_value *range_property(const struct feel_range *range, struct str name)
{
    if (str_equal(name, STR("start")))
        return range->low != NULL ? range->low : &feel_null;
    if (str_equal(name, STR("end")))
        return range->high != NULL ? range->high : &feel_null;
    if (str_equal(name, STR("start included")))
        return feel_value_boolean(range->has_low);
    if (str_equal(name, STR("end included")))
        return feel_value_boolean(range->has_high);
    return NULL;
}

/* NULL: it has no such property. */
static const struct feel_value *property(struct feel_run *run, const struct feel_value *of,
                                         struct str name)
{
    const struct feel_value *value = NULL;

    if (of->kind == FEEL_CONTEXT)
        return feel_value_find(of, name);
    if (of->kind == FEEL_DATE || of->kind == FEEL_DATE_TIME)
        value = date_property(run, &of->moment, name);
    if (value == NULL && (of->kind == FEEL_TIME || of->kind == FEEL_DATE_TIME))
        value = time_property(run, &of->moment, name);
    if (of->kind == FEEL_MONTHS && str_equal(name, STR("years")))
        return whole(run, of->months / 12);
    if (of->kind == FEEL_MONTHS && str_equal(name, STR("months")))
        return whole(run, of->months % 12);
    if (of->kind == FEEL_SECONDS)
        return span_property(run, of->span, name);
    if (of->kind == FEEL_RANGE)
        return range_property(&of->range, name);
    return value;
}

static const struct feel_value *path_of(struct feel_run *run, const struct feel_value *of,
                                        struct str name)
{
    const struct feel_value *value;
    const struct feel_value **items;

    if (of->kind != FEEL_LIST) {
        value = property(run, of, name);
        if (value != NULL)
            return value;
        return feel_run_null(run, "%s has no \"%.*s\"", feel_value_word(of->kind), STR_ARG(name));
    }
    items = ARENA_ARRAY(run->arena, const struct feel_value *, of->list.count);
    for (size_t i = 0; i < of->list.count && feel_run_step(run, 1); i++) {
        value = property(run, of->list.items[i], name);
        items[i] = value != NULL ? value : &feel_null;
    }
    return run->is_over ? &feel_null : feel_value_list(run->arena, items, of->list.count);
}

const struct feel_value *feel_eval_path(struct feel_run *run, const struct feel_node *node,
                                        const struct feel_frame *frame)
{
    return path_of(run, feel_eval(run, node->items[0], frame), node->name);
}

static const struct feel_value *item_at(struct feel_run *run, const struct feel_list *list,
                                        const struct feel_value *index)
{
    int64_t at;

    if (!feel_number_int(index->number, &at))
        return feel_run_null(run, "an index is a whole number");
    if (at < 0)
        at += (int64_t)list->count + 1;
    if (at < 1 || at > (int64_t)list->count)
        return feel_run_null(run, "the list has %zu items", list->count);
    return list->items[at - 1];
}

/* The members of an item are names in its filter. */
static const struct feel_frame *item_frame(struct feel_run *run, const struct feel_frame *outer,
                                           const struct feel_value *item)
{
    struct feel_frame *frame = ARENA_NEW(run->arena, struct feel_frame);
    struct feel_entry *entry = ARENA_NEW(run->arena, struct feel_entry);

    *entry = (struct feel_entry){STR_INIT("item"), item};
    *frame = (struct feel_frame){.outer = outer,
                                 .entries = entry,
                                 .count = 1,
                                 .item = item->kind == FEEL_CONTEXT ? item : NULL};
    return frame;
}

/* Can only be an index, whatever the items are. */
static bool is_index(const struct feel_node *filter)
{
    return (filter->kind == FEEL_NODE_LITERAL && filter->value->kind == FEEL_NUMBER) ||
           filter->kind == FEEL_NODE_NEGATE;
}

static const struct feel_value *filter_items(struct feel_run *run, const struct feel_node *filter,
                                             const struct feel_list *list,
                                             const struct feel_frame *frame)
{
    VEC(const struct feel_value *) kept = {0};

    if (list->count == 0) { /* an index finds nothing, a condition an empty list */
        const struct feel_value *index = feel_eval(run, filter, item_frame(run, frame, &feel_null));
        if (index->kind == FEEL_NUMBER)
            return item_at(run, list, index);
    }
    for (size_t i = 0; i < list->count && feel_run_step(run, 1); i++) {
        const struct feel_value *result =
            feel_eval(run, filter, item_frame(run, frame, list->items[i]));
        if (result->kind == FEEL_NUMBER)
            return item_at(run, list, result);
        if (result->kind != FEEL_BOOLEAN && result->kind != FEEL_NULL)
            return feel_run_null(run, "a filter is a condition or an index, not %s",
                                 feel_value_word(result->kind));
        if (result->kind == FEEL_BOOLEAN && result->boolean)
            VEC_PUSH(run->arena, &kept, list->items[i]);
    }
    return feel_value_list(run->arena, kept.items, kept.count);
}

const struct feel_value *feel_eval_filter(struct feel_run *run, const struct feel_node *node,
                                          const struct feel_frame *frame)
{
    const struct feel_value *of = feel_eval(run, node->items[0], frame), *index;
    struct feel_list list = {&of, 1};

    if (of->kind == FEEL_LIST)
        list = of->list;
    if (of->kind == FEEL_NULL)
        list.count = 0;
    if (!is_index(node->items[1]))
        return filter_items(run, node->items[1], &list, frame);
    index = feel_eval(run, node->items[1], frame);
    return index->kind == FEEL_NUMBER ? item_at(run, &list, index) : &feel_null;
}

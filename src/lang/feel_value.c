#include "lang/feel_value.h"

#include "core/arena.h"
#include "lang/feel_time.h"

const struct feel_value feel_null = {.kind = FEEL_NULL};
const struct feel_value feel_true = {.kind = FEEL_BOOLEAN, .boolean = true};
const struct feel_value feel_false = {.kind = FEEL_BOOLEAN, .boolean = false};

static struct feel_value *make(struct arena *arena, enum feel_kind kind)
{
    struct feel_value *value = ARENA_NEW(arena, struct feel_value);

    value->kind = kind;
    return value;
}

const struct feel_value *feel_value_boolean(bool value)
{
    return value ? &feel_true : &feel_false;
}

const struct feel_value *feel_value_number(struct arena *arena, struct feel_number number)
{
    struct feel_value *value = make(arena, FEEL_NUMBER);

    value->number = number;
    return value;
}

const struct feel_value *feel_value_int(struct arena *arena, int64_t value)
{
    return feel_value_number(arena, feel_number_from_int(value));
}

const struct feel_value *feel_value_text(struct arena *arena, struct str text)
{
    struct feel_value *value = make(arena, FEEL_STRING);

    value->text = text;
    return value;
}

const struct feel_value *feel_value_moment(struct arena *arena, enum feel_kind kind,
                                           struct feel_moment moment)
{
    struct feel_value *value = make(arena, kind);

    value->moment = moment;
    return value;
}

const struct feel_value *feel_value_months(struct arena *arena, int64_t months)
{
    struct feel_value *value = make(arena, FEEL_MONTHS);

    value->months = months;
    return value;
}

const struct feel_value *feel_value_span(struct arena *arena, struct feel_span span)
{
    struct feel_value *value = make(arena, FEEL_SECONDS);

    value->span = span;
    return value;
}

const struct feel_value *feel_value_list(struct arena *arena, const struct feel_value **items,
                                         size_t count)
{
    struct feel_value *value = make(arena, FEEL_LIST);

    value->list = (struct feel_list){items, count};
    return value;
}

const struct feel_value *feel_value_context(struct arena *arena, const struct feel_entry *entries,
                                            size_t count)
{
    struct feel_value *value = make(arena, FEEL_CONTEXT);

    value->context = (struct feel_context){entries, count};
    return value;
}

const struct feel_value *feel_value_range(struct arena *arena, struct feel_range range)
{
    struct feel_value *value = make(arena, FEEL_RANGE);

    value->range = range;
    return value;
}

const struct feel_value *feel_value_function(struct arena *arena,
                                             const struct feel_function *function)
{
    struct feel_value *value = make(arena, FEEL_FUNCTION);

    value->function = function;
    return value;
}

const struct feel_value *feel_value_find(const struct feel_value *value, struct str name)
{
    if (value->kind != FEEL_CONTEXT)
        return NULL;
    for (size_t i = 0; i < value->context.count; i++)
        if (str_equal(value->context.entries[i].name, name))
            return value->context.entries[i].value;
    return NULL;
}

static int both(int a, int b)
{
    if (a == 0 || b == 0)
        return 0;
    return a == 1 && b == 1 ? 1 : -1;
}

static int lists_equal(const struct feel_list *a, const struct feel_list *b)
{
    int result = 1;

    if (a->count != b->count)
        return 0;
    for (size_t i = 0; i < a->count && result != 0; i++)
        result = both(result, feel_value_equal(a->items[i], b->items[i]));
    return result;
}

static int contexts_equal(const struct feel_value *a, const struct feel_value *b)
{
    int result = 1;

    if (a->context.count != b->context.count)
        return 0;
    for (size_t i = 0; i < a->context.count && result != 0; i++) {
        const struct feel_entry *entry = &a->context.entries[i];
        const struct feel_value *other = feel_value_find(b, entry->name);
        result = other == NULL ? 0 : both(result, feel_value_equal(entry->value, other));
    }
    return result;
}

static int ends_equal(const struct feel_value *a, const struct feel_value *b)
{
    if (a == NULL || b == NULL)
        return a == b ? 1 : 0;
    return feel_value_equal(a, b);
}

static int ranges_equal(const struct feel_range *a, const struct feel_range *b)
{
    if (a->has_low != b->has_low || a->has_high != b->has_high || a->is_test != b->is_test)
        return 0;
    return both(ends_equal(a->low, b->low), ends_equal(a->high, b->high));
}

/* Two of one kind without an inner life. */
static int plain_equal(const struct feel_value *a, const struct feel_value *b)
{
    if (a->kind == FEEL_NUMBER)
        return feel_number_compare(a->number, b->number) == 0;
    if (a->kind == FEEL_STRING)
        return str_equal(a->text, b->text);
    if (a->kind == FEEL_BOOLEAN)
        return a->boolean == b->boolean;
    if (a->kind == FEEL_MONTHS)
        return a->months == b->months;
    if (a->kind == FEEL_SECONDS)
        return a->span.seconds == b->span.seconds && a->span.nanos == b->span.nanos;
    if (a->kind == FEEL_FUNCTION)
        return a->function == b->function;
    if (a->kind == FEEL_NULL)
        return 1;
    return feel_time_equal(a, b);
}

int feel_value_equal(const struct feel_value *a, const struct feel_value *b)
{
    if (a == b && a->kind != FEEL_CONTEXT && a->kind != FEEL_LIST)
        return 1;
    if (a->kind == FEEL_NULL || b->kind == FEEL_NULL)
        return a->kind == b->kind ? 1 : 0;
    if (a->kind != b->kind)
        return -1;
    if (a->kind == FEEL_LIST)
        return lists_equal(&a->list, &b->list);
    if (a->kind == FEEL_CONTEXT)
        return contexts_equal(a, b);
    if (a->kind == FEEL_RANGE)
        return ranges_equal(&a->range, &b->range);
    return plain_equal(a, b);
}

static int order_of(int64_t a, int64_t b)
{
    return a < b ? -1 : a > b ? 1 : 0;
}

bool feel_value_compare(const struct feel_value *a, const struct feel_value *b, int *order)
{
    if (a->kind != b->kind)
        return false;
    if (a->kind == FEEL_NUMBER)
        *order = feel_number_compare(a->number, b->number);
    else if (a->kind == FEEL_STRING)
        *order = str_compare(a->text, b->text); /* UTF-8 sorts as its code points do */
    else if (a->kind == FEEL_MONTHS)
        *order = order_of(a->months, b->months);
    else if (a->kind == FEEL_SECONDS)
        *order = a->span.seconds != b->span.seconds ? order_of(a->span.seconds, b->span.seconds)
                                                    : order_of(a->span.nanos, b->span.nanos);
    else if (a->kind == FEEL_DATE || a->kind == FEEL_TIME || a->kind == FEEL_DATE_TIME)
        return feel_time_compare(a, b, order);
    else
        return false;
    return true;
}

int feel_value_in_range(const struct feel_value *value, const struct feel_range *range)
{
    int order, result = 1;

    if (range->low != NULL) {
        if (!feel_value_compare(value, range->low, &order))
            return -1;
        if (order < 0 || (order == 0 && !range->has_low))
            result = 0;
    }
    if (range->high != NULL) {
        if (!feel_value_compare(value, range->high, &order))
            return -1;
        if (order > 0 || (order == 0 && !range->has_high))
            result = 0;
        if (range->is_outside)
            return order != 0;
    }
    if ((range->low == NULL && range->has_low) || (range->high == NULL && range->has_high))
        return -1; /* null is no bound, and nothing that could be within */
    return range->low == NULL && range->high == NULL ? -1 : result;
}

const char *feel_value_word(enum feel_kind kind)
{
    static const char *const WORDS[FEEL_KINDS] = {
        [FEEL_NULL] = "null",
        [FEEL_BOOLEAN] = "boolean",
        [FEEL_NUMBER] = "number",
        [FEEL_STRING] = "string",
        [FEEL_DATE] = "date",
        [FEEL_TIME] = "time",
        [FEEL_DATE_TIME] = "date and time",
        [FEEL_MONTHS] = "years and months duration",
        [FEEL_SECONDS] = "days and time duration",
        [FEEL_RANGE] = "range",
        [FEEL_LIST] = "list",
        [FEEL_CONTEXT] = "context",
        [FEEL_FUNCTION] = "function",
    };

    return WORDS[kind];
}

/* + - * / ** of numbers, texts, moments and durations. */
#include "core/arena.h"
#include "core/buf.h"
#include "lang/feel_eval.h"
#include "lang/feel_time.h"

typedef const struct feel_value *operate(struct feel_run *run, const struct feel_value *a,
                                         const struct feel_value *b);

static bool is_moment(const struct feel_value *value)
{
    return value->kind == FEEL_DATE || value->kind == FEEL_TIME || value->kind == FEEL_DATE_TIME;
}

static bool is_duration(const struct feel_value *value)
{
    return value->kind == FEEL_MONTHS || value->kind == FEEL_SECONDS;
}

static const struct feel_value *too_large(struct feel_run *run)
{
    return feel_run_null(run, "the result is beyond what can be kept");
}

static const struct feel_value *months(struct feel_run *run, int64_t value)
{
    return feel_value_months(run->arena, value);
}

static const struct feel_value *number_result(struct feel_run *run, bool is_good,
                                              struct feel_number number)
{
    return is_good ? feel_value_number(run->arena, number) : too_large(run);
}

static const struct feel_value *concatenate(struct feel_run *run, struct str a, struct str b)
{
    struct buf buf = {.arena = run->arena};

    if (!feel_run_step(run, (int64_t)(a.len + b.len) / 256))
        return &feel_null;
    buf_add(&buf, a);
    buf_add(&buf, b);
    return feel_value_text(run->arena, buf_str(&buf));
}

/* Moment plus duration, which may be negative. */
static const struct feel_value *shift(struct feel_run *run, const struct feel_value *moment,
                                      const struct feel_value *by)
{
    struct feel_moment result = moment->moment;
    bool is_good;

    if (by->kind == FEEL_SECONDS)
        is_good = feel_time_add_span(run, moment->kind, &result, by->span);
    else if (moment->kind == FEEL_TIME)
        return feel_run_null(run, "months cannot be added to a time");
    else
        is_good = feel_time_add_months(&result, by->months);
    return is_good ? feel_value_moment(run->arena, moment->kind, result) : too_large(run);
}

static const struct feel_value *negate(struct feel_run *run, const struct feel_value *value)
{
    if (value->kind == FEEL_NUMBER)
        return feel_value_number(run->arena, feel_number_negate(value->number));
    if (value->kind == FEEL_MONTHS)
        return months(run, -value->months);
    if (value->kind == FEEL_SECONDS)
        return feel_value_span(run->arena, feel_time_span_negate(value->span));
    return feel_run_null(run, "%s cannot be negated", feel_value_word(value->kind));
}

const struct feel_value *feel_eval_negate(struct feel_run *run, const struct feel_node *node,
                                          const struct feel_frame *frame)
{
    return negate(run, feel_eval(run, node->items[0], frame));
}

static const struct feel_value *add(struct feel_run *run, const struct feel_value *a,
                                    const struct feel_value *b)
{
    struct feel_number number;
    struct feel_span span;
    int64_t sum;

    if (a->kind == FEEL_NUMBER && b->kind == FEEL_NUMBER)
        return number_result(run, feel_number_add(a->number, b->number, &number), number);
    if (a->kind == FEEL_STRING && b->kind == FEEL_STRING)
        return concatenate(run, a->text, b->text);
    if (is_moment(a) && is_duration(b))
        return shift(run, a, b);
    if (is_duration(a) && is_moment(b))
        return shift(run, b, a);
    if (a->kind == FEEL_MONTHS && b->kind == FEEL_MONTHS)
        return __builtin_add_overflow(a->months, b->months, &sum) ? too_large(run)
                                                                  : months(run, sum);
    if (a->kind == FEEL_SECONDS && b->kind == FEEL_SECONDS)
        return feel_time_span_add(a->span, b->span, &span) ? feel_value_span(run->arena, span)
                                                           : too_large(run);
    return NULL;
}

/* A date beside a date and time is its midnight in UTC. */
static struct feel_moment moment_beside(const struct feel_value *value,
                                        const struct feel_value *other)
{
    struct feel_moment moment = value->moment;

    if (value->kind == FEEL_DATE && other->kind == FEEL_DATE_TIME)
        moment.zone.kind = FEEL_ZONE_OFFSET;
    return moment;
}

static const struct feel_value *difference(struct feel_run *run, const struct feel_value *a,
                                           const struct feel_value *b)
{
    struct feel_moment left = moment_beside(a, b), right = moment_beside(b, a);
    struct feel_span span;

    if ((a->kind == FEEL_TIME) != (b->kind == FEEL_TIME))
        return NULL;
    if (!feel_time_subtract(&left, &right, &span))
        return feel_run_null(run, "only one of the two has a time zone");
    return feel_value_span(run->arena, span);
}

static const struct feel_value *subtract(struct feel_run *run, const struct feel_value *a,
                                         const struct feel_value *b)
{
    struct feel_number number;

    if (a->kind == FEEL_NUMBER && b->kind == FEEL_NUMBER)
        return number_result(run, feel_number_subtract(a->number, b->number, &number), number);
    if (is_moment(a) && is_moment(b))
        return difference(run, a, b);
    if ((is_moment(a) && is_duration(b)) || (is_duration(a) && a->kind == b->kind))
        return add(run, a, negate(run, b));
    return NULL;
}

/* Durations are multiplied as numbers: whole months are left, nanoseconds are rounded. */
static const struct feel_value *duration_of(struct feel_run *run, enum feel_kind kind,
                                            struct feel_number number)
{
    struct feel_span span;
    int64_t count;

    if (kind == FEEL_MONTHS)
        return feel_number_truncated(number, &count) ? months(run, count) : too_large(run);
    return feel_time_span_from_number(number, &span) ? feel_value_span(run->arena, span)
                                                     : too_large(run);
}

static struct feel_number number_of(const struct feel_value *value)
{
    if (value->kind == FEEL_MONTHS)
        return feel_number_from_int(value->months);
    return value->kind == FEEL_SECONDS ? feel_time_span_number(value->span) : value->number;
}

static const struct feel_value *multiply(struct feel_run *run, const struct feel_value *a,
                                         const struct feel_value *b)
{
    struct feel_number product;

    if (a->kind == FEEL_NUMBER && b->kind == FEEL_NUMBER)
        return number_result(run, feel_number_multiply(a->number, b->number, &product), product);
    if (a->kind == FEEL_NUMBER && is_duration(b))
        return multiply(run, b, a);
    if (!is_duration(a) || b->kind != FEEL_NUMBER)
        return NULL;
    if (!feel_number_multiply(number_of(a), b->number, &product))
        return too_large(run);
    return duration_of(run, a->kind, product);
}

static const struct feel_value *divide(struct feel_run *run, const struct feel_value *a,
                                       const struct feel_value *b)
{
    struct feel_number quotient;
    bool is_duration_left = is_duration(a);

    if (a->kind != FEEL_NUMBER && !is_duration_left)
        return NULL;
    if (b->kind != FEEL_NUMBER && (!is_duration_left || b->kind != a->kind))
        return NULL;
    if (feel_number_sign(number_of(b)) == 0)
        return feel_run_null(run, "division by nought");
    if (!feel_number_divide(number_of(a), number_of(b), &quotient))
        return too_large(run);
    if (is_duration_left && b->kind == FEEL_NUMBER)
        return duration_of(run, a->kind, quotient);
    return feel_value_number(run->arena, quotient);
}

static const struct feel_value *power(struct feel_run *run, const struct feel_value *a,
                                      const struct feel_value *b)
{
    struct feel_number number;

    if (a->kind != FEEL_NUMBER || b->kind != FEEL_NUMBER)
        return NULL;
    return number_result(run, feel_number_power(a->number, b->number, &number), number);
}

const struct feel_value *feel_eval_arithmetic(struct feel_run *run, const struct feel_node *node,
                                              const struct feel_frame *frame)
{
    static const struct {
        operate *function;
        const char *sign;
    } SIGNS[FEEL_NODE_KINDS] = {
        [FEEL_NODE_ADD] = {add, "+"},           [FEEL_NODE_SUBTRACT] = {subtract, "-"},
        [FEEL_NODE_MULTIPLY] = {multiply, "*"}, [FEEL_NODE_DIVIDE] = {divide, "/"},
        [FEEL_NODE_POWER] = {power, "**"},
    };
    const struct feel_value *a = feel_eval(run, node->items[0], frame);
    const struct feel_value *b = feel_eval(run, node->items[1], frame);
    const struct feel_value *result = SIGNS[node->kind].function(run, a, b);

    if (result != NULL)
        return result;
    return feel_run_null(run, "%s %s %s cannot be computed", feel_value_word(a->kind),
                         SIGNS[node->kind].sign, feel_value_word(b->kind));
}

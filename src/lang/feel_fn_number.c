/* Numbers. */
#include "core/arena.h"
#include "lang/feel_arg.h"
#include "lang/feel_builtin.h"
#include "lang/feel_time.h"

static const struct feel_value *result(struct feel_run *run, bool is_good,
                                       struct feel_number number)
{
    if (!is_good)
        return feel_run_null(run, "this has no result that can be kept");
    return feel_value_number(run->arena, number);
}

/* With the scale of the second argument; without one, to a whole number. */
static const struct feel_value *round_by(struct feel_run *run,
                                         const struct feel_value *const *arguments, size_t count,
                                         enum feel_rounding rounding)
{
    struct feel_number number;
    int64_t scale = 0;

    if (!feel_arg_number(run, arguments[0], &number) ||
        (count > 1 && !feel_arg_int(run, arguments[1], &scale)))
        return &feel_null;
    return result(run, feel_number_round(number, scale, rounding, &number), number);
}

static const struct feel_value *fn_decimal(struct feel_run *run,
                                           const struct feel_value *const *arguments, size_t count)
{
    return round_by(run, arguments, count, FEEL_ROUND_HALF_EVEN);
}

static const struct feel_value *fn_floor(struct feel_run *run,
                                         const struct feel_value *const *arguments, size_t count)
{
    return round_by(run, arguments, count, FEEL_ROUND_DOWN);
}

static const struct feel_value *fn_ceiling(struct feel_run *run,
                                           const struct feel_value *const *arguments, size_t count)
{
    return round_by(run, arguments, count, FEEL_ROUND_UP);
}

static const struct feel_value *fn_round_up(struct feel_run *run,
                                            const struct feel_value *const *arguments, size_t count)
{
    return round_by(run, arguments, count, FEEL_ROUND_AWAY);
}

static const struct feel_value *
fn_round_down(struct feel_run *run, const struct feel_value *const *arguments, size_t count)
{
    return round_by(run, arguments, count, FEEL_ROUND_TRUNCATE);
}

static const struct feel_value *
fn_round_half_up(struct feel_run *run, const struct feel_value *const *arguments, size_t count)
{
    return round_by(run, arguments, count, FEEL_ROUND_HALF_UP);
}

static const struct feel_value *
fn_round_half_down(struct feel_run *run, const struct feel_value *const *arguments, size_t count)
{
    return round_by(run, arguments, count, FEEL_ROUND_HALF_DOWN);
}

/* Of a duration too. */
static const struct feel_value *fn_abs(struct feel_run *run,
                                       const struct feel_value *const *arguments, size_t count)
{
    const struct feel_value *value = feel_arg_single(arguments[0]);
    struct feel_number number;

    (void)count;
    if (value->kind == FEEL_MONTHS)
        return value->months < 0 ? feel_value_months(run->arena, -value->months) : value;
    if (value->kind == FEEL_SECONDS)
        return value->span.seconds < 0
                   ? feel_value_span(run->arena, feel_time_span_negate(value->span))
                   : value;
    if (!feel_arg_number(run, value, &number))
        return &feel_null;
    return feel_number_sign(number) < 0 ? feel_value_number(run->arena, feel_number_negate(number))
                                        : value;
}

static const struct feel_value *fn_modulo(struct feel_run *run,
                                          const struct feel_value *const *arguments, size_t count)
{
    struct feel_number a, b, rest;

    (void)count;
    if (!feel_arg_number(run, arguments[0], &a) || !feel_arg_number(run, arguments[1], &b))
        return &feel_null;
    return result(run, feel_number_modulo(a, b, &rest), rest);
}

static const struct feel_value *apply(struct feel_run *run, const struct feel_value *value,
                                      bool (*function)(struct feel_number number,
                                                       struct feel_number *applied))
{
    struct feel_number number;

    if (!feel_arg_number(run, value, &number))
        return &feel_null;
    return result(run, function(number, &number), number);
}

static const struct feel_value *fn_sqrt(struct feel_run *run,
                                        const struct feel_value *const *arguments, size_t count)
{
    (void)count;
    return apply(run, arguments[0], feel_number_sqrt);
}

static const struct feel_value *fn_log(struct feel_run *run,
                                       const struct feel_value *const *arguments, size_t count)
{
    (void)count;
    return apply(run, arguments[0], feel_number_log);
}

static const struct feel_value *fn_exp(struct feel_run *run,
                                       const struct feel_value *const *arguments, size_t count)
{
    (void)count;
    return apply(run, arguments[0], feel_number_exp);
}

/* What is left of a whole number divided by 2; -1: it is not whole. */
static int rest_of_two(struct feel_number number)
{
    struct feel_number rest;
    int64_t value;

    if (!feel_number_modulo(number, feel_number_from_int(2), &rest) ||
        !feel_number_int(rest, &value))
        return -1;
    return (int)value;
}

static const struct feel_value *is_rest(struct feel_run *run, const struct feel_value *value,
                                        int rest)
{
    struct feel_number number;

    if (!feel_arg_number(run, value, &number))
        return &feel_null;
    return feel_value_boolean(rest_of_two(number) == rest);
}

static const struct feel_value *fn_odd(struct feel_run *run,
                                       const struct feel_value *const *arguments, size_t count)
{
    (void)count;
    return is_rest(run, arguments[0], 1);
}

static const struct feel_value *fn_even(struct feel_run *run,
                                        const struct feel_value *const *arguments, size_t count)
{
    (void)count;
    return is_rest(run, arguments[0], 0);
}

static const struct feel_builtin ROWS[] = {
    {"decimal", "n, scale", false, fn_decimal},
    {"floor", "n, scale?", false, fn_floor},
    {"ceiling", "n, scale?", false, fn_ceiling},
    {"round up", "n, scale", false, fn_round_up},
    {"round down", "n, scale", false, fn_round_down},
    {"round half up", "n, scale", false, fn_round_half_up},
    {"round half down", "n, scale", false, fn_round_half_down},
    {"abs", "n", false, fn_abs},
    {"modulo", "dividend, divisor", false, fn_modulo},
    {"sqrt", "number", false, fn_sqrt},
    {"log", "number", false, fn_log},
    {"exp", "number", false, fn_exp},
    {"odd", "number", false, fn_odd},
    {"even", "number", false, fn_even},
};

const struct feel_builtin_table feel_builtin_numbers = {ROWS, ARRAY_LEN(ROWS)};

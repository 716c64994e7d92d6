/* How points and ranges stand to each other (table 78 of the standard). */
#include "core/arena.h"
#include "lang/feel_arg.h"
#include "lang/feel_builtin.h"

/* A point is a range from itself to itself. */
struct stretch {
    struct feel_range range;
    bool is_point;
};

/* Two stretches and how their ends compare; an open side is beyond every value. */
struct pair {
    struct stretch a, b;
};

static struct stretch stretch_of(const struct feel_value *value)
{
    if (value->kind == FEEL_RANGE)
        return (struct stretch){value->range, false};
    return (struct stretch){{.low = value, .high = value, .has_low = true, .has_high = true}, true};
}

/* Both ends, if there are such, must be comparable. */
static bool comparable(const struct feel_value *a, const struct feel_value *b)
{
    int order;

    return a == NULL || b == NULL || feel_value_compare(a, b, &order);
}

static bool read_pair(struct feel_run *run, const struct feel_value *const *arguments,
                      struct pair *pair)
{
    pair->a = stretch_of(feel_arg_single(arguments[0]));
    pair->b = stretch_of(feel_arg_single(arguments[1]));
    if (comparable(pair->a.range.low, pair->b.range.low) &&
        comparable(pair->a.range.low, pair->b.range.high) &&
        comparable(pair->a.range.high, pair->b.range.low) &&
        comparable(pair->a.range.high, pair->b.range.high))
        return true;
    (void)feel_run_null(run, "these cannot be compared");
    return false;
}

static int order_of(const struct feel_value *a, const struct feel_value *b)
{
    int order = 0;

    (void)feel_value_compare(a, b, &order);
    return order;
}

/* Where the one begins beside where the other begins: an open side first of all. */
static int order_lows(const struct feel_range *a, const struct feel_range *b)
{
    if (a->low == NULL || b->low == NULL)
        return (a->low != NULL) - (b->low != NULL);
    int order = order_of(a->low, b->low);
    return order != 0 ? order : b->has_low - a->has_low;
}

static int order_highs(const struct feel_range *a, const struct feel_range *b)
{
    if (a->high == NULL || b->high == NULL)
        return (b->high != NULL) - (a->high != NULL);
    int order = order_of(a->high, b->high);
    return order != 0 ? order : a->has_high - b->has_high;
}

/* a ends before b begins; ends that touch do so when one of them does not belong to it. */
static bool is_before(const struct feel_range *a, const struct feel_range *b)
{
    if (a->high == NULL || b->low == NULL)
        return false;
    int order = order_of(a->high, b->low);
    return order < 0 || (order == 0 && !(a->has_high && b->has_low));
}

static bool is_meeting(const struct feel_range *a, const struct feel_range *b)
{
    return a->high != NULL && b->low != NULL && a->has_high && b->has_low &&
           order_of(a->high, b->low) == 0;
}

static bool is_including(const struct feel_range *a, const struct feel_range *b)
{
    return order_lows(a, b) <= 0 && order_highs(a, b) >= 0;
}

static bool is_overlapping(const struct feel_range *a, const struct feel_range *b)
{
    return !is_before(a, b) && !is_before(b, a);
}

static bool is_overlapping_before(const struct feel_range *a, const struct feel_range *b)
{
    return is_overlapping(a, b) && order_lows(a, b) < 0 && order_highs(a, b) <= 0;
}

/* a is a last part of b. */
static bool is_finishing(const struct feel_range *a, const struct feel_range *b)
{
    return a->high != NULL && b->high != NULL && order_of(a->high, b->high) == 0 &&
           a->has_high == b->has_high && order_lows(a, b) >= 0;
}

static bool is_starting(const struct feel_range *a, const struct feel_range *b)
{
    return a->low != NULL && b->low != NULL && order_of(a->low, b->low) == 0 &&
           a->has_low == b->has_low && order_highs(a, b) <= 0;
}

static bool is_same(const struct feel_range *a, const struct feel_range *b)
{
    return order_lows(a, b) == 0 && order_highs(a, b) == 0;
}

enum shape {
    ANY_SHAPE,
    TWO_RANGES,
    RANGE_SECOND, /* a point or range, and a range */
    RANGE_FIRST,
    SAME_SHAPE,
};

static bool has_shape(const struct pair *pair, enum shape shape)
{
    if (shape == TWO_RANGES)
        return !pair->a.is_point && !pair->b.is_point;
    if (shape == RANGE_SECOND)
        return !pair->b.is_point;
    if (shape == RANGE_FIRST)
        return !pair->a.is_point;
    return shape == ANY_SHAPE || pair->a.is_point == pair->b.is_point;
}

typedef bool relation(const struct feel_range *a, const struct feel_range *b);

/* is_turned: the second is what is asked about. */
static const struct feel_value *relate(struct feel_run *run,
                                       const struct feel_value *const *arguments, enum shape shape,
                                       relation *holds, bool is_turned)
{
    struct pair pair;

    if (!read_pair(run, arguments, &pair))
        return &feel_null;
    if (!has_shape(&pair, shape))
        return feel_run_null(run, "a range is wanted here");
    return feel_value_boolean(is_turned ? holds(&pair.b.range, &pair.a.range)
                                        : holds(&pair.a.range, &pair.b.range));
}

static const struct feel_value *fn_before(struct feel_run *run,
                                          const struct feel_value *const *arguments, size_t count)
{
    (void)count;
    return relate(run, arguments, ANY_SHAPE, is_before, false);
}

static const struct feel_value *fn_after(struct feel_run *run,
                                         const struct feel_value *const *arguments, size_t count)
{
    (void)count;
    return relate(run, arguments, ANY_SHAPE, is_before, true);
}

static const struct feel_value *fn_meets(struct feel_run *run,
                                         const struct feel_value *const *arguments, size_t count)
{
    (void)count;
    return relate(run, arguments, TWO_RANGES, is_meeting, false);
}

static const struct feel_value *fn_met_by(struct feel_run *run,
                                          const struct feel_value *const *arguments, size_t count)
{
    (void)count;
    return relate(run, arguments, TWO_RANGES, is_meeting, true);
}

static const struct feel_value *fn_overlaps(struct feel_run *run,
                                            const struct feel_value *const *arguments, size_t count)
{
    (void)count;
    return relate(run, arguments, TWO_RANGES, is_overlapping, false);
}

static const struct feel_value *
fn_overlaps_before(struct feel_run *run, const struct feel_value *const *arguments, size_t count)
{
    (void)count;
    return relate(run, arguments, TWO_RANGES, is_overlapping_before, false);
}

static bool is_overlapping_after(const struct feel_range *a, const struct feel_range *b)
{
    return is_overlapping(a, b) && order_lows(a, b) > 0 && order_highs(a, b) >= 0;
}

static const struct feel_value *
fn_overlaps_after(struct feel_run *run, const struct feel_value *const *arguments, size_t count)
{
    (void)count;
    return relate(run, arguments, TWO_RANGES, is_overlapping_after, false);
}

static const struct feel_value *fn_finishes(struct feel_run *run,
                                            const struct feel_value *const *arguments, size_t count)
{
    (void)count;
    return relate(run, arguments, RANGE_SECOND, is_finishing, false);
}

static const struct feel_value *
fn_finished_by(struct feel_run *run, const struct feel_value *const *arguments, size_t count)
{
    (void)count;
    return relate(run, arguments, RANGE_FIRST, is_finishing, true);
}

static const struct feel_value *fn_includes(struct feel_run *run,
                                            const struct feel_value *const *arguments, size_t count)
{
    (void)count;
    return relate(run, arguments, RANGE_FIRST, is_including, false);
}

static const struct feel_value *fn_during(struct feel_run *run,
                                          const struct feel_value *const *arguments, size_t count)
{
    (void)count;
    return relate(run, arguments, RANGE_SECOND, is_including, true);
}

static const struct feel_value *fn_starts(struct feel_run *run,
                                          const struct feel_value *const *arguments, size_t count)
{
    (void)count;
    return relate(run, arguments, RANGE_SECOND, is_starting, false);
}

static const struct feel_value *
fn_started_by(struct feel_run *run, const struct feel_value *const *arguments, size_t count)
{
    (void)count;
    return relate(run, arguments, RANGE_FIRST, is_starting, true);
}

static const struct feel_value *
fn_coincides(struct feel_run *run, const struct feel_value *const *arguments, size_t count)
{
    (void)count;
    return relate(run, arguments, SAME_SHAPE, is_same, false);
}

static const struct feel_builtin ROWS[] = {
    {"before", "point1, point2", false, fn_before},
    {"before", "point, range", false, fn_before},
    {"before", "range, point", false, fn_before},
    {"before", "range1, range2", false, fn_before},
    {"after", "point1, point2", false, fn_after},
    {"after", "point, range", false, fn_after},
    {"after", "range, point", false, fn_after},
    {"after", "range1, range2", false, fn_after},
    {"meets", "range1, range2", false, fn_meets},
    {"met by", "range1, range2", false, fn_met_by},
    {"overlaps", "range1, range2", false, fn_overlaps},
    {"overlaps before", "range1, range2", false, fn_overlaps_before},
    {"overlaps after", "range1, range2", false, fn_overlaps_after},
    {"finishes", "point, range", false, fn_finishes},
    {"finishes", "range1, range2", false, fn_finishes},
    {"finished by", "range, point", false, fn_finished_by},
    {"finished by", "range1, range2", false, fn_finished_by},
    {"includes", "range, point", false, fn_includes},
    {"includes", "range1, range2", false, fn_includes},
    {"during", "point, range", false, fn_during},
    {"during", "range1, range2", false, fn_during},
    {"starts", "point, range", false, fn_starts},
    {"starts", "range1, range2", false, fn_starts},
    {"started by", "range, point", false, fn_started_by},
    {"started by", "range1, range2", false, fn_started_by},
    {"coincides", "point1, point2", false, fn_coincides},
    {"coincides", "range1, range2", false, fn_coincides},
};

const struct feel_builtin_table feel_builtin_ranges = {ROWS, ARRAY_LEN(ROWS)};

#include "lang/feel_time.h"

#include "core/arena.h"
#include "core/time.h"
#include "lang/feel_run.h"
#include "lang/feel_zone.h"

enum {
    CYCLE_YEARS = 400,
    CYCLE_DAYS = 146097,
};

int feel_time_month_days(int64_t year, int month)
{
    static const int DAYS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    return month == 2 && is_leap ? 29 : DAYS[month - 1];
}

bool feel_time_day(int64_t year, int64_t month, int64_t day, int64_t *number)
{
    int64_t cycles;

    if (year < -FEEL_TIME_YEAR_MAX || year > FEEL_TIME_YEAR_MAX || month < 1 || month > 12 ||
        day < 1 || day > feel_time_month_days(year, (int)month))
        return false;
    cycles = year / CYCLE_YEARS - 1; /* the years that core/time.h knows begin with 1 */
    *number = time_day_from_date(
                  (struct time_date){(int)(year - cycles * CYCLE_YEARS), (int)month, (int)day}) +
              cycles * CYCLE_DAYS;
    return true;
}

void feel_time_date(int64_t number, int64_t *year, int *month, int *day)
{
    int64_t cycles = number / CYCLE_DAYS - 1;
    struct time_date date = time_date_from_day(number - cycles * CYCLE_DAYS);

    *year = date.year + cycles * CYCLE_YEARS;
    *month = date.month;
    *day = date.day;
}

int64_t feel_time_seconds(const struct feel_moment *moment)
{
    return moment->day * FEEL_TIME_DAY_SECONDS + moment->second - moment->zone.offset;
}

static bool comparable(const struct feel_moment *a, const struct feel_moment *b)
{
    return (a->zone.kind == FEEL_ZONE_LOCAL) == (b->zone.kind == FEEL_ZONE_LOCAL);
}

/* To the second: the standard compares the components of a moment, and none is smaller. */
bool feel_time_equal(const struct feel_value *a, const struct feel_value *b)
{
    return comparable(&a->moment, &b->moment) &&
           feel_time_seconds(&a->moment) == feel_time_seconds(&b->moment);
}

bool feel_time_compare(const struct feel_value *a, const struct feel_value *b, int *order)
{
    int64_t left = feel_time_seconds(&a->moment), right = feel_time_seconds(&b->moment);

    if (!comparable(&a->moment, &b->moment))
        return false;
    if (left == right) {
        left = a->moment.nano;
        right = b->moment.nano;
    }
    *order = left < right ? -1 : left > right ? 1 : 0;
    return true;
}

bool feel_time_add_months(struct feel_moment *moment, int64_t months)
{
    int64_t year, total;
    int month, day;

    feel_time_date(moment->day, &year, &month, &day);
    if (__builtin_add_overflow(year * 12 + month - 1, months, &total))
        return false;
    year = total >= 0 ? total / 12 : -((11 - total) / 12);
    month = (int)(total - year * 12) + 1;
    if (year < -FEEL_TIME_YEAR_MAX || year > FEEL_TIME_YEAR_MAX)
        return false;
    return feel_time_day(year, month, MIN(day, feel_time_month_days(year, month)), &moment->day);
}

static int64_t floor_divide(int64_t a, int64_t b)
{
    return a / b - (a % b < 0 ? 1 : 0);
}

static bool put_seconds(struct feel_moment *moment, int64_t seconds)
{
    int64_t year, day = floor_divide(seconds, FEEL_TIME_DAY_SECONDS);
    int month, date;

    moment->day = day;
    moment->second = (int32_t)(seconds - day * FEEL_TIME_DAY_SECONDS);
    feel_time_date(day, &year, &month, &date);
    return year >= -FEEL_TIME_YEAR_MAX && year <= FEEL_TIME_YEAR_MAX;
}

bool feel_time_add_span(struct feel_run *run, enum feel_kind kind, struct feel_moment *moment,
                        struct feel_span span)
{
    int64_t seconds = feel_time_seconds(moment);
    int32_t nanos = moment->nano + span.nanos;

    if (kind == FEEL_TIME) {
        span.seconds %= FEEL_TIME_DAY_SECONDS;
        seconds = moment->second;
    }
    if (__builtin_add_overflow(seconds, span.seconds + nanos / FEEL_TIME_NANOS, &seconds))
        return false;
    moment->nano = nanos % FEEL_TIME_NANOS;
    if (kind == FEEL_TIME) {
        seconds %= FEEL_TIME_DAY_SECONDS;
        moment->second = (int32_t)(seconds < 0 ? seconds + FEEL_TIME_DAY_SECONDS : seconds);
        return true;
    }
    if (moment->zone.kind == FEEL_ZONE_NAMED &&
        !feel_zone_offset(run->zones, moment->zone.name, seconds, &moment->zone.offset))
        return false;
    if (!put_seconds(moment, seconds + moment->zone.offset))
        return false;
    if (kind == FEEL_DATE) {
        moment->second = 0;
        moment->nano = 0;
    }
    return true;
}

bool feel_time_subtract(const struct feel_moment *a, const struct feel_moment *b,
                        struct feel_span *span)
{
    if (!comparable(a, b))
        return false;
    span->seconds = feel_time_seconds(a) - feel_time_seconds(b);
    span->nanos = a->nano - b->nano;
    if (span->nanos < 0) {
        span->nanos += FEEL_TIME_NANOS;
        span->seconds--;
    }
    return true;
}

int64_t feel_time_months_between(const struct feel_moment *from, const struct feel_moment *to)
{
    int64_t year, other;
    int month, day, other_month, other_day;
    int64_t months;

    feel_time_date(from->day, &year, &month, &day);
    feel_time_date(to->day, &other, &other_month, &other_day);
    months = (other - year) * 12 + other_month - month;
    if (months > 0 && other_day < day)
        return months - 1;
    return months < 0 && other_day > day ? months + 1 : months;
}

bool feel_time_span_add(struct feel_span a, struct feel_span b, struct feel_span *sum)
{
    int32_t nanos = a.nanos + b.nanos;
    int64_t seconds;

    if (__builtin_add_overflow(a.seconds, b.seconds, &seconds) ||
        __builtin_add_overflow(seconds, nanos / FEEL_TIME_NANOS, &seconds))
        return false;
    *sum = (struct feel_span){seconds, nanos % FEEL_TIME_NANOS};
    return true;
}

struct feel_span feel_time_span_negate(struct feel_span span)
{
    if (span.nanos == 0)
        return (struct feel_span){-span.seconds, 0};
    return (struct feel_span){-span.seconds - 1, FEEL_TIME_NANOS - span.nanos};
}

bool feel_time_span_from_number(struct feel_number seconds, struct feel_span *span)
{
    struct feel_number whole, rest;
    int64_t count, nanos;

    if (!feel_number_round(seconds, 9, FEEL_ROUND_HALF_EVEN, &seconds) ||
        !feel_number_round(seconds, 0, FEEL_ROUND_DOWN, &whole) ||
        !feel_number_int(whole, &count) || count < -INT64_MAX / 2 || count > INT64_MAX / 2 ||
        !feel_number_subtract(seconds, whole, &rest) ||
        !feel_number_multiply(rest, feel_number_from_int(FEEL_TIME_NANOS), &rest) ||
        !feel_number_int(rest, &nanos))
        return false;
    *span = (struct feel_span){count, (int32_t)nanos};
    return true;
}

struct feel_number feel_time_span_number(struct feel_span span)
{
    struct feel_number seconds = feel_number_from_int(span.seconds), nanos;

    /* Neither can fail: 19 digits and 9 behind the point. */
    if (feel_number_divide(feel_number_from_int(span.nanos), feel_number_from_int(FEEL_TIME_NANOS),
                           &nanos) &&
        feel_number_add(seconds, nanos, &seconds))
        return seconds;
    return seconds;
}

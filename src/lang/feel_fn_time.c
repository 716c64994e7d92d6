/* Moments: parts of dates, today and now. */
#include "core/arena.h"
#include "lang/feel_arg.h"
#include "lang/feel_builtin.h"
#include "lang/feel_time.h"

static bool day_of(struct feel_run *run, const struct feel_value *value, int64_t *day)
{
    value = feel_arg_single(value);
    if (value->kind == FEEL_DATE || value->kind == FEEL_DATE_TIME) {
        *day = value->moment.day;
        return true;
    }
    (void)feel_run_null(run, "a date is wanted here, not %s", feel_value_word(value->kind));
    return false;
}

/* Monday is 0. */
static int weekday_of(int64_t day)
{
    return (int)(((day + 3) % 7 + 7) % 7);
}

static const struct feel_value *
fn_day_of_year(struct feel_run *run, const struct feel_value *const *arguments, size_t count)
{
    int64_t day, year, first;
    int month, date;

    (void)count;
    if (!day_of(run, arguments[0], &day))
        return &feel_null;
    feel_time_date(day, &year, &month, &date);
    if (!feel_time_day(year, 1, 1, &first))
        return &feel_null;
    return feel_value_int(run->arena, day - first + 1);
}

static const struct feel_value *
fn_day_of_week(struct feel_run *run, const struct feel_value *const *arguments, size_t count)
{
    static const char *const NAMES[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                        "Friday", "Saturday", "Sunday"};
    int64_t day;

    (void)count;
    if (!day_of(run, arguments[0], &day))
        return &feel_null;
    return feel_value_text(run->arena, str_from_z(NAMES[weekday_of(day)]));
}

static const struct feel_value *
fn_month_of_year(struct feel_run *run, const struct feel_value *const *arguments, size_t count)
{
    static const char *const NAMES[] = {"January",   "February", "March",    "April",
                                        "May",       "June",     "July",     "August",
                                        "September", "October",  "November", "December"};
    int64_t day, year;
    int month, date;

    (void)count;
    if (!day_of(run, arguments[0], &day))
        return &feel_null;
    feel_time_date(day, &year, &month, &date);
    return feel_value_text(run->arena, str_from_z(NAMES[month - 1]));
}

/* ISO 8601: the week of the year its Thursday is in. */
static const struct feel_value *
fn_week_of_year(struct feel_run *run, const struct feel_value *const *arguments, size_t count)
{
    int64_t day, year, first;
    int month, date;

    (void)count;
    if (!day_of(run, arguments[0], &day))
        return &feel_null;
    day += 3 - weekday_of(day);
    feel_time_date(day, &year, &month, &date);
    if (!feel_time_day(year, 1, 1, &first))
        return &feel_null;
    return feel_value_int(run->arena, (day - first) / 7 + 1);
}

static const struct feel_value *fn_now(struct feel_run *run,
                                       const struct feel_value *const *arguments, size_t count)
{
    struct feel_moment moment = {
        .zone = {.kind = FEEL_ZONE_OFFSET, .offset = run->utc_offset * 60}};
    int64_t second = run->now / 1000 + run->utc_offset * 60;

    (void)arguments;
    (void)count;
    moment.day = second / FEEL_TIME_DAY_SECONDS;
    moment.second = (int32_t)(second % FEEL_TIME_DAY_SECONDS);
    moment.nano = (int32_t)(run->now % 1000) * 1000000;
    return feel_value_moment(run->arena, FEEL_DATE_TIME, moment);
}

static const struct feel_value *fn_today(struct feel_run *run,
                                         const struct feel_value *const *arguments, size_t count)
{
    int64_t second = run->now / 1000 + run->utc_offset * 60;
    struct feel_moment moment = {.day = second / FEEL_TIME_DAY_SECONDS};

    (void)arguments;
    (void)count;
    return feel_value_moment(run->arena, FEEL_DATE, moment);
}

static const struct feel_builtin ROWS[] = {
    {"day of year", "date", false, fn_day_of_year},
    {"day of week", "date", false, fn_day_of_week},
    {"month of year", "date", false, fn_month_of_year},
    {"week of year", "date", false, fn_week_of_year},
    {"now", "", false, fn_now},
    {"today", "", false, fn_today},
};

const struct feel_builtin_table feel_builtin_times = {ROWS, ARRAY_LEN(ROWS)};

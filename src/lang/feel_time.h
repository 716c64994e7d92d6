/*
 * Dates, times and durations of FEEL: their texts (XML Schema's, with @zone behind a time), their
 * order and their arithmetic.  Years from -999,999,999 to 999,999,999, nanoseconds.
 *
 * A moment with an offset or zone is compared as a point of time with another such one; without
 * one only with another without.  Named zones: lang/feel_zone.h.
 */
#pragma once

#include "lang/feel_value.h"

struct feel_run;

enum {
    FEEL_TIME_YEAR_MAX = 999999999,
    FEEL_TIME_DAY_SECONDS = 86400,
    FEEL_TIME_NANOS = 1000000000,
};

/* Proleptic Gregorian; false when there is no such day. */
bool feel_time_day(int64_t year, int64_t month, int64_t day, int64_t *number);
void feel_time_date(int64_t number, int64_t *year, int *month, int *day);
int feel_time_month_days(int64_t year, int month);

/* Each returns false when the text is none. The run knows the zones. */
bool feel_time_parse_date(struct str text, struct feel_moment *moment);
bool feel_time_parse_time(struct feel_run *run, struct str text, struct feel_moment *moment);
/* Also a mere date, which begins at midnight. */
bool feel_time_parse_date_time(struct feel_run *run, struct str text, struct feel_moment *moment);
/* Either duration, as *value; NULL: none. */
const struct feel_value *feel_time_parse_duration(struct arena *arena, struct str text);

/* Any of the six. */
void feel_time_print(struct buf *buf, const struct feel_value *value);

bool feel_time_equal(const struct feel_value *a, const struct feel_value *b);
bool feel_time_compare(const struct feel_value *a, const struct feel_value *b, int *order);

/* The seconds since 1970 UTC, or of local time where there is no zone. */
int64_t feel_time_seconds(const struct feel_moment *moment);

bool feel_time_add_months(struct feel_moment *moment, int64_t months);
/* To a date, a time or both; of a date only the day stays. Named zones by their rules. */
bool feel_time_add_span(struct feel_run *run, enum feel_kind kind, struct feel_moment *moment,
                        struct feel_span span);
/* a - b of two of one kind; false when only one has a zone. */
bool feel_time_subtract(const struct feel_moment *a, const struct feel_moment *b,
                        struct feel_span *span);
/* Whole months from one to the other. */
int64_t feel_time_months_between(const struct feel_moment *from, const struct feel_moment *to);

bool feel_time_span_add(struct feel_span a, struct feel_span b, struct feel_span *sum);
struct feel_span feel_time_span_negate(struct feel_span span);
bool feel_time_span_from_number(struct feel_number seconds, struct feel_span *span);
struct feel_number feel_time_span_number(struct feel_span span);

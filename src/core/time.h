/*
 * Moments, days and their texts.  A moment is milliseconds since 1970 UTC (_at); a day
 * is a number of days since 1970-01-01 (_on), in the proleptic Gregorian calendar.
 * Years 1 to 9999.  Never locale-dependent.
 */
#pragma once

#include "core/buf.h"
#include "core/err.h"

enum {
    TIME_MINUTE_MS = 60 * 1000,
    TIME_DAY_MS = 24 * 60 * 60 * 1000,
};

struct time_date {
    int year;
    int month; /* 1-12 */
    int day;   /* 1-31 */
};

/* The clock of the machine. Only main, loops and tests' owners call it; others take now. */
int64_t time_now(void);
/* A monotonic clock in microseconds, for measuring. */
int64_t time_monotonic_us(void);

int64_t time_day_from_date(struct time_date date);
struct time_date time_date_from_day(int64_t day);
/* The same date so many months later, or the last day of that month when it has no such date. */
int64_t time_add_months(int64_t day, int64_t months);
/* The day at an offset from UTC in minutes. */
int64_t time_day_of(int64_t at, int offset_minutes);

/* "2026-03-09" (RFC 3339 full-date). */
bool time_parse_day(struct str text, int64_t *day);
/* As people and files write it: 09.03.2026, 9.3.26 refused, 2026-03-09, 09/03/2026. */
bool time_parse_day_typed(struct str text, int64_t *day);
/* RFC 3339 date-time with an offset. */
bool time_parse_moment(struct str text, int64_t *at);
void time_print_day(struct buf *buf, int64_t day);       /* 2026-03-09 */
void time_print_moment(struct buf *buf, int64_t at);     /* 2026-03-09T06:00:00.000Z */
void time_print_day_local(struct buf *buf, int64_t day); /* 09.03.2026 */
/* 09.03.2026, 09:00 at the offset. */
void time_print_moment_local(struct buf *buf, int64_t at, int offset_minutes);
/* "Mon, 09 Mar 2026 06:00:00 GMT" (RFC 9110 5.6.7). */
void time_print_http(struct buf *buf, int64_t at);
bool time_parse_http(struct str text, int64_t *at);

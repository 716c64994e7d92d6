/*
 * A production calendar: on which days people work and at which hours.  It is a week with its
 * weekend and a table of the days that are otherwise.
 *
 * Nothing here knows a time zone: days are the caller's (core/time.h), moments are local
 * minutes, counted from 1970-01-01 00:00 of the municipality's own clock.  Days of the years
 * 1900 to 2200; beyond them answers are false, so every loop ends.  {0} is a calendar: five
 * days a week from nine to six, without a holiday.
 */
#pragma once

#include "core/err.h"
#include "core/str.h"

enum {
    CALENDAR_FIRST = -25567, /* 1900-01-01 */
    CALENDAR_LAST = 84370,   /* 2200-12-31 */
    CALENDAR_SPANS_MAX = 4,
    CALENDAR_DAY_MINUTES = 24 * 60,
};

/* Their words, in files and records, are those of calendar_kind_word. */
enum calendar_kind {
    CALENDAR_WORKING, /* "working": also a Saturday that is worked */
    CALENDAR_SHORT,   /* "short": worked, and an hour less */
    CALENDAR_OFF,     /* "off": a day of rest of the week, or as one */
    CALENDAR_MOVED,   /* "moved": a day of rest moved here from another day */
    CALENDAR_HOLIDAY, /* "holiday" */
    CALENDAR_DECREE,  /* "decree": off with pay by decree, which is no holiday of the law */
    CALENDAR_KINDS,
};

struct calendar_day {
    int64_t on;
    enum calendar_kind kind;
    int rank; /* of two of the same day the one with the larger counts: it is nearer to us */
    struct str title;
};

struct calendar_hours {
    struct {
        int from, to; /* minutes of the day */
    } spans[CALENDAR_SPANS_MAX];
    int count; /* 0: 09:00-13:00 14:00-18:00 */
};

struct calendar {
    const struct calendar_day *days; /* by day, one of each: calendar_lay makes it so */
    size_t count;
    struct calendar_hours hours;
    bool works_on_saturday;
    bool decrees_work; /* days off by decree are what they are in any week */
};

struct str calendar_kind_word(enum calendar_kind kind);
bool calendar_kind_parse(struct str word, enum calendar_kind *kind);
/* "09:00-13:00 14:00-18:00"; false when it is none. */
bool calendar_hours_parse(struct str text, struct calendar_hours *hours);
/* Sorts days in place and leaves of each the one that counts; the calendar borrows them. */
void calendar_lay(struct calendar *calendar, struct calendar_day *days, size_t count);

bool calendar_has(int64_t day);
/* What the table says of the day; NULL: nothing. */
const struct calendar_day *calendar_find(const struct calendar *calendar, int64_t day);
enum calendar_kind calendar_kind_on(const struct calendar *calendar, int64_t day);
bool calendar_is_working(const struct calendar *calendar, int64_t day);

/* The day itself when it is worked, else the next that is. */
MUST_CHECK bool calendar_next(const struct calendar *calendar, int64_t day, int64_t *found);
/* The count-th working day after a day, before it when count is negative; 0: the day itself. */
MUST_CHECK bool calendar_shift(const struct calendar *calendar, int64_t day, int64_t count,
                               int64_t *found);
/* Working days after one day, up to and with another; negative when that is the earlier one. */
int64_t calendar_count(const struct calendar *calendar, int64_t after, int64_t to);

/* Of a day. */
int64_t calendar_minutes_on(const struct calendar *calendar, int64_t day);
/* Working minutes between two local minutes; 0 when the later one comes first. */
int64_t calendar_minutes(const struct calendar *calendar, int64_t from, int64_t to);
/* The local minute at which so many working minutes are over: 18:00 rather than 09:00 next. */
MUST_CHECK bool calendar_advance(const struct calendar *calendar, int64_t from, int64_t minutes,
                                 int64_t *found);

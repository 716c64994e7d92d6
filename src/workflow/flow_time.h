/*
 * When a timer is due: dates, durations and cycles of ISO 8601 as models write them.
 * "2026-03-02T09:00:00+03:00", "2026-03-02" (the day's beginning), "PT15M", "P1M",
 * "R3/PT10H", "R/2026-03-02T09:00:00Z/P1D".  Moments without an offset are the municipality's.
 */
#pragma once

#include "core/calendar.h"
#include "workflow/bpmn_part.h"

enum {
    FLOW_TIME_START_LEAST_MS = 60 * 1000, /* between flows that begin by a cycle */
};

struct flow_time {
    int64_t due_at;
    int64_t left;       /* how often after that; -1: without end */
    struct str every;   /* the duration between; empty: once */
    int offset_minutes; /* by whose calendar months are counted */
};

/* Is it written out, rather than an expression that gives it? */
bool flow_time_is_literal(enum bpmn_timer timer, struct str text);
/* False when the text is none of that kind. every borrows from text. */
bool flow_time_parse(enum bpmn_timer timer, struct str text, int64_t now, int offset_minutes,
                     struct flow_time *time);
/* The moment a duration later: months by the calendar, days of 24 hours. */
bool flow_time_later(struct str duration, int64_t from, int64_t *at);
/*
 * The last moment of the day that is so many working days later (Civil Code of Russia, art. 191,
 * 194); of none the next working day's, today's when it is one.  False: it is not a number of days,
 * as "P10D", or no calendar reaches so far.
 */
bool flow_time_working(struct str duration, const struct calendar *calendar, int64_t from,
                       int offset_minutes, int64_t *at);
/*
 * The first of its moments that comes after one, from the one numbered *no on (the first of all
 * is 0); *no becomes its number.  Counted from the first of all, so that the 31st of a month is
 * not lost in February.  False: there is none any more.
 */
bool flow_time_next(const struct flow_time *time, int64_t after, int64_t *no, int64_t *at);

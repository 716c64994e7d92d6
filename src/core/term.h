/*
 * A term: how long something may take, when it is over, and why on that day.  It follows the
 * Civil Code of Russia, art. 191-194: the day after the event is the first, a term in months
 * ends on the same date, and one that ends on a day off may be carried to the next working day.
 *
 * Pauses are days (of hours: local minutes, core/calendar.h) on which the term does not run: from
 * the first of them up to the one on which it runs again.  What is not over is open; then the term
 * stands still and has no end yet.  Pure: the wording is web/term_wording.h.
 */
#pragma once

#include "core/calendar.h"

struct arena;

enum {
    TERM_COUNT_MAX = 10000, /* days, hours, or months */
    TERM_PAUSES_MAX = 200,
};

#define TERM_OPEN INT64_MAX

enum term_unit {
    TERM_DAYS,
    TERM_WORKING_DAYS,
    TERM_WORKING_HOURS,
    TERM_MONTHS,
};

struct term_pause {
    int64_t from;
    int64_t until; /* where it runs again; TERM_OPEN */
    struct str reason;
};

struct term {
    int64_t start; /* the day of the event; of hours the local minute */
    int64_t count;
    enum term_unit unit;
    bool counts_start; /* the day of the event is the first */
    bool carries;      /* from a day off to the next working day */
    bool decrees_run;  /* a day off by decree counts as any day of its week */
    const struct term_pause *pauses;
    size_t pause_count;
};

/* How the end was found, in order; days, of hours local minutes. */
enum term_step_kind {
    TERM_STEP_START,       /* from: the event; count of the term's unit */
    TERM_STEP_SHORT_MONTH, /* from: the last month has no such date, so its last day */
    TERM_STEP_OFF,         /* from, to, text: days off beside weekends, not counted */
    TERM_STEP_PAUSE,       /* from, to (where it ran again), text: why; count: days, or minutes */
    TERM_STEP_STILL,       /* from, text: since when it stands still and why; count is left */
    TERM_STEP_CARRY,       /* from, to, text: from a day off to a working one */
    TERM_STEP_DUE,         /* from: the last day, or the minute */
};

struct term_step {
    enum term_step_kind kind;
    int64_t from, to;
    int64_t count;
    struct str text;
};

struct term_result {
    bool is_still; /* it stands still */
    int64_t due;   /* the last day; of hours the local minute; when it stands still 0 */
    int64_t left;  /* when it stands still: days, working days or minutes */
    const struct term_step *steps;
    size_t step_count;
};

/* ERR_INPUT: a count or a pause cannot be; ERR_LIMIT: it ends beyond the years of calendars. */
MUST_CHECK bool term_compute(const struct term *term, const struct calendar *calendar,
                             struct arena *arena, struct term_result *result, struct err *err);

enum term_state {
    TERM_RUNS,
    TERM_LAST_DAY, /* due today; of hours: within a working hour */
    TERM_OVERDUE,
    TERM_STILL,
};

/* Where a term is on a day (of hours: at a local minute). */
struct term_rest {
    enum term_state state;
    enum term_unit unit; /* of count: TERM_DAYS of a term in months, and of what is overdue */
    int64_t count;       /* left, or by how much it is overdue */
};

struct term_rest term_rest_at(const struct term *term, const struct calendar *calendar,
                              const struct term_result *result, int64_t now);

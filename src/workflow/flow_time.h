/*
 * When a timer is due: dates, durations and cycles of ISO 8601 as models write them.
 * "2026-03-02T09:00:00+03:00", "2026-03-02" (the day's beginning), "PT15M", "P1M",
 * "R3/PT10H", "R/2026-03-02T09:00:00Z/P1D".  Moments without an offset are the municipality's.
 */
#pragma once

#include "core/str.h"
#include "workflow/bpmn_part.h"

struct flow_time {
    int64_t due_at;
    int64_t left;     /* how often after that; -1: without end */
    struct str every; /* the duration between; empty: once */
};

/* Is it written out, rather than an expression that gives it? */
bool flow_time_is_literal(enum bpmn_timer timer, struct str text);
/* False when the text is none of that kind. every borrows from text. */
bool flow_time_parse(enum bpmn_timer timer, struct str text, int64_t now, int offset_minutes,
                     struct flow_time *time);
/* The moment a duration later: months by the calendar, days of 24 hours. */
bool flow_time_later(struct str duration, int64_t from, int64_t *at);

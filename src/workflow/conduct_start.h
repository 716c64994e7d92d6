/*
 * Flows that begin by the clock: start events with a timer, of the processes that are installed.
 *
 * Each has a row of flow_wait that belongs to no flow (flow 0, kind "start"): due_at when it is
 * to begin next, NULL when that was the last time.  In the body stand the timer as it is drawn,
 * from when on it counts (the installation of its pack) and the number of the next moment.  So
 * the timers of flows and of their beginnings are found in one index and fired by one job.
 *
 * 1. The row moves on in the write in which the flow begins: each moment begins one flow.
 * 2. Of moments that were missed the flow begins once, then the schedule goes on.
 * 3. A timer drawn as before goes on as before when its pack is upgraded; one that is drawn
 *    otherwise counts anew, from that installation.  What lies before it is not begun.
 */
#pragma once

#include "workflow/conduct_job.h"

enum {
    CONDUCT_START_FLOW = 0, /* whose flow_wait those rows are */
};

/* Writes the rows as the installed packs want them; nothing when they are so. */
MUST_CHECK bool conduct_start_plan(const struct conduct_place *place, struct err *err);
/* The flow of that row begins, if it is due.  Somebody may have been first: nothing happens. */
MUST_CHECK bool conduct_start_begin(const struct conduct_place *place, int64_t no, struct err *err);

/* In the write of the flow's first step. ERR_CONFLICT: it was begun already. */
struct conduct_start_turn {
    int64_t no, due_at; /* the row as it was seen */
    int64_t next_at;    /* INT64_MAX: that was the last time */
    struct str body;
};
MUST_CHECK bool conduct_start_take(struct tx *tx, const struct conduct_start_turn *turn,
                                   struct err *err);

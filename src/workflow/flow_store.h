/*
 * Flows as rows: a flow is read in a read transaction, steps outside the writer, and what the
 * step changed is written in one write, only if nobody else was first; else it is done again
 * with what stands there then.  A crash between two steps loses nothing and repeats nothing.
 *
 * What follows from a step outside (jobs, records, messages) is written in that write, too:
 * conduct.h.
 */
#pragma once

#include "store/store.h"
#include "workflow/flow_step.h"

/* The head of a kept flow. */
struct flow_store {
    int64_t id;
    struct str pack, version; /* whose model: it stays on the version it began with */
    struct str file;          /* "processes/repair.bpmn" */
    struct str process;       /* the element's id */
    enum flow_state state;
    struct str error;
    int64_t step; /* how many there were */
    int last_no;
    int64_t begun_at, changed_at;
    int64_t no, record; /* what it is about: a register's number and a record; 0: nothing */
    int64_t caller;     /* the flow that called it and waits; 0: none */
    int caller_wait;
    bool is_stuck; /* somebody has to look */
};

/* Of a flow's row, for flow_store_row. */
#define FLOW_STORE_COLUMNS                                                                         \
    "id, pack, version, file, process, state, error, step, last_no, begun_at, changed_at,"         \
    " register, record, caller, caller_wait"
struct rows;
struct flow_store flow_store_row(const struct rows *rows, size_t row);

/* ERR_ABSENT. */
MUST_CHECK bool flow_store_get(struct tx *tx, struct arena *arena, int64_t id,
                               struct flow_store *kept, struct err *err);
/* Its parts, into a new flow of its model. */
MUST_CHECK bool flow_store_load(struct tx *tx, const struct flow_store *kept, struct flow *flow,
                                struct err *err);

/* What a step changed, as statements. */
struct flow_store_diff;
struct flow_store_doer {
    int64_t actor;
    int wait; /* what they answered; 0: something else happened */
};
/* kept: the head before the step; of a flow that begins its step is 0. */
struct flow_store_diff *flow_store_compare(struct arena *arena, const struct flow_store *kept,
                                           const struct flow *flow, struct flow_store_doer doer);
/* The head as it will be. */
const struct flow_store *flow_store_next(const struct flow_store_diff *diff);
/* Somebody else stepped first, so that trying again may help. */
bool flow_store_is_late(const struct err *err);
/* In a write. ERR_CONFLICT when the flow is not at the step any more that was compared. */
MUST_CHECK bool flow_store_put(struct tx *tx, const struct flow_store_diff *diff, struct err *err);

/* The trace of a flow's steps, the first before: a line for each thing that happened. */
MUST_CHECK bool flow_store_trace(struct tx *tx, int64_t id, struct buf *trace, struct err *err);

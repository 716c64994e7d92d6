/*
 * Flows as rows: a flow is read in a read transaction, steps outside the writer, and what the
 * step changed is written in one write, only if nobody else was first; else it is done again
 * with what stands there then.  A crash between two steps loses nothing and repeats nothing.
 *
 * What follows from a step outside (jobs, records, events) has to be written in that write,
 * too: flow_store_work.also.
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
};

/* ERR_ABSENT. */
MUST_CHECK bool flow_store_get(struct tx *tx, struct arena *arena, int64_t id,
                               struct flow_store *kept, struct err *err);
/* Its parts, into a new flow of its model. */
MUST_CHECK bool flow_store_load(struct tx *tx, const struct flow_store *kept, struct flow *flow,
                                struct err *err);

/* What a step changed, as statements. */
struct flow_store_diff;
/* kept: the head before the step; of a flow that begins its step is 0. */
struct flow_store_diff *flow_store_compare(struct arena *arena, const struct flow_store *kept,
                                           const struct flow *flow, int64_t actor);
/* In a write. ERR_CONFLICT when the flow is not at the step any more that was compared. */
MUST_CHECK bool flow_store_put(struct tx *tx, const struct flow_store_diff *diff, struct err *err);

struct flow_store_work {
    struct tenant *tenant;
    struct arena *arena;
    struct flow_store begin; /* id, pack, version, file, process of one that begins; id 0: none */
    int64_t id;              /* of one that is there */
    struct flow_step step;
    int64_t now;
    int64_t actor; /* an account; 0: nobody, as for a timer */
    /* The model of a flow; it has to live as long as arena. */
    bool (*model)(void *data, const struct flow_store *kept, const struct bpmn **model,
                  struct err *err);
    /* In the same write, may be NULL; it may be called more than once. */
    bool (*also)(struct tx *tx, void *data, const struct flow *flow, struct err *err);
    void *data;
};

/* The whole way: reads, steps, writes.  Waits for the disk: not on a loop. */
MUST_CHECK bool flow_store_step(const struct flow_store_work *work, struct flow **flow,
                                bool *was_taken, struct err *err);
/* The trace of a flow's steps, the first before: a line for each thing that happened. */
MUST_CHECK bool flow_store_trace(struct tx *tx, int64_t id, struct buf *trace, struct err *err);

/* One event happens to a flow; then it runs until nothing moves. */
#pragma once

#include "workflow/flow.h"

enum flow_step_kind {
    FLOW_STEP_BEGIN,    /* at node, or where the process begins; data: its first values */
    FLOW_STEP_DONE,     /* what wait stands for is done, with data */
    FLOW_STEP_ERROR,    /* it ended with the error name */
    FLOW_STEP_ESCALATE, /* whoever does it escalates name; it goes on */
    FLOW_STEP_BROKEN,   /* it cannot be done, name says why: somebody has to look */
    FLOW_STEP_TIMER,    /* wait is due */
    FLOW_STEP_MESSAGE,  /* name, key, data: for one that waits for it */
    FLOW_STEP_SIGNAL,   /* name, data: for all that wait for it */
    FLOW_STEP_VALUES,   /* somebody changed values; data NULL: nothing happens */
    FLOW_STEP_RETRY,    /* everything stuck is tried again */
    FLOW_STEP_CANCEL,   /* the flow is over */
};

struct flow_step {
    enum flow_step_kind kind;
    int wait;
    int process; /* of BEGIN */
    int node;    /* of BEGIN; -1: the usual one */
    struct str name;
    struct str key;
    const struct json *data; /* an object, or NULL */
    bool is_more;            /* it is written together with the one before: nothing settles */
};

/*
 * Begins with flow_settle, unless is_more.  *was_taken: something waited for it.  False: a bound
 * was met (the text names the element that goes round), or the step cannot be; then the flow is
 * spoilt and has to be read again.
 */
MUST_CHECK bool flow_step(struct flow *flow, const struct flow_step *step, int64_t now,
                          bool *was_taken, struct err *err);

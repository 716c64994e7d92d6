/* What a step did, a line for each: "task_1 "Check" waits for a person". */
#pragma once

#include "workflow/flow.h"

void flow_trace_print(struct buf *buf, const struct flow *flow, const struct flow_mark *mark);
/* What a flow waits for, or what is stuck; the same form. */
void flow_trace_print_open(struct buf *buf, const struct flow *flow);

/* A line of a step's trace again. */
struct flow_trace_line {
    enum flow_did did;
    int node;                  /* for FLOW_DID_TAKE -1 */
    struct str id;             /* of the element, or of the sequence flow */
    enum flow_wait_kind waits; /* of FLOW_DID_WAIT */
    struct str rest;           /* what is thrown or waited for, why it is stuck */
};
/* False: nothing of this model is told there. */
bool flow_trace_read(const struct bpmn *model, struct str line, struct flow_trace_line *read);

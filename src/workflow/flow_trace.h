/* What a step did, a line for each: "task_1 "Check" waits for a person". */
#pragma once

#include "workflow/flow.h"

void flow_trace_print(struct buf *buf, const struct flow *flow, const struct flow_mark *mark);
/* What a flow waits for, or what is stuck; the same form. */
void flow_trace_print_open(struct buf *buf, const struct flow *flow);

/*
 * What happened to a kept flow, read from the traces of its steps, and how far it is: which
 * elements are behind it, where its tokens are.  For people: pages and the API tell it.
 */
#pragma once

#include "store/store.h"
#include "workflow/flow_trace.h"

enum {
    FLOW_PAST_STEPS_MAX = 5000, /* looked at; a flow that goes round longer is told in part */
};

/* The next line of a trace that tells of the model; false: there is none. */
bool flow_past_next(const struct bpmn *model, struct str *trace, struct flow_trace_line *line);

struct flow_past_place {
    bool was_there, is_done;
    int tokens;
    struct str fault; /* why a token of it is stuck; empty: none is */
};
struct flow_past {
    struct flow_past_place *nodes; /* by index, as in the model */
    bool *flows;                   /* likewise: tokens went along it */
};
MUST_CHECK bool flow_past_read(struct tx *tx, const struct flow *flow, int64_t id,
                               struct flow_past *past, struct err *err);

struct flow_past_nodes {
    int *items;
    size_t count, cap;
};
/* What lies in the scope (and in what lies in it) in the order it is come to. */
void flow_past_order(struct arena *arena, const struct bpmn *model, int scope,
                     struct flow_past_nodes *nodes);

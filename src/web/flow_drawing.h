/*
 * The component "diagram": a flow's model as it was drawn, with what is behind the flow and where
 * its tokens are.  The server draws it, so it is there without scripts and on an old machine.
 */
#pragma once

#include "web/view.h"
#include "workflow/flow_past.h"

struct flow_drawing {
    const struct bpmn *model;
    int process; /* its node */
    const struct flow_past *past;
};

/* view.diagram; null when nothing is drawn, or more than a page can hold. */
void flow_drawing_fill(struct request *request, const struct flow_drawing *drawing,
                       struct json *view);
/* The name of an element as it is drawn, else what it is. */
struct str flow_drawing_name(const struct request *request, const struct bpmn_node *node);

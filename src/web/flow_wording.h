/* What is said of flows in the request's language: states, waits, what happened. */
#pragma once

#include "web/display.h"
#include "web/flows.h"
#include "workflow/flow_trace.h"

/* What the process is called. */
struct str flow_wording_title(const struct request *request, const struct flows_one *one);
/* The state as component/tag wants it. */
struct flow_wording_state {
    struct str text;
    const char *kind;
};
struct flow_wording_state flow_wording_state(const struct request *request,
                                             const struct flow_store *head);
/* The record it is about; nothing when there is none, or this person may not read it. */
MUST_CHECK bool flow_wording_about(struct request *request, const struct flow_store *head,
                                   struct display_value *about, struct err *err);
/* "Специалист": the role of that id or title. */
struct str flow_wording_role(struct request *request, struct str role);
/* "12.03.2026 18:00", and how pressing that is: "bad" late, "warn" within a day, "". */
struct flow_wording_state flow_wording_due(struct request *request, int64_t due_at);
/* "waits for a person: Специалист". */
struct str flow_wording_wait(struct request *request, const struct flow_wait *wait);
/* A line of the past; empty when it is not worth telling. */
struct str flow_wording_line(struct request *request, const struct bpmn *model,
                             const struct flow_trace_line *line);
/* Which words there are for a fault, and what stands in it that people are told. */
bool flow_wording_match(struct str fault, const char **words, struct str *what);
/* Why its token is stuck at a node; what there are no words for is said to be the author's. */
struct str flow_wording_fault(struct request *request, const struct bpmn_node *node,
                              struct str fault);
/* The same of no node: why a message lies there. */
struct str flow_wording_reason(struct request *request, struct str reason);
/* A value as people read it. */
struct str flow_wording_value(struct request *request, const struct json *value);

/* What the files that check a model share. */
#pragma once

#include "workflow/bpmn.h"

struct bpmn_checker {
    const struct bpmn *model;
    struct bpmn_findings *findings;
    const bool *is_wanted; /* by node: of a process that is checked */
};

void bpmn_checker_event(struct bpmn_checker *checker, const struct bpmn_node *node);
void bpmn_checker_gateway(struct bpmn_checker *checker, const struct bpmn_node *node);
void bpmn_checker_activity(struct bpmn_checker *checker, const struct bpmn_node *node);
/* Sequence flows, where scopes begin, what is never reached. */
void bpmn_checker_graph(struct bpmn_checker *checker);
/* It does not parse; empty is fine. what: "its condition". */
void bpmn_checker_expression(struct bpmn_checker *checker, const struct bpmn_node *node,
                             const struct bpmn_expression *expression, const char *what);

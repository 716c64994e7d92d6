/* What the files that check a model share. */
#pragma once

#include "pack/pack.h"
#include "workflow/bpmn.h"

struct bpmn_checker {
    const struct bpmn *model;
    struct bpmn_findings *findings;
    const bool *is_wanted; /* by node: of a process that is checked */
};

void bpmn_checker_event(struct bpmn_checker *checker, const struct bpmn_node *node);
void bpmn_checker_gateway(struct bpmn_checker *checker, const struct bpmn_node *node);
void bpmn_checker_activity(struct bpmn_checker *checker, const struct bpmn_node *node);
/* Of a process in a pack: what services do, who does tasks, with which form. */
void bpmn_checker_work(const struct pack_set *set, const struct pack *pack,
                       const struct bpmn_node *node, struct bpmn_findings *findings);
/* One of the packs has a role of that id or title. */
bool bpmn_checker_has_role(const struct pack_set *set, const struct pack *pack, struct str role,
                           struct arena *arena);
/* bpmn_checker_find.c: tasks that look for records. */
void bpmn_checker_find(const struct pack_set *set, const struct pack *pack,
                       const struct bpmn_node *node, struct bpmn_findings *findings);
/* "housing.house" and "registers", ".json": the file of that pack, of which it is a name. */
const struct pack_file *bpmn_checker_file(const struct pack_set *set, const struct pack *own,
                                          struct str name, const char *folder, const char *ending);
/* What it charges, and which charge it waits for. */
void bpmn_checker_charge(const struct bpmn_node *node, struct bpmn_findings *findings);
/* What it puts before a commission, and which question it waits for. */
void bpmn_checker_commission(const struct pack_set *set, const struct pack *pack,
                             const struct bpmn *model, const struct bpmn_node *node,
                             struct bpmn_findings *findings);
/* Sequence flows, where scopes begin, what is never reached. */
void bpmn_checker_graph(struct bpmn_checker *checker);
/* uprava:days: true when it counts working days; what else it says is noted. */
bool bpmn_checker_days(struct bpmn_checker *checker, const struct bpmn_node *node, struct str days);
/* It does not parse; empty is fine. what: "its condition". */
void bpmn_checker_expression(struct bpmn_checker *checker, const struct bpmn_node *node,
                             const struct bpmn_expression *expression, const char *what);

/*
 * A BPMN 2.0 model, as read from its XML: immutable, in one arena, shared by all flows of its
 * version.  Everything is addressed by index: nodes and sequence flows; -1 is none.  A process
 * is a node too, so that what lies in a process and what lies in a sub-process are alike: both
 * lie in a scope.  bpmn_read makes it, bpmn_check says whether it can be executed.
 */
#pragma once

#include "core/err.h"
#include "core/map.h"
#include "workflow/bpmn_node.h"

#define BPMN_SPACE        "http://www.omg.org/spec/BPMN/20100524/MODEL"
#define BPMN_SPACE_UPRAVA "urn:uprava:bpmn:1"

enum {
    BPMN_NODES_MAX = 10000,
    BPMN_FLOWS_MAX = 20000,
    BPMN_FINDINGS_MAX = 1000, /* kept; more are only counted */
};

struct bpmn_box {
    double x, y, width, height;
};

/* Where an element is drawn, in the editor's units. */
struct bpmn_shape {
    struct str element;
    struct str kind, name; /* "lane", "textAnnotation": what it is, and what is written there */
    int node;              /* -1: an annotation, a pool */
    int plane;             /* a sub-process may be drawn on one of its own; from 0 */
    struct bpmn_box box, label; /* label.width 0: where is not said */
    bool is_expanded, is_horizontal;
};

struct bpmn_edge {
    struct str element;
    int flow; /* -1: an association, a message flow */
    int plane;
    struct bpmn_box label;
    const double *points; /* x, y, x, y … */
    size_t point_count;
};

/* Something to mend, or (a warning) to know. */
struct bpmn_finding {
    bool is_warning;
    int line;
    struct str id, name; /* of the element; empty: the model as a whole */
    struct str text;
    int process; /* the node it lies in; -1: beside the processes */
    struct bpmn_finding *next;
};

struct bpmn_findings {
    struct arena *arena;
    struct bpmn_finding *first, *last;
    size_t faults, warnings;
};

struct bpmn {
    struct arena *arena;
    struct bpmn_node *nodes;
    int node_count;
    struct bpmn_flow *flows;
    int flow_count;
    const struct bpmn_data *data;
    size_t data_count;
    const struct bpmn_shape *shapes;
    size_t shape_count;
    const struct bpmn_edge *edges;
    size_t edge_count;
    bool has_working_days;         /* some wait is counted by the production calendar */
    struct map ids;                /* of nodes: struct bpmn_node */
    struct bpmn_findings findings; /* what reading noticed */
};

/* NULL when no node has that id. */
const struct bpmn_node *bpmn_find(const struct bpmn *model, struct str id);
/* "userTask", as the standard writes it. */
const char *bpmn_kind_name(enum bpmn_kind kind);
/* "message", "timer", …. */
const char *bpmn_trigger_name(enum bpmn_trigger trigger);
/* The definition of that trigger; NULL when the event has none. */
const struct bpmn_event *bpmn_event_of(const struct bpmn_node *node, enum bpmn_trigger trigger);
/* Adds a finding about an element. */
void bpmn_note(struct bpmn_findings *findings, bool is_warning, const struct bpmn_node *node,
               const char *format, ...) PRINTF(4);

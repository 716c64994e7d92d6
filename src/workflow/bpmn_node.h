/* What a model is made of: nodes (events, gateways, activities, processes) and flows. */
#pragma once

#include "workflow/bpmn_part.h"

enum bpmn_kind {
    BPMN_PROCESS,
    BPMN_START,
    BPMN_CATCH,
    BPMN_THROW,
    BPMN_BOUNDARY,
    BPMN_END,
    BPMN_EXCLUSIVE,
    BPMN_PARALLEL,
    BPMN_INCLUSIVE,
    BPMN_EVENT_GATEWAY,
    BPMN_COMPLEX,
    BPMN_TASK, /* the first activity */
    BPMN_MANUAL,
    BPMN_USER,
    BPMN_SERVICE,
    BPMN_SEND,
    BPMN_RECEIVE,
    BPMN_SCRIPT,
    BPMN_RULE,
    BPMN_CALL,
    BPMN_SUB_PROCESS,
    BPMN_TRANSACTION,
    BPMN_AD_HOC, /* the last activity */
};

struct bpmn_node {
    enum bpmn_kind kind;
    int index;
    int process; /* the process it lies in, itself when it is one */
    int scope;   /* the process or sub-process it lies in; -1: it is a process */
    int line;
    struct str id, name, lane;
    struct str help; /* its documentation */
    const int *incoming;
    const int *outgoing; /* in the order of the document */
    int incoming_count, outgoing_count;
    int default_flow;
    struct str default_id;
    const struct bpmn_event *events; /* none: a none event; several: any of them */
    int event_count;
    bool is_parallel;     /* parallelMultiple, or an event gateway waiting for all */
    bool is_interrupting; /* boundary event, start event of an event sub-process */
    bool is_event_sub;    /* a sub-process triggered by an event */
    bool is_compensation; /* an activity run only to compensate another */
    bool is_executable;   /* of a process */
    bool instantiates;    /* event gateway, receive task */
    struct str host_id;
    int host;        /* of a boundary event */
    int handler;     /* of an activity: what compensates it; of its boundary event likewise */
    int link;        /* of a throwing link event: where it goes on */
    int called;      /* of a call activity: the process in this model; -1: elsewhere */
    int first_child; /* of a scope; the others by next_child */
    int next_child;
    int first_boundary; /* of an activity; the others by next_boundary */
    int next_boundary;
    const struct bpmn_loop *loop;
    const struct bpmn_work *work; /* of events and activities; never NULL there */
};

struct bpmn_flow {
    int index;
    int from, to;
    int place; /* among the incoming flows of to */
    int process;
    int line;
    struct str id, name, from_id, to_id;
    struct bpmn_expression condition;
};

struct bpmn_data {
    struct str id, name; /* name: of the value */
    int scope;
    struct bpmn_expression initial;
    bool is_collection;
};

static inline bool bpmn_is_activity(const struct bpmn_node *node)
{
    return node->kind >= BPMN_TASK;
}

static inline bool bpmn_is_scope(const struct bpmn_node *node)
{
    return node->kind == BPMN_PROCESS || node->kind >= BPMN_SUB_PROCESS;
}

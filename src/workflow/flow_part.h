/*
 * The parts of a running flow: scopes, tokens, waits, compensation records.  Each is a row
 * where flows are kept: small, and written only when it changed.
 */
#pragma once

#include "core/json.h"
#include "core/vec.h"
#include "workflow/bpmn.h"

/* The head of every part. */
struct flow_part {
    int id;
    bool is_stored; /* it was there when the step began */
    bool is_changed;
    bool is_gone;
};

enum flow_role {
    FLOW_PLAIN,    /* a process, sub-process or event sub-process */
    FLOW_LOOP,     /* holds the instances of one activity */
    FLOW_INSTANCE, /* one of them: values of its own */
    FLOW_RESTORED, /* what was finished, for compensation */
};

struct flow_scope {
    struct flow_part part;
    enum flow_role role;
    int node;
    int parent;             /* the scope around it; 0: none */
    int owner;              /* the token that waits for it; 0: the flow's own */
    struct json *values;    /* an object */
    struct json *items;     /* of a loop: its collection; NULL: none */
    struct json *output;    /* of a loop: what is gathered */
    int total, begun, done; /* of a loop; total -1: as long as its condition says */
    int counter;            /* of an instance, from 1 */
    VEC(int) gathered;      /* places of the output that were filled since then, from 1 */
    VEC(struct str) news;   /* names of values that were set since flow_settle */
    int live;               /* tokens in it; not stored */
};

enum flow_token_state {
    FLOW_TOKEN_READY,
    FLOW_TOKEN_BUSY,         /* its activity or event is going on */
    FLOW_TOKEN_JOINING,      /* at a gateway, until the others are there */
    FLOW_TOKEN_COMPENSATING, /* until what it made compensate is done */
    FLOW_TOKEN_STUCK,        /* somebody has to look: fault says why */
};

struct flow_token {
    struct flow_part part;
    enum flow_token_state state;
    int node;
    int came_by; /* the sequence flow; -1: none */
    int scope;
    int record;   /* what it compensates; 0: nothing */
    bool is_done; /* its node is done, it has to leave */
    struct str fault;
};

enum flow_wait_kind {
    FLOW_WAIT_TASK,    /* a person */
    FLOW_WAIT_SERVICE, /* the operation or decision of its node */
    FLOW_WAIT_CALL,    /* a process of another file */
    FLOW_WAIT_MESSAGE,
    FLOW_WAIT_SIGNAL,
    FLOW_WAIT_TIMER,
    FLOW_WAIT_CONDITION,
};

struct flow_wait {
    struct flow_part part;
    enum flow_wait_kind kind;
    int token; /* 0: the start of an event sub-process of the scope */
    int scope;
    int node;          /* the activity, or the event that will happen */
    int event;         /* which of the node's definitions */
    int64_t due_at;    /* of a timer; of a task by when it should be done, 0: no term */
    int64_t asked_at;  /* of a task or a service */
    int64_t left;      /* how often after that; -1: without end */
    struct str every;  /* how long between */
    struct str name;   /* of message or signal; the role of a task, the operation of a service */
    struct str key;    /* of a message, empty: any; of a call the flow it began */
    bool was_true;     /* of a condition */
    struct json *data; /* what an activity is given; may be NULL */
};

/* An activity that is done and can be compensated. */
struct flow_record {
    struct flow_part part;
    int node;
    int scope;   /* where it was done */
    int inner;   /* the scope it was, a sub-process; 0: none */
    int thrower; /* the token it is compensated for; 0: none yet */
    bool is_running;
    struct json *values; /* of that scope, or of the instance; may be NULL */
};

/*
 * One running case of a process, in memory: its scopes, tokens, waits and compensation records.
 * flow_step takes one event and runs until nothing moves any more.  It is pure: no database, no
 * clock, no other flow; what it wants of the world are its waits (a task to be done, a moment
 * to come, a message to arrive) and the marks of the step (a message thrown, a signal).
 *
 * Each part has a small number that is never used again and says how it changed since
 * flow_settle, so that a step can be written as rows.  Parts that are gone stay until then.
 */
#pragma once

#include "core/calendar.h"
#include "core/vec.h"
#include "workflow/flow_part.h"

enum {
    FLOW_MOVES_MAX = 100 * 1000, /* of tokens in one step: a loop without end */
    FLOW_TOKENS_MAX = 10 * 1000, /* at a time */
    FLOW_VALUE_MAX = 1 << 20,    /* bytes of one value */
    FLOW_BYTES_MAX = 256 << 20,  /* of memory */
    FLOW_DEPTH_MAX = 100,        /* scopes within each other */
};

enum flow_state {
    FLOW_RUNNING,
    FLOW_ENDED,
    FLOW_FAILED,    /* an error nobody caught */
    FLOW_CANCELLED, /* from outside */
};

enum flow_did {
    FLOW_DID_BEGIN,
    FLOW_DID_END,
    FLOW_DID_ENTER,
    FLOW_DID_WAIT,
    FLOW_DID_FINISH,
    FLOW_DID_TAKE, /* a sequence flow */
    FLOW_DID_HAPPEN,
    FLOW_DID_CANCEL,
    FLOW_DID_THROW, /* a message or a signal: for others, too */
    FLOW_DID_STICK,
    FLOW_DID_COMPENSATE,
    FLOW_DID_FAIL,
};

/* One line of what a step did. */
struct flow_mark {
    enum flow_did did;
    int node; /* for FLOW_DID_TAKE the flow */
    int wait; /* of FLOW_DID_WAIT */
    enum bpmn_trigger trigger;
    struct str name; /* what is thrown, waited for, or why it is stuck */
    struct str key;
    struct json *data;
};

/* Parts by number. */
struct flow_list {
    struct flow_part **items;
    size_t count;
    size_t cap;
};

struct flow {
    struct arena *arena;
    struct arena *scratch; /* during a step */
    const struct bpmn *model;
    enum flow_state state;
    struct str error; /* of FLOW_FAILED: its code */
    int64_t now;
    int offset_minutes;       /* of times without one, and of today() */
    struct calendar calendar; /* of terms in working days; {0}: a week without holidays */
    int last_id;
    struct flow_list scopes, tokens, waits, records;
    VEC(struct flow_mark) marks; /* of the last step */
    VEC(int) ready;              /* tokens, in the order they go on */
    size_t next_ready;
    size_t live;         /* tokens */
    bool are_values_new; /* conditions have to be looked at again */
    bool are_joins_new;  /* inclusive joins, too */
    int moves;
    int *visits;        /* by node, in this step */
    struct str trouble; /* of what has no token that could be stuck */
    struct err fault;   /* a bound was met: the step is over, and void */
};

struct flow *flow_new(struct arena *arena, const struct bpmn *model);
/* What is gone goes, the rest counts as stored; marks are forgotten. */
void flow_settle(struct flow *flow);

/* NULL when there is none of that number, or it is gone. */
struct flow_scope *flow_scope_find(const struct flow *flow, int id);
struct flow_token *flow_token_find(const struct flow *flow, int id);
struct flow_wait *flow_wait_find(const struct flow *flow, int id);
struct flow_record *flow_record_find(const struct flow *flow, int id);
/* By place; NULL when it is gone. */
struct flow_scope *flow_scope_at(const struct flow *flow, size_t place);
struct flow_token *flow_token_at(const struct flow *flow, size_t place);
struct flow_wait *flow_wait_at(const struct flow *flow, size_t place);
struct flow_record *flow_record_at(const struct flow *flow, size_t place);

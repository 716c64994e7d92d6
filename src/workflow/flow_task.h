/*
 * What flows wait for from people, and from programs that answer for other systems: rows of
 * flow_wait with the head of their flow.  Who may do a user task is the role in its name
 * (uprava:role, else the lane), an id or a title of roles.json; no role, and nobody may.
 */
#pragma once

#include "auth/colleague.h"
#include "workflow/flow_store.h"

enum {
    FLOW_TASK_PAGE_MAX = 200,
};

struct flow_task {
    struct flow_store flow;
    int wait;
    enum flow_wait_kind kind; /* FLOW_WAIT_TASK, FLOW_WAIT_SERVICE, FLOW_WAIT_CALL */
    struct str element;       /* id of its node */
    struct str name;          /* the role of a user task, the operation of a service */
    int64_t claimant;         /* the account that took it; 0: nobody */
    int64_t asked_at;
    int64_t due_at;    /* by when it should be done; 0: no term */
    struct json *data; /* what it is given; NULL: nothing */
};

/* ERR_ABSENT: it is not waited for, or not any more. */
MUST_CHECK bool flow_task_get(struct tx *tx, struct arena *arena, int64_t flow, int wait,
                              struct flow_task *task, struct err *err);
/* The oldest wait at an element. ERR_CONFLICT: there is none any more. */
MUST_CHECK bool flow_task_at(struct tx *tx, int64_t flow, struct str element, int *wait,
                             struct err *err);

/* A task's place in lists: by its term, what has none at the end, then by age. */
struct flow_task_place {
    int64_t term, flow;
    int wait;
};
struct flow_task_place flow_task_place(const struct flow_task *task);

/* Whose tasks a list has. */
enum flow_task_whose {
    FLOW_TASK_ALL, /* that they may do: those nobody took, theirs, and of whom they stand in for */
    FLOW_TASK_MINE,
    FLOW_TASK_FREE,   /* nobody took them */
    FLOW_TASK_OTHERS, /* of those they stand in for */
};

struct flow_task_ask {
    const struct policy_rights *rights;  /* tasks of these roles */
    int64_t account;                     /* and not taken by anybody else */
    const struct colleague_page *absent; /* but by these, who are away; NULL: nobody */
    enum flow_task_whose whose;
    int64_t before;               /* due before that moment; 0: whenever */
    int64_t no, record;           /* about that register, that record; 0: any */
    struct flow_task_place after; /* behind that task; {0}: from the first */
    int limit;
};
struct flow_task_page {
    struct flow_task *items;
    size_t count;
    bool has_more;
};
MUST_CHECK bool flow_task_list(struct tx *tx, struct arena *arena, const struct flow_task_ask *ask,
                               struct flow_task_page *page, struct err *err);
/* The oldest task of a flow among them; *wait 0: none.  What is asked but rights and account does
 * not matter. */
MUST_CHECK bool flow_task_next(struct tx *tx, struct arena *arena, const struct flow_task_ask *ask,
                               int64_t flow, int *wait, struct err *err);

/* In a write: it is theirs now, or (to 0) nobody's. ERR_CONFLICT: it was not from's. */
struct flow_task_claim {
    int64_t flow;
    int wait;
    int64_t from, to; /* accounts */
};
MUST_CHECK bool flow_task_claim(struct tx *tx, const struct flow_task_claim *claim,
                                struct err *err);

/* Who answered a wait that is over, or else who made the flow's last step. */
struct flow_task_end {
    int64_t step, at, actor;
    bool is_answer; /* that very wait was answered */
};
MUST_CHECK bool flow_task_ended(struct tx *tx, int64_t flow, int wait, struct flow_task_end *end,
                                struct err *err);

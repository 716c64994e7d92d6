/*
 * What people do with tasks beside answering them: take them, give them back, hand them over; whom
 * they stand in for.  Pages and the API share it.  Sentences of refusals are for people.
 */
#pragma once

#include "web/flows.h"
#include "workflow/flow_doer.h"

enum {
    TASKS_REASON_MAX = 500, /* letters */
};

/* A list of this person's tasks, from the first; with whom they stand in for today. */
MUST_CHECK bool tasks_ask(struct request *request, struct flow_task_ask *ask, struct err *err);
/* They may say who does tasks of the process, whoever took them. */
bool tasks_is_head(const struct request *request, struct str process);

/* Takes it, or gives it back.  ERR_DENIED says why not; ERR_CONFLICT: somebody else was first. */
MUST_CHECK bool tasks_take(struct request *request, const struct flows_task *told, bool is_taken,
                           struct err *err);
/* ERR_DENIED says why this person does not hand it over. */
MUST_CHECK bool tasks_may_hand(struct request *request, const struct flows_task *told,
                               struct err *err);
/* Who else may do it. */
MUST_CHECK bool tasks_people(struct request *request, const struct flows_task *told,
                             struct colleague_page *page, struct err *err);
/* Another one does it from now on; who that is is told, and the case remembers the reason. */
struct tasks_hand {
    int64_t to;
    struct str reason;
};
MUST_CHECK bool tasks_hand(struct request *request, const struct flows_task *told,
                           const struct tasks_hand *hand, struct err *err);

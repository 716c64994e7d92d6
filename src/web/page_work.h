/* Processes at work: tasks, flows, beginning one. */
#pragma once

#include "web/flows.h"
#include "web/route.h"

/* page_work.c: what is to be done, what goes on */
bool page_work(struct request *request, struct err *err);
bool page_work_flows(struct request *request, struct err *err);

/* page_work_new.c: which processes one may begin; one of them with its form */
bool page_work_new(struct request *request, struct err *err);
bool page_work_new_post(struct request *request, struct err *err);

/* page_flow.c: one flow; page_flow_act.c: trying again, cancelling */
bool page_flow(struct request *request, struct err *err);
bool page_flow_retry(struct request *request, struct err *err);
bool page_flow_cancel(struct request *request, struct err *err);
bool page_flow_cancel_post(struct request *request, struct err *err);

/* page_flow_values.c: changing one of its values */
bool page_flow_values(struct request *request, struct err *err);
bool page_flow_values_post(struct request *request, struct err *err);

/* page_message.c: what nobody waited for */
bool page_message_list(struct request *request, struct err *err);
bool page_message(struct request *request, struct err *err);
bool page_message_deliver(struct request *request, struct err *err);

/* page_task.c */
bool page_task(struct request *request, struct err *err);
bool page_task_post(struct request *request, struct err *err);
bool page_task_claim(struct request *request, struct err *err);

/* Has a right on some process, or a role that does tasks of one. */
bool page_work_is_for(const struct request *request);
/* That can be told without reading packs, so on a loop. */
bool page_work_is_known(const struct request *request);
/* Only staff: whoever has no right yet learns there what to do. ERR_DENIED. */
MUST_CHECK bool page_work_is_open(const struct request *request, struct err *err);
/* May begin some process. */
bool page_work_may_begin(const struct request *request);
/* Looks after all processes, so after messages no process waited for. */
bool page_work_sees_messages(const struct request *request);
/* The lists side by side, above each. */
enum page_work_list {
    PAGE_WORK_TASKS,
    PAGE_WORK_FLOWS,
    PAGE_WORK_MESSAGES,
    PAGE_WORK_DOCUMENTS,
    PAGE_WORK_CASES,
    PAGE_WORK_CHARGES,
    PAGE_WORK_LEAVE,
    PAGE_WORK_FIGURES,
    PAGE_WORK_COMMISSIONS,
};
void page_work_views(struct request *request, struct json *view, enum page_work_list list);
/* To the next thing this person can do in the flow, else to the flow, else to their tasks. */
bool page_work_go_on(struct request *request, const struct conduct *conduct, const char *notice,
                     struct err *err);
/* A step taken by this thread, which waits until it is written. */
MUST_CHECK bool page_work_step(struct request *request, struct conduct *conduct, struct err *err);

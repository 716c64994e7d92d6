/* The API of flows: what is running, tasks, messages. */
#pragma once

#include "web/flows.h"

/* api_flow.c */
bool api_flow_processes(struct request *request, struct err *err);
bool api_flow_begin(struct request *request, struct err *err);
bool api_flow_list(struct request *request, struct err *err);
bool api_flow_get(struct request *request, struct err *err);
bool api_flow_steps(struct request *request, struct err *err);
bool api_flow_retry(struct request *request, struct err *err);
bool api_flow_cancel(struct request *request, struct err *err);
bool api_flow_values(struct request *request, struct err *err);

/* api_flow_print.c: the head of a flow as JSON, an object without its end; its step as ETag. */
void api_flow_print(struct buf *out, struct request *request, const struct flows_one *one);
bool api_flow_print_all(struct request *request, const struct flows_one *one, struct err *err);
void api_flow_etag(struct request *request, int64_t step);
/* If-Match; 0 when there is none, or *. */
MUST_CHECK bool api_flow_match(struct request *request, int64_t *step, struct err *err);
/* The flow as it stands after a step, without what is in it. */
bool api_flow_reply(struct request *request, struct conduct *conduct, struct err *err);

/* api_flow_task.c */
bool api_flow_task_list(struct request *request, struct err *err);
bool api_flow_task_get(struct request *request, struct err *err);
bool api_flow_task_claim(struct request *request, struct err *err);
bool api_flow_task_release(struct request *request, struct err *err);
bool api_flow_task_answer(struct request *request, struct err *err);

/* api_flow_message.c */
bool api_flow_message_send(struct request *request, struct err *err);
bool api_flow_message_list(struct request *request, struct err *err);
bool api_flow_message_deliver(struct request *request, struct err *err);
bool api_flow_message_drop(struct request *request, struct err *err);

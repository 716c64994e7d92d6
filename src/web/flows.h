/*
 * Flows over the web: who may see and do what, and steps that are written without a thread that
 * waits.  Pages and the API share it.
 */
#pragma once

#include "registry/idempotency.h"
#include "web/request.h"
#include "workflow/conduct.h"
#include "workflow/flow_task.h"

/* A flow that somebody may see, or do something with. */
struct flows_one {
    struct flow_store head;
    struct str name;               /* "housing.inspection" */
    const struct process *process; /* NULL: its version is not on this server any more */
};

/* Of the process of that name ("housing.inspection#ID", too). */
bool flows_may(const struct request *request, struct str process, enum policy_process action);
/* For a flow_list_ask whose data is a request. */
bool flows_may_watch(void *data, const struct flow_store *flow);
/* What flows are asked about becomes no record at all when it is one of a register of which this
 * person reaches another part. */
MUST_CHECK bool flows_hide(const struct request *request, int64_t *record, struct err *err);
/* The flow of parts[part]. ERR_ABSENT also when they may not do that with flows of its process. */
MUST_CHECK bool flows_find(struct request *request, size_t part, enum policy_process action,
                           struct flows_one *one, struct err *err);
/* What is known of a flow whose head was read. */
void flows_tell(struct request *request, const struct flow_store *head, struct flows_one *one);
/* All of it, into memory; process must not be NULL. */
MUST_CHECK bool flows_load(struct request *request, const struct flows_one *one, struct flow **flow,
                           struct err *err);
/* Its values may be personal data: the journal says that they were seen. */
void flows_seen(struct request *request, const struct flows_one *one);

/* The place of a task in addresses, "TERM-FLOW-WAIT", each as ids are written but the last. */
struct str flows_task_place(struct arena *arena, const struct flow_task *task);
bool flows_read_task_place(struct str text, struct flow_task_place *place);

struct flows_task {
    struct flow_task task;
    struct flows_one flow;
    const struct bpmn_node *node;     /* NULL as process */
    const struct register_type *form; /* NULL: none is named */
    bool is_ours; /* this person may do it now: it is of their role, and nobody else's */
};
/* The task parts[1] of the flow parts[0], or what waits for another system. ERR_ABSENT also when
 * they may not see it. */
MUST_CHECK bool flows_find_task(struct request *request, struct flows_task *task, struct err *err);
/* That one, whatever the address. */
MUST_CHECK bool flows_get_task(struct request *request, int64_t flow, int wait,
                               struct flows_task *task, struct err *err);
void flows_tell_task(struct request *request, const struct flow_task *task,
                     struct flows_task *told);
/* They watch it, or some task of the process is of their role (a person's, or one that another
 * system answers): then they may know what became of one that is over. */
bool flows_has_part(const struct request *request, const struct flows_one *one);
/* Writes that they took the task, or gave it back. ERR_CONFLICT: somebody else was first. */
MUST_CHECK bool flows_claim(struct request *request, const struct flow_task *task, bool is_taken,
                            struct err *err);
/* What became of a wait that is gone: "…, by whom, when". The text of a conflict. */
struct str flows_ended(struct request *request, int64_t flow, int wait);
/* False, with that text, where an answer to the wait met a conflict. */
bool flows_late(struct request *request, const struct conduct *conduct, struct err *err);

/* A step of this request: all that does not depend on which flow. */
struct conduct *flows_conduct(struct request *request, int64_t flow);
typedef bool flows_reply(struct request *request, struct conduct *conduct, struct err *err);
/*
 * Prepares, writes, and replies when it is written.  once may be NULL: the key of a flow that
 * begins.  False: it could not be prepared.
 */
MUST_CHECK bool flows_write(struct request *request, struct conduct *conduct,
                            const struct idempotency *once, flows_reply *reply, struct err *err);

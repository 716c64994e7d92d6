/*
 * What flows wait for without anybody asking: posts to be delivered, timers that are due.  A
 * municipality has one job for all of that, "workflow.flows", due when the next thing is: a job
 * for each timer would fill the table of jobs, and the limit of jobs, with waiting.
 */
#pragma once

#include "workflow/flow_post.h"
#include "workflow/process.h"

struct worker_kind;

/* In a write: the job is due by then. *has_moved: workers have to be woken after the commit. */
MUST_CHECK bool conduct_job_need(struct tx *tx, int64_t due_at, int64_t now, bool *has_moved,
                                 struct err *err);
/* Where, and what time it is there. */
struct conduct_place {
    struct tenant *tenant;
    struct process_library *processes;
    int64_t now;
};
/*
 * Delivers all posts and fires all timers that are due by now, and what follows from them.
 * *next_at: when there is more to do; INT64_MAX: not known of anything.
 */
MUST_CHECK bool conduct_job_go(const struct conduct_place *place, int64_t *next_at,
                               struct err *err);

/* What became of a post. */
struct conduct_delivery {
    int64_t flow; /* that took it, or that began; 0: none */
    bool begins;
    bool is_kept; /* nobody waited for it */
};
/* One post, which has been put.  It may have been delivered already: then nothing happens.  A
 * message that was kept is for whoever waits now, whomever it was for. */
MUST_CHECK bool conduct_job_deliver(const struct conduct_place *place, const struct flow_post *post,
                                    struct conduct_delivery *delivery, struct err *err);

/* The job's context. clock: what time it is for flows; the queue's own may be another, in tests. */
struct conduct_job_context {
    struct process_library *processes;
    int64_t (*clock)(void);
};
extern const struct worker_kind conduct_job_kind;

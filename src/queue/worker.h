/*
 * The threads that do jobs.  A kind of job is a row in a table that cli hands over:
 * its name and a function.  A worker wakes when a job was put (worker_wake) or due.
 */
#pragma once

#include "queue/job.h"

struct worker_pool;

/* What a job's function is given: it runs outside any transaction and opens its own. */
struct worker_task {
    struct tenant *tenant;
    struct arena *arena; /* the job's */
    struct job job;
    void *context; /* of worker_kind */
    struct worker_pool *pool;
    /* Set by run: it loses little when it is put back, so that others have their turn. */
    bool may_rest;
};

struct worker_kind {
    struct str name;
    /*
     * Fills *result (JSON) when it succeeds.  Told to stop by worker_report it returns
     * true; with an empty *result it goes on later from its bookmark, unless a person
     * asked it to stop.
     */
    bool (*run)(struct worker_task *task, struct str *result, struct err *err);
    void *context;
};

/* kinds is borrowed. threads 0: 3. The last free one takes no second job of a tenant. */
struct worker_pool *worker_start(struct arena *arena, struct store *store,
                                 const struct worker_kind *kinds, size_t count, int threads);
/* With another clock, for tests. */
struct worker_pool *worker_start_by(struct arena *arena, struct store *store,
                                    const struct worker_kind *kinds, size_t count, int threads,
                                    int64_t (*clock)(void));
/* Something was put for this tenant. Any thread. */
void worker_wake(struct worker_pool *pool, struct str tenant);
/* Perhaps for any tenant. */
void worker_wake_all(struct worker_pool *pool);
/*
 * From inside run: step is a msgid; writes at most twice a second (always when state is
 * given or done == total).  *is_stopping when someone asked to stop or the server ends.
 * ERR_CONFLICT when the job went to another worker: it must end at once.
 */
MUST_CHECK bool worker_report(struct worker_task *task, struct str step, int64_t done,
                              int64_t total, struct str state, bool *is_stopping, struct err *err);
/*
 * From inside run, for a job that each municipality has once: it comes again at next_at by the
 * clock whose now that is. INT64_MAX: not.
 */
MUST_CHECK bool worker_again(struct worker_task *task, int64_t next_at, int64_t now,
                             struct err *err);
struct worker_counts {
    int64_t running;       /* just now */
    int64_t ended, failed; /* tries since the start; ended: all of them */
};
struct worker_counts worker_count(const struct worker_pool *pool);
/* Lets running jobs reach their next report, then joins. */
void worker_stop(struct worker_pool *pool);

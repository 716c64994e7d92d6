/*
 * Durable jobs: work that must follow a committed transaction and must be tried again
 * until it succeeds or is given up; and long work a person watches.
 *
 * A job is a row, put inside the caller's transaction: a request that is rolled back
 * leaves no job.  Workers of this process take jobs under a lease; delivery is at least
 * once, so whatever a job does must bear being done twice (and a long job keeps its
 * place in state, from which it goes on after a restart).  A job is given up by age.
 *
 * Times are milliseconds since 1970, UTC, and always come from the caller.
 */
#pragma once

#include "core/json.h"
#include "store/store.h"

enum {
    JOB_LEASE_MS = 2 * 60 * 1000, /* longer than a database may be away without harm */
};

struct job {
    int64_t id;         /* 0: no job */
    struct str kind;    /* "registry.import": named by the module that does it */
    struct str payload; /* JSON, not read here */
    struct str state;   /* JSON, the job's own bookmark; "" at first */
    int64_t actor;      /* the account that asked for it, 0: the system */
    int64_t put_at;     /* its id is of then; put with 0: when it is due */
    int64_t started_at; /* of its first claim: its age counts from here */
    int tries;          /* claims so far, this one included; tells claims apart */
};

/* What people see of a job. */
struct job_view {
    int64_t id;
    struct str kind;
    struct str status;   /* waiting, running, done, failed, stopped */
    struct str step;     /* msgid of what it is doing */
    int64_t done, total; /* total 0: unknown */
    struct str result;   /* JSON, when it is over */
    struct str reason;   /* why it failed */
    struct str payload;  /* as it was put */
    int64_t actor, put_at, started_at, ended_at;
    bool is_stopping;
};

#define JOB_NODE "node" /* where municipalities have their names; no municipality is called so */
#define JOB_FULL                                                                                   \
    "This municipality has as much work in progress as it may have at once. Wait until some of "   \
    "it is done, or ask the operator of the server for more."

/* Holds that municipality, or the node. */
MUST_CHECK bool job_hold(struct store *store, struct str place, struct tenant **tenant,
                         struct err *err);
struct str job_place(const struct tenant *tenant);
/*
 * Adds a job, due at due_at. Workers see it when tx commits.  ERR_LIMIT with JOB_FULL: somebody
 * asked for it, and the tenant has as many already as it may have (LIMIT_JOBS).
 */
MUST_CHECK bool job_put(struct tx *tx, const struct job *job, int64_t due_at, int64_t *id,
                        struct err *err);
/*
 * For a kind of which a tenant needs one job, not one for each thing to do: one waits, due by
 * due_at.  Done ones of that kind go.  *has_moved: workers have to look anew.
 */
MUST_CHECK bool job_need(struct tx *tx, const struct job *job, int64_t due_at, bool *has_moved,
                         struct err *err);
/* Takes the job that has been due longest; job->id is 0 when none is due. */
MUST_CHECK bool job_claim(struct tx *tx, struct arena *arena, int64_t now, struct job *job,
                          struct err *err);
/* When any job waits or a lease ends next; INT64_MAX: none. */
MUST_CHECK bool job_next_due(struct tx *tx, int64_t *due_at, struct err *err);
/* Jobs that ran when the process died are due again. Before this process claims any. */
MUST_CHECK bool job_recover(struct tx *tx, int64_t now, struct err *err);
/* Not finished and not failed: due again at once, from its bookmark. */
MUST_CHECK bool job_put_back(struct tx *tx, const struct job *job, int64_t now, struct err *err);
/* It is over (stopped, when someone asked it to): result is JSON for people and callers.
 * Kept a week for those who look. */
MUST_CHECK bool job_done(struct tx *tx, const struct job *job, struct str result, int64_t now,
                         struct err *err);
/* Another try if the reason may heal by itself (ERR_UNAVAILABLE) and it is not too old. */
MUST_CHECK bool job_failed(struct tx *tx, const struct job *job, const struct err *reason,
                           int64_t now, struct err *err);
/* Tells how far it is and keeps its bookmark, job->state, and its lease; *is_stopping when
 * someone asked it to stop.
 * ERR_CONFLICT when the lease was lost. */
MUST_CHECK bool job_progress(struct tx *tx, const struct job *job, const struct job_view *view,
                             int64_t now, bool *is_stopping, struct err *err);
/* Keeps the lease of a job that has nothing to tell. */
MUST_CHECK bool job_renew(struct tx *tx, const struct job *job, int64_t now, bool *is_lost,
                          struct err *err);
/* A waiting one ends at once, a running one is asked to. ERR_ABSENT. */
MUST_CHECK bool job_stop(struct tx *tx, int64_t id, int64_t now, struct err *err);
MUST_CHECK bool job_get(struct tx *tx, struct arena *arena, int64_t id, struct job_view *view,
                        struct err *err);
struct job_counts {
    int64_t waiting, running;
};
MUST_CHECK bool job_count(struct tx *tx, struct job_counts *counts, struct err *err);
/* The newest first. */
MUST_CHECK bool job_list(struct tx *tx, struct arena *arena, int limit, struct job_view **views,
                         size_t *count, struct err *err);

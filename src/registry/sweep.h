/*
 * Work that goes through many municipalities of a node, one after another, in the background:
 * packs are brought to their newest version here, tables to this program's.
 *
 * A sweep is a row of the node, and one for each municipality it is about; a job of the node
 * (queue) takes those that wait, one at a time, and writes down what became of it.  So it goes on
 * after a restart, whoever fails does not stop the others, and the rows are the report.
 */
#pragma once

#include "queue/worker.h"
#include "registry/tenancy.h"

enum {
    SWEEP_KEPT = 20, /* ended ones, of each kind; older ones are forgotten with their reports */
};

enum sweep_kind {
    SWEEP_PACKS,
    SWEEP_TABLES, /* of tenants with files of their own; one that is opened is done at once */
};

struct sweep_wish {
    enum sweep_kind kind;
    struct str packs; /* ids with commas between; "": all that have a newer version */
};

struct sweep {
    int64_t id;
    enum sweep_kind kind;
    struct str packs;
    struct str status; /* planned, running, paused, stopped, done */
    int64_t job;
    int64_t actor; /* the operator's account; 0: the command line, or the node itself */
    int64_t put_at, ended_at;
    int64_t waiting, done, same, failed; /* of its municipalities; same: there was nothing to do */
};

struct sweep_item {
    struct str name;
    struct str status; /* waiting, done, same, failed */
    struct str was, version;
    struct str reason;
    int64_t took_ms;
};

/* Which municipalities it would be about: those behind, and those nobody knows of. */
MUST_CHECK bool sweep_plan(const struct tenancy *by, struct arena *arena,
                           const struct sweep_wish *wish, struct str **names, size_t *count,
                           struct err *err);
/* *id 0: there is nothing to do.  ERR_CONFLICT while one of that kind is under way, or paused;
 * ERR_INPUT: there is no such pack. worker_wake with JOB_NODE afterwards. */
MUST_CHECK bool sweep_start(const struct tenancy *by, const struct sweep_wish *wish, int64_t *id,
                            struct err *err);

enum sweep_act {
    SWEEP_PAUSE,
    SWEEP_RESUME,
    SWEEP_STOP,
    SWEEP_RETRY, /* those that failed, of one that ended */
};
/* ERR_CONFLICT: not in that state. Then worker_wake. */
MUST_CHECK bool sweep_do(const struct tenancy *by, int64_t id, enum sweep_act act, struct err *err);

/* In reads of the node. ERR_ABSENT. */
MUST_CHECK bool sweep_get(struct tx *tx, struct arena *arena, int64_t id, struct sweep *sweep,
                          struct err *err);
/* The newest first. */
MUST_CHECK bool sweep_list(struct tx *tx, struct arena *arena, struct sweep **sweeps, size_t *count,
                           struct err *err);
struct sweep_ask {
    int64_t id;
    struct str status; /* "": any */
    struct str after;  /* a name: those behind it */
    int64_t max;
};
MUST_CHECK bool sweep_items(struct tx *tx, struct arena *arena, const struct sweep_ask *ask,
                            struct sweep_item **items, size_t *count, struct err *err);
/* All of it as CSV: tenant, from, to, result, seconds, reason. */
MUST_CHECK bool sweep_report(struct tx *tx, struct buf *out, int64_t id, struct err *err);

/* The same without its counts, which is cheap. */
MUST_CHECK bool sweep_look(struct tx *tx, struct arena *arena, int64_t id, struct sweep *sweep,
                           struct err *err);
/* A pack of such a list; "": any. */
bool sweep_wants(struct str list, struct str pack);

/*
 * Does the next municipality of a sweep that runs; *is_over: there is none, or another job than
 * this one goes through it (0: whichever).  workers may be NULL.
 */
MUST_CHECK bool sweep_step(const struct tenancy *by, int64_t id, int64_t job,
                           struct worker_pool *workers, bool *is_over, struct err *err);
extern const struct worker_kind sweep_job_kind;

/*
 * Services are offered to those whom a change in a register gives cause to: the job
 * "service.offer", put by record_apply with the first change nobody has looked at, reads the
 * journal from there on.  What it writes gives no cause to anything: offers, notices, entries of
 * the journal, but no records.
 */
#pragma once

#include "registry/catalog.h"
#include "service/service_offered.h"

struct process_library;
struct worker_kind;

struct offering_place {
    struct tenant *tenant;
    struct process_library *processes;
    int64_t now;
    /* After each batch; *stops: the rest later. May be NULL. */
    bool (*go_on)(void *data, int64_t after, bool *stops, struct err *err);
    void *data;
};
struct offering_tally {
    int64_t after; /* entries of the journal up to this one were looked at; in and out */
    int64_t made;
    bool has_job; /* somebody is told: wake the workers */
};
/* Looks at all changes behind tally->after. On the pool. */
MUST_CHECK bool offering_go(const struct offering_place *place, struct offering_tally *tally,
                            struct err *err);

/* In a write, for an answer: the row ends, the journal has it. */
struct offering_answer {
    struct service_offered offered;
    enum service_offered_answer answer;
    int64_t account;
    int64_t now;
};
MUST_CHECK bool offering_end(struct tx *tx, struct arena *arena,
                             const struct offering_answer *answer, struct err *err);

/* The job's context is a struct conduct_job_context. */
extern const struct worker_kind offering_kind;

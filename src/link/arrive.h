/*
 * A file with an edition that somebody brought, taken in by a job: the page that took it shows how
 * far it is.  The file lies in the municipality's folder until it is in, or refused.
 */
#pragma once

#include "link/edition.h"
#include "queue/worker.h"
#include "store/store.h"

enum {
    ARRIVE_AT_ONCE = 128 * 1024, /* smaller files need no job */
};

/* Keeps what fd holds; *name is for arrive_put. ERR_UNAVAILABLE: the disk does not take it. */
MUST_CHECK bool arrive_keep(struct tenant *tenant, struct arena *arena, int fd, int64_t now,
                            struct str *name, struct err *err);
/* In a write: the job for it. worker_wake after the commit. */
MUST_CHECK bool arrive_put(struct tx *tx, struct str name, int64_t actor, int64_t now, int64_t *id,
                           struct err *err);

/* "link.arrive"; its context is a struct fetch_context. */
extern const struct worker_kind arrive_kind;

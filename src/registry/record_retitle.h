/*
 * Titles that show the titles of other records: a flat is named by its house.  When a
 * record is renamed, the same transaction puts a job, and the job gives those that name it
 * their new titles, in batches, and puts the next job for those that name these.
 *
 * A title is told by the record and by what it refers to, so a new one makes no new
 * version, no history and no entry of the journal.
 */
#pragma once

#include "queue/worker.h"
#include "registry/record.h"

/* Around a change, in its transaction: the title as others see it before it … */
MUST_CHECK bool record_retitle_before(struct tx *tx, struct record_draft *draft, struct str *was,
                                      struct err *err);
/* … and the job when it is another behind it; draft->has_job tells (worker_wake). */
MUST_CHECK bool record_retitle_after(struct tx *tx, struct record_draft *draft, struct str was,
                                     int64_t now, struct err *err);

/* The job for records that were renamed otherwise. */
MUST_CHECK bool record_retitle_put(const struct registry *registry, int64_t no, const int64_t *ids,
                                   size_t count, struct err *err);

/* The job "registry.retitle"; its context is the struct model_library. */
extern const struct worker_kind record_retitle_kind;

/*
 * Reports that go up by themselves, once a day or a week, as the municipality has chosen.
 *
 * A job that is due at night makes the report of that day and sends it; it is tried again as other
 * jobs are, with the same report.  Each of them first sees to it that another one waits, so the
 * node's due-index knows when to look here and nobody has to go through all municipalities.
 */
#pragma once

#include "link/report.h"
#include "queue/worker.h"

/* The setting that says how often: "daily", "weekly", "": never. */
#define REPORT_JOB_SETTING STR("report_pace")

/* In a write. pace: one of those, else ERR_INPUT; worker_wake after the commit. */
MUST_CHECK bool report_job_set(struct tx *tx, const struct catalog *catalog, struct str pace,
                               int64_t actor, int64_t now, struct err *err);
/* When the next one goes; 0: none does. */
MUST_CHECK bool report_job_next(struct tx *tx, struct arena *arena, int64_t *due_at,
                                struct err *err);
/* For tests: when that is, from now on. */
int64_t report_job_due(struct str pace, int64_t tenant, int utc_offset, int64_t now);

/* "link.report"; its context is a struct fetch_context. */
extern const struct worker_kind report_job_kind;

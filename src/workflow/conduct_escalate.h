/*
 * Staff is reminded of the last day of a case: some working days before it, and on the day after
 * it, once each (the member "escalate" of a service's card).  Who has its tasks is told, or who may
 * do them while nobody has; those of the role that the card names; and who stands in for one of
 * them.
 *
 * A municipality has one job for that, "case.remind", due in the morning of the next day on which
 * somebody is to be told; nobody looks into a municipality where that is not today.
 */
#pragma once

#include "service/service_case.h"
#include "workflow/conduct_job.h"

struct calendar;
struct catalog;

enum {
    CONDUCT_ESCALATE_HOUR = 9, /* of the municipality's day */
};

/* When somebody is to be told of the case next; INT64_MAX: never. */
int64_t conduct_escalate_next(const struct service_case *one, const struct service_work *work,
                              const struct calendar *calendar, const struct catalog *catalog);
/* In a write: the job is due by then. */
MUST_CHECK bool conduct_escalate_need(struct tx *tx, int64_t due_at, int64_t now, bool *has_moved,
                                      struct err *err);
/* Tells all that is due by now. *next_at: when there is more; INT64_MAX: nothing is known of. */
MUST_CHECK bool conduct_escalate_go(const struct conduct_place *place, int64_t *next_at,
                                    struct err *err);

/* Its context is a struct conduct_job_context. */
extern const struct worker_kind conduct_escalate_kind;

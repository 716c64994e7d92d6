/*
 * What operators start on a page and watch: a backup, fetching an earlier state of a municipality
 * and looking at it, putting it into the place of the present one, moving a municipality away.
 * Jobs of the node; the payload names the municipality.
 */
#pragma once

#include "queue/worker.h"

enum {
    BACKUP_JOB_KINDS = 4,
};

/* Their context is the node. */
extern const struct worker_kind backup_job_kinds[BACKUP_JOB_KINDS];

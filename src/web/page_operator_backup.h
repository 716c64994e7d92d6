/*
 * Of one municipality: when it was backed up, a backup now, its return to an earlier state, its
 * move to another place.  The work is done by jobs of the node (cli/backup_job.h), one at a time
 * for a municipality; the pages put them, and show how far they are.
 */
#pragma once

#include "queue/job.h"
#include "web/route.h"

bool page_operator_backup(struct request *request, struct err *err);
bool page_operator_backup_events(struct request *request, struct err *err);

/* What was typed, with what is wrong with it. */
struct page_operator_backup_form {
    struct str until, until_error;
    struct str to, to_error;
};
MUST_CHECK bool page_operator_backup_show(struct request *request, int status,
                                          const struct page_operator_backup_form *form,
                                          struct err *err);
/* The last job about the municipality in the address; id 0: none. */
MUST_CHECK bool page_operator_backup_job(struct request *request, struct job_view *job,
                                         struct err *err);

/* page_operator_backup_act.c */
bool page_operator_backup_take(struct request *request, struct err *err);
bool page_operator_backup_fetch(struct request *request, struct err *err);
bool page_operator_backup_swap(struct request *request, struct err *err);
bool page_operator_backup_drop(struct request *request, struct err *err);
bool page_operator_backup_move(struct request *request, struct err *err);
bool page_operator_backup_stop(struct request *request, struct err *err);

/*
 * Backups that a server makes by itself: what was changed, every few minutes, and a whole copy of
 * each municipality once a day, when it has changed.
 */
#pragma once

#include "cli/backup_run.h"

struct backup_plan;

/* By the options of serve; *plan stays NULL when none is asked for. */
MUST_CHECK bool backup_plan_start(struct command_run *run, struct node *node,
                                  struct backup_plan **plan, struct err *err);
/* Where they go, for other threads that want to go there. */
const struct backup_run_where *backup_plan_where(const struct backup_plan *plan);
int64_t backup_plan_keep(const struct backup_plan *plan);
/* Ends a copy that is being made: the next one goes on. For NULL too; *plan is NULL then. */
void backup_plan_stop(struct backup_plan **plan);

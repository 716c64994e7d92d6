/*
 * Backups that a server makes by itself: what was changed, every few minutes, and a whole copy of
 * each municipality once a day, when it has changed.
 */
#pragma once

#include "cli/command.h"

struct backup_plan;

/* By the options of serve; *plan stays NULL when none is asked for. */
MUST_CHECK bool backup_plan_start(struct command_run *run, struct node *node,
                                  struct backup_plan **plan, struct err *err);
/* Ends a copy that is being made: the next one goes on. For NULL too; *plan is NULL then. */
void backup_plan_stop(struct backup_plan **plan);

/* Looks at journal and registers of a municipality and prints a line about each. */
#pragma once

#include "auth/journal.h"
#include "cli/command.h"

/* *is_good becomes false when something differs. */
MUST_CHECK bool verify_tenant(struct command_run *run, struct str name, bool *is_good,
                              struct err *err);
void verify_print_journal(struct command_run *run, struct str name,
                          const struct journal_report *report);

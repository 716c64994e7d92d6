/* What commands about upgrades of many municipalities have in common. */
#pragma once

#include "cli/command.h"
#include "registry/sweep.h"

struct tenancy sweeping_by(const struct command_run *run);
MUST_CHECK bool sweeping_read(struct command_run *run, int64_t id, struct sweep *sweep,
                              struct err *err);
void sweeping_print(struct command_run *run, const struct sweep *sweep);
/* Beside a server its workers go through it; without one it is done here. */
MUST_CHECK bool sweeping_go_on(struct command_run *run, int64_t id, struct err *err);

/* The demo town Zarechensk and the association above it, with a sign-in for every role. */
#pragma once

#include "cli/command.h"

/* Makes what is missing. */
MUST_CHECK bool demo_make(struct command_run *run, struct err *err);
void demo_print(struct command_run *run, int port, bool is_tls);

/* Asks for a password where the command is called, before it goes to a running server. */
#pragma once

#include "cli/command.h"

/*
 * When the command takes --password and it is not given: reads it from the terminal without
 * showing it, twice, or a line from standard input.  Puts it into run, and behind words, which
 * has room for one more.
 */
MUST_CHECK bool password_ask(struct command_run *run, struct str *words, size_t *count,
                             struct err *err);

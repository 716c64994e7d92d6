/* The table of commands for others than readers of --help: a manual page, a shell. */
#pragma once

#include "cli/command.h"

/* uprava(1) in the macros of man(7). Always true. */
bool help_print_man(struct command_run *run);
/* A completion function for bash. Always true. */
bool help_print_bash(struct command_run *run);

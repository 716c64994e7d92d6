#include "cli/commands.h"

bool cmd_version(struct command_run *run, struct err *err)
{
    (void)err;
    command_print(run, "uprava " UPRAVA_VERSION "\n");
    return true;
}

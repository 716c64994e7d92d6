/* The option --data of commands that evaluate something. */
#pragma once

#include "cli/command.h"
#include "lang/feel.h"

/* An object's members as values; without the option there are none. */
MUST_CHECK bool data_option_read(struct command_run *run, const struct feel_value **data,
                                 struct err *err);
/* The value, as JSON when that is asked for, and behind it why something in it is null. */
void data_option_print(struct command_run *run, const struct feel_value *value,
                       const struct feel_run *evaluation);

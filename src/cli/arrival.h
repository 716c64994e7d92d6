/* Municipalities that come or go as a file (backup/parcel.h): what their commands share. */
#pragma once

#include "cli/command.h"
#include "sign/seal.h"

/* --secret: *asked is seal, or NULL when the option is not given. */
MUST_CHECK bool arrival_seal(struct command_run *run, struct seal *seal, struct seal **asked,
                             struct err *err);
/*
 * Ends a suspension.  What came by parcel gets its search and is looked at before; it stays
 * suspended when something is wrong with it.
 */
MUST_CHECK bool arrival_wake(struct command_run *run, struct str name, struct err *err);

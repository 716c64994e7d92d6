/*
 * A flow goes over to the installed version of its process.  Everything it is at has to be there:
 * elements are known by their ids, and have to be of the same kind.  What it waits for stays as it
 * was asked for; what comes later is as the new version says.
 */
#pragma once

#include "workflow/conduct.h"

/*
 * conduct->flow.  *was_moved: false when it is there already.  ERR_INPUT names the elements that
 * are missing; ERR_CONFLICT: it is over, or went on meanwhile.
 */
MUST_CHECK bool conduct_migrate(struct tenant *tenant, struct conduct *conduct, bool *was_moved,
                                struct err *err);

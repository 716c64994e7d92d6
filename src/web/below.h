/* Those below a municipality, in forms that ask to whom something goes. */
#pragma once

#include "web/input.h"

/*
 * The field "to": everybody below, or one of this node's tree, or has_elsewhere one of another
 * node, by its name in addresses.  Where there are too many for a list the name is typed.
 */
MUST_CHECK bool below_input(struct request *request, struct json *fields, struct str chosen,
                            bool has_elsewhere, struct json **field, struct err *err);

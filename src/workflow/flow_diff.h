/* Which statements a step comes to: struct flow_store_diff, told in flow_store.h. */
#pragma once

#include "workflow/flow_store.h"

/* The conflict is that somebody else stepped first, so that trying again may help. */
bool flow_diff_is_late(const struct err *err);

/* Business rule tasks: a decision of a DMN model, asked with the values of a flow. */
#pragma once

#include "workflow/dmn.h"
#include "workflow/flow.h"

/* There is a decision, decision service or knowledge model of that name or id. */
bool flow_decide_finds(const struct dmn_library *library, struct str name);
/*
 * What the decision, decision service or knowledge model that the wait's task names says of
 * the wait's data: an object of what becomes values.  One value that no mapping and no
 * uprava:result takes gets the decision's own name.  ERR_ABSENT when there is no such decision.
 */
MUST_CHECK bool flow_decide(struct arena *arena, const struct dmn_library *library,
                            const struct flow *flow, const struct flow_wait *wait,
                            struct json **result, struct err *err);

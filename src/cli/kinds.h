/* The one table of what jobs can be. */
#pragma once

#include "cli/node.h"

/* The kinds of jobs the workers of a node can do. */
const struct worker_kind *kinds_list(struct node *node, size_t *count);
/* The records a pack gives to a new tenant. */
MUST_CHECK bool kinds_load_seeds(struct node *node, struct tenant *tenant, struct pack_ids packs,
                                 struct err *err);

/* What a node does by itself now and then, for all its tenants. */
#pragma once

#include "cli/node.h"

/* A new program: tables of municipalities are brought to its version in the background. */
void upkeep_begin(struct node *node, int64_t now);
/* Anchors the journals of open tenants, and notes what those have that were changed. */
void upkeep_tend(struct node *node, int64_t now);
/* Takes away files nobody names, and accounts never confirmed, of all tenants that may have any. */
void upkeep_collect(struct node *node, int64_t now);
/* The same a piece at a time, once through all in a day: for calling every minute. */
void upkeep_collect_some(struct node *node, int64_t now);

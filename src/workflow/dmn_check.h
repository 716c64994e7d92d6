/*
 * The decisions of a pack, decisions/NAME.dmn: read with what they import from beside them, and
 * what is wrong with them told with line and element.
 */
#pragma once

#include "pack/pack.h"
#include "workflow/dmn.h"

/* A model of a pack with its imports. path: "decisions/fee.dmn". */
MUST_CHECK bool dmn_check_open(struct arena *arena, const struct pack *pack, struct str path,
                               struct dmn_library **library, struct err *err);
/* The checker of a pack's decisions/. */
void dmn_check_file(const struct pack_set *set, const struct pack *pack,
                    const struct pack_file *file, struct pack_findings *findings);
/* Whether a decision, service or knowledge model of some pack has that name or id. */
bool dmn_check_has(const struct pack_set *set, struct str name);

/*
 * Reads BPMN 2.0 XML as any editor draws it: any prefixes, any encoding, elements in any order,
 * extensions of others passed over (with a warning where they would change what happens).
 */
#pragma once

#include "workflow/bpmn.h"

/*
 * Everything lives in arena; the text need not.  Fails only where there is no model to speak
 * of (no XML, no BPMN, too large); what cannot be executed is told by bpmn_check.
 */
MUST_CHECK bool bpmn_read(struct arena *arena, struct str text, const struct bpmn **model,
                          struct err *err);

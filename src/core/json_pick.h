/*
 * A few members of an object taken out of its text, without a tree of all the others.
 * For canonical text, as registers store it: what is passed over is not checked for more
 * than its end, and what is behind the last wanted not at all.
 */
#pragma once

#include "core/json.h"

/*
 * values[i] becomes the member names[i], or NULL when it is absent.  Names are those whose
 * text has no escapes.  The values borrow from text.
 */
MUST_CHECK bool json_pick(struct arena *arena, struct str text, const struct str *names,
                          size_t count, struct json **values, struct err *err);

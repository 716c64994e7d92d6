/*
 * What a file is, told by its bytes: a short list of what offices and phones make.  What
 * a browser could run (pages, pictures with scripts, programs) is not kept at all.
 */
#pragma once

#include "core/err.h"
#include "core/str.h"

/* name only tells apart what has the same bytes: a signature, an office document. */
MUST_CHECK bool attachment_type_find(struct str bytes, struct str name, struct str *type,
                                     struct err *err);

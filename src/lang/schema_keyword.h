/* The table of the keywords of JSON Schema that are understood. */
#pragma once

#include "core/str.h"

struct schema_keyword;

/* NULL when it is not known. */
const struct schema_keyword *schema_keyword_find(struct str name);

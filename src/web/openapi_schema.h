/* The schemas of one register in the API's description (openapi.h). */
#pragma once

#include "web/openapi_register.h"

/* Members of "components/schemas", each with a comma before it. */
void openapi_schema_print(struct buf *out, const struct openapi_register *it);

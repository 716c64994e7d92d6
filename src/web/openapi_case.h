/* Services and cases in the description of the API. */
#pragma once

#include "web/request.h"

/* Only what this person may ask. */
void openapi_case_paths(struct buf *out, struct request *request);
/* Members of components: each begins with a comma. */
void openapi_case_parameters(struct buf *out, struct request *request);
void openapi_case_schemas(struct buf *out, struct request *request);

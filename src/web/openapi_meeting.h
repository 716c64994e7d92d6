/* Commissions and their meetings in the description of the API. */
#pragma once

#include "web/request.h"

/* Only for those who sit in one. */
void openapi_meeting_paths(struct buf *out, struct request *request);
/* Members of components: each begins with a comma. */
void openapi_meeting_parameters(struct buf *out, struct request *request);
void openapi_meeting_schemas(struct buf *out, struct request *request);

/* Drafts of files of packs in the description of the API. */
#pragma once

#include "web/request.h"

/* Only for those who may draw. */
void openapi_draft_paths(struct buf *out, struct request *request);
/* Members of components: each begins with a comma. */
void openapi_draft_parameters(struct buf *out, struct request *request);
void openapi_draft_schemas(struct buf *out, struct request *request);

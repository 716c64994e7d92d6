/* Registered documents, in the description of the API. */
#pragma once

#include "web/request.h"

void openapi_document_paths(struct buf *out, struct request *request);
/* Members of components: each begins with a comma. */
void openapi_document_parameters(struct buf *out, struct request *request);
void openapi_document_schemas(struct buf *out, struct request *request);

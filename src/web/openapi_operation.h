/* Operations of the API that are the same in every municipality, as rows. */
#pragma once

#include "core/buf.h"

/* What an operation takes and gives; those of one path stand together. */
struct openapi_operation {
    const char *path;
    const char *method, *id, *summary;
    const char *parameters; /* "limit cursor": of components */
    const char *body;       /* schema of a JSON body; NULL: none */
    const char *status;     /* of the good answer */
    const char *schema;     /* of it; NULL: it has no body */
};

/* Each path begins with a comma. */
void openapi_operation_print(struct buf *out, const struct openapi_operation *operations,
                             size_t count);

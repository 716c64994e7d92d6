/* The part of the API's description (openapi.h) that tells of one register. */
#pragma once

#include "registry/register_type.h"
#include "web/request.h"

struct openapi_register {
    struct request *request;
    const struct register_type *type;
    unsigned read, create, change, remove, history; /* classes by action; 0: not allowed */
    unsigned import, export;
};

/* What the actor may do with it; false when they may not read it. */
bool openapi_register_rights(struct request *request, const struct register_type *type,
                             struct openapi_register *it);
/* Members of "paths", each with a comma before it. */
void openapi_register_paths(struct buf *out, const struct openapi_register *it);
/* Text with the register's id for every @, as it stands in path and schema names. */
void openapi_register_text(struct buf *out, const struct openapi_register *it, const char *text);
/* "401": …, "422": …: problem documents; statuses as "404 422". */
void openapi_register_problems(struct buf *out, struct str statuses);

/*
 * The description of the API (OpenAPI 3.1), made from the installed packs for whoever
 * asks: only what their rights allow stands in it, every register with its own paths,
 * parameters and schemas.
 *
 * openapi.c: the frame and what is not of a register; openapi_register.c: a register's
 * paths; openapi_schema.c: its schemas; openapi_above.c: what goes between municipalities.
 */
#pragma once

#include "web/route.h"

/* JSON with ' for ", so that it can be read in the source. */
void openapi_put(struct buf *out, const char *text);
/* The answers of an operation: the good one's schema, then problems; closes the operation. */
void openapi_answer(struct buf *out, const char *status, const char *schema, const char *problems);
bool openapi_get(struct request *request, struct err *err);

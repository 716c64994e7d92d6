/*
 * The description of the API (OpenAPI 3.1), made from the installed packs for whoever
 * asks: only what their rights allow stands in it, every register with its own paths,
 * parameters and schemas.
 *
 * openapi.c: the frame and what is not of a register; openapi_register.c: a register's
 * paths; openapi_schema.c: its schemas.
 */
#pragma once

#include "web/route.h"

bool openapi_get(struct request *request, struct err *err);

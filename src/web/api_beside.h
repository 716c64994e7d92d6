/* …/subscriptions/{register}/…/own: what the municipality says itself of published records. */
#pragma once

#include "registry/record.h"
#include "web/route.h"

bool api_beside_list(struct request *request, struct err *err);
bool api_beside_put(struct request *request, struct err *err);
bool api_beside_delete(struct request *request, struct err *err);
void api_beside_print(struct buf *out, struct request *request, const struct register_type *type,
                      unsigned classes, const struct record *own);

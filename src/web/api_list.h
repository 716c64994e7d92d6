/* GET …/registers/{register}/records: lists over the API. */
#pragma once

#include "registry/record_list.h"
#include "web/route.h"

bool api_list_get(struct request *request, struct err *err);
/* Reads filters, q, bbox, sort, valid_on, limit, cursor of the query into ask. */
MUST_CHECK bool api_list_ask(struct request *request, const struct register_type *type,
                             unsigned classes, struct record_ask *ask, struct err *err);

/* GET …/registers/{register}/records: lists over the API. */
#pragma once

#include "registry/record_list.h"
#include "web/route.h"

bool api_list_get(struct request *request, struct err *err);
/* One parameter: "where" is a whole filter in FEEL, all others are those of a field. */
MUST_CHECK bool api_list_filter(struct request *request, const struct register_type *type,
                                const struct url_pair *pair, struct record_filter *filter,
                                struct err *err);
/* Reads filters, q, bbox, sort, valid_on, limit, cursor of the query into ask. */
MUST_CHECK bool api_list_ask(struct request *request, const struct register_type *type,
                             unsigned classes, struct record_ask *ask, struct err *err);

/* The registers themselves over the API: which there are, how they are described, what a map
 * of one shows, and a record's history. */
#pragma once

#include "web/route.h"

bool api_register_list(struct request *request, struct err *err);
bool api_register_get(struct request *request, struct err *err);
bool api_register_clusters(struct request *request, struct err *err);
bool api_register_codes(struct request *request, struct err *err);
/* {"code":"lane","title":"…","parent":""} */
void api_register_code(struct buf *out, const struct request *request,
                       const struct catalog_code *code);
bool api_register_history(struct request *request, struct err *err);

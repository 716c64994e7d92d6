/* /api/v1/packs…: packs the municipality has or could have; what a newer one would change. */
#pragma once

#include "web/route.h"

bool api_pack_list(struct request *request, struct err *err);
bool api_pack_get(struct request *request, struct err *err);
bool api_pack_install(struct request *request, struct err *err);

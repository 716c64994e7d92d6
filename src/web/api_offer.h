/* /api/v1/offers…: packs that this municipality offers to those below it. */
#pragma once

#include "web/route.h"

bool api_offer_list(struct request *request, struct err *err);
bool api_offer_put(struct request *request, struct err *err);
bool api_offer_delete(struct request *request, struct err *err);

/* Packs that a municipality offers to those below it. */
#pragma once

#include "web/route.h"

bool page_offer(struct request *request, struct err *err);
bool page_offer_put(struct request *request, struct err *err);
/* Of the pack of parts[0]. */
bool page_offer_remove(struct request *request, struct err *err);

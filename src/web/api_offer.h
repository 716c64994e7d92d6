/* /api/v1/offers…: packs that this municipality offers to those below it. */
#pragma once

#include "registry/offer.h"
#include "web/route.h"

bool api_offer_list(struct request *request, struct err *err);
bool api_offer_put(struct request *request, struct err *err);
bool api_offer_delete(struct request *request, struct err *err);
/* A change of the offer of that pack, by whoever asks; for everybody below, until to is set. */
struct offer_order api_offer_order(const struct request *request, struct str pack);

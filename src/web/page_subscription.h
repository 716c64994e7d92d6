/* Registers that those above publish, read by subscription: which there are, lists, cards. */
#pragma once

#include "web/route.h"

bool page_subscription_offers(struct request *request, struct err *err);
bool page_subscription_take(struct request *request, struct err *err);
bool page_subscription_drop(struct request *request, struct err *err);
bool page_subscription_list(struct request *request, struct err *err);
bool page_subscription_card(struct request *request, struct err *err);

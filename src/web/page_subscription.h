/* Registers that those above publish, read by subscription: which there are, lists, cards. */
#pragma once

#include "registry/subscription.h"
#include "web/route.h"

bool page_subscription_offers(struct request *request, struct err *err);
bool page_subscription_take(struct request *request, struct err *err);
bool page_subscription_drop(struct request *request, struct err *err);
bool page_subscription_list(struct request *request, struct err *err);
bool page_subscription_card(struct request *request, struct err *err);

/* page_beside.c: what the municipality says itself of published records */
bool page_beside_list(struct request *request, struct err *err);
bool page_beside_form(struct request *request, struct err *err);
bool page_beside_post(struct request *request, struct err *err);

/* view.notice: who keeps the register, in which edition it is read. */
void page_subscription_source(struct request *request, struct json *view,
                              const struct subscription *subscription);

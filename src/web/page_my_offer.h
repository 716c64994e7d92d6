/* What is offered to a resident before they ask for it: on their page, and what they answer. */
#pragma once

#include "web/request.h"

struct json;
struct service;

/* The lists of page_my.c. */
MUST_CHECK bool page_my_offer_add(struct request *request, struct json *view, struct err *err);
/* "Agree" or "Decline" was pressed. */
bool page_my_offer_answer(struct request *request, struct err *err);
/* For staff, on the card of a service: how many it was offered to, and what they said. */
MUST_CHECK bool page_my_offer_count(struct request *request, const struct service *service,
                                    struct json *facts, struct err *err);

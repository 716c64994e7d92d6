/* GET /api/v1/subscriptions…: registers that those above publish to this municipality. */
#pragma once

#include "web/route.h"

bool api_subscription_list(struct request *request, struct err *err);
/* A subscription begins, or ends. */
bool api_subscription_put(struct request *request, struct err *err);
bool api_subscription_delete(struct request *request, struct err *err);
bool api_subscription_records(struct request *request, struct err *err);
/* What the publisher's codes are called, by field. */
bool api_subscription_codes(struct request *request, struct err *err);
bool api_subscription_record(struct request *request, struct err *err);

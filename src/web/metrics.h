/* GET /metrics: what the server does, for Prometheus (text format 0.0.4). */
#pragma once

#include "web/route.h"

bool metrics_get(struct request *request, struct err *err);

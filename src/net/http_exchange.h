/* Makes the exchange a handler sees from a parsed head. */
#pragma once

#include "net/http_conn.h"

/* False: the request must be refused with *status and *why. */
MUST_CHECK bool http_exchange_init(struct http_request *request, int *status, const char **why);

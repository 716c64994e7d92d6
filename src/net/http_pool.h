/* A bounded pool of threads for what must not run on a loop: http_offload. */
#pragma once

#include "net/http_conn.h"

struct http_pool;

MUST_CHECK bool http_pool_start(struct arena *arena, int threads, int waiting_max,
                                struct http_pool **pool, struct err *err);
/* False when too many wait already. */
MUST_CHECK bool http_pool_put(struct http_pool *pool, struct http_request *request);
/* From now on what waits is answered 503 instead of being run. */
void http_pool_drain(struct http_pool *pool);
void http_pool_stop(struct http_pool *pool);

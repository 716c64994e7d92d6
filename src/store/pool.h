/* Sessions nobody uses just now, for the next who needs one. */
#pragma once

#include "store/backend.h"

#include <pthread.h>

struct pool {
    pthread_mutex_t mutex;
    struct store_session *idle;
    int count, max;
};

void pool_init(struct pool *pool, int max);
/* NULL when there is none. */
struct store_session *pool_take(struct pool *pool);
/* Closes it when it is broken or when there are enough. */
void pool_give(struct pool *pool, struct store_session *session);
/* Has each of the idle ones look whether to end what its last read left open. */
void pool_rest(struct pool *pool);
/* Closes them all. */
void pool_empty(struct pool *pool);
void pool_done(struct pool *pool);

#include "store/pool.h"

void pool_init(struct pool *pool, int max)
{
    pthread_mutex_init(&pool->mutex, NULL);
    pool->max = max;
}

struct store_session *pool_take(struct pool *pool)
{
    pthread_mutex_lock(&pool->mutex);
    struct store_session *session = pool->idle;
    if (session != NULL) {
        pool->idle = session->next;
        pool->count--;
    }
    pthread_mutex_unlock(&pool->mutex);
    return session;
}

void pool_give(struct pool *pool, struct store_session *session)
{
    pthread_mutex_lock(&pool->mutex);
    bool is_kept = !session->is_broken && pool->count < pool->max;
    if (is_kept) {
        session->next = pool->idle;
        pool->idle = session;
        pool->count++;
        if (session->backend->rest != NULL)
            session->backend->rest(session);
    }
    pthread_mutex_unlock(&pool->mutex);
    if (!is_kept)
        session->backend->close(session);
}

void pool_rest(struct pool *pool)
{
    pthread_mutex_lock(&pool->mutex);
    for (struct store_session *session = pool->idle; session != NULL; session = session->next)
        session->backend->rest(session);
    pthread_mutex_unlock(&pool->mutex);
}

void pool_empty(struct pool *pool)
{
    struct store_session *session;

    while ((session = pool_take(pool)) != NULL)
        session->backend->close(session);
}

void pool_done(struct pool *pool)
{
    pool_empty(pool);
    pthread_mutex_destroy(&pool->mutex);
}

#include "net/http_pool.h"

#include <signal.h>
#include <string.h>

#include "net/http_answer.h"
#include "net/http_server.h"

struct http_pool {
    pthread_mutex_t lock;
    pthread_cond_t filled;
    struct http_request *first, *last;
    int waiting, waiting_max;
    bool is_draining, is_stopping;
    pthread_t *threads;
    int count;
};

static void answer_busy(struct http_exchange *exchange)
{
    http_answer_fill(exchange, 503, "The server is busy; please try again in a moment.");
    http_add(exchange, STR("Retry-After"), STR("2"));
    http_finish(exchange);
}

bool http_pool_put(struct http_pool *pool, struct http_request *request)
{
    pthread_mutex_lock(&pool->lock);
    bool has_room = pool->waiting < pool->waiting_max && !pool->is_draining;
    if (has_room) {
        request->next_job = NULL;
        if (pool->first == NULL)
            pool->first = request;
        else
            pool->last->next_job = request;
        pool->last = request;
        pool->waiting++;
        pthread_cond_signal(&pool->filled);
    }
    pthread_mutex_unlock(&pool->lock);
    return has_room;
}

static struct http_request *take(struct http_pool *pool, bool *is_draining)
{
    pthread_mutex_lock(&pool->lock);
    while (pool->first == NULL && !pool->is_stopping)
        pthread_cond_wait(&pool->filled, &pool->lock);
    struct http_request *request = pool->first;
    if (request != NULL) {
        pool->first = request->next_job;
        pool->waiting--;
    }
    *is_draining = pool->is_draining;
    pthread_mutex_unlock(&pool->lock);
    return request;
}

static void *work(void *data)
{
    struct http_request *request;
    bool is_draining;

    while ((request = take(data, &is_draining)) != NULL) {
        if (is_draining)
            answer_busy(&request->exchange);
        else
            request->run(&request->exchange);
    }
    return NULL;
}

void http_offload(struct http_exchange *exchange, void (*run)(struct http_exchange *exchange))
{
    struct http_request *request = (struct http_request *)exchange;

    request->run = run;
    if (!http_pool_put(exchange->loop->server->pool, request))
        answer_busy(exchange);
}

bool http_pool_start(struct arena *arena, int threads, int waiting_max, struct http_pool **pool,
                     struct err *err)
{
    struct http_pool *made = ARENA_NEW(arena, struct http_pool);
    sigset_t all, old;
    int failed = 0;

    pthread_mutex_init(&made->lock, NULL);
    pthread_cond_init(&made->filled, NULL);
    made->waiting_max = waiting_max;
    made->threads = ARENA_ARRAY(arena, pthread_t, (size_t)threads);
    /* Signals are for the main thread. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    while (made->count < threads && failed == 0) {
        failed = pthread_create(&made->threads[made->count], NULL, work, made);
        made->count += failed == 0;
    }
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (failed != 0) {
        http_pool_stop(made);
        return err_set(err, ERR_BROKEN, "cannot start a thread: %s", strerror(failed));
    }
    *pool = made;
    return true;
}

void http_pool_drain(struct http_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    pool->is_draining = true;
    pthread_mutex_unlock(&pool->lock);
}

void http_pool_stop(struct http_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    pool->is_draining = pool->is_stopping = true;
    pthread_cond_broadcast(&pool->filled);
    pthread_mutex_unlock(&pool->lock);
    while (pool->count > 0)
        pthread_join(pool->threads[--pool->count], NULL);
    pthread_mutex_destroy(&pool->lock);
    pthread_cond_destroy(&pool->filled);
}

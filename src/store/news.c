#include "store/news.h"

#include "core/time.h"
#include "store/folder.h"
#include "store/state.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

static size_t bucket_of(int64_t tenant)
{
    return (size_t)((uint64_t)tenant * 0x9e3779b97f4a7c15U >> 54);
}

void news_board_init(struct news_board *board)
{
    pthread_condattr_t clock;

    pthread_mutex_init(&board->mutex, NULL);
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&board->looked, &clock);
    pthread_condattr_destroy(&clock);
    snprintf(board->origin, sizeof board->origin, "%lld", (long long)folder_random_id());
}

void news_board_done(struct news_board *board)
{
    pthread_cond_destroy(&board->looked);
    pthread_mutex_destroy(&board->mutex);
}

void news_board_turn(struct news_board *board, int64_t tenant, enum news_kind kind)
{
    atomic_fetch_add(&board->stamps[kind][bucket_of(tenant)], 1);
    if (kind == NEWS_TENANT)
        atomic_fetch_add(&board->tenants, 1);
}

void news_board_turn_all(struct news_board *board)
{
    for (size_t kind = 0; kind < NEWS_KINDS; kind++)
        for (size_t i = 0; i < NEWS_BOARD_BUCKETS; i++)
            atomic_fetch_add(&board->stamps[kind][i], 1);
    atomic_fetch_add(&board->tenants, 1);
}

void news_board_looked(struct news_board *board, int64_t moment_us)
{
    pthread_mutex_lock(&board->mutex);
    atomic_store(&board->looked_us, moment_us);
    pthread_cond_broadcast(&board->looked);
    pthread_mutex_unlock(&board->mutex);
}

bool news_tell_of(struct tx *tx, int64_t tenant, enum news_kind kind, struct err *err)
{
    const struct backend *backend = tx->session->backend;

    if (kind == NEWS_CATALOG && tenant == tx->tenant)
        tx->owner->is_recast = true;
    return backend->tell == NULL || backend->tell(tx, tenant, kind, err);
}

bool news_tell(struct tx *tx, enum news_kind kind, struct err *err)
{
    return news_tell_of(tx, tx->tenant, kind, err);
}

bool news_tell_job(struct tx *tx, struct err *err)
{
    const struct backend *backend = tx->session->backend;

    return backend->tell_job == NULL || backend->tell_job(tx, err);
}

uint32_t news_stamp(const struct tenant *tenant, enum news_kind kind)
{
    return atomic_load(&tenant->store->news.stamps[kind][bucket_of(tenant->info.id)]);
}

bool news_watch(struct store *store, const struct news_watcher *watcher, struct err *err)
{
    if (store->backend->watch == NULL)
        return true;
    atomic_store(&store->news.is_watched, true);
    if (store->backend->watch(store, watcher, err))
        return true;
    atomic_store(&store->news.is_watched, false);
    return false;
}

void news_unwatch(struct store *store)
{
    if (atomic_exchange(&store->news.is_watched, false))
        store->backend->unwatch(store);
}

bool news_is_heard(const struct store *store)
{
    return atomic_load(&store->news.is_watched);
}

static bool is_fresh(const struct news_board *board, int64_t now_us)
{
    return now_us - atomic_load(&board->looked_us) <= NEWS_BOUND_MS * 1000;
}

bool news_is_current(const struct store *store)
{
    return !atomic_load(&store->news.is_watched) || is_fresh(&store->news, time_monotonic_us());
}

bool news_wait(struct store *store, int64_t until_us, struct err *err)
{
    struct timespec until = {until_us / 1000000, until_us % 1000000 * 1000};
    struct news_board *board = &store->news;
    int failed = 0;

    pthread_mutex_lock(&board->mutex);
    bool is_current = news_is_current(store);
    while (!is_current && failed != ETIMEDOUT) {
        failed = pthread_cond_timedwait(&board->looked, &board->mutex, &until);
        is_current = news_is_current(store);
    }
    pthread_mutex_unlock(&board->mutex);
    return is_current ||
           err_set(err, ERR_UNAVAILABLE, "the database does not answer; try again in a moment");
}

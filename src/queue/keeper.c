#include "queue/keeper.h"

#include "core/time.h"
#include "core/vec.h"

#include <assert.h>
#include <pthread.h>
#include <time.h>

enum {
    STACK = 256 * 1024,
    KEEP_MS = JOB_LEASE_MS / 4, /* three that fail in a row do not lose a lease */
    LOOK_MS = 1000,             /* the clock of the wall may jump, or the machine stand still */
};

struct keeper {
    struct store *store;
    int64_t (*clock)(void);
    pthread_mutex_t mutex; /* over claims and is_stopping */
    pthread_cond_t wake;
    struct keeper_claim *claims;
    bool is_stopping;
    pthread_t thread;
};

struct renewal {
    struct job job;
    int64_t now;
    bool is_lost;
};

static bool run_renewal(struct tx *tx, void *data, struct err *err)
{
    struct renewal *renewal = data;

    return job_renew(tx, &renewal->job, renewal->now, &renewal->is_lost, err);
}

/* With the mutex held. One that was not asked about at this moment already. */
static struct keeper_claim *find_due(struct keeper *keeper, int64_t now)
{
    struct keeper_claim *claim = keeper->claims;

    while (claim != NULL && (claim->is_lost || claim->asked_at == now ||
                             (now - claim->renewed_at < KEEP_MS && now >= claim->renewed_at)))
        claim = claim->next;
    return claim;
}

/* With the mutex held. NULL when it ended meanwhile. */
static struct keeper_claim *find(struct keeper *keeper, const struct job *job)
{
    struct keeper_claim *claim = keeper->claims;

    while (claim != NULL && (claim->job.id != job->id || claim->job.tries != job->tries))
        claim = claim->next;
    return claim;
}

/* With the mutex held, which is let go meanwhile. What fails is tried again at the next look. */
static void renew_one(struct keeper *keeper, struct keeper_claim *due, int64_t now)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    CLEANUP(store_release) struct tenant *tenant = NULL;
    struct renewal renewal = {.job = {.id = due->job.id, .tries = due->job.tries}, .now = now};
    struct str name = str_copy(arena, due->tenant);
    struct err ignored = {0};

    due->asked_at = now;
    pthread_mutex_unlock(&keeper->mutex);
    bool ok = job_hold(keeper->store, name, &tenant, &ignored) &&
              tenant_write_wait(tenant, run_renewal, &renewal, &ignored);
    pthread_mutex_lock(&keeper->mutex);
    struct keeper_claim *claim = find(keeper, &renewal.job);
    if (!ok || claim == NULL)
        return;
    claim->is_lost = renewal.is_lost;
    claim->renewed_at = now;
}

static void *run(void *data)
{
    struct keeper *keeper = data;

    struct keeper_claim *claim;

    pthread_mutex_lock(&keeper->mutex);
    while (!keeper->is_stopping) {
        int64_t until_us = time_monotonic_us() + LOOK_MS * 1000;
        struct timespec until = {until_us / 1000000, until_us % 1000000 * 1000};

        if (keeper->claims == NULL) {
            pthread_cond_wait(&keeper->wake, &keeper->mutex);
            continue;
        }
        pthread_cond_timedwait(&keeper->wake, &keeper->mutex, &until);
        int64_t now = keeper->clock();
        while (!keeper->is_stopping && (claim = find_due(keeper, now)) != NULL)
            renew_one(keeper, claim, now);
    }
    pthread_mutex_unlock(&keeper->mutex);
    return NULL;
}

struct keeper *keeper_start(struct arena *arena, struct store *store, int64_t (*clock)(void))
{
    struct keeper *keeper = ARENA_NEW(arena, struct keeper);
    pthread_condattr_t monotonic;
    pthread_attr_t attr;

    keeper->store = store;
    keeper->clock = clock;
    pthread_mutex_init(&keeper->mutex, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&keeper->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, STACK);
    int code = pthread_create(&keeper->thread, &attr, run, keeper);
    assert(code == 0);
    pthread_attr_destroy(&attr);
    return keeper;
}

void keeper_hold(struct keeper *keeper, struct keeper_claim *claim)
{
    pthread_mutex_lock(&keeper->mutex);
    claim->next = keeper->claims;
    keeper->claims = claim;
    pthread_cond_signal(&keeper->wake);
    pthread_mutex_unlock(&keeper->mutex);
}

void keeper_let_go(struct keeper *keeper, struct keeper_claim *claim)
{
    struct keeper_claim **at = &keeper->claims;

    pthread_mutex_lock(&keeper->mutex);
    while (*at != claim)
        at = &(*at)->next;
    *at = claim->next;
    pthread_mutex_unlock(&keeper->mutex);
}

bool keeper_is_lost(struct keeper *keeper, const struct keeper_claim *claim)
{
    pthread_mutex_lock(&keeper->mutex);
    bool is_lost = claim->is_lost;
    pthread_mutex_unlock(&keeper->mutex);
    return is_lost;
}

/* A thread asks for its own process only, so no more run than there are threads. */
bool keeper_renew(struct keeper *keeper, struct tx *tx, int64_t now, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct str name = job_place(tx->owner);
    VEC(struct job) jobs = {0};
    bool is_lost;

    pthread_mutex_lock(&keeper->mutex);
    for (const struct keeper_claim *claim = keeper->claims; claim != NULL; claim = claim->next)
        if (str_equal(claim->tenant, name) && now - claim->renewed_at >= KEEP_MS)
            VEC_PUSH(arena, &jobs, ((struct job){.id = claim->job.id, .tries = claim->job.tries}));
    pthread_mutex_unlock(&keeper->mutex);
    for (size_t i = 0; i < jobs.count; i++)
        if (!job_renew(tx, &jobs.items[i], now, &is_lost, err))
            return false;
    return true;
}

void keeper_stop(struct keeper *keeper)
{
    pthread_mutex_lock(&keeper->mutex);
    keeper->is_stopping = true;
    pthread_cond_signal(&keeper->wake);
    pthread_mutex_unlock(&keeper->mutex);
    pthread_join(keeper->thread, NULL);
    pthread_cond_destroy(&keeper->wake);
    pthread_mutex_destroy(&keeper->mutex);
}

#include "queue/worker.h"

#include "core/log.h"
#include "core/time.h"
#include "queue/agenda.h"
#include "queue/keeper.h"
#include "store/due.h"
#include "store/news.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

enum {
    THREADS = 3,
    STACK = 2 * 1024 * 1024,
    REPORT_MS = 500, /* between two rows of progress */
    WAIT_MAX_MS = 60 * 1000,
    POLL_MS = 2000,       /* where another process may have put a job and nobody tells us */
    TOLD_POLL_MS = 30000, /* where it does */
    RETRY_MS = 5000,      /* when a tenant cannot be looked at */
    TURN_MS = 60 * 1000,  /* of a job that may rest, while others wait */
};

struct worker_pool {
    struct store *store;
    struct keeper *keeper;
    int64_t (*clock)(void);
    const struct worker_kind *kinds;
    size_t kind_count;
    pthread_mutex_t mutex; /* over agenda and is_stopping */
    pthread_cond_t wake;
    struct agenda *agenda;
    bool is_stopping;
    pthread_t *threads;
    int thread_count;
    int busy; /* threads that look at a place: under the mutex */
    _Atomic int64_t running, ended, failed;
};

/* A job that runs; task is what its function sees. */
struct running {
    struct worker_task task; /* first: worker_report gets it */
    const struct worker_kind *kind;
    struct keeper_claim claim;
    struct job_view view;
    struct buf state; /* the bookmark as last kept */
    int64_t began_at, reported_at;
    bool is_stopping; /* someone asked */
    bool was_told;    /* that it shall stop, for whichever reason */
};

static bool pool_is_stopping(struct worker_pool *pool)
{
    pthread_mutex_lock(&pool->mutex);
    bool is_stopping = pool->is_stopping;
    pthread_mutex_unlock(&pool->mutex);
    return is_stopping;
}

/* Others wait, and no thread is free for them. */
static bool is_crowded(struct worker_pool *pool)
{
    bool is_crowded;

    pthread_mutex_lock(&pool->mutex);
    struct agenda_place *next = agenda_first_new(pool->agenda);
    is_crowded = pool->busy == pool->thread_count && next != NULL && next->due_at <= pool->clock();
    pthread_mutex_unlock(&pool->mutex);
    return is_crowded;
}

static void set_due(struct worker_pool *pool, struct agenda_place *place, int64_t due_at)
{
    pthread_mutex_lock(&pool->mutex);
    agenda_set(pool->agenda, place, MIN(place->due_at, due_at), false);
    pthread_cond_signal(&pool->wake);
    pthread_mutex_unlock(&pool->mutex);
}

/* At once with the end of the visit: whoever comes then must not take us for one who runs a job. */
static void leave(struct worker_pool *pool, struct agenda_place *place, int64_t due_at)
{
    pthread_mutex_lock(&pool->mutex);
    place->visitors--;
    agenda_set(pool->agenda, place, MIN(place->due_at, due_at), false);
    agenda_tidy(pool->agenda, place);
    pthread_cond_signal(&pool->wake);
    pthread_mutex_unlock(&pool->mutex);
}

void worker_wake(struct worker_pool *pool, struct str tenant)
{
    pthread_mutex_lock(&pool->mutex);
    struct agenda_place *place = agenda_get(pool->agenda, tenant);
    agenda_set(pool->agenda, place, 0, place->is_busy);
    pthread_cond_signal(&pool->wake);
    pthread_mutex_unlock(&pool->mutex);
}

/* One step of a job's life, as a write. */
enum act {
    ACT_RECOVER,
    ACT_CLAIM,
    ACT_PROGRESS,
    ACT_PUT_BACK,
    ACT_DONE,
    ACT_FAILED,
};

struct step {
    enum act act;
    struct arena *arena;
    struct keeper *keeper;
    struct running *running;
    struct job job;
    struct str result;
    const struct err *reason;
    int64_t now;
};

static bool run_step(struct tx *tx, void *data, struct err *err)
{
    struct step *step = data;
    const struct job *job = &step->job;

    switch (step->act) {
    case ACT_RECOVER:
        return job_recover(tx, step->now, err);
    case ACT_CLAIM:
        return keeper_renew(step->keeper, tx, step->now, err) &&
               job_claim(tx, step->arena, step->now, &step->job, err);
    case ACT_PROGRESS:
        return job_progress(tx, job, &step->running->view, step->now, &step->running->is_stopping,
                            err);
    case ACT_PUT_BACK:
        return job_put_back(tx, job, step->now, err);
    case ACT_DONE:
        return job_done(tx, job, step->result, step->now, err);
    case ACT_FAILED:
        return job_failed(tx, job, step->reason, step->now, err);
    }
    return true;
}

bool worker_report(struct worker_task *task, struct str step, int64_t done, int64_t total,
                   struct str state, bool *is_stopping, struct err *err)
{
    struct running *running = (struct running *)task;
    int64_t now = task->pool->clock();
    bool is_last = total > 0 && done >= total;

    if (keeper_is_lost(task->pool->keeper, &running->claim))
        return err_set(err, ERR_CONFLICT, "the job went to another worker");
    running->view.step = step;
    running->view.done = done;
    running->view.total = total;
    if (state.len > 0) {
        running->state.len = 0;
        buf_add(&running->state, state);
    }
    if (state.len > 0 || is_last || now - running->reported_at >= REPORT_MS) {
        struct step write = {.act = ACT_PROGRESS, .running = running, .job = task->job, .now = now};

        write.job.state = buf_str(&running->state);
        if (!tenant_write_wait(task->tenant, run_step, &write, err))
            return false;
        running->reported_at = now;
    }
    running->was_told |=
        running->is_stopping || pool_is_stopping(task->pool) ||
        (task->may_rest && now - running->began_at >= TURN_MS && is_crowded(task->pool));
    *is_stopping = running->was_told;
    return true;
}

static const struct worker_kind *find_kind(const struct worker_pool *pool, struct str name)
{
    for (size_t i = 0; i < pool->kind_count; i++)
        if (str_equal(pool->kinds[i].name, name))
            return &pool->kinds[i];
    return NULL;
}

static bool run_kind(struct running *running, struct str *result, struct err *err)
{
    struct str kind = running->task.job.kind;

    if (running->kind == NULL)
        return err_set(err, ERR_BROKEN, "this program has nothing that does jobs of kind %.*s",
                       STR_ARG(kind));
    return running->kind->run(&running->task, result, err);
}

static void log_job(const char *event, const struct running *running, const struct err *err)
{
    LOG(err->code == ERR_NONE ? LOG_INFO : LOG_WARN, event,
        {"tenant", job_place(running->task.tenant)}, {"kind", running->task.job.kind},
        {"reason", str_from_z(err->text)});
}

/* Runs what was claimed and writes down how it ended. */
static void run_job(struct worker_pool *pool, struct tenant *tenant, struct arena *arena,
                    const struct job *job, int64_t now)
{
    struct running running = {
        .task = {.tenant = tenant, .arena = arena, .job = *job, .pool = pool},
        .kind = find_kind(pool, job->kind),
        .claim = {.tenant = job_place(tenant), .job = *job, .renewed_at = now},
        .began_at = now,
        .state = {.arena = arena},
    };
    struct step end = {.act = ACT_DONE, .job = *job};
    struct err reason = {0}, err = {0};

    keeper_hold(pool->keeper, &running.claim);
    buf_add(&running.state, job->state);
    if (running.kind != NULL)
        running.task.context = running.kind->context;
    atomic_fetch_add(&pool->running, 1);
    bool ok = run_kind(&running, &end.result, &reason);
    atomic_fetch_sub(&pool->running, 1);
    atomic_fetch_add(&pool->ended, 1);
    atomic_fetch_add(&pool->failed, ok ? 0 : 1);
    if (!ok) {
        end.act = ACT_FAILED;
        end.reason = &reason;
        log_job("job.failed", &running, &reason);
    } else if (running.was_told && !running.is_stopping && end.result.len == 0) {
        end.act = ACT_PUT_BACK;
    }
    end.now = pool->clock();
    /* When this fails the lease runs out, and the job is done again. */
    if (!tenant_write_wait(tenant, run_step, &end, &err))
        log_job("job.unsaved", &running, &err);
    keeper_let_go(pool->keeper, &running.claim);
}

static bool was_recovered(struct worker_pool *pool, const struct agenda_place *place)
{
    pthread_mutex_lock(&pool->mutex);
    bool was_recovered = place->is_recovered;
    pthread_mutex_unlock(&pool->mutex);
    return was_recovered;
}

static void set_recovered(struct worker_pool *pool, struct agenda_place *place)
{
    pthread_mutex_lock(&pool->mutex);
    place->is_recovered = true;
    pthread_mutex_unlock(&pool->mutex);
}

static bool is_only_visitor(struct worker_pool *pool, const struct agenda_place *place)
{
    pthread_mutex_lock(&pool->mutex);
    bool is_only = place->visitors == 1;
    pthread_mutex_unlock(&pool->mutex);
    return is_only;
}

/* Does one job of an open tenant; *due_at tells when to look again. */
static bool look(struct worker_pool *pool, struct agenda_place *place, struct tenant *tenant,
                 int64_t *due_at, struct err *err)
{
    if (tenant_info(tenant)->is_suspended) { /* its jobs rest until whoever resumes it wakes us */
        *due_at = INT64_MAX;
        return true;
    }
    /* What runs in a shared store may run in another process: its lease tells when it does not. */
    bool is_first = !was_recovered(pool, place) && !store_is_shared(pool->store);
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    CLEANUP(tx_done) struct tx tx = {0};
    struct step step = {
        .act = ACT_RECOVER, .arena = arena, .keeper = pool->keeper, .now = pool->clock()};

    if (is_first && !tenant_write_wait(tenant, run_step, &step, err))
        return false;
    set_recovered(pool, place);
    int64_t turn = due_turn(tenant);
    bool is_alone = is_only_visitor(pool, place);
    /* Most looks find nothing: they must not cost a write. */
    if (!tx_read(&tx, tenant, err) || !job_next_due(&tx, due_at, err))
        return false;
    tx_done(&tx);
    if (*due_at > step.now) {
        /* Else somebody runs a job: the index shall bring us back if we die. */
        if (is_alone)
            due_settle(tenant, turn, *due_at);
        return true;
    }
    step.act = ACT_CLAIM;
    if (!tenant_write_wait(tenant, run_step, &step, err))
        return false;
    *due_at = step.now;
    set_due(pool, place, *due_at); /* another thread may take the next one meanwhile */
    if (step.job.id != 0)
        run_job(pool, tenant, arena, &step.job, step.now);
    return true;
}

static void visit(struct worker_pool *pool, struct agenda_place *place)
{
    struct tenant *tenant = NULL;
    struct err err = {0};
    int64_t due_at = INT64_MAX;

    if (!job_hold(pool->store, place->name, &tenant, &err) ||
        !look(pool, place, tenant, &due_at, &err)) {
        due_at = err.code == ERR_ABSENT ? INT64_MAX : pool->clock() + RETRY_MS;
        if (!pool_is_stopping(pool))
            LOG(LOG_WARN, "queue.unread", {"tenant", place->name},
                {"reason", str_from_z(err.text)});
    }
    store_release(&tenant);
    if (store_is_shared(pool->store) && err.code != ERR_ABSENT)
        due_at = MIN(due_at, pool->clock() + (news_is_heard(pool->store) ? TOLD_POLL_MS : POLL_MS));
    leave(pool, place, due_at);
}

/* With the mutex held. */
static void wait_until(struct worker_pool *pool, int64_t now, int64_t next_at)
{
    if (next_at == INT64_MAX) {
        pthread_cond_wait(&pool->wake, &pool->mutex);
        return;
    }
    /* Looked at again every minute: the clock of the wall may be set meanwhile. */
    int64_t until_us = time_monotonic_us() + MIN(next_at - now, WAIT_MAX_MS) * 1000;
    struct timespec until = {.tv_sec = until_us / 1000000, .tv_nsec = until_us % 1000000 * 1000};

    pthread_cond_timedwait(&pool->wake, &pool->mutex, &until);
}

static void *run(void *data)
{
    struct worker_pool *pool = data;

    pthread_mutex_lock(&pool->mutex);
    while (!pool->is_stopping) {
        int64_t now = pool->clock();
        /* The last free thread is for those that have none yet. */
        bool is_last = pool->thread_count > 1 && pool->busy == pool->thread_count - 1;
        struct agenda_place *place =
            is_last ? agenda_first_new(pool->agenda) : agenda_first(pool->agenda);

        if (place == NULL || place->due_at > now) {
            wait_until(pool, now, place != NULL ? place->due_at : INT64_MAX);
            continue;
        }
        place->visitors++;
        pool->busy++;
        agenda_set(pool->agenda, place, INT64_MAX, !place->is_recovered);
        pthread_mutex_unlock(&pool->mutex);
        visit(pool, place);
        pthread_mutex_lock(&pool->mutex);
        pool->busy--;
    }
    pthread_mutex_unlock(&pool->mutex);
    return NULL;
}

/* With the mutex not yet used: jobs that waited, or ran, when the server stopped. */
static void read_index(struct worker_pool *pool)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct err err = {0};
    struct due *items;
    size_t count;

    if (!due_list(pool->store, arena, &items, &count, &err)) {
        LOG(LOG_ERROR, "queue.unread", {"reason", str_from_z(err.text)});
        return;
    }
    for (size_t i = 0; i < count; i++) {
        struct agenda_place *place = agenda_get(pool->agenda, items[i].name);

        place->is_recovered = false;
        agenda_set(pool->agenda, place, items[i].due_at, false);
    }
    struct agenda_place *node = agenda_get(pool->agenda, STR(JOB_NODE));
    node->is_recovered = false;
    agenda_set(pool->agenda, node, 0, false);
}

/* Jobs may have been left anywhere when the server stopped, or the database was away. */
void worker_wake_all(struct worker_pool *pool)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct store_tenant *tenants;
    struct err err = {0};
    size_t count;

    if (!store_list_tenants(pool->store, arena, &tenants, &count, &err)) {
        LOG(LOG_ERROR, "queue.unread", {"reason", str_from_z(err.text)});
        return;
    }
    worker_wake(pool, STR(JOB_NODE));
    for (size_t i = 0; i < count; i++)
        worker_wake(pool, tenants[i].name);
}

struct worker_pool *worker_start(struct arena *arena, struct store *store,
                                 const struct worker_kind *kinds, size_t count, int threads)
{
    return worker_start_by(arena, store, kinds, count, threads, time_now);
}

struct worker_pool *worker_start_by(struct arena *arena, struct store *store,
                                    const struct worker_kind *kinds, size_t count, int threads,
                                    int64_t (*clock)(void))
{
    struct worker_pool *pool = ARENA_NEW(arena, struct worker_pool);
    pthread_condattr_t monotonic;
    pthread_attr_t attr;

    pool->clock = clock;
    pool->keeper = keeper_start(arena, store, clock);
    pool->agenda = agenda_new();
    pool->store = store;
    pool->kinds = kinds;
    pool->kind_count = count;
    pool->thread_count = threads > 0 ? threads : THREADS;
    pool->threads = ARENA_ARRAY(arena, pthread_t, (size_t)pool->thread_count);
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&pool->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (store_is_shared(store))
        worker_wake_all(pool);
    else
        read_index(pool);
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, STACK);
    for (int i = 0; i < pool->thread_count; i++) {
        int code = pthread_create(&pool->threads[i], &attr, run, pool);

        assert(code == 0);
    }
    pthread_attr_destroy(&attr);
    return pool;
}

struct worker_counts worker_count(const struct worker_pool *pool)
{
    return (struct worker_counts){.running = atomic_load(&pool->running),
                                  .ended = atomic_load(&pool->ended),
                                  .failed = atomic_load(&pool->failed)};
}

void worker_stop(struct worker_pool *pool)
{
    pthread_mutex_lock(&pool->mutex);
    pool->is_stopping = true;
    pthread_cond_broadcast(&pool->wake);
    pthread_mutex_unlock(&pool->mutex);
    for (int i = 0; i < pool->thread_count; i++)
        pthread_join(pool->threads[i], NULL);
    keeper_stop(pool->keeper);
    pthread_cond_destroy(&pool->wake);
    pthread_mutex_destroy(&pool->mutex);
    agenda_close(&pool->agenda);
}

struct coming {
    struct job job;
    int64_t due_at;
};

static bool run_again(struct tx *tx, void *data, struct err *err)
{
    const struct coming *coming = data;
    bool has_moved;

    return job_need(tx, &coming->job, coming->due_at, &has_moved, err);
}

bool worker_again(struct worker_task *task, int64_t next_at, int64_t now, struct err *err)
{
    struct coming coming = {
        .job = {.kind = task->job.kind, .payload = STR("{}"), .put_at = time_now()}};

    if (next_at == INT64_MAX)
        return true;
    coming.due_at = coming.job.put_at + MAX(next_at - now, 0);
    if (!tenant_write_wait(task->tenant, run_again, &coming, err))
        return false;
    worker_wake(task->pool, tenant_info(task->tenant)->name);
    return true;
}

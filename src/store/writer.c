#include "store/writer.h"

#include "core/time.h"
#include "store/batch.h"
#include "store/search.h"
#include "store/tenant.h"

#include <assert.h>
#include <time.h>

enum {
    STACK = 1024 * 1024,
    SEARCH_CHANGES = 256, /* so many entries make the index worth merging */
};

struct writer {
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    struct tenant *first, *last; /* with waiting writes, or to be closed */
    size_t waiting;
    bool is_stopping;
    _Atomic int64_t batches, writes;
    struct tenant *dirty, *dirty_last; /* the thread's own: to be looked after; each is held */
};

struct work {
    struct tenant *tenant;
    struct store_write *writes[WRITER_BATCH_MAX];
    size_t count;
};

static void enqueue(struct writer *writer, struct tenant *tenant)
{
    if (tenant->is_queued || tenant->looking > 0)
        return;
    tenant->is_queued = true;
    tenant->next_queued = NULL;
    if (writer->last != NULL)
        writer->last->next_queued = tenant;
    else
        writer->first = tenant;
    writer->last = tenant;
    pthread_cond_signal(&writer->wake);
}

void writer_put(struct writer *writer, struct tenant *tenant, struct store_write *write)
{
    write->ok = false;
    write->next = NULL;
    pthread_mutex_lock(&writer->mutex);
    bool is_taken = !writer->is_stopping && writer->waiting < WRITER_WAITING_MAX;
    if (is_taken) {
        atomic_fetch_add(&tenant->refs, 1);
        if (tenant->last != NULL)
            tenant->last->next = write;
        else
            tenant->first = write;
        tenant->last = write;
        writer->waiting++;
        enqueue(writer, tenant);
    } else {
        err_set(&write->err, ERR_UNAVAILABLE,
                writer->is_stopping ? "nothing was saved: the server is stopping"
                                    : "nothing was saved: too many changes wait; try again");
    }
    pthread_mutex_unlock(&writer->mutex);
    if (!is_taken)
        write->done(write);
}

bool writer_begin_look(struct writer *writer, struct tenant *tenant)
{
    pthread_mutex_lock(&writer->mutex);
    bool is_quiet = tenant->first == NULL && !tenant->is_busy;
    if (is_quiet)
        tenant->looking++;
    pthread_mutex_unlock(&writer->mutex);
    return is_quiet;
}

void writer_end_look(struct writer *writer, struct tenant *tenant)
{
    pthread_mutex_lock(&writer->mutex);
    tenant->looking--;
    if (tenant->first != NULL)
        enqueue(writer, tenant);
    pthread_mutex_unlock(&writer->mutex);
}

void writer_close_tenant(struct writer *writer, struct tenant *tenant)
{
    pthread_mutex_lock(&writer->mutex);
    tenant->is_closing = true;
    enqueue(writer, tenant);
    pthread_mutex_unlock(&writer->mutex);
}

static void merge_search(struct tenant *tenant)
{
    struct store_session *session = tenant->session;
    struct tx tx = {
        .tenant = tenant->info.id, .is_write = true, .owner = tenant, .session = session};
    struct err err;

    tenant->search_changes = 0;
    if (!session->backend->begin(session, true, &err) || !search_merge(&tx, &err) ||
        !session->backend->commit(session, &err))
        session->backend->rollback(session); /* only speed is lost */
}

static void put_dirty(struct writer *writer, struct tenant *tenant)
{
    tenant->look_after_us = time_monotonic_us() + WRITER_IDLE_MS * 1000;
    tenant->next_dirty = NULL;
    if (writer->dirty == NULL)
        writer->dirty = tenant;
    else
        writer->dirty_last->next_dirty = tenant;
    writer->dirty_last = tenant;
}

/* False: there is more to be done, or it was written again meanwhile. */
static bool make_clean(struct tenant *tenant)
{
    struct store_session *session = tenant->session;

    if (session == NULL)
        return true;
    if (time_monotonic_us() - tenant->written_us < WRITER_IDLE_MS * 1000)
        return false;
    if (tenant->search_changes >= SEARCH_CHANGES)
        merge_search(tenant);
    return session->backend->tidy == NULL || !session->backend->tidy(session, true) ||
           session->backend->is_tidy(session);
}

/* What is not urgent, for the tenant that waits longest. In order again it is let go. */
static void look_after(struct writer *writer)
{
    struct tenant *tenant = writer->dirty;
    struct store *store = tenant->store;

    writer->dirty = tenant->next_dirty;
    if (!make_clean(tenant)) {
        put_dirty(writer, tenant);
        return;
    }
    tenant->is_dirty = false;
    tenant_let_go(tenant);
    if (atomic_load(&store->shelf.is_over))
        tenant_close_some(store);
}

static bool is_due(const struct writer *writer)
{
    return writer->dirty != NULL && writer->dirty->look_after_us <= time_monotonic_us();
}

/* With the mutex held. */
static void wait_for_work(struct writer *writer)
{
    if (writer->dirty == NULL) {
        pthread_cond_wait(&writer->wake, &writer->mutex);
        return;
    }
    int64_t until_us = writer->dirty->look_after_us;
    struct timespec until = {until_us / 1000000, until_us % 1000000 * 1000};
    pthread_cond_timedwait(&writer->wake, &writer->mutex, &until);
}

static void take_writes(struct writer *writer, struct work *work)
{
    struct tenant *tenant = work->tenant;

    while (tenant->first != NULL && work->count < tenant->store->backend->batch_max &&
           (work->count == 0 || tenant->first->is_look == work->writes[0]->is_look)) {
        work->writes[work->count++] = tenant->first;
        tenant->first = tenant->first->next;
    }
    if (tenant->first == NULL)
        tenant->last = NULL;
    writer->waiting -= work->count;
}

/* False when the thread shall end. */
static bool take_work(struct writer *writer, struct work *work)
{
    work->tenant = NULL;
    work->count = 0;
    /* Also between two batches: a thread that always has work would never close a file. */
    if (is_due(writer))
        look_after(writer);
    pthread_mutex_lock(&writer->mutex);
    while (writer->first == NULL && !writer->is_stopping) {
        wait_for_work(writer);
        if (writer->first != NULL || !is_due(writer))
            continue;
        pthread_mutex_unlock(&writer->mutex);
        look_after(writer);
        pthread_mutex_lock(&writer->mutex);
    }
    work->tenant = writer->first;
    if (work->tenant != NULL) {
        writer->first = work->tenant->next_queued;
        if (writer->first == NULL)
            writer->last = NULL;
        work->tenant->is_queued = false;
        take_writes(writer, work);
        work->tenant->is_busy = work->count > 0;
    }
    pthread_mutex_unlock(&writer->mutex);
    return work->tenant != NULL;
}

/* What the batch did not get to goes back to the front. */
static void put_back(struct writer *writer, struct work *work, size_t ran)
{
    struct tenant *tenant = work->tenant;

    pthread_mutex_lock(&writer->mutex);
    for (size_t i = work->count; i > ran; i--) {
        work->writes[i - 1]->next = tenant->first;
        if (tenant->first == NULL)
            tenant->last = work->writes[i - 1];
        tenant->first = work->writes[i - 1];
        writer->waiting++;
    }
    if (tenant->first != NULL)
        enqueue(writer, tenant);
    pthread_mutex_unlock(&writer->mutex);
}

static void finish(struct writer *writer, struct work *work, size_t count)
{
    for (size_t i = 0; i < count; i++)
        work->writes[i]->done(work->writes[i]); /* it may be gone now */
    pthread_mutex_lock(&writer->mutex);
    work->tenant->is_busy = false;
    pthread_mutex_unlock(&writer->mutex);
}

static void look(struct tenant *tenant, struct store_write *write)
{
    CLEANUP(tx_done) struct tx tx = {0};

    write->err = (struct err){0};
    write->ok = tx_read(&tx, tenant, &write->err) && write->run(&tx, write->data, &write->err);
}

/* Whoever only looks leaves the writer's connection alone, or there would be one of each tenant. */
static void do_looks(struct writer *writer, struct work *work)
{
    struct store *store = work->tenant->store;

    for (size_t i = 0; i < work->count; i++)
        look(work->tenant, work->writes[i]);
    put_back(writer, work, work->count);
    finish(writer, work, work->count);
    atomic_fetch_sub(&work->tenant->refs, (int)work->count);
    if (atomic_load(&store->shelf.is_over))
        tenant_close_some(store);
}

static void do_writes(struct writer *writer, struct work *work)
{
    struct tenant *tenant = work->tenant;
    size_t ran = batch_run(tenant, work->writes, work->count);

    tenant->written_us = time_monotonic_us();
    if (!tenant->is_dirty) {
        tenant->is_dirty = true;
        put_dirty(writer, tenant);
        atomic_fetch_add(&tenant->refs, 1);
    }
    atomic_fetch_add_explicit(&writer->batches, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&writer->writes, (int64_t)ran, memory_order_relaxed);
    put_back(writer, work, ran);
    finish(writer, work, ran);
    if (tenant->session != NULL && tenant->session->backend->tidy != NULL)
        tenant->session->backend->tidy(tenant->session, false);
    atomic_fetch_sub(&tenant->refs, (int)ran); /* never the last hold: it is dirty */
}

static void forget_dirty(struct writer *writer, struct tenant *tenant)
{
    struct tenant *before = NULL;

    for (struct tenant *at = writer->dirty; at != tenant; at = at->next_dirty)
        before = at;
    if (before == NULL)
        writer->dirty = tenant->next_dirty;
    else
        before->next_dirty = tenant->next_dirty;
    if (writer->dirty_last == tenant)
        writer->dirty_last = before;
}

/* What fails, or is lost with the power, is made up for when the tenant is changed the next time.
 */
static void say_farewell(struct tenant *tenant)
{
    const struct store *store = tenant->store;
    struct store_write farewell = {.run = store->farewell, .data = store->farewell_data};
    bool can_relax = store->backend->relax != NULL && !store->is_unsafe;

    if (can_relax && tenant->session != NULL)
        store->backend->relax(tenant->session, true);
    batch_run(tenant, (struct store_write *[]){&farewell}, 1);
    if (can_relax && tenant->session != NULL)
        store->backend->relax(tenant->session, false);
}

/* Only one whose opening failed after its tables were changed can still be dirty here. */
static void close_one(struct writer *writer, struct tenant *tenant)
{
    if (tenant->is_dirty)
        forget_dirty(writer, tenant);
    if (tenant->store->farewell != NULL && tenant_take_moved(tenant))
        say_farewell(tenant);
    tenant_close(tenant);
}

static void *run(void *data)
{
    struct writer *writer = data;
    struct work work;

    while (take_work(writer, &work)) {
        if (work.count > 0 && work.writes[0]->is_look)
            do_looks(writer, &work);
        else if (work.count > 0)
            do_writes(writer, &work);
        else if (work.tenant->is_closing)
            close_one(writer, work.tenant);
    }
    return NULL;
}

struct writer *writer_start(struct arena *arena)
{
    struct writer *writer = ARENA_NEW(arena, struct writer);
    pthread_condattr_t clock;
    pthread_attr_t attr;

    pthread_mutex_init(&writer->mutex, NULL);
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&writer->wake, &clock);
    pthread_condattr_destroy(&clock);
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, STACK);
    int code = pthread_create(&writer->thread, &attr, run, writer);
    assert(code == 0);
    pthread_attr_destroy(&attr);
    return writer;
}

void writer_count(struct writer *writer, struct store_counts *counts)
{
    counts->batches += atomic_load_explicit(&writer->batches, memory_order_relaxed);
    counts->writes += atomic_load_explicit(&writer->writes, memory_order_relaxed);
    pthread_mutex_lock(&writer->mutex);
    counts->waiting += (int64_t)writer->waiting;
    pthread_mutex_unlock(&writer->mutex);
}

void writer_stop(struct writer *writer)
{
    pthread_mutex_lock(&writer->mutex);
    writer->is_stopping = true;
    pthread_cond_signal(&writer->wake);
    pthread_mutex_unlock(&writer->mutex);
    pthread_join(writer->thread, NULL);
    pthread_cond_destroy(&writer->wake);
    pthread_mutex_destroy(&writer->mutex);
}

#include "store/tenant.h"

#include "core/file.h"
#include "core/time.h"
#include "store/batch.h"
#include "store/migration.h"
#include "store/writer.h"

#include <errno.h>
#include <semaphore.h>
#include <sys/stat.h>

enum {
    PRESSED_US = 5 * 1000 * 1000,
};

struct tenant *tenant_new(struct store *store, struct str name, const char *path, struct str folder,
                          const struct migration *steps)
{
    struct arena *arena = arena_open(sizeof(struct tenant) + 512);
    struct tenant *tenant = ARENA_NEW(arena, struct tenant);

    tenant->store = store;
    tenant->arena = arena;
    tenant->info.name = str_copy(arena, name);
    tenant->path = str_to_z(arena, str_from_z(path));
    tenant->folder = str_from_z(str_to_z(arena, folder));
    tenant->steps = steps;
    tenant->due_at = INT64_MAX;
    atomic_store(&tenant->shown, &tenant->info);
    pool_init(&tenant->own, TENANT_READERS_IDLE);
    tenant->pool = &tenant->own;
    pthread_mutex_init(&tenant->mutex, NULL);
    return tenant;
}

void tenant_free(struct tenant *tenant)
{
    struct arena *arena = tenant->arena;

    pool_done(&tenant->own);
    pthread_mutex_destroy(&tenant->mutex);
    search_queue_done(&tenant->search_queue);
    arena_close(&arena);
}

bool tenant_fill(struct store *store, const struct store_tenant *info, const char *path,
                 const struct store_founding *founding, struct err *err)
{
    struct store_write write = {.run = founding->fill, .data = founding->data};

    if (write.run == NULL)
        return true;
    struct tenant *tenant = tenant_new(store, info->name, path, store->folder, NULL);
    tenant->info.id = info->id;
    tenant->is_new = true;
    if (store->backend->pool != NULL)
        tenant->pool = store->backend->pool(store);
    /* Right here: no other thread knows of it. */
    batch_run(tenant, (struct store_write *[]){&write}, 1);
    if (tenant->session != NULL)
        tenant->session->backend->close(tenant->session);
    tenant_free(tenant);
    if (!write.ok)
        *err = write.err;
    return write.ok;
}

bool tenant_take_reader(struct tenant *tenant, struct store_session **session, struct err *err)
{
    struct store_session *idle = pool_take(tenant->pool);

    if (idle == NULL && !tenant->store->backend->connect(tenant, false, &idle, err))
        return false;
    idle->tenant = tenant;
    *session = idle;
    return true;
}

void tenant_give_reader(struct tenant *tenant, struct store_session *session)
{
    pool_give(tenant->pool, session);
}

void tenant_weigh(struct store_session *session, int64_t files, int64_t bytes)
{
    struct tenant *tenant = session->tenant;
    int64_t more_files = files - session->files, more_bytes = bytes - session->bytes;

    if (tenant == NULL || tenant == tenant->store->node || (more_files == 0 && more_bytes == 0))
        return;
    session->files = files;
    session->bytes = bytes;
    shelf_weigh(&tenant->store->shelf, tenant, more_files, more_bytes);
}

struct update {
    struct tenant *tenant;
    int64_t version;
};

static bool run_update(struct tx *tx, void *data, struct err *err)
{
    struct update *update = data;

    return migration_apply(tx->session, update->tenant->steps, update->version, err);
}

bool tenant_open(struct tenant *tenant, struct err *err)
{
    struct update update = {.tenant = tenant};
    struct store_session *session;

    struct store *store = tenant->store;

    tenant->writer = store->writers[tenant == store->node ? (uint64_t)store->writer_count
                                                          : (uint64_t)tenant->info.id %
                                                                (uint64_t)store->writer_count];
    if (tenant->steps == NULL)
        return true;
    if (!tenant_take_reader(tenant, &session, err))
        return false;
    bool ok = migration_version(session, tenant->steps, &update.version, err);
    tenant_give_reader(tenant, session);
    if (!ok)
        return err_while(err, "%s", tenant->path);
    tenant->version = update.version;
    if (update.version == migration_count(tenant->steps))
        return true;
    if (!tenant_write_wait(tenant, run_update, &update, err))
        return false;
    tenant->version = migration_count(tenant->steps);
    return true;
}

void tenant_close(struct tenant *tenant)
{
    pool_empty(&tenant->own); /* before the writer's, which closes the file for good */
    if (tenant->session != NULL)
        tenant->session->backend->close(tenant->session);
    for (size_t i = 0; i < TENANT_SLOTS; i++) {
        void *value = atomic_load(&tenant->values[i].value);

        if (value != NULL && tenant->values[i].free_slot != NULL)
            tenant->values[i].free_slot(value);
    }
    if (tenant != tenant->store->node)
        shelf_remove(&tenant->store->shelf, tenant);
    tenant_free(tenant);
}

/* Nobody holds it: only a connection of its own makes the writer the one to close it. */
static void close_evicted(struct tenant *tenant)
{
    if (tenant->session != NULL)
        writer_close_tenant(tenant->writer, tenant);
    else
        tenant_close(tenant);
}

void tenant_close_some(struct store *store)
{
    struct tenant *tenant;

    while ((tenant = shelf_evict(&store->shelf)) != NULL) {
        tenant->is_hurried = true;
        close_evicted(tenant);
    }
}

bool tenant_is_pressed(const struct tenant *tenant)
{
    const struct store *store = tenant->store;
    int64_t evicted_us = atomic_load(&store->shelf.evicted_us);

    return tenant != store->node && evicted_us > 0 && time_monotonic_us() - evicted_us < PRESSED_US;
}

void tenant_close_idle(struct store *store, struct str name)
{
    struct tenant *tenant = shelf_evict_one(&store->shelf, name);

    if (tenant != NULL)
        close_evicted(tenant);
}

void tenant_let_go(struct tenant *tenant)
{
    atomic_fetch_sub(&tenant->refs, 1); /* the last touch: it may be closed from here on */
}

const struct store_tenant *tenant_info(const struct tenant *tenant)
{
    return atomic_load(&tenant->shown);
}

struct str tenant_folder(const struct tenant *tenant)
{
    struct err ignored; /* using it will say why, when this fails */
    bool is_made = mkdir(tenant->folder.ptr, 0700) == 0 || errno != ENOENT;

    /* The folder around it is missing where another server made the tenant. */
    if (!is_made)
        is_made = file_make_folder(tenant->folder, &ignored);
    (void)is_made;
    return tenant->folder;
}

int64_t tenant_version(const struct tenant *tenant)
{
    return tenant->version;
}

int64_t store_version(const struct store *store)
{
    const struct migration *steps = store->backend->tenant_steps;

    return steps != NULL ? migration_count(steps) : 0;
}

struct store *tenant_store(const struct tenant *tenant)
{
    return tenant->store;
}

bool tenant_take_moved(struct tenant *tenant)
{
    return atomic_exchange(&tenant->is_moved, false);
}

void tenant_put_moved(struct tenant *tenant)
{
    atomic_store(&tenant->is_moved, true);
}

void *tenant_slot_get(const struct tenant *tenant, enum tenant_slot slot)
{
    return atomic_load(&tenant->values[slot].value);
}

void *tenant_slot_swap(struct tenant *tenant, enum tenant_slot slot, void *value,
                       void (*free_slot)(void *value))
{
    pthread_mutex_lock(&tenant->mutex);
    void *old = atomic_exchange(&tenant->values[slot].value, value);
    tenant->values[slot].free_slot = free_slot;
    pthread_mutex_unlock(&tenant->mutex);
    return old;
}

void tenant_write(struct tenant *tenant, struct store_write *write)
{
    if (atomic_load(&tenant->is_frozen) && !write->is_look) {
        write->ok = err_set(&write->err, ERR_UNAVAILABLE,
                            "the municipality is being moved: nothing can be changed for a "
                            "moment, try again in a minute");
        write->done(write);
        return;
    }
    writer_put(tenant->writer, tenant, write);
}

struct waiting {
    struct store_write write; /* first: done gets it */
    sem_t is_done;
};

static void on_done(struct store_write *write)
{
    sem_post(&((struct waiting *)write)->is_done);
}

static bool wait_for(struct tenant *tenant, struct waiting *waiting, struct err *err)
{
    sem_init(&waiting->is_done, 0, 0);
    tenant_write(tenant, &waiting->write);
    while (sem_wait(&waiting->is_done) != 0)
        continue; /* a signal came between */
    sem_destroy(&waiting->is_done);
    if (!waiting->write.ok)
        *err = waiting->write.err;
    return waiting->write.ok;
}

bool tenant_write_wait(struct tenant *tenant, store_run *run, void *data, struct err *err)
{
    struct waiting waiting = {.write = {.run = run, .data = data, .done = on_done}};

    return wait_for(tenant, &waiting, err);
}

bool tenant_look_wait(struct tenant *tenant, store_run *run, void *data, struct err *err)
{
    struct waiting waiting = {
        .write = {.run = run, .data = data, .done = on_done, .is_look = true}};
    CLEANUP(tx_done) struct tx tx = {0};

    /* The writer has flushes of other tenants to wait for. */
    if (!writer_begin_look(tenant->writer, tenant))
        return wait_for(tenant, &waiting, err);
    bool ok = tx_read(&tx, tenant, err) && run(&tx, data, err);
    tx_done(&tx);
    writer_end_look(tenant->writer, tenant);
    return ok;
}

static bool look_at_nothing(struct tx *tx, void *data, struct err *err)
{
    (void)tx;
    (void)data;
    (void)err;
    return true;
}

bool tenant_freeze(struct tenant *tenant, struct err *err)
{
    atomic_store(&tenant->is_frozen, true);
    return tenant_look_wait(tenant, look_at_nothing, NULL, err);
}

void tenant_thaw(struct tenant *tenant)
{
    atomic_store(&tenant->is_frozen, false);
}

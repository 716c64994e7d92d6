#include "store/store.h"

#include "core/file.h"
#include "store/budget.h"
#include "store/due_index.h"
#include "store/folder.h"
#include "store/host.h"
#include "store/postgres.h"
#include "store/rows.h"
#include "store/sqlite.h"
#include "store/tenant.h"
#include "store/writer.h"

#include <fcntl.h>
#include <string.h>

enum {
    NAME_MAX_LEN = 63,
};

static void start_writers(struct store *store, int count)
{
    store->writer_count = count > 0 ? count : STORE_WRITERS;
    store->writers = ARENA_ARRAY(store->arena, struct writer *, (size_t)store->writer_count + 1);
    /* The node has one to itself: batches of tenants wait for it (due.h). */
    for (int i = 0; i <= store->writer_count; i++)
        store->writers[i] = writer_start(store->arena);
}

static bool open_node(struct store *store, struct err *err)
{
    atomic_store(&store->node->refs, 1);
    return tenant_open(store->node, err) && host_reload(store, err);
}

bool store_open(struct arena *arena, const struct store_options *options, struct store **out,
                struct err *err)
{
    struct store *store = ARENA_NEW(arena, struct store);
    struct shelf_load max = {options->tenants_max, options->files_max, options->memory_max};

    budget_complete(&max);
    store->arena = arena;
    store->folder = str_copy(arena, options->folder);
    store->limits = options->limits;
    store->wait_ms = options->wait_ms > 0 ? options->wait_ms : STORE_WAIT_MS;
    store->files = str_copy(arena, options->files);
    store->backend = options->database.len > 0 ? &postgres_backend : &sqlite_backend;
    store->lock = options->lock;
    if (options->lock > 0 ? !folder_sign(options->lock, err)
                          : !folder_take(arena, store->folder, &store->lock, err))
        return false;
    news_board_init(&store->news);
    shelf_init(&store->shelf, &max);
    store->due = due_index_new(arena);
    pthread_mutex_init(&store->create, NULL);
    start_writers(store, options->writers);
    if (!store->backend->open(store, options, err) || !open_node(store, err)) {
        store_close(&store);
        return false;
    }
    *out = store;
    return true;
}

void store_close(struct store **closed)
{
    struct store *store = *closed;
    struct tenant *tenant;

    if (store == NULL)
        return;
    news_unwatch(store);
    for (int i = 0; i <= store->writer_count; i++)
        writer_stop(store->writers[i]); /* the node's last */
    while ((tenant = shelf_first(&store->shelf)) != NULL)
        tenant_close(tenant);
    if (store->node != NULL)
        tenant_close(store->node);
    host_close(store);
    store->backend->shut(store);
    pthread_mutex_destroy(&store->create);
    shelf_done(&store->shelf);
    due_index_close(store->due);
    news_board_done(&store->news);
    folder_leave(store->lock);
    *closed = NULL;
}

bool store_is_shared(const struct store *store)
{
    return store->backend->is_shared;
}

int store_lock(const struct store *store)
{
    return fcntl(store->lock, F_DUPFD_CLOEXEC, 3);
}

struct str store_folder(const struct store *store)
{
    return store->folder;
}

bool store_is_name(struct str name)
{
    /* /node/ is where operators are. */
    if (name.len == 0 || name.len > NAME_MAX_LEN || str_equal(name, STR("node")) ||
        name.ptr[0] < 'a' || name.ptr[0] > 'z')
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];

        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-')
            return false;
    }
    return true;
}

struct making {
    const struct store_tenant *info;
    const struct store_founding *founding;
};

static bool put_tenant(struct tx *tx, void *data, struct err *err)
{
    const struct making *making = data;
    const struct store_tenant *info = making->info;
    const struct store_founding *founding = making->founding;

    return store_exec(tx,
                      "INSERT INTO tenant (id, name, title, parent, created_at, is_suspended,"
                      " is_mirror) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                      ARGS(INT(info->id), TEXT(info->name), TEXT(info->title), INT(info->parent),
                           INT(info->created_at), INT(info->is_suspended), INT(info->is_mirror)),
                      err) &&
           (founding->note == NULL || founding->note(tx, founding->data, err));
}

#define TENANT_COLUMNS                                                                             \
    "id, name, title, parent, created_at, host, is_suspended, is_mirror, " LIMIT_COLUMNS

static struct store_tenant tenant_of(const struct rows *rows, size_t row)
{
    return (struct store_tenant){
        .id = rows_int(rows, row, 0),
        .name = rows_text(rows, row, 1),
        .title = rows_text(rows, row, 2),
        .parent = rows_int(rows, row, 3),
        .created_at = rows_int(rows, row, 4),
        .host = rows_text(rows, row, 5),
        .is_suspended = rows_int(rows, row, 6) != 0,
        .is_mirror = rows_int(rows, row, 7) != 0,
        .limits = limit_read(rows, row, 8),
    };
}

bool store_get_tenant(struct store *store, struct arena *arena, struct str name,
                      struct store_tenant *info, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct rows rows;

    if (!tx_read_node(&tx, store, err) || !store_query(&tx, arena, &rows,
                                                       "SELECT " TENANT_COLUMNS " FROM tenant"
                                                       " WHERE name = $1",
                                                       ARGS(TEXT(name)), err))
        return false;
    if (rows.count == 0)
        return err_set(err, ERR_ABSENT, "there is no tenant \"%.*s\"", STR_ARG(name));
    *info = tenant_of(&rows, 0);
    return true;
}

bool store_get_tenant_by_id(struct store *store, struct arena *arena, int64_t id,
                            struct store_tenant *info, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct rows rows;

    if (!tx_read_node(&tx, store, err) ||
        !store_query(&tx, arena, &rows, "SELECT " TENANT_COLUMNS " FROM tenant WHERE id = $1",
                     ARGS(INT(id)), err))
        return false;
    if (rows.count == 0)
        return err_set(err, ERR_ABSENT, "there is no tenant %lld", (long long)id);
    *info = tenant_of(&rows, 0);
    return true;
}

/* Its place first, the row last: only with its row a tenant exists. */
static bool create(struct store *store, struct arena *arena, struct store_tenant *info,
                   const struct store_founding *founding, struct err *err)
{
    struct making making = {info, founding};
    struct store_tenant found;
    struct err absent = {0};

    if (store_get_tenant(store, arena, info->name, &found, &absent))
        return err_set(err, ERR_CONFLICT, "there is a tenant \"%.*s\" already",
                       STR_ARG(info->name));
    if (absent.code != ERR_ABSENT) {
        *err = absent;
        return false;
    }
    return store->backend->make_tenant(store, arena, info, founding, err) &&
           store_write_node(store, put_tenant, &making, err);
}

static bool admit(struct store *store, struct store_tenant *info,
                  const struct store_founding *founding, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);

    if (!store_is_name(info->name))
        return err_set(err, ERR_INPUT,
                       "\"%.*s\" cannot be a tenant's name: small Latin letters, digits and "
                       "hyphens, beginning with a letter, 63 at most, and not \"node\"",
                       STR_ARG(info->name));
    pthread_mutex_lock(&store->create);
    bool ok = create(store, arena, info, founding, err);
    pthread_mutex_unlock(&store->create);
    return ok;
}

bool store_found_tenant(struct store *store, const struct store_founding *founding, struct err *err)
{
    struct store_tenant info = {.id = folder_random_id(),
                                .name = founding->name,
                                .title = founding->title,
                                .parent = founding->parent,
                                .is_mirror = founding->is_mirror,
                                .created_at = founding->now};

    return admit(store, &info, founding, err);
}

/* The row's primary key is the last word; this one is told in a sentence. */
static bool is_new_number(struct store *store, int64_t id, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    CLEANUP(tx_done) struct tx tx = {0};
    struct rows rows;

    if (!tx_read_node(&tx, store, err) ||
        !store_query(&tx, arena, &rows, "SELECT name FROM tenant WHERE id = $1", ARGS(INT(id)),
                     err))
        return false;
    return rows.count == 0 ||
           err_set(err, ERR_CONFLICT, "this municipality is here already, as %.*s",
                   STR_ARG(rows_text(&rows, 0, 0)));
}

bool store_admit_tenant(struct store *store, const struct store_tenant *wish, struct err *err)
{
    struct store_tenant info = *wish;

    return is_new_number(store, info.id, err) &&
           admit(store, &info, &(struct store_founding){0}, err);
}

bool store_create_tenant(struct store *store, struct str name, struct str title, int64_t parent,
                         int64_t now, struct err *err)
{
    return store_found_tenant(
        store, &(struct store_founding){.name = name, .title = title, .parent = parent, .now = now},
        err);
}

bool store_list_tenants(struct store *store, struct arena *arena, struct store_tenant **tenants,
                        size_t *count, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct rows rows;

    if (!tx_read_node(&tx, store, err) || !store_query(&tx, arena, &rows,
                                                       "SELECT " TENANT_COLUMNS " FROM tenant"
                                                       " ORDER BY name",
                                                       (struct store_args){0}, err))
        return false;
    *tenants = ARENA_ARRAY(arena, struct store_tenant, rows.count);
    *count = rows.count;
    for (size_t i = 0; i < rows.count; i++)
        (*tenants)[i] = tenant_of(&rows, i);
    return true;
}

/* Nothing is written when another one has the host. */
static bool change_tenant(struct tx *tx, void *data, struct err *err)
{
    const struct store_tenant *info = data;
    int64_t changed;

    if (!store_change(
            tx,
            "UPDATE tenant SET title = $2, host = $3, is_suspended = $4, parent = $5 WHERE id = $1"
            " AND NOT EXISTS (SELECT 1 FROM tenant AS other WHERE other.host = $3"
            "  AND other.id <> $1 AND $3 <> '')",
            ARGS(INT(info->id), TEXT(info->title), TEXT(info->host), INT(info->is_suspended),
                 INT(info->parent)),
            &changed, err))
        return err_while(err, "changing a tenant");
    if (changed == 0)
        return err_set(err, ERR_CONFLICT, "another tenant has the domain %.*s",
                       STR_ARG(info->host));
    return news_tell_of(tx, info->id, NEWS_TENANT, err);
}

/* What tenant_info showed before stays in the tenant's arena: someone may be reading it. */
void store_show_tenant(struct tenant *tenant, const struct store_tenant *info)
{
    pthread_mutex_lock(&tenant->mutex);
    struct store_tenant *shown = ARENA_NEW(tenant->arena, struct store_tenant);
    *shown = *info;
    shown->name = tenant->info.name;
    shown->title = str_copy(tenant->arena, info->title);
    shown->host = str_copy(tenant->arena, info->host);
    atomic_store(&tenant->shown, shown);
    pthread_mutex_unlock(&tenant->mutex);
}

bool store_change_tenant(struct store *store, const struct store_tenant *info, struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    struct store_tenant written = *info;

    if (!store_hold(store, info->name, &tenant, err))
        return false;
    pthread_mutex_lock(&store->create);
    bool ok = store_write_node(store, change_tenant, &written, err) && host_reload(store, err);
    if (ok) {
        written.limits = tenant_info(tenant)->limits; /* those are limit_change's */
        store_show_tenant(tenant, &written);
    }
    pthread_mutex_unlock(&store->create);
    return ok;
}

static bool is_shown(const struct tenant *tenant, const struct store_tenant *info)
{
    const struct store_tenant *shown = tenant_info(tenant);

    return str_equal(shown->title, info->title) && str_equal(shown->host, info->host) &&
           shown->parent == info->parent && shown->is_suspended == info->is_suspended &&
           limit_equal(&shown->limits, &info->limits);
}

/* Of those that are open: what is opened later is read then. */
static bool refresh(struct store *store, struct str name, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct store_tenant one, *all = &one;
    size_t count = 1;

    if (name.len > 0 ? !store_get_tenant(store, arena, name, &one, err)
                     : !store_list_tenants(store, arena, &all, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        CLEANUP(store_release) struct tenant *tenant = store_hold_open(store, all[i].name);

        if (tenant != NULL && !is_shown(tenant, &all[i]))
            store_show_tenant(tenant, &all[i]);
    }
    return host_reload(store, err);
}

/* Under the lock: what was read before a change must not be shown behind it. */
bool store_refresh(struct store *store, struct str name, struct err *err)
{
    pthread_mutex_lock(&store->create);
    bool ok = refresh(store, name, err);
    pthread_mutex_unlock(&store->create);
    return ok;
}

struct store_size store_measure_tenant(struct store *store, struct str name)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    struct store_size size = {0};
    struct err err;

    folder_measure(store->folder, store->files, name, &size.bytes, &size.changed_at);
    if (store->backend->measure != NULL && store_hold(store, name, &tenant, &err) &&
        !store->backend->measure(tenant, &size, &err))
        size.changed_at = 0; /* it does not answer: then only the files are known */
    return size;
}

bool store_is_written_since(struct store *store, struct str name, int64_t since)
{
    return store->backend->is_shared || folder_written_at(store->folder, name) >= since;
}

/* Opens a tenant whose place on the shelf is ours. */
static bool open_tenant(struct store *store, struct tenant *tenant, struct err *err)
{
    struct store_tenant info;

    if (store->backend->pool != NULL)
        tenant->pool = store->backend->pool(store);
    if (!store_get_tenant(store, tenant->arena, tenant->info.name, &info, err))
        return false;
    info.name = tenant->info.name; /* the shelf finds it by that */
    tenant->info = info;
    shelf_weigh(&store->shelf, tenant, 1, TENANT_BYTES); /* the file of locks and of the WAL */
    return tenant_open(tenant, err);
}

/* Its writer does it, which may have a connection to it. */
static void close_tenant(struct tenant *tenant)
{
    if (tenant->writer != NULL)
        writer_close_tenant(tenant->writer, tenant);
    else
        tenant_close(tenant);
}

bool store_hold(struct store *store, struct str name, struct tenant **held, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct tenant *tenant;

    if (!store_is_name(name))
        return err_set(err, ERR_ABSENT, "there is no tenant of that name");
    while ((*held = shelf_find(&store->shelf, name, true)) == NULL) {
        tenant = tenant_new(store, name, folder_tenant_file(arena, store->folder, name),
                            store->files.len > 0 ? file_join(arena, store->files, name)
                                                 : folder_tenant_files(arena, store->folder, name),
                            store->backend->tenant_steps);
        uint32_t heard = atomic_load(&store->news.tenants);
        if (!shelf_reserve(&store->shelf, tenant)) {
            tenant_free(tenant); /* someone was faster: wait for them */
            continue;
        }
        if (!open_tenant(store, tenant, err)) {
            close_tenant(tenant);
            return false;
        }
        shelf_opened(&store->shelf, tenant);
        *held = tenant;
        if (atomic_load(&store->news.tenants) != heard && !store_refresh(store, name, err)) {
            tenant_let_go(tenant);
            *held = NULL;
            return false;
        }
        tenant_close_some(store);
        break;
    }
    atomic_fetch_add(&(*held)->holds, 1);
    return true;
}

struct tenant *store_hold_open(struct store *store, struct str name)
{
    struct tenant *tenant = shelf_find(&store->shelf, name, false);

    if (tenant != NULL)
        atomic_fetch_add(&tenant->holds, 1);
    return tenant;
}

struct tenant *store_hold_node(struct store *store)
{
    atomic_fetch_add(&store->node->refs, 1);
    atomic_fetch_add(&store->node->holds, 1);
    return store->node;
}

void store_release(struct tenant **tenant)
{
    if (*tenant != NULL) {
        struct store *store = (*tenant)->store;

        atomic_fetch_sub(&(*tenant)->holds, 1);
        tenant_let_go(*tenant);
        if (atomic_load(&store->shelf.is_over))
            tenant_close_some(store);
    }
    *tenant = NULL;
}

struct store_counts store_count(struct store *store)
{
    struct store_counts counts = {.holds = store_holds(store),
                                  .open_tenants = shelf_load(&store->shelf).tenants};

    for (int i = 0; i <= store->writer_count; i++)
        writer_count(store->writers[i], &counts);
    return counts;
}

void store_on_close(struct store *store, store_run *run, void *data)
{
    store->farewell = run;
    store->farewell_data = data;
}

struct tenant **store_hold_opened(struct store *store, struct arena *arena, size_t *count)
{
    size_t max = (size_t)shelf_load(&store->shelf).tenants + 16;
    struct tenant **tenants = ARENA_ARRAY(arena, struct tenant *, max);

    *count = shelf_hold_all(&store->shelf, tenants, max);
    for (size_t i = 0; i < *count; i++)
        atomic_fetch_add(&tenants[i]->holds, 1);
    return tenants;
}

int store_holds(struct store *store)
{
    return shelf_holds(&store->shelf);
}

bool store_write_node(struct store *store, store_run *run, void *data, struct err *err)
{
    return tenant_write_wait(store->node, run, data, err);
}

static bool run(struct tx *tx, const char *sql, struct store_args args,
                const struct backend_sink *sink, struct err *err)
{
    struct store_session *session = tx->session;
    bool ok = session->backend->run(session, sql, args, sink, err);

    if (!ok)
        tx->was_interrupted = session->backend->was_interrupted(session);
    return ok;
}

bool store_exec(struct tx *tx, const char *sql, struct store_args args, struct err *err)
{
    return run(tx, sql, args, &(struct backend_sink){0}, err);
}

bool store_change(struct tx *tx, const char *sql, struct store_args args, int64_t *changed,
                  struct err *err)
{
    return run(tx, sql, args, &(struct backend_sink){.changed = changed}, err);
}

bool store_each(struct tx *tx, const char *sql, struct store_args args, store_row *row, void *data,
                struct err *err)
{
    return run(tx, sql, args, &(struct backend_sink){row, data, NULL, true}, err);
}

struct gathered {
    struct arena *arena;
    struct store_arg *values;
    size_t columns, count, cap; /* of rows */
};

static bool gather(void *data, const struct rows *row, struct err *err)
{
    struct gathered *gathered = data;
    size_t size = row->columns * sizeof *row->values;

    (void)err;
    if (gathered->count == gathered->cap) {
        size_t cap = gathered->cap > 0 ? gathered->cap * 4 : 1;

        gathered->values =
            arena_grow(gathered->arena, gathered->values, gathered->cap * size, cap * size);
        gathered->cap = cap;
    }
    struct store_arg *values = gathered->values + gathered->count * row->columns;
    memcpy(values, row->values, size);
    for (size_t i = 0; i < row->columns; i++)
        if (values[i].kind == STORE_TEXT)
            values[i].text = str_copy(gathered->arena, values[i].text);
    gathered->columns = row->columns;
    gathered->count++;
    return true;
}

bool store_query(struct tx *tx, struct arena *arena, struct rows *rows, const char *sql,
                 struct store_args args, struct err *err)
{
    struct gathered gathered = {.arena = arena};

    if (!run(tx, sql, args, &(struct backend_sink){.row = gather, .data = &gathered}, err))
        return false;
    *rows = (struct rows){gathered.count, gathered.columns, gathered.values};
    return true;
}

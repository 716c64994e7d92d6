#include "store/adopt.h"

#include "core/file.h"
#include "core/time.h"
#include "store/due_index.h"
#include "store/folder.h"
#include "store/host.h"
#include "store/tenant.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

enum {
    PAUSE_US = 20 * 1000,
};

static bool move(struct str from, struct str to, struct err *err)
{
    return rename(from.ptr, to.ptr) == 0 ||
           err_set(err, ERR_UNAVAILABLE, "%.*s cannot become %.*s: %s", STR_ARG(from), STR_ARG(to),
                   strerrordesc_np(errno));
}

static bool sync_folder(struct arena *arena, struct str folder, struct err *err)
{
    int fd = open(str_to_z(arena, folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;

    if (fd >= 0)
        close(fd);
    return ok || err_set(err, ERR_UNAVAILABLE, "%.*s cannot be synced: %s", STR_ARG(folder),
                         strerrordesc_np(errno));
}

/* *is_there: one of that name and number, which may be replaced. */
static bool look(struct store *store, struct arena *arena, const struct adopt *adopt,
                 bool *is_there, struct err *err)
{
    const struct store_tenant *info = &adopt->info;
    struct store_tenant *all;
    size_t count;

    *is_there = false;
    if (!store_list_tenants(store, arena, &all, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        bool is_name = str_equal(all[i].name, info->name);

        if (!is_name && all[i].id != info->id)
            continue;
        if (is_name && all[i].id != info->id)
            return err_set(err, ERR_CONFLICT, "another municipality has the name %.*s",
                           STR_ARG(info->name));
        if (!is_name)
            return err_set(err, ERR_CONFLICT, "this server has that municipality, as %.*s",
                           STR_ARG(all[i].name));
        if (!adopt->is_replacing)
            return err_set(err, ERR_CONFLICT, "%.*s is there, and is not replaced unasked",
                           STR_ARG(info->name));
        *is_there = true;
    }
    return true;
}

static bool put_row(struct tx *tx, void *data, struct err *err)
{
    const struct store_tenant *info = data;

    return store_exec(tx,
                      "INSERT INTO tenant (id, name, title, parent, created_at, host, is_suspended,"
                      " is_mirror)"
                      " SELECT $1, $2, $3, $4, $5, CASE WHEN EXISTS"
                      " (SELECT 1 FROM tenant WHERE host = $6 AND host <> '') THEN '' ELSE $6 END,"
                      " 0, $7",
                      ARGS(INT(info->id), TEXT(info->name), TEXT(info->title), INT(info->parent),
                           INT(info->created_at), TEXT(info->host), INT(info->is_mirror)),
                      err);
}

/* The old one aside, the new one into its place; back again when that fails. */
static bool swap(struct store *store, struct arena *arena, struct adopt *adopt, bool is_there,
                 struct err *err)
{
    struct str home = folder_tenant_home(arena, store->folder, adopt->info.name);
    struct str replaced = file_join(arena, store->folder, STR("replaced"));
    struct str from = str_from_z(str_to_z(arena, adopt->folder));

    adopt->aside = STR("");
    if (file_exists(home)) {
        if (!is_there)
            return err_set(err, ERR_CONFLICT, "%.*s is in the way, though no municipality is in it",
                           STR_ARG(home));
        adopt->aside = str_printf(arena, "%.*s/%.*s-%lld", STR_ARG(replaced),
                                  STR_ARG(adopt->info.name), (long long)adopt->now);
        if (!file_make_folder(replaced, err) || !move(home, adopt->aside, err))
            return false;
    }
    if (move(from, home, err) &&
        sync_folder(arena, file_join(arena, store->folder, STR("tenants")), err))
        return true;
    if (adopt->aside.len > 0)
        (void)!rename(adopt->aside.ptr, home.ptr);
    return false;
}

/* With its place on the shelf nobody opens it meanwhile; without one it is in use. */
static bool reserve(struct store *store, struct tenant *place, int wait_ms)
{
    int64_t until_us = time_monotonic_us() + (int64_t)wait_ms * 1000;

    while (!shelf_reserve(&store->shelf, place)) {
        if (time_monotonic_us() >= until_us)
            return false;
        tenant_close_idle(store, place->info.name);
        usleep(PAUSE_US);
    }
    return true;
}

static bool adopt_into(struct store *store, struct arena *arena, struct adopt *adopt,
                       struct tenant *place, struct err *err)
{
    bool is_there;

    if (!look(store, arena, adopt, &is_there, err))
        return false;
    /* Jobs may wait in it: whoever starts next looks (due.h). */
    place->info.id = adopt->info.id;
    return due_index_note(place, 0, err) && swap(store, arena, adopt, is_there, err) &&
           (is_there || store_write_node(store, put_row, &adopt->info, err)) &&
           host_reload(store, err);
}

bool adopt_tenant(struct store *store, struct arena *arena, struct adopt *adopt, struct err *err)
{
    struct tenant *place;
    bool is_there;

    if (store->backend->is_shared)
        return err_set(err, ERR_INPUT, "the data are on PostgreSQL: see docs/howto/back-up.md");
    if (!store_is_name(adopt->info.name))
        return err_set(err, ERR_INPUT, "\"%.*s\" cannot be a municipality's name",
                       STR_ARG(adopt->info.name));
    if (!look(store, arena, adopt, &is_there, err))
        return false;
    place = tenant_new(store, adopt->info.name,
                       folder_tenant_file(arena, store->folder, adopt->info.name),
                       folder_tenant_files(arena, store->folder, adopt->info.name), NULL);
    if (!reserve(store, place, adopt->wait_ms)) {
        tenant_free(place);
        return err_set(err, ERR_CONFLICT,
                       adopt->wait_ms > 0 ? "%.*s is in use: try again in a moment"
                                          : "%.*s is in use: stop the server first",
                       STR_ARG(adopt->info.name));
    }
    pthread_mutex_lock(&store->create);
    bool ok = adopt_into(store, arena, adopt, place, err);
    shelf_remove(&store->shelf, place);
    tenant_free(place);
    pthread_mutex_unlock(&store->create);
    return ok;
}

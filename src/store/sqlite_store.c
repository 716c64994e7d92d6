#include "store/sqlite_store.h"

#include "store/folder.h"
#include "store/sqlite.h"
#include "store/tenant.h"
#include "store/vfs_shim.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

/* Once per process, before anything else of SQLite. */
static void configure(void)
{
    sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); /* a lock at every allocation otherwise */
    sqlite3_config(SQLITE_CONFIG_PAGECACHE, NULL, 0, 0);
    sqlite3_initialize();
}

static void init_sqlite(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, configure);
}

static bool open_shim(struct store *store, const struct store_options *options, struct err *err)
{
    const char *asked = getenv("UPRAVA_TEST_VFS");
    enum vfs_shim_mode mode = asked == NULL                ? VFS_SHIM_PLAIN
                              : strcmp(asked, "drop") == 0 ? VFS_SHIM_DROP
                              : strcmp(asked, "tear") == 0 ? VFS_SHIM_TEAR
                                                           : VFS_SHIM_PLAIN;

    if (asked == NULL && options->slow_flush_ms == 0)
        return true;
    return vfs_shim_open(store->arena, mode, options->slow_flush_ms, &store->shim, err);
}

bool sqlite_store_open(struct store *store, const struct store_options *options, struct err *err)
{
    const char *path = folder_path(store->arena, store->folder, "node.db");

    init_sqlite();
    store->is_unsafe = options->is_unsafe;
    if (!open_shim(store, options, err) || !folder_make_node(path, err))
        return false;
    store->node = tenant_new(store, STR(""), path, store->folder, MIGRATION_NODE);
    return true;
}

void sqlite_store_shut(struct store *store)
{
    vfs_shim_close(&store->shim);
}

bool sqlite_store_make_tenant(struct store *store, struct arena *scratch,
                              const struct store_tenant *tenant,
                              const struct store_founding *founding, struct err *err)
{
    struct str beside;

    return folder_make_tenant(scratch, store->folder, tenant->name, &store->has_template, &beside,
                              err) &&
           tenant_fill(store, tenant, beside.ptr, founding, err) &&
           folder_place_tenant(scratch, store->folder, tenant->name, beside, err);
}

struct sqlite_options sqlite_store_options(const struct tenant *tenant, bool is_writer)
{
    const struct store *store = tenant->store;

    return (struct sqlite_options){
        .vfs = store->shim != NULL ? vfs_shim_name(store->shim) : NULL,
        .is_writer = is_writer,
        .is_unsafe = is_writer && (store->is_unsafe || tenant->is_new),
    };
}

bool sqlite_store_connect(struct tenant *tenant, bool is_writer, struct store_session **session,
                          struct err *err)
{
    struct sqlite_options options = sqlite_store_options(tenant, is_writer);

    if (!sqlite_open(tenant->path, &options, session, err))
        return false;
    (*session)->tenant = tenant;
    tenant_weigh(*session, SQLITE_SESSION_FILES, SQLITE_SESSION_BYTES);
    return true;
}

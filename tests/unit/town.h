/* A tenant with packs in a temporary folder, for tests of what stands on a real store. */
#pragma once

#include "check.h"
#include "core/time.h"
#include "registry/registry.h"
#include "stand.h"
#include "store/rows.h"

struct town {
    struct arena *arena; /* outlives the test's own: packs are kept by the library */
    struct store *store;
    struct tenant *tenant;
    struct model_library *library;
    const struct catalog *catalog;
};

static inline void town_open(struct town *town, const struct str *packs, size_t count)
{
    static const struct str FOLDERS[] = {STR_INIT("packs")};
    static struct arena *process;
    static struct model_library *library;
    struct store_options options = stand_options();
    struct err err;

    if (process == NULL) {
        process = arena_open(0);
        library = model_library_new(process, FOLDERS, 1);
    }
    *town = (struct town){.library = library, .arena = arena_open(0)};
    CHECK_OK(store_open(town->arena, &options, &town->store, &err), &err);
    CHECK_OK(store_create_tenant(town->store, STR("town"), STR("Город"), 0, time_now(), &err),
             &err);
    CHECK_OK(store_hold(town->store, STR("town"), &town->tenant, &err), &err);
    CHECK_OK(catalog_install(town->tenant, library, (struct pack_ids){packs, count}, 0, time_now(),
                             &err),
             &err);
    CHECK_OK(catalog_get(town->tenant, library, &town->catalog, &err), &err);
}

static inline void town_close(struct town *town)
{
    store_release(&town->tenant);
    store_close(&town->store);
    arena_close(&town->arena);
}

/* Its registers as tx sees them. */
static inline const struct registry *town_registry(const struct town *town, struct tx *tx)
{
    struct registry *registry = ARENA_NEW(check_arena(), struct registry);

    *registry = (struct registry){tx, check_arena(), town->catalog, time_now(), NULL};
    return registry;
}

/* The number a query of the tenant ($1) gives. */
static inline int64_t town_count(struct town *town, const char *sql)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct rows rows;
    struct err err;

    CHECK_OK(tx_read(&tx, town->tenant, &err), &err);
    CHECK_OK(store_query(&tx, check_arena(), &rows, sql, ARGS(INT(tx.tenant)), &err), &err);
    return rows_int(&rows, 0, 0);
}

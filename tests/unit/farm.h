/*
 * A hamlet that publishes, and a farm below it with the same pack: for tests of what goes from
 * one municipality to another.
 */
#pragma once

#include "hamlet.h"
#include "queue/worker.h"
#include "registry/subscription.h"

struct farm {
    struct hamlet h;
    struct tenant *child;
    struct err err;
};

static inline void open_child(struct farm *farm, const char *name, int64_t parent,
                              struct tenant **child)
{
    static const struct str PACK[] = {STR_INIT("hamlet")};

    CHECK_OK(store_create_tenant(farm->h.town.store, str_from_z(name), STR("Хутор"), parent,
                                 HAMLET_NOW, &farm->err),
             &farm->err);
    CHECK_OK(store_hold(farm->h.town.store, str_from_z(name), child, &farm->err), &farm->err);
    CHECK_OK(catalog_install(*child, farm->h.library, (struct pack_ids){PACK, 1}, 0, HAMLET_NOW,
                             &farm->err),
             &farm->err);
}

static inline void farm_open(struct farm *farm)
{
    *farm = (struct farm){0};
    hamlet_open(&farm->h);
    open_child(farm, "farm", tenant_info(farm->h.town.tenant)->id, &farm->child);
}

static inline void farm_close(struct farm *farm)
{
    store_release(&farm->child);
    hamlet_close(&farm->h);
}

struct act {
    const struct hamlet *h;
    struct publication_wish wish;
    enum {
        PUT,
        REMOVE,
        PUBLISH
    } what;
    struct publication_edition edition;
};

static inline bool run_act(struct tx *tx, void *data, struct err *err)
{
    struct act *act = data;
    const struct registry *registry = hamlet_registry(act->h, tx);

    switch (act->what) {
    case PUT:
        return publication_put(registry, &act->wish, err);
    case REMOVE:
        return publication_remove(registry, &act->wish, err);
    case PUBLISH:
        return publication_publish(registry, act->wish.type, STR("новое"), HAMLET_ACTOR,
                                   &act->edition, err);
    }
    return false;
}

static inline enum err_code put(struct farm *farm, const char *type, const char *fields,
                                const char *filter)
{
    struct act act = {.h = &farm->h,
                      .wish = {hamlet_type(&farm->h, type),
                               str_from_z(fields),
                               {PUBLICATION_ALL, str_from_z(filter)},
                               HAMLET_ACTOR}};

    farm->err = (struct err){0};
    return tenant_write_wait(farm->h.town.tenant, run_act, &act, &farm->err) ? ERR_NONE
                                                                             : farm->err.code;
}

static inline int64_t publish(struct farm *farm, const char *type)
{
    struct act act = {
        .h = &farm->h, .wish = {.type = hamlet_type(&farm->h, type)}, .what = PUBLISH};

    CHECK_OK(tenant_write_wait(farm->h.town.tenant, run_act, &act, &farm->err), &farm->err);
    return act.edition.no;
}

static inline struct subscription_by by(struct farm *farm)
{
    return (struct subscription_by){farm->child, farm->h.library, check_arena(), HAMLET_NOW};
}

static inline enum err_code take(struct farm *farm, const char *id)
{
    struct subscription_by reader = by(farm);

    farm->err = (struct err){0};
    return subscription_take(&reader, str_from_z(id), STR(""), 1, &farm->err) ? ERR_NONE
                                                                              : farm->err.code;
}

static inline int64_t street(struct farm *farm, const char *name)
{
    return hamlet_make(&farm->h, "street",
                       str_printf(check_arena(), "{\"kind\":\"street\",\"name\":\"%s\"}", name));
}

static inline void rename_street(struct farm *farm, int64_t id, const char *name)
{
    CHECK_INT(hamlet_change(&farm->h, "street", hamlet_get(&farm->h, "street", id),
                            str_printf(check_arena(), "{\"kind\":\"lane\",\"name\":\"%s\"}", name)),
              ERR_NONE);
}

static inline const struct catalog *farm_catalog(struct farm *farm)
{
    const struct catalog *catalog;

    CHECK_OK(catalog_get(farm->child, farm->h.library, &catalog, &farm->err), &farm->err);
    return catalog;
}

/* The child's registers as tx sees them. */
static inline const struct registry *farm_registry(struct farm *farm, struct tx *tx)
{
    struct registry *registry = ARENA_NEW(check_arena(), struct registry);

    *registry = (struct registry){tx, check_arena(), farm_catalog(farm), HAMLET_NOW, NULL};
    return registry;
}

/* A change in the child; its code when it is refused. */
static inline enum err_code farm_change(struct farm *farm, struct record_draft *draft)
{
    struct flaws flaws = {0};

    farm->err = (struct err){0};
    {
        CLEANUP(tx_done) struct tx tx = {0};

        CHECK_OK(tx_read(&tx, farm->child, &farm->err), &farm->err);
        draft->now = HAMLET_NOW;
        if (!record_prepare(&tx, check_arena(), farm_catalog(farm), draft, &flaws, &farm->err))
            return farm->err.code;
    }
    return tenant_write_wait(farm->child, hamlet_apply_run, draft, &farm->err) ? ERR_NONE
                                                                               : farm->err.code;
}

/* A new record of the child's own; 0 when it is refused. */
static inline int64_t farm_make(struct farm *farm, const char *type, struct str value)
{
    struct record_draft draft = {.act = RECORD_CREATE,
                                 .type = hamlet_type(&farm->h, type),
                                 .value = hamlet_json(value),
                                 .valid_from = RECORD_ALWAYS,
                                 .valid_to = RECORD_FOREVER};

    return farm_change(farm, &draft) == ERR_NONE ? draft.id : 0;
}

static inline struct record farm_get(struct farm *farm, int64_t no, int64_t id)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct record record = {0};

    CHECK_OK(tx_read(&tx, farm->child, &farm->err), &farm->err);
    CHECK_OK(record_get(farm_registry(farm, &tx), no, id, HAMLET_DAY, &record, &farm->err),
             &farm->err);
    return record;
}

/* The number a query of the child ($1) gives. */
static inline int64_t farm_count(struct farm *farm, const char *sql)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct rows rows;

    CHECK_OK(tx_read(&tx, farm->child, &farm->err), &farm->err);
    CHECK_OK(store_query(&tx, check_arena(), &rows, sql, ARGS(INT(tx.tenant)), &farm->err),
             &farm->err);
    return rows_int(&rows, 0, 0);
}

/* Does the jobs that wait, of the hamlet and of the farm, until there are none. */
static inline void farm_work(struct farm *farm, const struct worker_kind *kinds, size_t count)
{
    struct worker_kind own[8];

    CHECK(count <= ARRAY_LEN(own));
    for (size_t i = 0; i < count; i++) {
        own[i] = kinds[i];
        own[i].context = farm->h.library;
    }
    struct worker_pool *pool = worker_start(check_arena(), farm->h.town.store, own, count, 1);
    for (int i = 0; i < 20000; i++) {
        static const char WAITING[] =
            "SELECT count(*) FROM job WHERE tenant = $1 AND status IN ('waiting', 'running')";

        if (town_count(&farm->h.town, WAITING) == 0 && farm_count(farm, WAITING) == 0)
            break;
        usleep(1000);
    }
    worker_stop(pool);
}

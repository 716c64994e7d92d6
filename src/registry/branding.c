#include "registry/branding.h"

#include "core/time.h"

#define COLOUR       STR("brand")
#define ABOVE_COLOUR STR("above.brand")
#define ABOVE_TITLE  STR("above.title")

struct branding branding_of(const struct catalog *catalog)
{
    struct branding branding = {
        .colour = catalog_setting(catalog, COLOUR),
        .line = catalog_setting(catalog, STR("kind")),
    };

    if (branding.colour.len > 0)
        return branding;
    branding.colour = catalog_setting(catalog, ABOVE_COLOUR);
    if (branding.colour.len > 0)
        branding.from = catalog_setting(catalog, ABOVE_TITLE);
    if (branding.line.len == 0)
        branding.line = branding.from;
    return branding;
}

struct above {
    struct str colour, title;
};

/* The nearest that has a colour of its own. */
static bool find_above(const struct subscription_by *by, struct above *found, struct err *err)
{
    struct store_tenant above[SUBSCRIPTION_DEPTH_MAX];
    size_t depth;

    *found = (struct above){0};
    if (!subscription_above(by, above, &depth, err))
        return false;
    for (size_t i = 0; i < depth && found->colour.len == 0; i++) {
        CLEANUP(store_release) struct tenant *tenant = NULL;
        const struct catalog *catalog;

        if (above[i].is_mirror || above[i].is_suspended)
            continue;
        if (!store_hold(tenant_store(by->child), above[i].name, &tenant, err) ||
            !catalog_get(tenant, by->library, &catalog, err))
            return false;
        found->colour = str_copy(by->arena, catalog_setting(catalog, COLOUR));
        found->title = str_copy(by->arena, above[i].title);
    }
    if (found->colour.len == 0)
        found->title = (struct str){0};
    return true;
}

struct pulling {
    const struct subscription_by *by;
    struct above above;
};

static bool run_pull(struct tx *tx, void *data, struct err *err)
{
    const struct pulling *pulling = data;

    return catalog_set(tx, ABOVE_COLOUR, pulling->above.colour, 0, pulling->by->now, err) &&
           catalog_set(tx, ABOVE_TITLE, pulling->above.title, 0, pulling->by->now, err);
}

bool branding_pull(const struct subscription_by *by, struct err *err)
{
    struct pulling pulling = {.by = by};
    const struct catalog *catalog;

    if (!find_above(by, &pulling.above, err) || !catalog_get(by->child, by->library, &catalog, err))
        return false;
    if (str_equal(pulling.above.colour, catalog_setting(catalog, ABOVE_COLOUR)) &&
        str_equal(pulling.above.title, catalog_setting(catalog, ABOVE_TITLE)))
        return true;
    return tenant_write_wait(by->child, run_pull, &pulling, err) &&
           catalog_reload(by->child, by->library, err);
}

bool branding_tell(struct tx *tx, int64_t actor, int64_t now, struct err *err)
{
    struct job job = {
        .kind = branding_kind.name, .payload = STR("{}"), .actor = actor, .put_at = now};
    int64_t id;

    return job_put(tx, &job, now, &id, err);
}

static bool pull_one(struct worker_task *task, const struct store_tenant *info, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(4 * 1024);
    CLEANUP(store_release) struct tenant *child = NULL;
    struct subscription_by by = {NULL, task->context, arena, time_now()};
    struct err absent = {0};

    if (info->is_mirror)
        return true;
    if (!store_hold(tenant_store(task->tenant), info->name, &child, &absent)) {
        if (absent.code != ERR_ABSENT)
            *err = absent;
        return absent.code == ERR_ABSENT; /* it has left meanwhile */
    }
    by.child = child;
    return branding_pull(&by, err);
}

static bool run_job(struct worker_task *task, struct str *result, struct err *err)
{
    struct store_tenant *below;
    bool is_stopping = false;
    size_t count;

    if (!subscription_below(task->tenant, task->arena, &below, &count, err))
        return false;
    for (size_t i = 0; i < count && !is_stopping; i++)
        if (!pull_one(task, &below[i], err) ||
            !worker_report(task, STR("Telling those below of the colour"), (int64_t)i + 1,
                           (int64_t)count, (struct str){0}, &is_stopping, err))
            return false;
    if (!is_stopping)
        *result = STR("{}");
    return true;
}

const struct worker_kind branding_kind = {STR_INIT("registry.branding"), run_job, NULL};

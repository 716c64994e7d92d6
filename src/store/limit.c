#include "store/limit.h"

#include "store/rows.h"
#include "store/state.h"

const char *limit_name(enum limit_kind kind)
{
    static const char *const NAMES[LIMIT_KINDS] = {"requests", "jobs", "disk", "rows"};

    return NAMES[kind];
}

int64_t limit_of(const struct store *store, const struct limit_set *own, enum limit_kind kind)
{
    return own->values[kind] != LIMIT_USUAL ? own->values[kind] : store->limits.values[kind];
}

int64_t limit_get(const struct tenant *tenant, enum limit_kind kind)
{
    return limit_of(tenant->store, &tenant_info(tenant)->limits, kind);
}

struct limit_marks *limit_marks(struct tenant *tenant)
{
    return &tenant->marks;
}

struct limit_set limit_read(const struct rows *rows, size_t row, size_t column)
{
    struct limit_set set;

    for (size_t kind = 0; kind < LIMIT_KINDS; kind++)
        set.values[kind] = rows_is_null(rows, row, column + kind)
                               ? LIMIT_USUAL
                               : rows_int(rows, row, column + kind);
    return set;
}

bool limit_equal(const struct limit_set *one, const struct limit_set *other)
{
    bool is_equal = true;

    for (size_t kind = 0; kind < LIMIT_KINDS; kind++)
        is_equal &= one->values[kind] == other->values[kind];
    return is_equal;
}

static struct store_arg value_of(const struct limit_set *set, enum limit_kind kind)
{
    return set->values[kind] == LIMIT_USUAL ? NONE : INT(set->values[kind]);
}

static bool write_limits(struct tx *tx, void *data, struct err *err)
{
    const struct store_tenant *info = data;
    const struct limit_set *set = &info->limits;

    return store_exec(tx,
                      "UPDATE tenant SET requests_max = $2, jobs_max = $3, disk_max = $4,"
                      " rows_max = $5 WHERE id = $1",
                      ARGS(INT(info->id), value_of(set, LIMIT_REQUESTS), value_of(set, LIMIT_JOBS),
                           value_of(set, LIMIT_DISK), value_of(set, LIMIT_ROWS)),
                      err) &&
           news_tell_of(tx, info->id, NEWS_TENANT, err);
}

bool limit_change(struct store *store, struct str name, const struct limit_set *own,
                  struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;

    for (size_t kind = 0; kind < LIMIT_KINDS; kind++)
        if (own->values[kind] < LIMIT_USUAL || own->values[kind] > LIMIT_MAX)
            return err_set(err, ERR_INPUT, "a limit is a number from 0 to %lld",
                           (long long)LIMIT_MAX);
    if (!store_hold(store, name, &tenant, err))
        return false;
    pthread_mutex_lock(&store->create);
    struct store_tenant info = *tenant_info(tenant);
    info.limits = *own;
    bool ok = store_write_node(store, write_limits, &info, err);
    if (ok)
        store_show_tenant(tenant, &info);
    pthread_mutex_unlock(&store->create);
    return ok;
}

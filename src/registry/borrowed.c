#include "registry/borrowed.h"

#include "core/id.h"
#include "core/time.h"
#include "core/vec.h"
#include "queue/worker.h"
#include "registry/record_retitle.h"
#include "store/rows.h"

#include <stdlib.h>

enum {
    BATCH = 200,
    CLASSES = POLICY_PUBLIC | POLICY_INTERNAL,
};

#define KIND STR("registry.borrowed")

bool borrowed_find(struct tx *tx, struct arena *arena, int64_t no, int64_t id,
                   struct borrowed *borrowed, struct err *err)
{
    struct rows rows;

    *borrowed = (struct borrowed){0};
    if (!store_query(tx, arena, &rows,
                     "SELECT publisher, edition, title, is_gone FROM borrowed"
                     " WHERE tenant = $1 AND register = $2 AND id = $3",
                     ARGS(INT(tx->tenant), INT(no), INT(id)), err))
        return false;
    if (rows.count > 0)
        *borrowed = (struct borrowed){rows_int(&rows, 0, 0), rows_int(&rows, 0, 1),
                                      rows_text(&rows, 0, 2), rows_int(&rows, 0, 3) != 0};
    return true;
}

static bool is_own(const struct registry *registry, const struct record_ref *ref, bool *is,
                   struct err *err)
{
    struct rows rows;

    if (!store_query(registry->tx, registry->arena, &rows,
                     "SELECT 1 FROM record WHERE tenant = $1 AND register = $2 AND id = $3 LIMIT 1",
                     ARGS(INT(registry->tx->tenant), INT(ref->no), INT(ref->id)), err))
        return false;
    *is = rows.count > 0;
    return true;
}

/* ref->publisher stays 0 when the edition has no such record, or there is none to be read. */
static bool look_up(const struct registry *registry, struct record_ref *ref, struct err *err)
{
    CLEANUP(subscription_close) struct subscription subscription = {0};
    struct subscription_by by = {registry->tx->owner, registry->catalog->library, registry->arena,
                                 registry->now};
    struct record record;
    struct err none = {0};

    if (!tx_may_wait(registry->tx, err))
        return false;
    if (!subscription_open(&by, ref->type->id, &subscription, &none) ||
        !subscription_get(&subscription, CLASSES, ref->id,
                          catalog_day(registry->catalog, registry->now), &record, &none)) {
        if (none.code == ERR_ABSENT || none.code == ERR_DENIED)
            return true;
        *err = none;
        return false;
    }
    ref->publisher = subscription.publisher_id;
    ref->edition = subscription.publication.newest.no;
    ref->title = record.title;
    return true;
}

static bool is_unchanged(const struct json *old, const struct record_ref *ref)
{
    const struct json *value = json_find(old, ref->field);
    int64_t id;

    return value != NULL && value->kind == JSON_STRING && id_parse(value->text, &id) &&
           id == ref->id;
}

bool borrowed_check(const struct registry *registry, struct record_draft *draft,
                    const struct json *old, struct flaws *flaws, struct err *err)
{
    for (size_t i = 0; i < draft->ref_count; i++) {
        struct record_ref *ref = &draft->refs[i];
        bool is;

        if (registry->catalog->publishers[ref->type->index] == 0 || registry->tx->is_write ||
            draft->is_upkeep || is_unchanged(old, ref))
            continue;
        if (!is_own(registry, ref, &is, err) || (!is && !look_up(registry, ref, err)))
            return false;
        if (!is && ref->publisher == 0)
            flaws_add(flaws, registry->arena,
                      str_printf(registry->arena, "/%.*s", STR_ARG(ref->field)), "ref",
                      ref->type->id);
    }
    return flaws->count == 0 || err_set(err, ERR_INPUT, "some fields of the record are wrong");
}

bool borrowed_put(struct tx *tx, int64_t no, int64_t id, const struct borrowed *borrowed,
                  struct err *err)
{
    return store_exec(tx,
                      "INSERT INTO borrowed (tenant, register, id, publisher, edition, title,"
                      " is_gone) VALUES ($1, $2, $3, $4, $5, $6, $7)"
                      " ON CONFLICT (tenant, register, id) DO UPDATE SET publisher = $4,"
                      " edition = $5, title = $6, is_gone = $7",
                      ARGS(INT(tx->tenant), INT(no), INT(id), INT(borrowed->publisher),
                           INT(borrowed->edition), TEXT(borrowed->title), INT(borrowed->is_gone)),
                      err);
}

bool borrowed_keep(struct tx *tx, const struct record_draft *draft, struct err *err)
{
    for (size_t i = 0; i < draft->ref_count; i++) {
        const struct record_ref *ref = &draft->refs[i];
        struct borrowed borrowed = {ref->publisher, ref->edition, ref->title, false};

        if (ref->publisher != 0 && !borrowed_put(tx, ref->no, ref->id, &borrowed, err))
            return false;
    }
    return true;
}

/* A municipality below the publisher: whether it borrows of the register, and the job in it. */
struct telling {
    struct worker_task *task;
    struct str register_id;
    int64_t publisher;
    int64_t now;
};

static bool borrows(struct tenant *child, const struct telling *telling, bool *does,
                    struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    CLEANUP(tx_done) struct tx tx = {0};
    struct rows rows;

    if (!tx_read(&tx, child, err) ||
        !store_query(&tx, arena, &rows,
                     "SELECT 1 FROM subscription s"
                     " JOIN register_no n ON n.tenant = $1 AND n.name = s.register"
                     " JOIN borrowed b ON b.tenant = $1 AND b.register = n.no"
                     " WHERE s.tenant = $1 AND s.register = $2 AND s.publisher = $3 LIMIT 1",
                     ARGS(INT(tx.tenant), TEXT(telling->register_id), INT(telling->publisher)),
                     err))
        return false;
    *does = rows.count > 0;
    return true;
}

static bool run_tell(struct tx *tx, void *data, struct err *err)
{
    const struct telling *telling = data;
    struct job job = {
        .kind = KIND,
        .payload = str_printf(telling->task->arena, "{\"register\":\"%.*s\"}",
                              STR_ARG(telling->register_id)),
    };
    int64_t id;

    return job_put(tx, &job, telling->now, &id, err);
}

static bool tell_one(const struct telling *telling, const struct store_tenant *info,
                     struct err *err)
{
    struct tenant *child;
    bool does = false;

    if (!store_hold(tenant_store(telling->task->tenant), info->name, &child, err))
        return false;
    bool ok = borrows(child, telling, &does, err) &&
              (!does || tenant_write_wait(child, run_tell, (void *)telling, err));
    store_release(&child);
    if (ok && does)
        worker_wake(telling->task->pool, info->name);
    return ok;
}

bool borrowed_tell(struct worker_task *task, const struct register_type *type, bool *is_stopping,
                   struct err *err)
{
    struct telling telling = {
        .task = task,
        .register_id = type->id,
        .publisher = tenant_info(task->tenant)->id,
        .now = time_now(),
    };
    struct store_tenant *tenants;
    size_t count;

    if (!subscription_below(task->tenant, task->arena, &tenants, &count, err))
        return false;
    for (size_t i = 0; i < count && !*is_stopping; i++) {
        if (!tell_one(&telling, &tenants[i], err) ||
            !worker_report(task, STR("Telling those below of a new edition"), (int64_t)i,
                           (int64_t)count, (struct str){0}, is_stopping, err))
            return false;
    }
    return true;
}

/* Rows of one batch, looked at again in the newest edition. */
struct renewal {
    struct arena *arena;
    const struct catalog *catalog;
    const struct register_type *type;
    int64_t no;
    int64_t now;
    int64_t *ids;
    struct borrowed *rows;
    size_t count;
    size_t renamed; /* of ids, the first ones: to be written */
};

static bool read_batch(struct tenant *tenant, struct renewal *renewal, int64_t after,
                       struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct rows rows;

    if (!tx_read(&tx, tenant, err) ||
        !store_query(&tx, renewal->arena, &rows,
                     "SELECT id, publisher, edition, title, is_gone FROM borrowed"
                     " WHERE tenant = $1 AND register = $2 AND id > $3 ORDER BY id LIMIT $4",
                     ARGS(INT(tx.tenant), INT(renewal->no), INT(after), INT(BATCH)), err))
        return false;
    renewal->ids = ARENA_ARRAY(renewal->arena, int64_t, rows.count + 1);
    renewal->rows = ARENA_ARRAY(renewal->arena, struct borrowed, rows.count + 1);
    renewal->count = rows.count;
    for (size_t i = 0; i < rows.count; i++) {
        renewal->ids[i] = rows_int(&rows, i, 0);
        renewal->rows[i] = (struct borrowed){rows_int(&rows, i, 1), rows_int(&rows, i, 2),
                                             str_copy(renewal->arena, rows_text(&rows, i, 3)),
                                             rows_int(&rows, i, 4) != 0};
    }
    return true;
}

/* Those that are as they were drop out. */
static bool compare_batch(struct subscription *subscription, struct renewal *renewal,
                          struct err *err)
{
    int64_t today = catalog_day(renewal->catalog, renewal->now);

    renewal->renamed = 0;
    for (size_t i = 0; i < renewal->count; i++) {
        struct borrowed next = renewal->rows[i];
        struct record record;
        struct err absent = {0};

        next.edition = subscription->publication.newest.no;
        next.publisher = subscription->publisher_id;
        next.is_gone =
            !subscription_get(subscription, CLASSES, renewal->ids[i], today, &record, &absent);
        if (next.is_gone && absent.code != ERR_ABSENT) {
            *err = absent;
            return false;
        }
        if (!next.is_gone)
            next.title = record.title;
        if (next.is_gone == renewal->rows[i].is_gone &&
            str_equal(next.title, renewal->rows[i].title))
            continue;
        renewal->ids[renewal->renamed] = renewal->ids[i];
        renewal->rows[renewal->renamed++] = next;
    }
    return true;
}

static bool run_renewal(struct tx *tx, void *data, struct err *err)
{
    const struct renewal *renewal = data;
    struct registry registry = {tx, renewal->arena, renewal->catalog, renewal->now, NULL};

    for (size_t i = 0; i < renewal->renamed; i++)
        if (!borrowed_put(tx, renewal->no, renewal->ids[i], &renewal->rows[i], err))
            return false;
    return renewal->renamed == 0 || !renewal->type->is_in_other_titles ||
           record_retitle_put(&registry, renewal->no, renewal->ids, renewal->renamed, err);
}

static bool renew_all(struct worker_task *task, struct subscription *subscription,
                      const struct renewal *about, bool *is_stopping, struct err *err)
{
    int64_t after = INT64_MIN, done = 0;

    for (size_t count = BATCH; count == BATCH && !*is_stopping;) {
        CLEANUP(arena_close) struct arena *arena = arena_open(0);
        struct renewal renewal = *about;

        renewal.arena = arena;
        if (!read_batch(task->tenant, &renewal, after, err))
            return false;
        count = renewal.count;
        after = count > 0 ? renewal.ids[count - 1] : after;
        done += (int64_t)count;
        if (!compare_batch(subscription, &renewal, err) ||
            (renewal.renamed > 0 && !tenant_write_wait(task->tenant, run_renewal, &renewal, err)) ||
            !worker_report(task, STR("Renewing names after a new edition"), done, 0,
                           (struct str){0}, is_stopping, err))
            return false;
    }
    return true;
}

static bool run_renew(struct worker_task *task, struct str *result, struct err *err)
{
    CLEANUP(subscription_close) struct subscription subscription = {0};
    struct renewal renewal = {.now = time_now()};
    struct subscription_by by = {task->tenant, task->context, task->arena, renewal.now};
    bool is_stopping = false;
    struct json *payload;
    struct str id;

    if (!json_parse(task->arena, task->job.payload, NULL, &payload, err) ||
        !catalog_get(task->tenant, task->context, &renewal.catalog, err))
        return false;
    id = json_find_text(payload, STR("register"));
    renewal.type = model_type(renewal.catalog->model, id);
    *result = STR("{}");
    if (renewal.type == NULL)
        return true;
    renewal.no = catalog_no(renewal.catalog, renewal.type);
    /* A subscription that ended meanwhile leaves the names as they were. */
    if (!subscription_open(&by, id, &subscription, err))
        return err->code == ERR_ABSENT || err->code == ERR_DENIED;
    if (!renew_all(task, &subscription, &renewal, &is_stopping, err))
        return false;
    if (is_stopping)
        *result = (struct str){0};
    else
        worker_wake(task->pool, tenant_info(task->tenant)->name);
    return true;
}

const struct worker_kind borrowed_kind = {STR_INIT("registry.borrowed"), run_renew, NULL};

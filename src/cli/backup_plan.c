#include "cli/backup_plan.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "backup/status.h"
#include "cli/backup_run.h"
#include "core/log.h"
#include "core/num.h"
#include "core/time.h"
#include "store/snapshot.h"

enum {
    EVERY_MIN = 15,
    EVERY_MAX = 24 * 60,
    KEEP = 7,
    FIRST_S = 5, /* after the start */
};

/* A little less than a day, so that it does not wander. */
#define BASE_MS (TIME_DAY_MS - 10 * (int64_t)TIME_MINUTE_MS)

struct backup_plan {
    struct backup_run run;
    struct backup_run_where where;
    int64_t every; /* minutes */
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    atomic_bool is_stopping;
};

static bool go_on(void *data, int64_t done, int64_t total)
{
    struct backup_plan *plan = data;

    (void)done, (void)total;
    return !atomic_load(&plan->is_stopping);
}

static bool is_wanted(void *data)
{
    return go_on(data, 0, 0);
}

static struct str print_number(struct arena *arena, int64_t number)
{
    return str_printf(arena, "%lld", (long long)number);
}

static void tell(struct arena *arena, struct str tenant, bool ok, const struct take_result *result,
                 const struct err *err)
{
    if (!ok)
        LOG(LOG_ERROR, "backup.failed", {"tenant", tenant}, {"reason", str_from_z(err->text)});
    else if (result->steps > 0)
        LOG(LOG_INFO, "backup.taken", {"tenant", tenant},
            {"kind", result->is_base ? STR("base") : STR("changes")},
            {"entry", print_number(arena, result->head.seq)},
            {"files", print_number(arena, result->files)},
            {"bytes", print_number(arena, result->bytes)}, {"why", result->why});
    if (result->damaged > 0)
        LOG(LOG_ERROR, "backup.files_damaged", {"tenant", tenant},
            {"count", print_number(arena, result->damaged)});
}

static void take_one(struct backup_plan *plan, struct str tenant)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct store *store = plan->run.node->store;
    struct take_result result;
    struct status status;
    struct err err = {0};

    status_read(store, arena, tenant, &status);
    bool is_known =
        status.at > 0 && status.fault_at == 0 && str_equal(status.place, plan->run.place.name);
    if (is_known && !snapshot_is_moved(store, tenant))
        return;
    /* A clock that was set back must not keep whole copies away until it is there again. */
    int64_t age = time_now() - status.base_at;
    enum take_kind kind = is_known && (age >= BASE_MS || age < 0) ? TAKE_CHAIN : TAKE_CHANGES;
    bool ok = backup_run_one(&plan->run, arena, tenant, kind, &result, &err);
    if (!ok && (err.code == ERR_ABSENT || atomic_load(&plan->is_stopping)))
        return; /* it has gone, or goes on the next time */
    tell(arena, tenant.len > 0 ? tenant : STR("node"), ok, &result, &err);
}

static void take_all(struct backup_plan *plan)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct store_tenant *tenants;
    size_t count;
    struct err err = {0};

    if (!store_list_tenants(plan->run.node->store, arena, &tenants, &count, &err)) {
        LOG(LOG_ERROR, "backup.failed", {"reason", str_from_z(err.text)});
        return;
    }
    for (size_t i = 0; i < count && !atomic_load(&plan->is_stopping); i++)
        take_one(plan, tenants[i].name);
    if (!atomic_load(&plan->is_stopping))
        take_one(plan, STR(""));
}

static void wait_for_turn(struct backup_plan *plan, int64_t seconds)
{
    int64_t until_us = time_monotonic_us() + seconds * 1000000;
    struct timespec until = {until_us / 1000000, until_us % 1000000 * 1000};

    pthread_mutex_lock(&plan->mutex);
    while (!atomic_load(&plan->is_stopping) &&
           pthread_cond_timedwait(&plan->wake, &plan->mutex, &until) != ETIMEDOUT)
        continue;
    pthread_mutex_unlock(&plan->mutex);
}

static void *run_plan(void *data)
{
    struct backup_plan *plan = data;

    wait_for_turn(plan, FIRST_S);
    while (!atomic_load(&plan->is_stopping)) {
        int64_t began = time_monotonic_us();

        take_all(plan);
        int64_t took = (time_monotonic_us() - began) / 1000000;
        wait_for_turn(plan, MAX(plan->every * 60 - took, 1));
    }
    return NULL;
}

static bool read_number(const struct command_run *run, const char *name, int64_t max,
                        int64_t *number, struct err *err)
{
    struct str text = command_option(run, name);

    return text.len == 0 || (num_parse_int(text, number) && *number >= 1 && *number <= max) ||
           err_set(err, ERR_INPUT, "%s: a number from 1 to %lld", name, (long long)max);
}

static bool read_options(struct command_run *run, struct node *node, struct backup_plan *plan,
                         struct err *err)
{
    int64_t keep = KEEP;

    plan->where = (struct backup_run_where){
        .to = str_copy(run->arena, backup_run_target(run, "--backup-to")),
        .access = command_folder(run, command_option(run, "--backup-s3")),
        .secret = command_folder(run, command_option(run, "--backup-secret"))};
    plan->every = EVERY_MIN;
    if (store_is_shared(node->store))
        return err_set(err, ERR_INPUT,
                       "--backup-to: a PostgreSQL database is backed up by its own means");
    if (!read_number(run, "--backup-every", EVERY_MAX, &plan->every, err) ||
        !read_number(run, "--backup-keep", 10000, &keep, err) ||
        !backup_run_open(&plan->run, run->arena, node, &plan->where, err))
        return false;
    place_watch(&plan->run.place, is_wanted, plan);
    plan->run.keep = keep;
    plan->run.progress = go_on;
    plan->run.data = plan;
    return true;
}

bool backup_plan_start(struct command_run *run, struct node *node, struct backup_plan **plan,
                       struct err *err)
{
    struct backup_plan *made = ARENA_NEW(run->arena, struct backup_plan);
    pthread_condattr_t clock;

    *plan = NULL;
    if (!command_has(run, "--backup-to"))
        return true;
    if (!read_options(run, node, made, err)) {
        backup_run_close(&made->run);
        return false;
    }
    pthread_mutex_init(&made->mutex, NULL);
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&made->wake, &clock);
    pthread_condattr_destroy(&clock);
    if (pthread_create(&made->thread, NULL, run_plan, made) != 0)
        return err_set(err, ERR_UNAVAILABLE, "no thread for the backups");
    *plan = made;
    return true;
}

const struct backup_run_where *backup_plan_where(const struct backup_plan *plan)
{
    return &plan->where;
}

int64_t backup_plan_keep(const struct backup_plan *plan)
{
    return plan->run.keep;
}

void backup_plan_stop(struct backup_plan **plan)
{
    struct backup_plan *stopped = *plan;

    if (stopped == NULL)
        return;
    pthread_mutex_lock(&stopped->mutex);
    atomic_store(&stopped->is_stopping, true);
    pthread_cond_signal(&stopped->wake);
    pthread_mutex_unlock(&stopped->mutex);
    pthread_join(stopped->thread, NULL);
    pthread_cond_destroy(&stopped->wake);
    pthread_mutex_destroy(&stopped->mutex);
    backup_run_close(&stopped->run);
    *plan = NULL;
}

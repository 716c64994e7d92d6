#include "stand.h"

#include "core/log.h"
#include "core/time.h"
#include "queue/worker.h"
#include "store/rows.h"

#include <stdatomic.h>
#include <time.h>

static struct err err;
static struct store *store;
static struct tenant *tenant;
static atomic_int runs, done_items;

static void start(void)
{
    struct store_options options = {
        .folder = check_folder(), .database = stand_database(), .writers = 2};

    err = (struct err){0};
    runs = done_items = 0;
    log_set_level(LOG_ERROR); /* failing jobs are meant to fail here */
    CHECK_OK(store_open(check_arena(), &options, &store, &err), &err);
    CHECK_OK(store_create_tenant(store, STR("town"), STR(""), 0, 0, &err), &err);
    CHECK_OK(store_hold(store, STR("town"), &tenant, &err), &err);
}

static void finish(void)
{
    store_release(&tenant);
    store_close(&store);
}

static void rest(void)
{
    struct timespec moment = {.tv_nsec = 2 * 1000 * 1000};

    nanosleep(&moment, NULL);
}

static bool count(struct worker_task *task, struct str *result, struct err *why)
{
    (void)why;
    atomic_fetch_add(&runs, 1);
    *result = str_printf(task->arena, "{\"payload\":%.*s}", STR_ARG(task->job.payload));
    return true;
}

static bool refuse(struct worker_task *task, struct str *result, struct err *why)
{
    (void)task, (void)result;
    atomic_fetch_add(&runs, 1);
    return err_set(why, ERR_INPUT, "it cannot be done");
}

/* Works through items until it is told to stop; goes on from its bookmark. */
static bool plod(struct worker_task *task, struct str *result, struct err *why)
{
    int64_t at = task->job.state.len > 0 ? task->job.state.ptr[0] - '0' : 0;
    bool is_stopping = false;

    atomic_fetch_add(&runs, 1);
    for (; at < 9 && !is_stopping; at++) {
        if (!worker_report(task, STR("plodding"), at + 1, 9,
                           str_printf(task->arena, "%d", (int)at + 1), &is_stopping, why))
            return false;
        atomic_fetch_add(&done_items, 1);
        for (int i = 0; i < 1000 && atomic_load((atomic_int *)task->context) == 0; i++)
            rest();
    }
    if (at == 9)
        *result = STR("{}");
    return true;
}

static atomic_int may_go;
static _Atomic int64_t now_ms;

static int64_t moved_clock(void)
{
    return atomic_load(&now_ms);
}

/* Says nothing for as long as it may. */
static bool sit(struct worker_task *task, struct str *result, struct err *why)
{
    (void)task, (void)why;
    atomic_fetch_add(&runs, 1);
    while (atomic_load(&may_go) == 0)
        rest();
    *result = STR("{}");
    return true;
}

/* Tells all the time, with nothing that has to be written. */
static bool chatter(struct worker_task *task, struct str *result, struct err *why)
{
    bool is_stopping = false;

    atomic_fetch_add(&runs, 1);
    while (!is_stopping && atomic_load(&may_go) == 0) {
        if (!worker_report(task, STR("chattering"), 1, 9, STR(""), &is_stopping, why)) {
            atomic_fetch_add(&done_items, why->code == ERR_CONFLICT);
            return false;
        }
        rest();
    }
    *result = STR("{}");
    return true;
}

static const struct worker_kind KINDS[] = {
    {{"test.count", 10}, count, NULL},     {{"test.refuse", 11}, refuse, NULL},
    {{"test.plod", 9}, plod, &may_go},     {{"test.sit", 8}, sit, NULL},
    {{"test.chatter", 12}, chatter, NULL},
};

struct put {
    struct job job;
    int64_t id;
};

static bool run_put(struct tx *tx, void *data, struct err *why)
{
    struct put *put = data;

    return job_put(tx, &put->job, 0, &put->id, why);
}

static int64_t put(const char *kind)
{
    struct put put = {.job = {.kind = str_from_z(kind), .payload = STR("7"), .put_at = 1}};

    CHECK_OK(tenant_write_wait(tenant, run_put, &put, &err), &err);
    return put.id;
}

static struct job_view view(int64_t id)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct job_view seen = {0};

    CHECK_OK(tx_read(&tx, tenant, &err) && job_get(&tx, check_arena(), id, &seen, &err), &err);
    return seen;
}

/* Waits, ten seconds at most, and shows what it became. */
static struct str status_becomes(int64_t id, const char *status)
{
    struct str seen = view(id).status;

    for (int i = 0; i < 5000 && !str_equal(seen, str_from_z(status)); i++) {
        rest();
        seen = view(id).status;
    }
    return seen;
}

static void job_put_before_the_start_and_one_after_are_done(void)
{
    start();
    int64_t before = put("test.count");
    struct worker_pool *pool = worker_start(check_arena(), store, KINDS, ARRAY_LEN(KINDS), 2);

    CHECK_STR(status_becomes(before, "done"), STR("done"));
    int64_t after = put("test.count");
    worker_wake(pool, STR("town"));
    CHECK_STR(status_becomes(after, "done"), STR("done"));
    CHECK_STR(view(after).result, STR("{\"payload\":7}"));
    CHECK_INT(runs, 2);
    worker_stop(pool);
    finish();
}

static void many_jobs_are_each_done_once(void)
{
    enum {
        MANY = 60
    };
    int64_t ids[MANY];

    start();
    struct worker_pool *pool = worker_start(check_arena(), store, KINDS, ARRAY_LEN(KINDS), 4);
    for (int i = 0; i < MANY; i++) {
        ids[i] = put("test.count");
        worker_wake(pool, STR("town"));
    }
    for (int i = 0; i < MANY; i++)
        CHECK_STR(status_becomes(ids[i], "done"), STR("done"));
    CHECK_INT(runs, MANY);
    worker_stop(pool);
    finish();
}

/* A thread between two jobs must see that the next is due, however late it looks. */
static void lone_thread_does_all_that_is_due(void)
{
    enum {
        MANY = 200
    };
    int64_t ids[MANY];

    start();
    for (int i = 0; i < MANY; i++)
        ids[i] = put("test.count");
    struct worker_pool *pool = worker_start(check_arena(), store, KINDS, ARRAY_LEN(KINDS), 1);
    for (int i = 0; i < MANY; i++)
        CHECK_STR(status_becomes(ids[i], "done"), STR("done"));
    CHECK_INT(runs, MANY);
    worker_stop(pool);
    finish();
}

static void suspend(bool is_suspended)
{
    struct store_tenant town;

    CHECK_OK(store_get_tenant(store, check_arena(), STR("town"), &town, &err), &err);
    town.is_suspended = is_suspended;
    CHECK_OK(store_change_tenant(store, &town, &err), &err);
}

static void jobs_of_a_suspended_tenant_rest_until_it_is_resumed(void)
{
    start();
    suspend(true);
    int64_t resting = put("test.count");
    struct worker_pool *pool = worker_start(check_arena(), store, KINDS, ARRAY_LEN(KINDS), 1);
    for (int i = 0; i < 100; i++)
        rest();
    CHECK_STR(view(resting).status, STR("waiting"));
    suspend(false);
    worker_wake(pool, STR("town"));
    CHECK_STR(status_becomes(resting, "done"), STR("done"));
    worker_stop(pool);
    finish();
}

static bool put_sit(struct tx *tx, void *data, struct err *why)
{
    struct job job = {.kind = STR("test.sit"), .payload = STR("7"), .put_at = 1};
    int64_t id;

    for (int i = 0; i < *(const int *)data; i++)
        if (!job_put(tx, &job, 0, &id, why))
            return false;
    return true;
}

static void others_do_not_wait_for_a_tenant_with_many_jobs(void)
{
    CLEANUP(store_release) struct tenant *hamlet = NULL;
    struct put other = {.job = {.kind = STR("test.count"), .payload = STR("1"), .put_at = 1}};
    int many = 50;

    start();
    atomic_store(&may_go, 0);
    CHECK_OK(store_create_tenant(store, STR("hamlet"), STR(""), 0, 0, &err), &err);
    CHECK_OK(store_hold(store, STR("hamlet"), &hamlet, &err), &err);
    CHECK_OK(tenant_write_wait(tenant, put_sit, &many, &err), &err);
    struct worker_pool *pool = worker_start(check_arena(), store, KINDS, ARRAY_LEN(KINDS), 0);
    worker_wake(pool, STR("town"));
    for (int i = 0; i < 5000 && atomic_load(&runs) < 2; i++)
        rest();
    CHECK_OK(tenant_write_wait(hamlet, run_put, &other, &err), &err);
    worker_wake(pool, STR("hamlet"));
    /* Those of the town sit until they may go, which is after this one was done. */
    struct tenant *town = tenant;
    tenant = hamlet;
    CHECK_STR(status_becomes(other.id, "done"), STR("done"));
    tenant = town;
    CHECK_INT(atomic_load(&runs), 3);
    atomic_store(&may_go, 1);
    for (int i = 0; i < 5000 && atomic_load(&runs) < many + 1; i++)
        rest();
    CHECK_INT(atomic_load(&runs), many + 1);
    worker_stop(pool);
    store_release(&hamlet);
    finish();
}

/* Reports until it may go; every item takes a minute. */
static bool doze(struct worker_task *task, struct str *result, struct err *why)
{
    bool is_stopping = false;

    task->may_rest = true;
    atomic_fetch_add(&runs, 1);
    while (!is_stopping && atomic_load(&may_go) == 0) {
        atomic_fetch_add(&now_ms, 60 * 1000);
        if (!worker_report(task, STR("dozing"), 1, 9, STR("1"), &is_stopping, why))
            return false;
        rest();
    }
    if (!is_stopping)
        *result = STR("{}");
    return true;
}

static void long_job_lets_others_go_first_and_goes_on(void)
{
    static const struct worker_kind DOZING[] = {{{"test.count", 10}, count, NULL},
                                                {{"test.doze", 9}, doze, NULL}};
    CLEANUP(store_release) struct tenant *hamlet = NULL;
    struct put other = {.job = {.kind = STR("test.count"), .payload = STR("1"), .put_at = 1}};

    start();
    atomic_store(&may_go, 0);
    atomic_store(&now_ms, 1000);
    CHECK_OK(store_create_tenant(store, STR("hamlet"), STR(""), 0, 0, &err), &err);
    CHECK_OK(store_hold(store, STR("hamlet"), &hamlet, &err), &err);
    int64_t id = put("test.doze");
    struct worker_pool *pool =
        worker_start_by(check_arena(), store, DOZING, ARRAY_LEN(DOZING), 1, moved_clock);
    worker_wake(pool, STR("town"));
    for (int i = 0; i < 5000 && atomic_load(&runs) < 1; i++)
        rest();
    CHECK_OK(tenant_write_wait(hamlet, run_put, &other, &err), &err);
    worker_wake(pool, STR("hamlet"));
    struct tenant *town = tenant;
    tenant = hamlet;
    CHECK_STR(status_becomes(other.id, "done"), STR("done"));
    tenant = town;
    atomic_store(&may_go, 1);
    CHECK_STR(status_becomes(id, "done"), STR("done"));
    CHECK(atomic_load(&runs) >= 3);
    worker_stop(pool);
    store_release(&hamlet);
    finish();
}

static void failure_and_unknown_kind_are_told(void)
{
    start();
    int64_t refused = put("test.refuse"), unknown = put("test.unknown");
    struct worker_pool *pool = worker_start(check_arena(), store, KINDS, ARRAY_LEN(KINDS), 1);

    CHECK_STR(status_becomes(refused, "failed"), STR("failed"));
    CHECK_STR(view(refused).reason, STR("it cannot be done"));
    CHECK_STR(status_becomes(unknown, "failed"), STR("failed"));
    CHECK(str_find(view(unknown).reason, STR("test.unknown")) < view(unknown).reason.len);
    worker_stop(pool);
    finish();
}

static bool run_stop(struct tx *tx, void *data, struct err *why)
{
    return job_stop(tx, *(int64_t *)data, 5, why);
}

static void person_stops_a_long_job(void)
{
    start();
    may_go = 0;
    int64_t id = put("test.plod");
    struct worker_pool *pool = worker_start(check_arena(), store, KINDS, ARRAY_LEN(KINDS), 1);

    while (done_items == 0)
        rest();
    CHECK_STR(view(id).status, STR("running"));
    CHECK_STR(view(id).step, STR("plodding"));
    CHECK_OK(tenant_write_wait(tenant, run_stop, &id, &err), &err);
    may_go = 1;
    CHECK_STR(status_becomes(id, "stopped"), STR("stopped"));
    CHECK(done_items < 4);
    worker_stop(pool);
    finish();
}

static void long_job_goes_on_after_the_server_was_stopped(void)
{
    start();
    may_go = 0;
    int64_t id = put("test.plod");
    struct worker_pool *pool = worker_start(check_arena(), store, KINDS, ARRAY_LEN(KINDS), 1);

    while (done_items == 0)
        rest();
    may_go = 1;
    worker_stop(pool);
    bool is_over = str_equal(view(id).status, STR("done")); /* it was faster */
    if (!is_over)
        CHECK_STR(view(id).status, STR("waiting"));
    pool = worker_start(check_arena(), store, KINDS, ARRAY_LEN(KINDS), 1);
    CHECK_STR(status_becomes(id, "done"), STR("done"));
    CHECK_INT(done_items, 9);
    CHECK_INT(runs, is_over ? 1 : 2);
    worker_stop(pool);
    finish();
}

/* Two servers, each with its workers, over one database. */
static void jobs_of_a_shared_store_are_done_once_by_whoever_is_free(void)
{
    enum {
        JOBS = 40
    };
    struct store_options options = {
        .folder = str_printf(check_arena(), "%.*s/second", STR_ARG(check_folder())),
        .database = stand_database(),
        .writers = 2,
    };
    struct store *second = NULL;
    int64_t ids[JOBS];

    start();
    CHECK(store_is_shared(store));
    CHECK_OK(store_open(check_arena(), &options, &second, &err), &err);
    struct worker_pool *pool = worker_start(check_arena(), store, KINDS, ARRAY_LEN(KINDS), 2);
    struct worker_pool *other = worker_start(check_arena(), second, KINDS, ARRAY_LEN(KINDS), 2);
    for (int i = 0; i < JOBS; i++)
        ids[i] = put("test.count");
    worker_wake(pool, STR("town"));
    worker_wake(other, STR("town"));
    for (int i = 0; i < JOBS; i++)
        CHECK_STR(status_becomes(ids[i], "done"), STR("done"));
    CHECK_INT(runs, JOBS);
    worker_stop(pool);
    /* Put in one process, found by the other without being told. */
    CHECK_STR(status_becomes(put("test.count"), "done"), STR("done"));
    worker_stop(other);
    store_close(&second);
    finish();
}

/* A server that comes up leaves alone what another one is doing. */
static void a_new_server_does_not_take_a_running_job(void)
{
    struct store_options options = {
        .folder = str_printf(check_arena(), "%.*s/second", STR_ARG(check_folder())),
        .database = stand_database(),
        .writers = 2,
    };
    struct store *second = NULL;

    start();
    may_go = 0;
    int64_t id = put("test.plod");
    struct worker_pool *pool = worker_start(check_arena(), store, KINDS, ARRAY_LEN(KINDS), 1);
    while (done_items == 0)
        rest();
    CHECK_OK(store_open(check_arena(), &options, &second, &err), &err);
    struct worker_pool *other = worker_start(check_arena(), second, KINDS, ARRAY_LEN(KINDS), 1);
    for (int i = 0; i < 200; i++)
        rest();
    may_go = 1;
    CHECK_STR(status_becomes(id, "done"), STR("done"));
    CHECK_INT(runs, 1);
    worker_stop(other);
    worker_stop(pool);
    store_close(&second);
    finish();
}

static bool run_postpone(struct tx *tx, void *data, struct err *why)
{
    return store_exec(tx, "UPDATE job SET due_at = $3 WHERE tenant = $1 AND id = $2",
                      ARGS(INT(tx->tenant), INT(*(int64_t *)data), INT(now_ms)), why);
}

static bool run_claim(struct tx *tx, void *data, struct err *why)
{
    struct job job;

    (void)data;
    return job_claim(tx, check_arena(), now_ms, &job, why);
}

static struct worker_pool *start_at(int64_t moment, struct store *where, int threads)
{
    may_go = 0;
    now_ms = moment;
    return worker_start_by(check_arena(), where, KINDS, ARRAY_LEN(KINDS), threads, moved_clock);
}

static int64_t lease_of(int64_t id)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct rows rows;

    CHECK_OK(tx_read(&tx, tenant, &err) &&
                 store_query(&tx, check_arena(), &rows,
                             "SELECT due_at FROM job WHERE tenant = $1 AND id = $2",
                             ARGS(INT(tx.tenant), INT(id)), &err),
             &err);
    return rows_int(&rows, 0, 0);
}

/* As on a machine that stood still: the lease is over before anybody could renew it. */
static void job_that_is_silent_is_not_begun_twice(void)
{
    struct put later = {.job = {.kind = STR("test.count"), .payload = STR("7"), .put_at = 1}};

    start();
    int64_t silent = put("test.sit");
    struct worker_pool *pool = start_at(TIME_DAY_MS, store, 3);
    while (runs == 0)
        rest();
    now_ms += INT64_C(10) * TIME_MINUTE_MS;
    /* Due behind the silent one's lease: whoever claims takes that first. */
    later.id = put("test.count");
    CHECK_OK(tenant_write_wait(tenant, run_postpone, &later.id, &err), &err);
    worker_wake(pool, STR("town"));
    CHECK_STR(status_becomes(later.id, "done"), STR("done"));
    CHECK_INT(runs, 2);
    may_go = 1;
    CHECK_STR(status_becomes(silent, "done"), STR("done"));
    worker_stop(pool);
    finish();
}

static void lease_of_a_silent_job_is_renewed(void)
{
    start();
    int64_t silent = put("test.sit");
    struct worker_pool *pool = start_at(TIME_DAY_MS, store, 1);
    while (runs == 0)
        rest();
    for (int minute = 0; minute < 3; minute++) {
        now_ms += TIME_MINUTE_MS;
        for (int i = 0; i < 5000 && lease_of(silent) < now_ms + JOB_LEASE_MS; i++)
            rest();
        CHECK_INT(lease_of(silent), now_ms + JOB_LEASE_MS);
    }
    may_go = 1;
    CHECK_STR(status_becomes(silent, "done"), STR("done"));
    worker_stop(pool);
    finish();
}

static bool run_steal(struct tx *tx, void *data, struct err *why)
{
    return store_exec(tx, "UPDATE job SET tries = tries + 1 WHERE tenant = $1 AND id = $2",
                      ARGS(INT(tx->tenant), INT(*(int64_t *)data)), why);
}

static void job_whose_lease_was_lost_is_told_at_its_next_report(void)
{
    start();
    int64_t id = put("test.chatter");
    struct worker_pool *pool = start_at(TIME_DAY_MS, store, 1);
    while (runs == 0)
        rest();
    CHECK_OK(tenant_write_wait(tenant, run_steal, &id, &err), &err);
    now_ms += 2 * 15 * 1000 + 400; /* a renewal is due, a row of progress is not */
    for (int i = 0; i < 5000 && done_items == 0; i++)
        rest();
    CHECK_INT(done_items, 1);
    CHECK_STR(view(id).status, STR("running")); /* the other worker's */
    worker_stop(pool);
    finish();
}

/* Its server is gone: nobody renews. */
static void job_of_a_killed_server_is_begun_again_after_its_lease(void)
{
    struct put left = {.job = {.kind = STR("test.count"), .payload = STR("7"), .put_at = 1}};

    start();
    left.id = put("test.count");
    now_ms = TIME_DAY_MS;
    CHECK_OK(tenant_write_wait(tenant, run_claim, &left.id, &err), &err);
    struct worker_pool *pool = start_at(TIME_DAY_MS + JOB_LEASE_MS - 1, store, 1);
    worker_wake(pool, STR("town"));
    for (int i = 0; i < 100; i++)
        rest();
    CHECK_INT(runs, 0);
    now_ms += 1;
    worker_wake(pool, STR("town"));
    CHECK_STR(status_becomes(left.id, "done"), STR("done"));
    CHECK_INT(runs, 1);
    worker_stop(pool);
    finish();
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(job_put_before_the_start_and_one_after_are_done),
        CHECK_TEST(many_jobs_are_each_done_once),
        CHECK_TEST(lone_thread_does_all_that_is_due),
        CHECK_TEST(jobs_of_a_suspended_tenant_rest_until_it_is_resumed),
        CHECK_TEST(others_do_not_wait_for_a_tenant_with_many_jobs),
        CHECK_TEST(long_job_lets_others_go_first_and_goes_on),
        CHECK_TEST(failure_and_unknown_kind_are_told),
        CHECK_TEST(person_stops_a_long_job),
        CHECK_TEST(long_job_goes_on_after_the_server_was_stopped),
        CHECK_TEST(job_that_is_silent_is_not_begun_twice),
        CHECK_TEST(lease_of_a_silent_job_is_renewed),
        CHECK_TEST(job_whose_lease_was_lost_is_told_at_its_next_report),
        CHECK_TEST(jobs_of_a_shared_store_are_done_once_by_whoever_is_free),
        CHECK_TEST(a_new_server_does_not_take_a_running_job),
        CHECK_TEST(job_of_a_killed_server_is_begun_again_after_its_lease),
    };

    /* Files are never shared. */
    return check_run(TESTS, ARRAY_LEN(TESTS) - (stand_is_postgres() ? 0 : 3));
}

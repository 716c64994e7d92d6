/* The index of due times in node.db, and that resting tenants are not opened for their jobs. */
#include "check.h"

#include "core/time.h"
#include "queue/worker.h"
#include "store/due.h"
#include "store/rows.h"
#include "store/state.h"

#include <stdatomic.h>
#include <time.h>

static struct err err;
static struct store *store;
static atomic_int ran;

static struct store *open_store(void)
{
    struct store_options options = {.folder = check_folder(), .writers = 2};
    struct store *opened = NULL;

    err = (struct err){0};
    CHECK_OK(store_open(check_arena(), &options, &opened, &err), &err);
    return opened;
}

static void start(void)
{
    atomic_store(&ran, 0);
    store = open_store();
    for (char c = 'a'; c <= 'f'; c++)
        CHECK_OK(store_create_tenant(store, (struct str){&c, 1}, STR(""), 0, 0, &err), &err);
}

static size_t count_due(struct due **items)
{
    size_t count;

    CHECK_OK(due_list(store, check_arena(), items, &count, &err), &err);
    return count;
}

static bool put(struct tx *tx, void *data, struct err *why)
{
    struct job job = {.kind = STR("test.count"), .put_at = 1};
    int64_t id;

    return job_put(tx, &job, *(int64_t *)data, &id, why);
}

static bool put_and_fail(struct tx *tx, void *data, struct err *why)
{
    return put(tx, data, why) && err_set(why, ERR_INPUT, "no");
}

static bool put_in(const char *name, int64_t due_at, store_run *run)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;

    CHECK_OK(store_hold(store, str_from_z(name), &tenant, &err), &err);
    return tenant_write_wait(tenant, run, &due_at, &err);
}

static void the_index_knows_the_earliest_of_what_was_committed(void)
{
    struct due *items;

    start();
    CHECK_INT((int64_t)count_due(&items), 6); /* of a time before the index: all, once */
    CHECK_INT((int64_t)count_due(&items), 6);
    for (char c = 'a'; c <= 'f'; c++) {
        CLEANUP(store_release) struct tenant *tenant = NULL;

        CHECK_OK(store_hold(store, (struct str){&c, 1}, &tenant, &err), &err);
        due_settle(tenant, due_turn(tenant), INT64_MAX);
    }
    CHECK_OK(due_flush(store, &err), &err);
    CHECK_INT((int64_t)count_due(&items), 0);
    CHECK(put_in("b", 500, put) && put_in("b", 700, put) && put_in("a", 600, put));
    CHECK_INT((int64_t)count_due(&items), 2);
    CHECK_STR(items[0].name, STR("b"));
    CHECK_INT(items[0].due_at, 500);
    CHECK_INT(items[1].due_at, 600);
    CHECK(put_in("a", 100, put));
    CHECK_INT((int64_t)count_due(&items), 2);
    CHECK_STR(items[0].name, STR("a"));
    CHECK_INT(items[0].due_at, 100);
    /* What is rolled back may be noted: a false wake. */
    CHECK(!put_in("c", 50, put_and_fail));
    store_close(&store);
}

static void settling_never_loses_what_was_put_meanwhile(void)
{
    struct tenant *tenant = NULL;
    struct due *items;

    start();
    count_due(&items);
    CHECK_OK(store_hold(store, STR("a"), &tenant, &err), &err);
    CHECK(put_in("a", 500, put));
    int64_t turn = due_turn(tenant);
    CHECK(put_in("a", 900, put)); /* not earlier: no row is written, but it was put */
    due_settle(tenant, turn, INT64_MAX);
    CHECK_OK(due_flush(store, &err), &err);
    CHECK_INT(items[0].due_at, 0);
    due_settle(tenant, due_turn(tenant), 900);
    CHECK(put_in("a", 950, put)); /* between settling and writing */
    CHECK_OK(due_flush(store, &err), &err);
    count_due(&items);
    CHECK_INT(items[0].due_at, 0); /* the earlier row stays, it is a false wake */
    due_settle(tenant, due_turn(tenant), 900);
    CHECK_OK(due_flush(store, &err), &err);
    size_t count = count_due(&items);
    CHECK_STR(items[count - 1].name, STR("a"));
    CHECK_INT(items[count - 1].due_at, 900);
    CHECK(put_in("a", 950, put)); /* later than the row */
    CHECK(put_in("a", 800, put));
    count = count_due(&items);
    CHECK_INT(items[count - 1].due_at, 800);
    store_release(&tenant);
    store_close(&store);
}

static bool count_run(struct worker_task *task, struct str *result, struct err *why)
{
    (void)task, (void)why;
    atomic_fetch_add(&ran, 1);
    *result = STR("{}");
    return true;
}

static const struct worker_kind KINDS[] = {{STR_INIT("test.count"), count_run, NULL}};

static void wait_for(int count)
{
    struct timespec rest = {.tv_nsec = 5 * 1000 * 1000};

    for (int i = 0; i < 2000 && atomic_load(&ran) < count; i++)
        nanosleep(&rest, NULL);
    CHECK_INT(atomic_load(&ran), count);
}

static struct worker_pool *start_workers(void)
{
    return worker_start(check_arena(), store, KINDS, ARRAY_LEN(KINDS), 2);
}

static void settle_all(struct worker_pool *pool)
{
    struct timespec rest = {.tv_nsec = 5 * 1000 * 1000};
    struct due *items;

    for (int i = 0; i < 2000; i++) {
        CHECK_OK(due_flush(store, &err), &err);
        if (count_due(&items) == 0)
            break;
        nanosleep(&rest, NULL);
    }
    CHECK_INT((int64_t)count_due(&items), 0);
    worker_stop(pool);
}

static void only_tenants_with_something_to_do_are_opened(void)
{
    struct due *items;

    start();
    settle_all(start_workers());
    store_close(&store);
    store = open_store();
    CHECK(put_in("c", 1, put));
    CHECK(put_in("d", INT64_MAX / 2, put));
    store_close(&store); /* as a crash leaves the index: nothing was settled */
    store = open_store();
    struct worker_pool *pool = start_workers();
    wait_for(1);
    worker_stop(pool);
    CHECK_INT(shelf_load(&store->shelf).tenants, 1); /* c alone: d is due in far years */
    CHECK(count_due(&items) >= 1);
    store_close(&store);
}

static bool claim(struct tx *tx, void *data, struct err *why)
{
    struct job job;

    (void)data;
    return job_claim(tx, check_arena(), 5, &job, why) && (CHECK(job.id != 0), true);
}

static void a_job_that_ran_when_the_server_died_is_found_by_the_index(void)
{
    start();
    settle_all(start_workers());
    CHECK(put_in("e", 1, put));
    CHECK(put_in("e", 5, claim));
    store_close(&store);
    store = open_store();
    struct worker_pool *pool = start_workers();
    wait_for(1);
    settle_all(pool);
    store_close(&store);
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(the_index_knows_the_earliest_of_what_was_committed),
        CHECK_TEST(settling_never_loses_what_was_put_meanwhile),
        CHECK_TEST(only_tenants_with_something_to_do_are_opened),
        CHECK_TEST(a_job_that_ran_when_the_server_died_is_found_by_the_index),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}

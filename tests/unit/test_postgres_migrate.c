#define STAND_BARE
#include "stand.h"

#include "core/time.h"
#include "store/migration.h"
#include "store/postgres.h"
#include "store/postgres_migrate.h"
#include "store/rows.h"
#include "store/state.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

enum {
    HELD_MS = 3000,    /* a table by a reader */
    BLOCKED_MS = 1500, /* what a write may take beside a step, on a busy machine */
};

static struct err err;
static struct store *store;
static struct tenant *town;
static atomic_bool is_over;
static int64_t slowest_us;
static int written;

static void start(void)
{
    struct store_options options = stand_options();

    CHECK_OK(store_open(check_arena(), &options, &store, &err), &err);
    CHECK_OK(store_create_tenant(store, STR("town"), STR(""), 0, 0, &err), &err);
    CHECK_OK(store_hold(store, STR("town"), &town, &err), &err);
}

static void finish(void)
{
    store_release(&town);
    store_close(&store);
}

/* The steps there are, and those. */
static const struct migration *more_steps(const struct migration *more, size_t count)
{
    int64_t known = migration_count(MIGRATION_TENANT_POSTGRES);
    struct migration *all = ARENA_ARRAY(check_arena(), struct migration, (size_t)known + count + 1);

    memcpy(all, MIGRATION_TENANT_POSTGRES, (size_t)known * sizeof *all);
    memcpy(all + known, more, count * sizeof *all);
    all[(size_t)known + count] = (struct migration){0};
    return all;
}

static bool migrate(const struct migration *more, size_t count, struct err *why)
{
    const struct postgres_migrate what = {
        "uprava", more_steps(more, count), {"SELECT 1", "SELECT 1"}};
    struct store_session *session;

    if (!postgres_connect(str_to_z(check_arena(), stand_options().database), "uprava", &session,
                          why))
        return false;
    session->tenant = store->node;
    bool ok = postgres_migrate(session, &what, why);
    session->backend->close(session);
    return ok;
}

static bool put(struct tx *tx, void *data, struct err *why)
{
    return store_exec(tx, "INSERT INTO setting (tenant, name, value) VALUES ($1, $2, '')",
                      ARGS(INT(tx->tenant), TEXT(str_printf(data, "n%d", written))), why);
}

static void *go_on_writing(void *data)
{
    (void)data;
    while (!atomic_load(&is_over)) {
        CLEANUP(arena_close) struct arena *arena = arena_open(0);
        int64_t before = time_monotonic_us();
        struct err why = {0};

        if (!tenant_write_wait(town, put, arena, &why))
            break;
        written++;
        slowest_us = MAX(slowest_us, time_monotonic_us() - before);
        usleep(2000);
    }
    return NULL;
}

/* Reads the table in one transaction and has a row of it locked in another. */
static void *hold_and_let_go(void *data)
{
    PGconn **held = data;

    usleep(HELD_MS * 1000);
    stand_do(held[0], "COMMIT");
    usleep(HELD_MS * 1000 / 3);
    stand_do(held[1], "COMMIT");
    return NULL;
}

static int64_t count_valid(const char *index)
{
    PGconn *conn = stand_connect(stand_name(false));
    PGresult *result = libpq.exec(
        conn, str_printf(check_arena(),
                         "SELECT count(*) FROM pg_index WHERE indisvalid AND indexrelid ="
                         " to_regclass('uprava.%s')",
                         index)
                  .ptr);
    int64_t count = atoll(libpq.getvalue(result, 0, 0));

    libpq.clear(result);
    libpq.finish(conn);
    return count;
}

static const struct migration WITH_INDEX = {
    "0099_tenant_test", "ALTER TABLE setting ADD COLUMN rank bigint",
    "CREATE INDEX CONCURRENTLY IF NOT EXISTS setting_rank ON setting (tenant, rank)\n"};

static void writes_go_on_beside_a_step_that_has_to_wait(void)
{
    PGconn *held[2];
    pthread_t writer, holder;

    start();
    CHECK_OK(tenant_write_wait(town, put, check_arena(), &err), &err);
    written++;
    for (int i = 0; i < 2; i++) {
        held[i] = stand_connect(stand_name(false));
        stand_do(held[i], "BEGIN");
    }
    stand_do(held[0], "SELECT count(*) FROM uprava.setting");
    stand_do(held[1], "SELECT 1 FROM uprava.setting LIMIT 1 FOR UPDATE");
    CHECK_INT(pthread_create(&writer, NULL, go_on_writing, NULL), 0);
    CHECK_INT(pthread_create(&holder, NULL, hold_and_let_go, held), 0);

    int64_t before_us = time_monotonic_us();
    CHECK_OK(migrate(&WITH_INDEX, 1, &err), &err);
    int64_t took_us = time_monotonic_us() - before_us;
    atomic_store(&is_over, true);
    pthread_join(writer, NULL);
    pthread_join(holder, NULL);
    CHECK_INT(count_valid("setting_rank"), 1);
    /* It did have to wait, and the writer did not. */
    CHECK(took_us > HELD_MS * INT64_C(1000) / 2);
    CHECK(slowest_us < BLOCKED_MS * INT64_C(1000));
    CHECK(written > 20);
    libpq.finish(held[0]);
    libpq.finish(held[1]);
    finish();
}

static void an_index_that_was_not_finished_is_made_anew(void)
{
    start();
    CHECK_OK(migrate(&WITH_INDEX, 1, &err), &err);
    PGconn *conn = stand_connect(stand_name(false));
    stand_do(conn, "UPDATE pg_index SET indisvalid = false WHERE indexrelid ="
                   " 'uprava.setting_rank'::regclass");
    libpq.finish(conn);
    CHECK_INT(count_valid("setting_rank"), 0);
    CHECK_OK(migrate(&WITH_INDEX, 1, &err), &err);
    CHECK_INT(count_valid("setting_rank"), 1);
    finish();
}

static void a_step_that_fails_leaves_nothing(void)
{
    static const struct migration WRONG = {
        "0099_tenant_test", "ALTER TABLE setting ADD COLUMN rank bigint; SELECT nonsense", NULL};

    start();
    CHECK(!migrate(&WRONG, 1, &err));
    CHECK(strstr(err.text, "0099_tenant_test") != NULL);
    err = (struct err){0};
    CHECK_OK(migrate(&WITH_INDEX, 1, &err), &err);
    finish();
}

static void every_marked_index_of_the_steps_is_there(void)
{
    start();
    CHECK_INT(count_valid("attachment_digest"), 1);
    finish();
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(writes_go_on_beside_a_step_that_has_to_wait),
        CHECK_TEST(an_index_that_was_not_finished_is_made_anew),
        CHECK_TEST(a_step_that_fails_leaves_nothing),
        CHECK_TEST(every_marked_index_of_the_steps_is_there),
    };

    return check_run(TESTS, stand_is_postgres() ? ARRAY_LEN(TESTS) : 0);
}

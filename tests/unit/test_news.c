#include "stand.h"

#include "core/time.h"
#include "store/rows.h"
#include "store/state.h"

#include <stdatomic.h>
#include <time.h>

/* Two processes on one database: a store each. Only on PostgreSQL. */
static struct err err;
static struct store *stores[2];
static struct tenant *towns[2]; /* the same municipality */
static atomic_int jobs, aways, backs;
static atomic_uint recast; /* the second's stamp of the catalog when it heard of a job */

static void on_job(void *data, struct str name)
{
    if (name.len > 0 && data == &towns[1])
        atomic_store(&recast, news_stamp(towns[1], NEWS_CATALOG));
    atomic_fetch_add(&jobs, name.len > 0);
}

static void on_state(void *data, const struct err *why)
{
    (void)data;
    atomic_fetch_add(why->code != ERR_NONE ? &aways : &backs, 1);
}

static void rest(void)
{
    struct timespec moment = {.tv_nsec = 2 * 1000 * 1000};

    nanosleep(&moment, NULL);
}

static bool waits(struct store *store, int ms)
{
    err = (struct err){0};
    return news_wait(store, time_monotonic_us() + ms * INT64_C(1000), &err);
}

static void start(void)
{
    err = (struct err){0};
    jobs = aways = backs = 0;
    for (int i = 0; i < 2; i++) {
        struct store_options options = {
            .folder = str_printf(check_arena(), "%.*s/%d", STR_ARG(check_folder()), i),
            .database = stand_database(),
            .writers = 1,
        };

        CHECK_OK(store_open(check_arena(), &options, &stores[i], &err), &err);
        if (i == 0)
            CHECK_OK(store_create_tenant(stores[0], STR("town"), STR("Town"), 0, 0, &err), &err);
        CHECK_OK(store_hold(stores[i], STR("town"), &towns[i], &err), &err);
        CHECK_OK(news_watch(stores[i], &(struct news_watcher){on_job, on_state, &towns[i]}, &err),
                 &err);
        CHECK_OK(waits(stores[i], 10000), &err);
    }
}

static void finish(void)
{
    for (int i = 0; i < 2; i++) {
        store_release(&towns[i]);
        store_close(&stores[i]);
    }
}

static bool tell(struct tx *tx, void *data, struct err *why)
{
    return news_tell(tx, *(enum news_kind *)data, why);
}

static void change(int who, enum news_kind kind)
{
    CHECK_OK(tenant_write_wait(towns[who], tell, &kind, &err), &err);
}

/* Waits, two seconds at most: by how much the stamp grew. */
static int grows(int who, enum news_kind kind, uint32_t from)
{
    for (int i = 0; i < 1000 && news_stamp(towns[who], kind) == from; i++)
        rest();
    return (int)(news_stamp(towns[who], kind) - from);
}

static void a_change_is_told_to_the_other_and_not_to_oneself(void)
{
    start();
    uint32_t own = news_stamp(towns[0], NEWS_ACCOUNTS);
    uint32_t other = news_stamp(towns[1], NEWS_ACCOUNTS);
    uint32_t kind = news_stamp(towns[1], NEWS_CATALOG);

    change(0, NEWS_ACCOUNTS);
    CHECK_INT(grows(1, NEWS_ACCOUNTS, other), 1);
    CHECK_INT(news_stamp(towns[1], NEWS_CATALOG), kind);
    change(0, NEWS_ACCOUNTS);
    CHECK_INT(grows(1, NEWS_ACCOUNTS, other + 1), 1);
    CHECK_INT(news_stamp(towns[0], NEWS_ACCOUNTS), own);
    /* And back, behind changes of one's own. */
    change(1, NEWS_ACCOUNTS);
    CHECK_INT(grows(0, NEWS_ACCOUNTS, own), 1);
    finish();
}

static const char OTHERS_CHANGE[] =
    "INSERT INTO uprava_node.news (tenant, kind, version, run, origin, xact)"
    " SELECT id, %d, 1, 1, 'third', pg_current_xact_id()::text::bigint FROM uprava_node.tenant"
    " ON CONFLICT (tenant, kind) DO UPDATE SET version = news.version + 1, run = news.version + 1,"
    " origin = 'third', xact = pg_current_xact_id()::text::bigint";

static void a_change_whose_notice_was_missed_is_found_within_the_bound(void)
{
    char sql[512];

    start();
    PGconn *conn = stand_connect(stand_name(false));
    uint32_t from = news_stamp(towns[0], NEWS_ACCOUNTS);
    snprintf(sql, sizeof sql, OTHERS_CHANGE, NEWS_ACCOUNTS);
    stand_do(conn, sql);
    int64_t started = time_monotonic_us();
    CHECK_INT(grows(0, NEWS_ACCOUNTS, from), 1);
    CHECK(time_monotonic_us() - started < NEWS_BOUND_MS * 1000);
    libpq.finish(conn);
    finish();
}

/* The look between sees the younger transaction and not the older one. */
static void a_transaction_that_ends_late_is_not_passed_over(void)
{
    char sql[512];

    start();
    PGconn *conn = stand_connect(stand_name(false));
    uint32_t accounts = news_stamp(towns[0], NEWS_ACCOUNTS);
    uint32_t catalog = news_stamp(towns[0], NEWS_CATALOG);
    stand_do(conn, "BEGIN");
    snprintf(sql, sizeof sql, OTHERS_CHANGE, NEWS_ACCOUNTS);
    stand_do(conn, sql);
    change(1, NEWS_CATALOG);
    CHECK_INT(grows(0, NEWS_CATALOG, catalog), 1);
    for (int i = 0; i < 300; i++) /* other looks go by */
        rest();
    CHECK_INT(news_stamp(towns[0], NEWS_ACCOUNTS), accounts);
    stand_do(conn, "COMMIT");
    CHECK_INT(grows(0, NEWS_ACCOUNTS, accounts), 1);
    libpq.finish(conn);
    finish();
}

static void a_domain_and_a_suspension_are_seen_by_the_other(void)
{
    start();
    struct store_tenant info = *tenant_info(towns[0]);
    uint32_t from = news_stamp(towns[1], NEWS_TENANT);

    info.host = STR("town.example");
    info.is_suspended = true;
    CHECK_OK(store_change_tenant(stores[0], &info, &err), &err);
    CHECK_INT(grows(1, NEWS_TENANT, from), 1);
    for (int i = 0; i < 1000 && !tenant_info(towns[1])->is_suspended; i++)
        rest();
    CHECK(tenant_info(towns[1])->is_suspended);
    CHECK_STR(tenant_info(towns[1])->host, STR("town.example"));
    for (int i = 0; i < 1000 && store_find_host(stores[1], STR("town.example")).len == 0; i++)
        rest();
    CHECK_STR(store_find_host(stores[1], STR("town.example")), STR("town"));
    finish();
}

static bool tell_job(struct tx *tx, void *data, struct err *why)
{
    (void)data;
    return news_tell_job(tx, why);
}

static void a_job_is_heard_of(void)
{
    start();
    CHECK_OK(tenant_write_wait(towns[0], tell_job, NULL, &err), &err);
    for (int i = 0; i < 1000 && jobs < 2; i++)
        rest();
    CHECK_INT(jobs, 2); /* of whoever listens */
    finish();
}

static bool tell_job_and_catalog(struct tx *tx, void *data, struct err *why)
{
    (void)data;
    return news_tell_job(tx, why) && news_tell(tx, NEWS_CATALOG, why);
}

/* It would be done by the catalog of before. */
static void a_job_is_heard_of_after_what_was_written_with_it(void)
{
    start();
    for (int i = 0; i < 20; i++) {
        uint32_t from = news_stamp(towns[1], NEWS_CATALOG);

        jobs = 0;
        CHECK_OK(tenant_write_wait(towns[0], tell_job_and_catalog, NULL, &err), &err);
        for (int turn = 0; turn < 1000 && jobs < 2; turn++)
            rest();
        CHECK_INT(jobs, 2);
        CHECK_INT(recast - from, 1);
    }
    finish();
}

/* What was told meanwhile may be lost, so everything is read again. */
static void whoever_does_not_hear_the_others_knows_it(void)
{
    char sql[512];

    start();
    PGconn *conn = stand_connect("postgres");
    snprintf(sql, sizeof sql,
             "ALTER DATABASE %s ALLOW_CONNECTIONS false;"
             "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '%s'",
             stand_name(false), stand_name(false));
    uint32_t from = news_stamp(towns[0], NEWS_CATALOG);
    stand_do(conn, sql);
    for (int i = 0; i < 1000 && news_is_current(stores[0]); i++)
        rest();
    CHECK(!news_is_current(stores[0]));
    CHECK(!waits(stores[0], 100));
    CHECK_INT(err.code, ERR_UNAVAILABLE);
    for (int i = 0; i < 1000 && aways == 0; i++)
        rest();
    CHECK(aways >= 1);
    snprintf(sql, sizeof sql, "ALTER DATABASE %s ALLOW_CONNECTIONS true", stand_name(false));
    stand_do(conn, sql);
    CHECK_OK(waits(stores[0], 10000), &err);
    for (int i = 0; i < 1000 && backs == 0; i++)
        rest();
    CHECK(backs >= 1);
    CHECK(news_stamp(towns[0], NEWS_CATALOG) != from);
    libpq.finish(conn);
    finish();
}

static void a_store_of_files_has_nothing_to_hear(void)
{
    struct store_options options = {.folder = check_folder(), .writers = 1};
    struct store *files = NULL;

    err = (struct err){0};
    CHECK_OK(store_open(check_arena(), &options, &files, &err), &err);
    CHECK_OK(news_watch(files, &(struct news_watcher){on_job, on_state, NULL}, &err), &err);
    CHECK(news_is_current(files));
    CHECK(!news_is_heard(files));
    store_close(&files);
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(a_store_of_files_has_nothing_to_hear),
        CHECK_TEST(a_change_is_told_to_the_other_and_not_to_oneself),
        CHECK_TEST(a_change_whose_notice_was_missed_is_found_within_the_bound),
        CHECK_TEST(a_transaction_that_ends_late_is_not_passed_over),
        CHECK_TEST(a_domain_and_a_suspension_are_seen_by_the_other),
        CHECK_TEST(a_job_is_heard_of),
        CHECK_TEST(a_job_is_heard_of_after_what_was_written_with_it),
        CHECK_TEST(whoever_does_not_hear_the_others_knows_it),
    };

    return check_run(TESTS, stand_is_postgres() ? ARRAY_LEN(TESTS) : 1);
}

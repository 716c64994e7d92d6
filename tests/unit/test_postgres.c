#define STAND_BARE
#include "stand.h"

#include "store/postgres_store.h"
#include "store/rows.h"
#include "store/state.h"

#include <semaphore.h>

static struct err err;
static struct store *store;
static struct tenant *towns[2];

static void start(void)
{
    struct store_options options = stand_options();

    options.writers = 1;
    err = (struct err){0};
    CHECK_OK(store_open(check_arena(), &options, &store, &err), &err);
    for (char c = 'a'; c <= 'b'; c++) {
        CHECK_OK(store_create_tenant(store, (struct str){&c, 1}, STR(""), 0, 0, &err), &err);
        CHECK_OK(store_hold(store, (struct str){&c, 1}, &towns[c - 'a'], &err), &err);
    }
}

static void finish(void)
{
    store_release(&towns[0]);
    store_release(&towns[1]);
    store_close(&store);
}

static bool put(struct tx *tx, void *data, struct err *why)
{
    return store_exec(tx, "INSERT INTO setting (tenant, name, value) VALUES ($1, $2, '')",
                      ARGS(INT(tx->tenant), TEXT(str_from_z(data))), why);
}

static bool is_put(struct tenant *tenant, const char *name)
{
    return tenant_write_wait(tenant, put, (void *)(uintptr_t)name, &err);
}

static int64_t number(struct tenant *tenant, const char *sql)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct rows rows = {0};

    CHECK_OK(tx_read(&tx, tenant, &err) &&
                 store_query(&tx, check_arena(), &rows, sql, (struct store_args){0}, &err),
             &err);
    return rows_int(&rows, 0, 0);
}

static void a_server_that_is_not_there_is_said_to_be(void)
{
    struct store_options options = {
        .folder = check_folder(),
        .database = STR("postgresql:///nothing?host=/nowhere&user=uprava"),
        .writers = 1,
    };
    struct store *none = NULL;

    CHECK(!store_open(check_arena(), &options, &none, &err));
    CHECK_INT(err.code, ERR_UNAVAILABLE);
    CHECK(strstr(err.text, "the database does not answer") != NULL);
    CHECK(none == NULL);
}

static bool put_for(struct tx *tx, void *data, struct err *why)
{
    const struct tenant *other = data;

    return store_exec(tx, "INSERT INTO setting (tenant, name, value) VALUES ($1, 'foreign', '')",
                      ARGS(INT(tenant_info(other)->id)), why);
}

/* These statements forget to name the tenant: the second fence stands behind them. */
static void nobody_sees_or_writes_rows_of_another_tenant(void)
{
    start();
    CHECK_OK(is_put(towns[0], "colour"), &err);
    CHECK_INT(number(towns[0], "SELECT count(*) FROM setting /* planted */"), 1);
    CHECK_INT(number(towns[1], "SELECT count(*) FROM setting /* planted */"), 0);
    CHECK(!tenant_write_wait(towns[1], put_for, towns[0], &err));
    CHECK_INT(err.code, ERR_BROKEN);
    CHECK(strstr(err.text, "row-level security") != NULL);
    CHECK_INT(number(towns[0], "SELECT count(*) FROM setting /* planted */"), 1);
    finish();
}

static void every_table_of_tenants_is_fenced(void)
{
    start();
    CHECK(number(towns[0], "SELECT count(*) FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid"
                           " WHERE relnamespace = 'uprava'::regnamespace"
                           " AND relrowsecurity AND relforcerowsecurity") >= 15);
    CHECK_INT(number(towns[0], "SELECT count(*) FROM pg_class WHERE relkind = 'r'"
                               " AND relnamespace = 'uprava'::regnamespace"
                               " AND NOT relforcerowsecurity AND relname <> 'migration'"),
              0);
    /* Every unique key begins with the tenant. */
    CHECK_INT(number(towns[0],
                     "SELECT count(*) FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid"
                     " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = indkey[0]"
                     " WHERE relnamespace = 'uprava'::regnamespace AND indisunique"
                     " AND relname <> 'migration' AND attname <> 'tenant'"),
              0);
    finish();
}

static void a_role_that_passes_by_the_fence_is_refused(void)
{
    struct store_options options = stand_options();
    struct str database = options.database;
    size_t at = str_find(database, STR("user=uprava"));
    struct store *none = NULL;

    options.database = str_printf(check_arena(), "%.*suser=postgres%s", (int)at, database.ptr,
                                  database.ptr + at + strlen("user=uprava"));
    CHECK(!store_open(check_arena(), &options, &none, &err));
    CHECK_INT(err.code, ERR_INPUT);
    CHECK(strstr(err.text, "passes by row-level security") != NULL);
}

static void end_all_sessions(void)
{
    PGconn *conn = stand_connect(stand_name(false));

    stand_do(conn,
             "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = 'uprava'"
             " AND datname = current_database()");
    libpq.finish(conn);
}

static void sessions_that_were_ended_while_idle_are_made_anew(void)
{
    CLEANUP(tx_done) struct tx tx = {0};

    start();
    CHECK_OK(is_put(towns[0], "one"), &err);
    end_all_sessions();
    CHECK_OK(is_put(towns[0], "two"), &err);
    CHECK_INT(number(towns[0], "SELECT count(*) FROM setting /* planted */"), 2);
    end_all_sessions();
    CHECK(!tx_read_quick(&tx, towns[0], 1000, &err)); /* a loop does not wait for a new one */
    CHECK(tx_was_interrupted(&tx));
    CHECK_INT(number(towns[0], "SELECT count(*) FROM setting /* planted */"), 2);
    finish();
}

static bool put_and_lose(struct tx *tx, void *data, struct err *why)
{
    struct rows rows;

    if (!put(tx, data, why))
        return false;
    end_all_sessions();
    return store_query(tx, check_arena(), &rows, "SELECT 1", (struct store_args){0}, why);
}

static void a_session_that_ends_in_a_write_saves_nothing_and_heals(void)
{
    start();
    CHECK(!tenant_write_wait(towns[0], put_and_lose, (void *)(uintptr_t) "half", &err));
    CHECK_INT(err.code, ERR_UNAVAILABLE);
    CHECK_OK(is_put(towns[0], "whole"), &err);
    CHECK_INT(number(towns[0], "SELECT count(*) FROM setting /* planted */"), 1);
    finish();
}

static bool pass_over(struct tx *tx, void *data, struct err *why)
{
    struct err ignored;
    struct rows rows;
    bool ok = put(tx, data, why) && put(tx, data, why);

    ok = ok && store_query(tx, check_arena(), &rows, "SELECT 1", (struct store_args){0}, &ignored);
    (void)ok;
    return true;
}

static void an_error_that_is_passed_over_is_still_an_error(void)
{
    start();
    CHECK(!tenant_write_wait(towns[0], pass_over, (void *)(uintptr_t) "twice", &err));
    CHECK(err.code != ERR_NONE);
    CHECK_INT(number(towns[0], "SELECT count(*) FROM setting /* planted */"), 0);
    CHECK_OK(is_put(towns[0], "once"), &err);
    CHECK(!is_put(towns[0], "once"));
    CHECK_INT(err.code, ERR_CONFLICT);
    finish();
}

/* Two programs, two servers: here two stores over one database. */
static void two_processes_write_one_journal(void)
{
    struct store_options options = stand_options();
    struct store *second = NULL;
    struct tenant *same = NULL;

    start();
    options.folder = str_printf(check_arena(), "%.*s/second", STR_ARG(check_folder()));
    CHECK_OK(store_open(check_arena(), &options, &second, &err), &err);
    CHECK_OK(store_hold(second, STR("a"), &same, &err), &err);
    CHECK_INT(tenant_info(same)->id, tenant_info(towns[0])->id);
    CHECK_OK(is_put(towns[0], "one"), &err);
    CHECK_OK(is_put(same, "two"), &err);
    CHECK_INT(number(towns[0], "SELECT count(*) FROM setting /* planted */"), 2);
    store_release(&same);
    store_close(&second);
    finish();
}

struct cut {
    int runs;
    char xact[24];
};

/* Its connection ends under it, the first time. */
static bool put_and_cut(struct tx *tx, void *data, struct err *why)
{
    struct cut *cut = data;

    snprintf(cut->xact, sizeof cut->xact, "%s", tx->owner->xact);
    return put(tx, (void *)(uintptr_t) "cut", why) &&
           (cut->runs++ > 0 || store_exec(tx, "SELECT pg_terminate_backend(pg_backend_pid())",
                                          (struct store_args){0}, why));
}

static void a_write_whose_connection_ends_is_done_again(void)
{
    struct cut cut = {0};

    start();
    CHECK_OK(tenant_write_wait(towns[0], put_and_cut, &cut, &err), &err);
    CHECK_INT(cut.runs, 2);
    CHECK_INT(number(towns[0], "SELECT count(*) FROM setting /* planted */"), 1);
    finish();
}

static bool put_entry(struct tx *tx, void *data, struct err *why)
{
    const struct store_head *mark = data;

    return store_exec(tx,
                      "INSERT INTO journal (tenant, seq, at, actor, action, hash)"
                      " VALUES ($1, $2, 0, 0, 'test', $3)",
                      ARGS(INT(tx->tenant), INT(mark->seq), TEXT(str_from_z(mark->chain))), why);
}

/* After a crash the number of a transaction may be another's: it proves nothing by itself. */
static void what_became_of_a_commit_is_asked(void)
{
    struct store_head mark = {.seq = 7, .chain = "ours"}, other = {.seq = 7, .chain = "theirs"};
    struct cut cut = {.runs = 1}; /* not cut */
    bool is_known = true;

    start();
    CHECK_OK(tenant_write_wait(towns[0], put_and_cut, &cut, &err), &err);
    CHECK_OK(tenant_write_wait(towns[0], put_entry, &mark, &err), &err);
    snprintf(towns[0]->xact, sizeof towns[0]->xact, "%s", cut.xact);
    CHECK_OK(postgres_store_was_committed(towns[0], &mark, &is_known, &err), &err);
    CHECK(!postgres_store_was_committed(towns[0], &other, &is_known, &err));
    CHECK(is_known);
    CHECK(!postgres_store_was_committed(towns[0], NULL, &is_known, &err));
    CHECK(!is_known);
    PGconn *conn = stand_connect(stand_name(false));
    stand_do(conn, "BEGIN");
    PGresult *result = libpq.exec(conn, "SELECT pg_current_xact_id()");
    snprintf(towns[0]->xact, sizeof towns[0]->xact, "%s", libpq.getvalue(result, 0, 0));
    libpq.clear(result);
    stand_do(conn, "ROLLBACK");
    libpq.finish(conn);
    CHECK(!postgres_store_was_committed(towns[0], NULL, &is_known, &err));
    CHECK(is_known);
    CHECK_INT(err.code, ERR_UNAVAILABLE);
    finish();
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(a_server_that_is_not_there_is_said_to_be),
        CHECK_TEST(nobody_sees_or_writes_rows_of_another_tenant),
        CHECK_TEST(every_table_of_tenants_is_fenced),
        CHECK_TEST(a_role_that_passes_by_the_fence_is_refused),
        CHECK_TEST(sessions_that_were_ended_while_idle_are_made_anew),
        CHECK_TEST(a_session_that_ends_in_a_write_saves_nothing_and_heals),
        CHECK_TEST(an_error_that_is_passed_over_is_still_an_error),
        CHECK_TEST(two_processes_write_one_journal),
        CHECK_TEST(a_write_whose_connection_ends_is_done_again),
        CHECK_TEST(what_became_of_a_commit_is_asked),
    };

    /* All but the first need a server. */
    return check_run(TESTS, stand_is_postgres() ? ARRAY_LEN(TESTS) : 1);
}

#define STAND_BARE
#include "stand.h"

#include "store/postgres_distribute.h"
#include "store/rows.h"

static struct err err;
static struct store *store;
static struct tenant *town;

/* What Citus is asked to do, written down; it spreads nothing. */
static const char FAKE[] =
    "CREATE TABLE public.pg_dist_partition (logicalrelid regclass, kind text, beside text);"
    "CREATE FUNCTION public.create_reference_table(one text) RETURNS void LANGUAGE sql AS"
    " $$INSERT INTO public.pg_dist_partition VALUES (one::regclass, 'reference', '')$$;"
    "CREATE FUNCTION public.create_distributed_table(one text, field text, colocate_with text)"
    " RETURNS void LANGUAGE sql AS"
    " $$INSERT INTO public.pg_dist_partition VALUES (one::regclass, field, colocate_with)$$;"
    "GRANT ALL ON public.pg_dist_partition TO uprava;"
    /* The program looks for it among its own tables and those of the system. */
    "ALTER ROLE uprava IN DATABASE %s SET search_path = public";

static PGconn *connect_here(void)
{
    return stand_connect(stand_name(false));
}

static int64_t count(PGconn *conn, const char *sql)
{
    PGresult *result = libpq.exec(conn, sql);

    CHECK_INT(libpq.resultStatus(result), PGRES_TUPLES_OK);
    int64_t number = atoll(libpq.getvalue(result, 0, 0));
    libpq.clear(result);
    return number;
}

/* A connection that was closed is gone a moment later. */
static void wait_alone(PGconn *conn)
{
    for (int i = 0; i < 10000; i++) {
        if (count(conn, "SELECT count(*) FROM pg_stat_activity WHERE usename = 'uprava'"
                        " AND datname = current_database()") == 0)
            return;
        usleep(1000);
    }
    CHECK(!"the connections were closed");
}

static void start(void)
{
    struct store_options options = stand_options();

    err = (struct err){0};
    CHECK_OK(store_open(check_arena(), &options, &store, &err), &err);
    CHECK_OK(store_hold(store, STR("town"), &town, &err) ||
                 (store_create_tenant(store, STR("town"), STR(""), 0, 0, &err) &&
                  store_hold(store, STR("town"), &town, &err)),
             &err);
}

static void finish(void)
{
    store_release(&town);
    store_close(&store);
}

static void note(void *data, struct str sql)
{
    struct buf *plan = data;

    buf_add(plan, sql);
    buf_char(plan, '\n');
}

/* Each of which would be refused, or would have to be thought about first. */
static void the_tables_have_nothing_that_citus_refuses(void)
{
    start();
    PGconn *conn = connect_here();
#define OURS "('uprava'::regnamespace, 'uprava_node'::regnamespace)"
    CHECK_INT(count(conn, "SELECT count(*) FROM pg_constraint WHERE contype = 'f'"
                          " AND connamespace IN " OURS),
              0);
    CHECK_INT(count(conn, "SELECT count(*) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
                          " WHERE c.relnamespace IN " OURS),
              0);
    CHECK_INT(count(conn, "SELECT count(*) FROM pg_class WHERE relkind NOT IN ('r', 'i', 't')"
                          " AND relnamespace IN " OURS),
              0);
    CHECK_INT(count(conn, "SELECT count(*) FROM pg_class WHERE relhassubclass"
                          " AND relnamespace IN " OURS),
              0);
    CHECK_INT(count(conn, "SELECT count(*) FROM pg_attribute a JOIN pg_class c ON c.oid ="
                          " a.attrelid WHERE (attidentity <> '' OR attgenerated <> '')"
                          " AND c.relnamespace IN " OURS),
              0);
    CHECK_INT(count(conn, "SELECT count(*) FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid"
                          " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant'"
                          " WHERE i.indisunique AND i.indkey[0] <> a.attnum AND c.relnamespace ="
                          " 'uprava'::regnamespace"),
              0);
    libpq.finish(conn);
    finish();
}

static void the_plan_names_every_table(void)
{
    struct buf plan = {.arena = check_arena()};
    size_t lines = 0;

    start();
    CHECK_OK(postgres_distribute_plan(check_arena(), stand_options().database, note, &plan, &err),
             &err);
    PGconn *conn = connect_here();
    PGresult *names =
        libpq.exec(conn, "SELECT format('%I.%I', relnamespace::regnamespace, relname) FROM pg_class"
                         " WHERE relkind = 'r' AND relnamespace IN " OURS);
    CHECK(libpq.ntuples(names) > 30);
    for (int i = 0; i < libpq.ntuples(names); i++) {
        struct str call = str_printf(check_arena(), "_table('%s'", libpq.getvalue(names, i, 0));

        CHECK(str_find(buf_str(&plan), call) < plan.len);
    }
    for (size_t i = 0; i < plan.len; i++)
        lines += plan.ptr[i] == '\n';
    CHECK_INT((int64_t)lines,
              libpq.ntuples(names) +
                  count(conn, "SELECT count(*) FROM pg_policy WHERE polname LIKE 'reader%'"));
    libpq.clear(names);
    libpq.finish(conn);
    finish();
}

static void without_citus_nothing_is_done(void)
{
    int64_t tables;

    start();
    finish();
    CHECK(!postgres_distribute(check_arena(), stand_options().database, &tables, &err));
    CHECK_INT(err.code, ERR_INPUT);
    CHECK(strstr(err.text, "no Citus") != NULL);
}

static bool put(struct tx *tx, void *data, struct err *why)
{
    return store_exec(tx, "INSERT INTO setting (tenant, name, value) VALUES ($1, $2, '')",
                      ARGS(INT(tx->tenant), TEXT(str_from_z(data))), why);
}

/* As the servers of Citus hear it: by what is SET, so nothing is left to a function. */
static void a_spread_database_is_written_and_read(void)
{
    int64_t tables;
    struct tx tx = {0};
    struct rows rows;

    start();
    finish();
    PGconn *conn = connect_here();
    stand_do(conn, str_printf(check_arena(), FAKE, stand_name(false)).ptr);
    start();
    CHECK(!postgres_distribute(check_arena(), stand_options().database, &tables, &err));
    CHECK_INT(err.code, ERR_CONFLICT);
    finish();

    int64_t all = count(conn, "SELECT count(*) FROM pg_class WHERE relkind = 'r'"
                              " AND relnamespace IN " OURS);
    wait_alone(conn);
    CHECK_OK(postgres_distribute(check_arena(), stand_options().database, &tables, &err), &err);
    CHECK_INT(tables, all);
    CHECK_INT(count(conn, "SELECT count(DISTINCT logicalrelid) FROM pg_dist_partition"), all);
    CHECK_INT(count(conn, "SELECT count(*) FROM pg_dist_partition WHERE kind = 'tenant' AND beside"
                          " <> 'uprava.tenant_head' AND logicalrelid <> 'uprava.tenant_head'"
                          "::regclass"),
              0);
    CHECK_INT(count(conn, "SELECT count(*) FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid"
                          " WHERE pg_get_expr(polqual, polrelid) LIKE '%SELECT%'"
                          " OR NOT polpermissive"),
              0);

    start();
    CHECK_OK(tenant_write_wait(town, put, (void *)(uintptr_t) "spread", &err), &err);
    CHECK_OK(tx_read(&tx, town, &err) &&
                 store_query(&tx, check_arena(), &rows,
                             "SELECT current_setting('citus.propagate_set_commands'),"
                             " current_setting('uprava.tenant'), count(*) FROM setting"
                             " WHERE tenant = $1",
                             ARGS(INT(tx.tenant)), &err),
             &err);
    CHECK_STR(rows_text(&rows, 0, 0), STR("local"));
    CHECK_STR(rows_text(&rows, 0, 1), str_printf(check_arena(), "%lld", (long long)tx.tenant));
    CHECK_INT(rows_int(&rows, 0, 2), 1);
    tx_done(&tx);
    finish();
    /* Done again, there is nothing left. */
    wait_alone(conn);
    CHECK_OK(postgres_distribute(check_arena(), stand_options().database, &tables, &err), &err);
    CHECK_INT(tables, 0);
    libpq.finish(conn);
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(the_tables_have_nothing_that_citus_refuses),
        CHECK_TEST(the_plan_names_every_table),
        CHECK_TEST(without_citus_nothing_is_done),
        CHECK_TEST(a_spread_database_is_written_and_read),
    };

    return check_run(TESTS, stand_is_postgres() ? ARRAY_LEN(TESTS) : 0);
}

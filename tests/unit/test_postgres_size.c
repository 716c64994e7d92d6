#include "hamlet.h"

static struct hamlet hamlet;

/* The same on both stores: the file of the one, a share of the other's tables. */
static struct store_size measure(const char *name)
{
    return store_measure_tenant(hamlet.town.store, str_from_z(name));
}

static void analyze(void)
{
    if (!stand_is_postgres())
        return;
    struct str database = stand_options().database;
    struct str name = str_slice(database, str_find(database, STR("///")) + 3, database.len);

    name = str_slice(name, 0, str_find(name, STR("?")));
    PGconn *conn = stand_connect(str_to_z(check_arena(), name));
    stand_do(conn, "ANALYZE");
    libpq.finish(conn);
}

static void a_tenant_with_more_records_takes_more(void)
{
    int64_t before;

    hamlet_open(&hamlet);
    CHECK_OK(
        store_create_tenant(hamlet.town.store, STR("empty"), STR(""), 0, time_now(), &hamlet.err),
        &hamlet.err);
    analyze();
    before = measure("town").bytes;
    for (int i = 0; i < 400; i++)
        hamlet_make(&hamlet, "house",
                    str_printf(check_arena(), "{\"code\":\"%d\",\"number\":\"%d\"}", i, i));
    analyze();
    /* A record, its entry and its words; a file has its log beside it. */
    int64_t each = (measure("town").bytes - before) / 400;
    CHECK(each > 200);
    CHECK(each < (stand_is_postgres() ? 4096 : 40960));
    CHECK(measure("empty").bytes < measure("town").bytes / 2);
    CHECK_INT(measure("nowhere").bytes, 0);
    hamlet_close(&hamlet);
}

static void the_last_change_is_that_of_the_journal(void)
{
    struct tx tx = {0};
    struct rows rows;

    hamlet_open(&hamlet);
    hamlet_make(&hamlet, "house", STR("{\"code\":\"1\",\"number\":\"1\"}"));
    CHECK_OK(tx_read(&tx, hamlet.town.tenant, &hamlet.err) &&
                 store_query(&tx, check_arena(), &rows,
                             "SELECT max(at) FROM journal WHERE tenant = $1", ARGS(INT(tx.tenant)),
                             &hamlet.err),
             &hamlet.err);
    tx_done(&tx);
    if (stand_is_postgres())
        CHECK_INT(measure("town").changed_at, rows_int(&rows, 0, 0));
    else
        CHECK(measure("town").changed_at > 0);
    hamlet_close(&hamlet);
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(a_tenant_with_more_records_takes_more),
        CHECK_TEST(the_last_change_is_that_of_the_journal),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}

#define STAND_BARE
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

static int64_t count_relations(struct town *town)
{
    return town_count(town, "SELECT count(*) FROM pg_class WHERE $1 <> 0");
}

/* Packs cause no tables, and municipalities share those there are. */
static void thirty_municipalities_need_no_new_relation(void)
{
    static const struct str PACKS[] = {STR_INIT("base"), STR_INIT("housing")};
    struct town town;
    struct err err;

    town_open(&town, PACKS, ARRAY_LEN(PACKS));
    int64_t before = stand_is_postgres() ? count_relations(&town) : 0;
    for (int i = 2; i <= 30; i++) {
        CLEANUP(store_release) struct tenant *tenant = NULL;
        struct str name = str_printf(check_arena(), "town%d", i);

        CHECK_OK(store_create_tenant(town.store, name, STR("Город"), 0, time_now(), &err) &&
                     store_hold(town.store, name, &tenant, &err) &&
                     catalog_install(tenant, town.library,
                                     (struct pack_ids){PACKS, ARRAY_LEN(PACKS)}, 0, time_now(),
                                     &err),
                 &err);
    }
    if (stand_is_postgres())
        CHECK_INT(count_relations(&town), before);
    town_close(&town);
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(a_tenant_with_more_records_takes_more),
        CHECK_TEST(the_last_change_is_that_of_the_journal),
        CHECK_TEST(thirty_municipalities_need_no_new_relation),
    };

    return check_run(TESTS, stand_is_postgres() ? ARRAY_LEN(TESTS) : 2);
}

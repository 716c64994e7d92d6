#include "store/carry.h"

#include "town.h"

static const struct str BASE[] = {STR_INIT("base")};
static struct town town;
static struct err err;

/* In the order of a set: each once, the tenant left out. */
static int64_t columns_of(struct tx *tx, struct str table)
{
    struct rows rows;

    CHECK_OK(store_query(tx, check_arena(), &rows,
                         "SELECT COUNT(*) FROM pragma_table_info($1)"
                         " WHERE name <> 'tenant' AND name <> 'row'",
                         ARGS(TEXT(table)), &err),
             &err);
    return rows_int(&rows, 0, 0);
}

static int64_t columns_said(const struct carry_table *table)
{
    struct str rest = str_from_z(table->columns);
    int64_t count = 0;

    while (rest.len > 0) {
        (void)str_cut(&rest, ',');
        count++;
    }
    return count;
}

/* A new table or column is forgotten easily: then a municipality would lose it on its way. */
static void every_table_and_column_is_carried(void)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct rows rows;

    town_open(&town, BASE, 1);
    CHECK_OK(tx_read(&tx, town.tenant, &err), &err);
    CHECK_OK(store_query(&tx, check_arena(), &rows,
                         "SELECT name FROM sqlite_master WHERE type = 'table'"
                         " AND name NOT LIKE 'search%' AND name NOT LIKE 'sqlite%'"
                         " AND name NOT IN ('migration', 'tenant_head') AND $1 > 0 ORDER BY name",
                         ARGS(INT(tx.tenant)), &err),
             &err);
    CHECK_INT((int64_t)rows.count, (int64_t)carry_table_count);
    for (size_t i = 0; i < rows.count; i++) {
        const struct carry_table *table = carry_table_find(rows_text(&rows, i, 0));

        CHECK(table != NULL);
        CHECK_INT(columns_said(table), columns_of(&tx, rows_text(&rows, i, 0)));
    }
    tx_done(&tx);
    town_close(&town);
}

static int64_t seen;

static bool see(void *data, const struct rows *row, struct err *e)
{
    (void)e;
    CHECK(row->columns == *(size_t *)data);
    seen++;
    return true;
}

static void rows_are_read_measured_and_put(void)
{
    CLEANUP(tx_done) struct tx tx = {0};

    town_open(&town, BASE, 1);
    CHECK_OK(tx_read(&tx, town.tenant, &err), &err);
    for (size_t i = 0; i < carry_table_count; i++) {
        const struct carry_table *table = &carry_tables[i];
        size_t columns = (size_t)columns_said(table);
        struct carry_sum sum;

        seen = 0;
        CHECK_OK(carry_each(&tx, table, 0, see, &columns, &err), &err);
        CHECK_OK(carry_measure(&tx, table, &sum, &err), &err);
        CHECK_INT(sum.rows, seen);
        CHECK_OK(carry_each(&tx, table, INT64_MAX, see, &columns, &err), &err);
    }
    CHECK(carry_table_find(STR("tenant_head")) == NULL);
    tx_done(&tx);
    town_close(&town);
}

static void only_columns_of_the_table_are_taken(void)
{
    const struct carry_table *table = carry_table_find(STR("setting"));
    const struct str good[] = {STR("value"), STR("name")};
    const struct str bad[] = {STR("name"), STR("value) VALUES (1,2); --")};
    const char *sql;

    CHECK_OK(carry_plan(check_arena(), table, good, 2, &sql, &err), &err);
    CHECK_STR(str_from_z(sql),
              STR("INSERT INTO setting (tenant, value, name) VALUES ($1, $2, $3)"));
    CHECK(!carry_plan(check_arena(), table, bad, 2, &sql, &err));
    CHECK_INT(err.code, ERR_INPUT);
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(rows_are_read_measured_and_put),
        CHECK_TEST(only_columns_of_the_table_are_taken),
        CHECK_TEST(every_table_and_column_is_carried),
    };

    /* The last one asks SQLite; the tables of PostgreSQL come of the same text. */
    return check_run(TESTS, ARRAY_LEN(TESTS) - stand_is_postgres());
}

#include "registry/record_verify.h"

#include "hamlet.h"

struct harm {
    struct hamlet *h;
    const char *sql;
    struct record_report report;
};

/* Looks at the damage from inside the transaction and lets it be rolled back. */
static bool look(struct tx *tx, void *data, struct err *err)
{
    struct harm *harm = data;

    if (harm->sql != NULL)
        CHECK_OK(store_exec(tx, harm->sql, ARGS(INT(tx->tenant)), err), err);
    CHECK_OK(record_verify(tx, check_arena(), harm->h->catalog, &harm->report, err), err);
    return err_set(err, ERR_CONFLICT, "seen enough");
}

/* What record_verify says first after somebody wrote past us; "" when all is well. */
static struct str damage(struct hamlet *h, const char *sql)
{
    struct harm harm = {.h = h, .sql = sql};

    CHECK(!tenant_write_wait(h->town.tenant, look, &harm, &h->err));
    CHECK_INT(h->err.code, ERR_CONFLICT);
    CHECK_INT(harm.report.records, 2);
    CHECK(harm.report.bad > 0 || harm.report.what.len == 0);
    return harm.report.what;
}

static bool tells(struct str what, const char *about)
{
    return str_find(what, str_from_z(about)) < what.len;
}

static void fill(struct hamlet *h)
{
    hamlet_open(h);
    hamlet_make(h, "house",
                STR("{\"number\":\"5\",\"year\":1950,\"place\":{\"type\":\"Point\","
                    "\"coordinates\":[37,55]}}"));
    hamlet_make(h, "street", STR("{\"name\":\"Мира\"}"));
}

static void what_follows_from_the_bodies_is_well(void)
{
    struct hamlet h;

    fill(&h);
    CHECK_STR(damage(&h, NULL), STR(""));
    hamlet_close(&h);
}

static void each_kind_of_damage_is_told(void)
{
    static const struct {
        const char *sql;
        const char *about;
    } HARMS[] = {
        {"UPDATE record SET n2 = 1951 WHERE tenant = $1 AND n2 = 1950", "an index column"},
        {"UPDATE record SET t3 = 'x' WHERE tenant = $1", "an index column"},
        {"UPDATE record SET x2 = x2 + 1 WHERE tenant = $1", "place on the map"},
        {"UPDATE record SET cell = NULL WHERE tenant = $1", "place on the map"},
        {"UPDATE record SET title = 'x' WHERE tenant = $1", "title"},
        {"UPDATE record SET body = '{' WHERE tenant = $1", "body cannot be read"},
        {"UPDATE register_no SET total = 2 WHERE tenant = $1", "total"},
        {"DELETE FROM map_cell WHERE tenant = $1 AND level = 15", "counts of its map"},
        {"UPDATE map_cell SET x_sum = x_sum + 1 WHERE tenant = $1", "counts of its map"},
    };

    struct hamlet h;

    fill(&h);
    for (size_t i = 0; i < ARRAY_LEN(HARMS); i++)
        CHECK(tells(damage(&h, HARMS[i].sql), HARMS[i].about));
    hamlet_close(&h);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(what_follows_from_the_bodies_is_well),
    CHECK_TEST(each_kind_of_damage_is_told),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}

/* A wrong figure is found and mended. */
#include "service/service_figure_check.h"

#include "bureau.h"

enum {
    MARCH = 20513,
};

static const char *const WRONG[] = {
    "UPDATE service_figure SET n = n + 3 WHERE tenant = $1 AND kind = 'out'",
    "DELETE FROM service_figure WHERE tenant = $1 AND kind = 'days'",
    "UPDATE service_figure SET name = '4' WHERE tenant = $1 AND kind = 'rated'",
    "UPDATE service_figure SET at = at + 1 WHERE tenant = $1 AND kind = 'open'",
    "INSERT INTO service_figure (tenant, kind, at, service, name, n)"
    " VALUES ($1, 'in', 20544, 'p.order', 'page', 7)",
};

static bool run_sql(struct tx *tx, void *data, struct err *err)
{
    return store_exec(tx, *(const char **)data, ARGS(INT(tx->tenant)), err);
}

static void plant(struct bureau *bureau, const char *sql)
{
    bureau_write(bureau, run_sql, &sql);
}

static void wrong_figures_are_found_and_mended(void)
{
    struct bureau bureau;
    struct service_case one;

    bureau_open(&bureau);
    bureau_apply(&bureau, "p.order", MARCH);
    one = bureau_apply(&bureau, "p.order", MARCH);
    bureau_end(&bureau, &one, SERVICE_CASE_REFUSED, MARCH + 4);
    bureau_rate(&bureau, &one, 5);
    CHECK_INT(bureau_check(&bureau).bad, 0);
    for (size_t i = 0; i < ARRAY_LEN(WRONG); i++) {
        struct service_figure_report report = {0};

        plant(&bureau, WRONG[i]);
        CHECK(bureau_check(&bureau).bad > 0);
        bureau_write(&bureau, bureau_run_mend, &report);
        CHECK_INT(report.cases, 2);
        CHECK(report.bad > 0 && report.what.len > 0);
        CHECK_INT(bureau_check(&bureau).bad, 0);
    }
    CHECK_INT(bureau_months(&bureau, MARCH, MARCH).items[0].rating_sum, 5);
    CHECK_INT(
        town_count(&bureau.hamlet.town, "SELECT count(*) FROM service_figure WHERE tenant = $1"),
        5);
    bureau_close(&bureau);
}

static void first_difference_is_told(void)
{
    struct bureau bureau;

    bureau_open(&bureau);
    bureau_apply(&bureau, "p.order", MARCH);
    plant(&bureau, "UPDATE service_figure SET n = 4 WHERE tenant = $1 AND kind = 'in'");
    CHECK_STR(bureau_check(&bureau).what, STR("in 20513 p.order page: 4 are kept, 1 are there"));
    bureau_close(&bureau);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(wrong_figures_are_found_and_mended),
    CHECK_TEST(first_difference_is_told),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}

#include "registry/seed.h"
#include "town.h"

static const struct str DEMO[] = {STR_INIT("base"), STR_INIT("housing"), STR_INIT("demo")};

static void load(struct town *town, struct seed_report *report)
{
    struct err err;

    CHECK_OK(seed_load(town->tenant, check_arena(), town->library,
                       (struct pack_ids){DEMO, ARRAY_LEN(DEMO)}, report, &err),
             &err);
}

static void the_demo_town_is_loaded_whole(void)
{
    struct seed_report report;
    struct town town;

    town_open(&town, DEMO, ARRAY_LEN(DEMO));
    load(&town, &report);
    CHECK_INT(report.counts.wrong, 0);
    CHECK(report.counts.created > 6000);
    CHECK_INT(town_count(&town, "SELECT COUNT(*) FROM record WHERE tenant = $1"),
              report.counts.rows);
    town_close(&town);
}

static void loading_twice_changes_nothing(void)
{
    struct seed_report report;
    struct town town;
    int64_t before;

    town_open(&town, DEMO, ARRAY_LEN(DEMO));
    load(&town, &report);
    before = town_count(&town, "SELECT COUNT(*) FROM journal WHERE tenant = $1");
    load(&town, &report);
    CHECK_INT(report.counts.created, 0);
    CHECK_INT(report.counts.changed, 0);
    CHECK_INT(town_count(&town, "SELECT COUNT(*) FROM journal WHERE tenant = $1"), before);
    town_close(&town);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(the_demo_town_is_loaded_whole),
    CHECK_TEST(loading_twice_changes_nothing),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}

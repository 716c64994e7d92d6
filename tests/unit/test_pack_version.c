#include "pack/pack.h"

#include "check.h"

static void versions_go_by_precedence(void)
{
    /* SemVer 2.0.0, the example of paragraph 11 and its neighbours. */
    static const char *const ORDER[] = {
        "1.0.0-alpha",
        "1.0.0-alpha.1",
        "1.0.0-alpha.beta",
        "1.0.0-beta",
        "1.0.0-beta.2",
        "1.0.0-beta.11",
        "1.0.0-rc.1",
        "1.0.0",
        "1.0.1",
        "1.2.0",
        "1.10.0",
        "2.0.0",
        "99999999999999999999.0.0",
    };

    for (size_t i = 0; i < ARRAY_LEN(ORDER); i++)
        for (size_t j = 0; j < ARRAY_LEN(ORDER); j++)
            CHECK_INT(pack_compare_versions(str_from_z(ORDER[i]), str_from_z(ORDER[j])),
                      (i > j) - (i < j));
    CHECK_INT(pack_compare_versions(STR("1.0.0+a"), STR("1.0.0+b")), 0);
}

static void only_semver_is_a_version(void)
{
    static const char *const BAD[] = {"",       "1",        "1.0",    "1.0.0.0", "01.0.0",
                                      "1.0.0-", "1.0.0-01", "1.0.0+", "v1.0.0",  "1.0.0-a..b",
                                      " 1.0.0", "1..0",     "1.0."};

    for (size_t i = 0; i < ARRAY_LEN(BAD); i++)
        CHECK(!pack_version_is_valid(str_from_z(BAD[i])));
    CHECK(pack_version_is_valid(STR("1.0.0-01a+007")));
}

static void ranges_hold_what_they_promise(void)
{
    static const struct {
        const char *version, *range;
        bool fits;
    } CASES[] = {
        {"1.0.0", "^1", true},     {"1.9.9", "^1", true},       {"2.0.0", "^1", false},
        {"0.9.0", "^1", false},    {"2.0.0-rc.1", "^1", false}, {"1.0.0-rc.1", "^1", false},
        {"0.2.0", "^0.2", true},   {"0.2.7", "^0.2", true},     {"0.3.0", "^0.2", false},
        {"1.2.3", "^1.2.3", true}, {"1.2.2", "^1.2.3", false},  {"1.3.0", "^1.2.3", true},
        {"0.0.3", "^0.0.3", true}, {"0.0.4", "^0.0.3", false},  {"0.0.9", "^0.0", true},
        {"0.5.0", "^0", true},     {"1.0.0", "^0", false},      {"1.2.3", "1.2.3", true},
        {"1.2.4", "1.2.3", false}, {"7.0.0", "*", true},        {"1.0.0", "", false},
        {"1.0.0", "1", false},     {"1.0.0", ">=1", false},     {"1.0.0", "^", false},
        {"rubbish", "*", false},
    };

    for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
        CHECK_INT(pack_version_fits(str_from_z(CASES[i].version), str_from_z(CASES[i].range)),
                  CASES[i].fits);
    CHECK(pack_range_is_valid(STR("^0.2")));
    CHECK(!pack_range_is_valid(STR(">=1")));
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(versions_go_by_precedence),
        CHECK_TEST(only_semver_is_a_version),
        CHECK_TEST(ranges_hold_what_they_promise),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}

#include "check.h"

#include "lang/feel_zone.h"

static int32_t offset(const char *name, int64_t at)
{
    int32_t seconds = -1;

    CHECK(feel_zone_offset(feel_zone_none(check_arena()), str_from_z(name), at, &seconds));
    return seconds;
}

static void offsets_are_those_of_the_moment(void)
{
    CHECK_INT(offset("Europe/Paris", 1767225600), 3600); /* 2026-01-01 */
    CHECK_INT(offset("Europe/Paris", 1782864000), 7200); /* 2026-07-01 */
    CHECK_INT(offset("Europe/Moscow", 1767225600), 10800);
    CHECK_INT(offset("Asia/Bishkek", 1767225600), 21600);
    CHECK_INT(offset("Etc/UTC", 0), 0);
}

static void the_footer_rules_beyond_the_list(void)
{
    CHECK_INT(offset("Europe/Paris", INT64_C(4102444800)), 3600); /* 2100-01-01 */
    CHECK_INT(offset("Europe/Paris", INT64_C(4118083200)), 7200); /* 2100-07-01 */
    CHECK_INT(offset("Australia/Sydney", INT64_C(4102444800)), 39600);
}

static void a_gap_and_a_doubled_hour_have_an_answer(void)
{
    struct feel_zones *zones = feel_zone_none(check_arena());
    int32_t seconds;

    /* 2026-03-29 02:30 is none in Paris; 2026-10-25 02:30 is two. */
    CHECK(feel_zone_offset_local(zones, STR("Europe/Paris"), 1774751400, &seconds));
    CHECK_INT(seconds, 3600);
    CHECK(feel_zone_offset_local(zones, STR("Europe/Paris"), 1792895400, &seconds));
    CHECK_INT(seconds, 7200);
    CHECK(feel_zone_standard(zones, STR("Australia/Melbourne"), &seconds));
    CHECK_INT(seconds, 36000);
}

static void no_name_leads_out_of_the_folder(void)
{
    static const char *const BAD[] = {"",     "../../etc/passwd", "/etc/passwd", "Europe/../UTC",
                                      "a\nb", "Nowhere/Land",     "Europe",      "zone.tab"};
    struct feel_zones *zones = feel_zone_none(check_arena());

    for (size_t i = 0; i < ARRAY_LEN(BAD); i++)
        CHECK(!feel_zone_find(zones, str_from_z(BAD[i])));
}

static const struct check_test TESTS[] = {
    CHECK_TEST(offsets_are_those_of_the_moment),
    CHECK_TEST(the_footer_rules_beyond_the_list),
    CHECK_TEST(a_gap_and_a_doubled_hour_have_an_answer),
    CHECK_TEST(no_name_leads_out_of_the_folder),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}

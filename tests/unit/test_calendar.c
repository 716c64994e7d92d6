#include "core/calendar.h"

#include "year.h"

static const char *const KINDS[] = {"working", "short", "off", "moved", "holiday", "decree"};

static void bounds_are_the_years_they_say(void)
{
    CHECK_INT(CALENDAR_FIRST, year_day("1900-01-01"));
    CHECK_INT(CALENDAR_LAST, year_day("2200-12-31"));
    CHECK(calendar_has(CALENDAR_FIRST) && !calendar_has(CALENDAR_FIRST - 1));
    CHECK(calendar_has(CALENDAR_LAST) && !calendar_has(CALENDAR_LAST + 1));
}

static void words_of_kinds_come_back(void)
{
    enum calendar_kind kind;

    for (int i = 0; i < CALENDAR_KINDS; i++) {
        CHECK_STR(calendar_kind_word((enum calendar_kind)i), str_from_z(KINDS[i]));
        CHECK(calendar_kind_parse(str_from_z(KINDS[i]), &kind) && kind == (enum calendar_kind)i);
    }
    CHECK(!calendar_kind_parse(STR("Working"), &kind));
    CHECK(!calendar_kind_parse(STR(""), &kind));
}

static void a_week_has_five_days(void)
{
    const struct calendar plain = {0}, six = {.works_on_saturday = true};

    CHECK(calendar_is_working(&plain, year_day("2026-03-02")));
    CHECK(calendar_is_working(&plain, year_day("2026-03-06")));
    CHECK(!calendar_is_working(&plain, year_day("2026-03-07")));
    CHECK(!calendar_is_working(&plain, year_day("2026-03-08")));
    CHECK(calendar_is_working(&six, year_day("2026-03-07")));
    CHECK(!calendar_is_working(&six, year_day("2026-03-08")));
    CHECK(calendar_is_working(&plain, year_day("1969-12-31")));
    CHECK(!calendar_is_working(&plain, year_day("1900-01-07"))); /* a Sunday */
}

static void the_nearer_day_counts(void)
{
    struct calendar_day days[] = {
        {20, CALENDAR_HOLIDAY, 0, STR_INIT("country")},
        {10, CALENDAR_HOLIDAY, 0, {0}},
        {20, CALENDAR_WORKING, 3, STR_INIT("town")},
        {20, CALENDAR_OFF, 2, STR_INIT("region")},
        {5, CALENDAR_DECREE, 0, {0}},
    };
    struct calendar calendar = {0};

    calendar_lay(&calendar, days, ARRAY_LEN(days));
    CHECK_INT((int64_t)calendar.count, 3);
    CHECK_STR(calendar_find(&calendar, 20)->title, STR("town"));
    CHECK(calendar_kind_on(&calendar, 5) == CALENDAR_DECREE);
    CHECK(calendar_find(&calendar, 19) == NULL && calendar_find(&calendar, 21) == NULL);
    CHECK(!calendar_is_working(&calendar, 5));
    calendar.decrees_work = true;
    CHECK(calendar_is_working(&calendar, 5));
    calendar_lay(&calendar, NULL, 0);
    CHECK(calendar_find(&calendar, 5) == NULL);
}

static void working_days_are_counted_both_ways(void)
{
    struct calendar russia = year_calendar("ru");
    int64_t found = 0;

    CHECK(calendar_shift(&russia, year_day("2025-12-30"), 1, &found));
    CHECK_STR(year_text(found), STR("2026-01-12")); /* behind the long holidays */
    CHECK(calendar_shift(&russia, year_day("2026-01-12"), -1, &found));
    CHECK_STR(year_text(found), STR("2025-12-30"));
    CHECK(calendar_shift(&russia, year_day("2026-01-05"), 0, &found));
    CHECK_STR(year_text(found), STR("2026-01-05"));
    CHECK(calendar_shift(&russia, year_day("2025-10-31"), 1, &found));
    CHECK_STR(year_text(found), STR("2025-11-01")); /* a Saturday that is worked */
    CHECK(calendar_next(&russia, year_day("2025-11-02"), &found));
    CHECK_STR(year_text(found), STR("2025-11-05"));
    CHECK(calendar_next(&russia, found, &found));
    CHECK_STR(year_text(found), STR("2025-11-05"));
    CHECK_INT(calendar_count(&russia, year_day("2024-12-31"), year_day("2025-12-31")), 247);
    CHECK_INT(calendar_count(&russia, year_day("2025-12-31"), year_day("2026-12-31")), 247);
    CHECK_INT(calendar_count(&russia, year_day("2026-12-31"), year_day("2025-12-31")), -247);
    CHECK_INT(calendar_count(&russia, 5, 5), 0);
}

static void shifting_and_counting_agree(void)
{
    struct calendar russia = year_calendar("ru");

    for (int64_t day = year_day("2024-12-20"); day < year_day("2027-01-20"); day += 3)
        for (int64_t n = -40; n <= 40; n += 7) {
            int64_t found;

            CHECK(calendar_shift(&russia, day, n, &found));
            CHECK(n <= 0 || calendar_count(&russia, day, found) == n);
            CHECK(n >= 0 || calendar_count(&russia, day - 1, found - 1) == n);
        }
}

static void nothing_is_found_beyond_the_years(void)
{
    const struct calendar plain = {0};
    int64_t found = 7;

    CHECK(!calendar_shift(&plain, CALENDAR_LAST, 1, &found));
    CHECK(!calendar_shift(&plain, CALENDAR_FIRST, -1, &found));
    CHECK(!calendar_shift(&plain, CALENDAR_LAST + 1, 0, &found));
    CHECK(!calendar_shift(&plain, INT64_MAX, 1, &found));
    CHECK(!calendar_shift(&plain, 0, INT64_MAX, &found));
    CHECK(!calendar_shift(&plain, 0, INT64_MIN, &found));
    CHECK(!calendar_next(&plain, CALENDAR_LAST + 1, &found));
    CHECK(!calendar_advance(&plain, INT64_MAX, 1, &found));
    CHECK(!calendar_advance(&plain, 0, INT64_MAX, &found));
    CHECK(!calendar_advance(&plain, 0, -1, &found));
    CHECK_INT(calendar_count(&plain, INT64_MIN, INT64_MAX), 78528);
    CHECK_INT(found, 7);
}

static void hours_are_read_strictly(void)
{
    static const char *const WRONG[] = {"",
                                        "09:00",
                                        "9:00-18:00",
                                        "18:00-09:00",
                                        "09:00-09:00",
                                        "09:00-13:00 12:00-18:00",
                                        "09:00-13:00 13:00-18:00",
                                        "09:00-25:00",
                                        "09:60-10:00",
                                        "09:00-24:01",
                                        "01:00-02:00 03:00-04:00 05:00-06:00 07:00-08:00 "
                                        "09:00-10:00",
                                        "09:00-13:00,14:00-18:00",
                                        "-1:00-02:00"};
    struct calendar_hours hours;

    CHECK(calendar_hours_parse(STR("08:30-12:00  13:00-24:00"), &hours));
    CHECK_INT(hours.count, 2);
    CHECK_INT(hours.spans[0].from, 510);
    CHECK_INT(hours.spans[1].to, 1440);
    for (size_t i = 0; i < ARRAY_LEN(WRONG); i++)
        CHECK(!calendar_hours_parse(str_from_z(WRONG[i]), &hours));
}

static int64_t at(const char *day, int hour, int minute)
{
    return year_day(day) * CALENDAR_DAY_MINUTES + hour * 60 + minute;
}

static void hours_go_on_over_nights_and_holidays(void)
{
    struct calendar russia = year_calendar("ru");
    int64_t found = 0;

    CHECK_INT(calendar_minutes_on(&russia, year_day("2026-03-02")), 480);
    CHECK_INT(calendar_minutes_on(&russia, year_day("2026-04-30")), 420); /* short */
    CHECK_INT(calendar_minutes_on(&russia, year_day("2026-05-01")), 0);
    CHECK(calendar_advance(&russia, at("2026-03-02", 17, 0), 120, &found));
    CHECK_INT(found, at("2026-03-03", 10, 0));
    CHECK(calendar_advance(&russia, at("2026-03-02", 12, 30), 60, &found));
    CHECK_INT(found, at("2026-03-02", 14, 30)); /* over the dinner break */
    CHECK(calendar_advance(&russia, at("2026-03-02", 9, 0), 480, &found));
    CHECK_INT(found, at("2026-03-02", 18, 0));
    CHECK(calendar_advance(&russia, at("2026-04-30", 16, 30), 60, &found));
    CHECK_INT(found, at("2026-05-04", 9, 30)); /* a short day ends at 17:00, then a holiday */
    CHECK(calendar_advance(&russia, at("2026-03-07", 3, 0), 0, &found));
    CHECK_INT(found, at("2026-03-07", 3, 0));
    CHECK_INT(calendar_minutes(&russia, at("2026-03-02", 17, 0), at("2026-03-03", 10, 0)), 120);
    CHECK_INT(calendar_minutes(&russia, at("2026-03-03", 10, 0), at("2026-03-02", 17, 0)), 0);
    CHECK_INT(calendar_minutes(&russia, INT64_MIN, at("1900-01-01", 12, 0)), 180);
}

static void own_hours_are_kept(void)
{
    struct calendar calendar = {0};
    int64_t found = 0;

    CHECK(calendar_hours_parse(STR("08:00-12:00"), &calendar.hours));
    CHECK_INT(calendar_minutes_on(&calendar, year_day("2026-03-02")), 240);
    CHECK(calendar_advance(&calendar, at("2026-03-06", 11, 0), 120, &found));
    CHECK_INT(found, at("2026-03-09", 9, 0));
}

static const struct check_test TESTS[] = {
    CHECK_TEST(bounds_are_the_years_they_say),
    CHECK_TEST(words_of_kinds_come_back),
    CHECK_TEST(a_week_has_five_days),
    CHECK_TEST(the_nearer_day_counts),
    CHECK_TEST(working_days_are_counted_both_ways),
    CHECK_TEST(shifting_and_counting_agree),
    CHECK_TEST(nothing_is_found_beyond_the_years),
    CHECK_TEST(hours_are_read_strictly),
    CHECK_TEST(hours_go_on_over_nights_and_holidays),
    CHECK_TEST(own_hours_are_kept),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}

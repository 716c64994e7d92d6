#include "check.h"

#include "core/time.h"

static struct str print_with(void (*print)(struct buf *, int64_t), int64_t value)
{
    struct buf buf = {.arena = check_arena()};

    print(&buf, value);
    return buf_str(&buf);
}

static void every_day_of_the_calendar_comes_back(void)
{
    int64_t day = -719162;

    CHECK_INT(time_day_from_date((struct time_date){1, 1, 1}), day);
    CHECK_INT(time_day_from_date((struct time_date){1970, 1, 1}), 0);
    CHECK_INT(time_day_from_date((struct time_date){2000, 3, 1}), 11017);
    for (struct time_date last = {0}; day <= 2932896; day++) {
        struct time_date date = time_date_from_day(day);

        CHECK(time_day_from_date(date) == day);
        CHECK(date.year > last.year || date.month > last.month || date.day == last.day + 1);
        last = date;
    }
    CHECK_STR(print_with(time_print_day, 2932896), STR("9999-12-31"));
    CHECK_STR(print_with(time_print_day, -719162), STR("0001-01-01"));
}

static void days_are_read_strictly(void)
{
    int64_t day = 0;

    CHECK(time_parse_day(STR("2026-03-09"), &day));
    CHECK_STR(print_with(time_print_day, day), STR("2026-03-09"));
    CHECK(time_parse_day(STR("2024-02-29"), &day));
    CHECK(time_parse_day(STR("2000-02-29"), &day));
    static const char *const WRONG[] = {
        "",           "2026-02-29",  "1900-02-29",  "2026-04-31", "2026-00-10", "2026-13-01",
        "2026-01-00", "2026-01-32",  "0000-01-01",  "2026-1-1",   "26-01-01",   "2026-01-011",
        "2026/01/01", "+2026-01-01", "2026-01-01 ", "x2026-01-0",
    };
    for (size_t i = 0; i < ARRAY_LEN(WRONG); i++)
        CHECK(!time_parse_day(str_from_z(WRONG[i]), &day));
}

static void days_are_read_as_people_write_them(void)
{
    int64_t want, day;

    CHECK(time_parse_day(STR("2026-03-09"), &want));
    static const char *const RIGHT[] = {"09.03.2026", "9.3.2026", "2026-03-09",
                                        "09/03/2026", "9/3/2026", " 09.03.2026 "};
    for (size_t i = 0; i < ARRAY_LEN(RIGHT); i++) {
        CHECK(time_parse_day_typed(str_from_z(RIGHT[i]), &day));
        CHECK_INT(day, want);
    }
    static const char *const WRONG[] = {"9.3.26",     "09.03/2026", "31.02.2026", "09.03.20261",
                                        "09.03.",     "март",       "",           "0.3.2026",
                                        "2026.03.09", "9.3.2026 г", "29.02.2100"};
    for (size_t i = 0; i < ARRAY_LEN(WRONG); i++)
        CHECK(!time_parse_day_typed(str_from_z(WRONG[i]), &day));
}

static void same_moment_in_many_writings(void)
{
    static const char *const SAME[] = {
        "2026-03-09T06:00:00Z",      "2026-03-09t06:00:00z",
        "2026-03-09T09:00:00+03:00", "2026-03-09T12:00:00+06:00",
        "2026-03-08T23:30:00-06:30", "2026-03-09T06:00:00.000Z",
        "2026-03-09T06:00:00.0009Z", "2026-03-09T06:00:00.000999999-00:00",
    };
    int64_t at;

    for (size_t i = 0; i < ARRAY_LEN(SAME); i++) {
        CHECK(time_parse_moment(str_from_z(SAME[i]), &at));
        CHECK_INT(at, 1773036000000);
    }
    CHECK_STR(print_with(time_print_moment, at), STR("2026-03-09T06:00:00.000Z"));
    CHECK(time_parse_moment(STR("1969-12-31T23:59:59.25Z"), &at));
    CHECK_INT(at, -750);
    CHECK_STR(print_with(time_print_moment, at), STR("1969-12-31T23:59:59.250Z"));
}

static void wrong_moments_are_refused(void)
{
    static const char *const WRONG[] = {
        "2026-03-09",
        "2026-03-09T06:00:00",
        "2026-03-09 06:00:00Z",
        "2026-03-09T24:00:00Z",
        "2026-03-09T06:60:00Z",
        "2026-03-09T06:00:61Z",
        "2026-03-09T06:00:60Z",
        "2026-03-09T06:00Z",
        "2026-03-09T06:00:00.Z",
        "2026-03-09T06:00:00+24:00",
        "2026-03-09T06:00:00+03:60",
        "2026-03-09T06:00:00+0300",
        "2026-03-09T06:00:00ZZ",
        "2026-02-30T06:00:00Z",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:00:00-02:00",
    };
    int64_t at = 7;

    for (size_t i = 0; i < ARRAY_LEN(WRONG); i++)
        CHECK(!time_parse_moment(str_from_z(WRONG[i]), &at));
    CHECK_INT(at, 7);
}

static void leap_second_is_the_next_one(void)
{
    int64_t a, b;

    CHECK(time_parse_moment(STR("2016-12-31T23:59:60Z"), &a));
    CHECK(time_parse_moment(STR("2017-01-01T00:00:00Z"), &b));
    CHECK_INT(a, b);
    CHECK(time_parse_moment(STR("2017-01-01T02:59:60.5+03:00"), &a));
    CHECK_INT(a, b + 500);
}

static void local_texts_follow_the_offset(void)
{
    struct buf buf = {.arena = check_arena()};

    time_print_moment_local(&buf, 1773036000000, 180);
    buf_char(&buf, '|');
    time_print_moment_local(&buf, 1773036000000, -361);
    CHECK_STR(buf_str(&buf), STR("09.03.2026, 09:00|08.03.2026, 23:59"));
    CHECK_STR(print_with(time_print_day_local, 0), STR("01.01.1970"));
    CHECK_INT(time_day_of(-1, 0), -1);
    CHECK_INT(time_day_of(-1, 1), 0);
    CHECK_INT(time_day_of(0, -1), -1);
}

static void http_dates_in_all_three_forms(void)
{
    static const char *const SAME[] = {"Sun, 06 Nov 1994 08:49:37 GMT",
                                       "Sunday, 06-Nov-94 08:49:37 GMT",
                                       "Sun Nov  6 08:49:37 1994"};
    static const char *const WRONG[] = {"",
                                        "Mon, 06 Nov 1994 08:49:37 GMT",
                                        "Sun, 06 Nov 1994 08:49:37 UTC",
                                        "Sun, 06 Nov 1994 08:49:37",
                                        "Sun, 6 Nov 1994 08:49:37 GMT",
                                        "Sun, 06 nov 1994 08:49:37 GMT",
                                        "Sun, 31 Feb 1994 08:49:37 GMT",
                                        "Sun, 06 Nov 1994 25:49:37 GMT",
                                        "Sunday 06-Nov-94 08:49:37 GMT",
                                        "Sun, 06 Nov 1994 08:49:37 GMT "};
    int64_t at;

    for (size_t i = 0; i < ARRAY_LEN(SAME); i++) {
        CHECK(time_parse_http(str_from_z(SAME[i]), &at));
        CHECK_INT(at, 784111777000);
    }
    for (size_t i = 0; i < ARRAY_LEN(WRONG); i++)
        CHECK(!time_parse_http(str_from_z(WRONG[i]), &at));
    CHECK_STR(print_with(time_print_http, 784111777999), str_from_z(SAME[0]));
    CHECK_STR(print_with(time_print_http, 1773036000000), STR("Mon, 09 Mar 2026 06:00:00 GMT"));
    CHECK_STR(print_with(time_print_http, -1), STR("Wed, 31 Dec 1969 23:59:59 GMT"));
}

static void clocks_run(void)
{
    int64_t before = time_monotonic_us();

    CHECK(time_now() > 1700000000000);
    CHECK(time_monotonic_us() >= before);
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(every_day_of_the_calendar_comes_back),
        CHECK_TEST(days_are_read_strictly),
        CHECK_TEST(days_are_read_as_people_write_them),
        CHECK_TEST(same_moment_in_many_writings),
        CHECK_TEST(wrong_moments_are_refused),
        CHECK_TEST(leap_second_is_the_next_one),
        CHECK_TEST(local_texts_follow_the_offset),
        CHECK_TEST(http_dates_in_all_three_forms),
        CHECK_TEST(clocks_run),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}

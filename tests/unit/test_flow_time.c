#include "workflow/flow_time.h"

#include "check.h"
#include "core/buf.h"
#include "core/time.h"

static int64_t moment(struct str text)
{
    int64_t at = 0;

    CHECK(time_parse_moment(text, &at));
    return at;
}

static void check_later(const char *duration, const char *from, const char *to)
{
    struct buf out = {.arena = check_arena()};
    int64_t at;

    CHECK(flow_time_later(str_from_z(duration), moment(str_from_z(from)), &at));
    time_print_moment(&out, at);
    CHECK_STR(buf_str(&out), str_from_z(to));
}

static void durations_go_by_the_calendar(void)
{
    check_later("PT15M", "2026-03-02T09:00:00Z", "2026-03-02T09:15:00.000Z");
    check_later("P1M", "2026-01-31T09:00:00Z", "2026-02-28T09:00:00.000Z");
    check_later("P1Y2M3DT4H5M6.5S", "2026-01-01T00:00:00Z", "2027-03-04T04:05:06.500Z");
    check_later("P1M", "2027-12-31T00:00:00Z", "2028-01-31T00:00:00.000Z");
    check_later("P2W", "2026-03-02T09:00:00Z", "2026-03-16T09:00:00.000Z");
    check_later("-P1D", "2026-03-02T09:00:00Z", "2026-03-01T09:00:00.000Z");
    check_later("P12M", "2028-02-29T00:00:00Z", "2029-02-28T00:00:00.000Z");
}

static void what_is_no_duration_is_refused(void)
{
    static const char *const WRONG[] = {"",      "P",     "PT",       "P1",     "15M",  "P1H",
                                        "PT1D",  "P1DT",  "P1D1M",    "PT1.5H", "P-1D", "P1S",
                                        "P900Y", "PT1,S", "P1DT1H1H", "p1d"};
    int64_t at;

    for (size_t i = 0; i < ARRAY_LEN(WRONG); i++)
        CHECK(!flow_time_later(str_from_z(WRONG[i]), 0, &at));
}

static void check_working(const char *duration, const char *from, int offset, const char *to)
{
    struct calendar_day days[] = {{20521, CALENDAR_HOLIDAY, 0, {0}}}; /* 2026-03-09, a Monday */
    struct buf out = {.arena = check_arena()};
    struct calendar calendar = {0};
    int64_t at;

    calendar_lay(&calendar, days, ARRAY_LEN(days));
    CHECK(
        flow_time_working(str_from_z(duration), &calendar, moment(str_from_z(from)), offset, &at));
    time_print_moment(&out, at);
    CHECK_STR(buf_str(&out), str_from_z(to));
}

static void working_days_end_with_their_last_moment(void)
{
    check_working("P1D", "2026-03-05T09:00:00Z", 180, "2026-03-06T20:59:59.999Z");
    check_working("P2D", "2026-03-05T09:00:00Z", 180, "2026-03-10T20:59:59.999Z");
    check_working("P5D", "2026-03-07T09:00:00Z", 0, "2026-03-16T23:59:59.999Z");
    check_working("P1D", "2026-03-05T22:00:00Z", 180, "2026-03-10T20:59:59.999Z");
    check_working("P0D", "2026-03-05T09:00:00Z", 180, "2026-03-05T20:59:59.999Z");
    check_working("P0D", "2026-03-08T09:00:00Z", 180, "2026-03-10T20:59:59.999Z");
}

static void what_is_no_number_of_days_is_not_worked(void)
{
    static const char *const WRONG[] = {
        "",     "P",    "PD",   "P1M",  "P1W",   "PT5H",       "P1DT1H",
        "-P1D", "P-1D", "P+1D", "P 1D", "P1.5D", "P99999999D", "P99999999999999999999D",
        "1D",   "p1d",  "P1Y2D"};
    static const struct calendar PLAIN = {0};
    int64_t at;

    for (size_t i = 0; i < ARRAY_LEN(WRONG); i++)
        CHECK(!flow_time_working(str_from_z(WRONG[i]), &PLAIN, 0, 0, &at));
}

static void dates_without_an_offset_are_local(void)
{
    struct flow_time time;

    CHECK(flow_time_parse(BPMN_TIMER_DATE, STR("2026-03-02T09:00:00"), 0, 180, &time));
    CHECK_INT(time.due_at, moment(STR("2026-03-02T06:00:00Z")));
    CHECK(flow_time_parse(BPMN_TIMER_DATE, STR("2026-03-02"), 0, 180, &time));
    CHECK_INT(time.due_at, moment(STR("2026-03-01T21:00:00Z")));
    CHECK(flow_time_parse(BPMN_TIMER_DATE, STR("2026-03-02T09:00:00+05:00"), 0, 180, &time));
    CHECK_INT(time.due_at, moment(STR("2026-03-02T04:00:00Z")));
    CHECK(!flow_time_parse(BPMN_TIMER_DATE, STR("P1D"), 0, 180, &time));
}

/* The moment numbered 0, and of those behind `after` the first: "NO MOMENT". */
static void check_next(const char *text, int64_t no, const char *after, const char *want)
{
    struct buf out = {.arena = check_arena()};
    struct flow_time time;
    int64_t at;

    CHECK(flow_time_parse(BPMN_TIMER_CYCLE, str_from_z(text), moment(STR("2026-03-02T06:00:00Z")),
                          180, &time));
    if (!flow_time_next(&time, moment(str_from_z(after)), &no, &at)) {
        CHECK_STR(STR("none"), str_from_z(want));
        return;
    }
    buf_printf(&out, "%lld ", (long long)no);
    time_print_moment(&out, at);
    CHECK_STR(buf_str(&out), str_from_z(want));
}

static void next_moment_of_a_cycle_is_counted_from_its_first(void)
{
    check_next("R/PT24H", 0, "2026-03-02T06:00:00Z", "0 2026-03-03T06:00:00.000Z");
    check_next("R/PT24H", 1, "2026-03-02T06:00:00Z", "1 2026-03-04T06:00:00.000Z");
    check_next("R/PT24H", 1, "2026-03-12T06:00:00Z", "10 2026-03-13T06:00:00.000Z");
    check_next("R/PT1M", 0, "9026-03-02T06:00:30Z", "3681643680 9026-03-02T06:01:00.000Z");
    check_next("R5/2026-01-01T09:00:00/P1D", 0, "2026-01-03T09:00:00Z",
               "3 2026-01-04T06:00:00.000Z");
    check_next("R5/2026-01-01T09:00:00/P1D", 0, "2026-01-05T06:00:00Z", "none");
    check_next("R5/2026-01-01T09:00:00/P1D", 5, "2025-01-05T06:00:00Z", "none");
    check_next("R1/PT24H", 1, "2026-01-05T06:00:00Z", "none");
}

/* By the calendar of the place: there the last of a month begins at 21:00 of the day before. */
static void months_of_a_cycle_do_not_lose_the_last_day(void)
{
    check_next("R/2026-01-31/P1M", 0, "2026-02-01T00:00:00Z", "1 2026-02-27T21:00:00.000Z");
    check_next("R/2026-01-31/P1M", 0, "2026-03-01T00:00:00Z", "2 2026-03-30T21:00:00.000Z");
    check_next("R/2026-01-31/P1M", 0, "2126-02-01T00:00:00Z", "1201 2126-02-27T21:00:00.000Z");
    check_next("R/2024-02-29/P1Y", 0, "2026-03-02T00:00:00Z", "3 2027-02-27T21:00:00.000Z");
}

static void cycles_say_how_often(void)
{
    struct flow_time time;
    int64_t now = moment(STR("2026-03-02T09:00:00Z"));

    CHECK(flow_time_parse(BPMN_TIMER_CYCLE, STR("R3/PT10H"), now, 0, &time));
    CHECK_INT(time.due_at, moment(STR("2026-03-02T19:00:00Z")));
    CHECK_INT(time.left, 2);
    CHECK_STR(time.every, STR("PT10H"));
    CHECK(flow_time_parse(BPMN_TIMER_CYCLE, STR("R/2026-04-01T00:00:00Z/P1M"), now, 0, &time));
    CHECK_INT(time.due_at, moment(STR("2026-04-01T00:00:00Z")));
    CHECK_INT(time.left, -1);
}

static void what_is_no_cycle_is_refused(void)
{
    static const char *const WRONG[] = {"",         "R",         "R3",         "R3/",
                                        "R0/PT1H",  "R-1/PT1H",  "PT1H",       "R3/PT0S",
                                        "R3/-PT1H", "R3/x/PT1H", "0 0 9 * * ?"};

    for (size_t i = 0; i < ARRAY_LEN(WRONG); i++)
        CHECK(!flow_time_is_literal(BPMN_TIMER_CYCLE, str_from_z(WRONG[i])));
}

static const struct check_test TESTS[] = {
    CHECK_TEST(durations_go_by_the_calendar),
    CHECK_TEST(what_is_no_duration_is_refused),
    CHECK_TEST(working_days_end_with_their_last_moment),
    CHECK_TEST(what_is_no_number_of_days_is_not_worked),
    CHECK_TEST(dates_without_an_offset_are_local),
    CHECK_TEST(cycles_say_how_often),
    CHECK_TEST(what_is_no_cycle_is_refused),
    CHECK_TEST(next_moment_of_a_cycle_is_counted_from_its_first),
    CHECK_TEST(months_of_a_cycle_do_not_lose_the_last_day),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}

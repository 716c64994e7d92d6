/* Figures added up: what everybody is told, and when. */
#include "service/service_figure_sum.h"

#include "bureau.h"

enum {
    NOVEMBER = 20393, /* 2025-11-01 */
    JANUARY = 20454,
    FEBRUARY = 20485,
    MARCH = 20513,
    APRIL = 20544,
    YEAR = 2026,
};

/* So many that came and were decided in that month. */
static void decide(struct bureau *bureau, int64_t month, int count, enum service_case_state state)
{
    for (int i = 0; i < count; i++) {
        struct service_case one = bureau_apply(bureau, "p.order", month);

        bureau_end(bureau, &one, state, month + 2 + i);
    }
}

static struct service_figure_list told(struct bureau *bureau, int year, int64_t today)
{
    CLEANUP(tx_done) struct tx tx = {0};
    const struct service_figure_asked asked = {.year = year, .today = today};
    struct service_figure_list list;
    struct err err;

    CHECK_OK(tx_read(&tx, bureau->tenant, &err), &err);
    CHECK_OK(service_figure_sum_public(&tx, check_arena(), &asked, &list, &err), &err);
    return list;
}

static struct str periods(struct bureau *bureau, int year, int64_t today)
{
    struct service_figure_list list = told(bureau, year, today);
    struct buf out = {.arena = check_arena()};

    for (size_t i = 0; i < list.count; i++) {
        time_print_day(&out, list.items[i].from);
        buf_char(&out, ' ');
        time_print_day(&out, list.items[i].to);
        buf_printf(&out, " %lld|", (long long)service_figure_sum_ended(&list.items[i]));
    }
    return buf_str(&out);
}

static void small_months_wait_for_company(void)
{
    struct bureau bureau;

    bureau_open(&bureau);
    decide(&bureau, NOVEMBER, 2, SERVICE_CASE_GRANTED);
    decide(&bureau, JANUARY, 2, SERVICE_CASE_GRANTED);
    CHECK_STR(periods(&bureau, YEAR, MARCH), STR(""));
    decide(&bureau, FEBRUARY, 1, SERVICE_CASE_WITHDRAWN);
    /* February is not over. */
    CHECK_STR(periods(&bureau, YEAR, MARCH - 1), STR(""));
    CHECK_STR(periods(&bureau, YEAR, MARCH), STR("2025-11-01 2026-02-01 5|"));
    /* What was too few for 2025 is told once, in the year it became enough. */
    CHECK_STR(periods(&bureau, YEAR - 1, MARCH), STR(""));
    decide(&bureau, MARCH, 4, SERVICE_CASE_GRANTED);
    CHECK_STR(periods(&bureau, YEAR, APRIL), STR("2025-11-01 2026-02-01 5|"));
    decide(&bureau, MARCH, 1, SERVICE_CASE_GRANTED);
    CHECK_STR(periods(&bureau, YEAR, APRIL),
              STR("2025-11-01 2026-02-01 5|2026-03-01 2026-03-01 5|"));
    CHECK_INT(told(&bureau, YEAR, APRIL).first, NOVEMBER);
    bureau_close(&bureau);
}

/* An application of a month without decisions belongs to those after it. */
static void applications_are_told_with_the_decisions_that_follow(void)
{
    struct bureau bureau;
    struct service_figure_list list;

    bureau_open(&bureau);
    bureau_apply(&bureau, "p.order", JANUARY + 3);
    decide(&bureau, MARCH, 5, SERVICE_CASE_GRANTED);
    list = told(&bureau, YEAR, APRIL);
    CHECK_INT((int64_t)list.count, 1);
    CHECK_INT(list.items[0].from, JANUARY);
    CHECK_INT(list.items[0].opened, 6);
    CHECK_INT(service_figure_sum_median(&list.items[0]), 4);
    CHECK_INT(list.items[0].kept, 5);
    CHECK_INT(list.items[0].spared, 5);
    bureau_close(&bureau);
}

static void rate_all(struct bureau *bureau, int64_t first, int64_t last)
{
    for (int64_t id = first; id <= last; id++)
        bureau_rate(bureau, &(struct service_case){.id = id}, 4);
}

static void few_ratings_and_rare_grounds_are_not_told(void)
{
    struct bureau bureau;
    struct service_figure_list list;
    struct service_case one;

    bureau_open(&bureau);
    decide(&bureau, MARCH, 6, SERVICE_CASE_REFUSED);
    one = bureau_apply(&bureau, "p.order", MARCH);
    one.ground = STR("rare");
    one.state = SERVICE_CASE_REFUSED;
    one.closed_on = MARCH + 20;
    bureau_write(&bureau, bureau_run_change, &one);
    rate_all(&bureau, 1, 4);
    list = told(&bureau, YEAR, APRIL);
    CHECK_INT(list.items[0].ratings, 0);
    CHECK_INT(list.items[0].rating_sum, 0);
    CHECK_INT((int64_t)list.items[0].ground_count, 1);
    CHECK_STR(list.items[0].grounds[0].id, STR("none"));
    CHECK_INT(list.items[0].grounds[0].count, 6);
    CHECK_INT(list.items[0].other_grounds, 1);
    CHECK_INT(list.items[0].late, 1);
    rate_all(&bureau, 5, 5);
    list = told(&bureau, YEAR, APRIL);
    CHECK_INT(list.items[0].ratings, 5);
    CHECK_INT(list.items[0].rating_sum, 20);
    /* Staff are told all of it. */
    CHECK_INT((int64_t)bureau_months(&bureau, MARCH, MARCH).items[0].ground_count, 2);
    bureau_close(&bureau);
}

static void services_are_told_apart(void)
{
    struct bureau bureau;
    struct service_figure_list list;

    bureau_open(&bureau);
    decide(&bureau, MARCH, 5, SERVICE_CASE_GRANTED);
    bureau_apply(&bureau, "a.first", MARCH);
    bureau_apply(&bureau, "z.last", MARCH);
    list = told(&bureau, YEAR, APRIL);
    CHECK_INT((int64_t)list.count, 1);
    CHECK_STR(list.items[0].service, STR("p.order"));
    list = bureau_months(&bureau, MARCH, MARCH);
    CHECK_INT((int64_t)list.count, 3);
    CHECK_INT(list.items[1].opened, 5);
    CHECK_INT(service_figure_sum_median(&list.items[0]), -1);
    bureau_close(&bureau);
}

static void sums_add_up(void)
{
    struct bureau bureau;
    struct service_figure_list list;
    struct service_figure_sum sum;

    bureau_open(&bureau);
    decide(&bureau, FEBRUARY, 5, SERVICE_CASE_REFUSED);
    decide(&bureau, MARCH, 7, SERVICE_CASE_REFUSED);
    list = told(&bureau, YEAR, APRIL);
    CHECK_INT((int64_t)list.count, 2);
    sum = list.items[0];
    service_figure_sum_add(check_arena(), &sum, &list.items[1]);
    CHECK_INT(sum.refused, 12);
    CHECK_INT(sum.grounds[0].count, 12);
    CHECK_INT(sum.to, MARCH);
    CHECK_INT(service_figure_sum_median(&sum), 4);
    bureau_close(&bureau);
}

static void open_cases_stand_by_step(void)
{
    struct bureau bureau;
    struct service_figure_opens opens;
    struct service_case one;

    bureau_open(&bureau);
    bureau_apply(&bureau, "p.order", MARCH + 1);
    bureau_apply(&bureau, "p.order", MARCH);
    one = bureau_apply(&bureau, "p.order", MARCH);
    one.step = STR("!ask");
    one.due_on = SERVICE_CASE_NO_TERM;
    bureau_write(&bureau, bureau_run_change, &one);
    opens = bureau_opens(&bureau);
    CHECK_INT((int64_t)opens.count, 3);
    CHECK_STR(opens.items[0].step, STR("!ask"));
    CHECK(opens.items[0].due_on == SERVICE_CASE_NO_TERM);
    CHECK_INT(opens.items[1].since, MARCH);
    CHECK_INT(opens.items[1].due_on, MARCH + 10);
    CHECK_INT(opens.items[2].since, MARCH + 1);
    bureau_close(&bureau);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(small_months_wait_for_company),
    CHECK_TEST(applications_are_told_with_the_decisions_that_follow),
    CHECK_TEST(few_ratings_and_rare_grounds_are_not_told),
    CHECK_TEST(services_are_told_apart),
    CHECK_TEST(sums_add_up),
    CHECK_TEST(open_cases_stand_by_step),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}

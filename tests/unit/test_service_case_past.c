/* The lists behind the figures of what ended. */
#include "service/service_case_past.h"

#include "bureau.h"

enum {
    MARCH = 20513,
    MANY = 5003, /* more than are looked at for one page */
};

/* Their numbers, and "more" while there may be some. */
static struct str list(struct bureau *bureau, struct service_case_past *ask)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct buf out = {.arena = check_arena()};
    struct service_case_page page;
    int64_t next;
    struct err err;

    CHECK_OK(tx_read(&tx, bureau->tenant, &err), &err);
    CHECK_OK(service_case_past_list(&tx, check_arena(), ask, &page, &next, &err), &err);
    for (size_t i = 0; i < page.count; i++)
        buf_printf(&out, "%lld ", (long long)page.items[i].id);
    buf_add(&out, next == 0 ? STR("end") : STR("more"));
    ask->before = next;
    return buf_str(&out);
}

static struct service_case_past ask_of_march(void)
{
    return (struct service_case_past){.from = MARCH, .to = MARCH + 30, .limit = 50};
}

static void fill(struct bureau *bureau)
{
    static const enum service_case_state STATES[] = {SERVICE_CASE_GRANTED, SERVICE_CASE_REFUSED,
                                                     SERVICE_CASE_WITHDRAWN, SERVICE_CASE_CLOSED};

    for (size_t i = 0; i < ARRAY_LEN(STATES); i++) {
        struct service_case one = bureau_apply(bureau, "p.order", MARCH);

        bureau_end(bureau, &one, STATES[i], MARCH + 5);
    }
    for (size_t i = 0; i < ARRAY_LEN(STATES); i++) {
        struct service_case one = bureau_apply(bureau, "q.other", MARCH);

        bureau_end(bureau, &one, STATES[i], MARCH + 12);
    }
    bureau_apply(bureau, "p.order", MARCH);
    bureau_rate(bureau, &(struct service_case){.id = 2}, 3);
}

static void each_number_has_its_cases(void)
{
    struct bureau bureau;
    struct service_case_past ask = ask_of_march();

    bureau_open(&bureau);
    fill(&bureau);
    CHECK_STR(list(&bureau, &ask), STR("8 7 6 5 4 3 2 1 end"));
    ask = ask_of_march();
    ask.service = STR("p.order");
    CHECK_STR(list(&bureau, &ask), STR("4 3 2 1 end"));
    ask.state = STR("refused");
    CHECK_STR(list(&bureau, &ask), STR("2 end"));
    ask = ask_of_march();
    ask.ground = STR("none");
    CHECK_STR(list(&bureau, &ask), STR("6 2 end"));
    ask = ask_of_march();
    ask.is_late = true; /* what was withdrawn was not late */
    CHECK_STR(list(&bureau, &ask), STR("8 6 5 end"));
    ask = ask_of_march();
    ask.is_rated = true;
    CHECK_STR(list(&bureau, &ask), STR("2 end"));
    ask = ask_of_march();
    ask.to = MARCH + 5;
    CHECK_STR(list(&bureau, &ask), STR("4 3 2 1 end"));
    bureau_close(&bureau);
}

static void pages_follow_one_another(void)
{
    struct bureau bureau;
    struct service_case_past ask = ask_of_march();

    bureau_open(&bureau);
    fill(&bureau);
    ask.limit = 3;
    CHECK_STR(list(&bureau, &ask), STR("8 7 6 more"));
    CHECK_STR(list(&bureau, &ask), STR("5 4 3 more"));
    CHECK_STR(list(&bureau, &ask), STR("2 1 end"));
    bureau_close(&bureau);
}

static bool run_fill(struct tx *tx, void *data, struct err *err)
{
    struct service_case one = {.no = 3,
                               .service = STR("p.order"),
                               .way = SERVICE_DESK,
                               .opened_on = MARCH,
                               .due_on = SERVICE_CASE_NO_TERM};
    struct bureau *bureau = data;

    for (int i = 0; i < MANY; i++) {
        one.id = ++bureau->last;
        if (!service_case_open(tx, check_arena(), 2026, &one, err))
            return false;
    }
    return true;
}

static void far_ones_take_another_look(void)
{
    struct bureau bureau;
    struct service_case_past ask = ask_of_march();

    bureau_open(&bureau);
    fill(&bureau);
    bureau_write(&bureau, run_fill, &bureau);
    CHECK_STR(list(&bureau, &ask), STR("more"));
    CHECK_STR(list(&bureau, &ask), STR("8 7 6 5 4 3 2 1 end"));
    bureau_close(&bureau);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(each_number_has_its_cases),
    CHECK_TEST(pages_follow_one_another),
    CHECK_TEST(far_ones_take_another_look),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}

/* What steps of a process do to the case: its term, what is told, how it ends. */
#include "counter.h"
#include "service/service_figure_check.h"

enum {
    CASE = 4711,
};

static void apply(struct counter *counter, int64_t id)
{
    CHECK_INT(counter_apply(counter, "{\"name\":\"Мира\"}",
                            (struct conduct_application){.id = id, .applicant = HAMLET_ACTOR}),
              ERR_NONE);
}

static void begin(struct counter *counter)
{
    counter_open(counter);
    apply(counter, CASE);
}

static bool is_stuck(struct counter *counter)
{
    struct flow_store kept;

    (void)counter_flow(counter, &kept);
    return kept.is_stuck;
}

static void term_stands_while_the_applicant_is_asked(void)
{
    struct counter counter;
    struct service_case one;

    begin(&counter);
    counter.now += 2 * (int64_t)TIME_DAY_MS;
    counter_answer(&counter, "{}");
    one = counter_case(&counter, CASE);
    CHECK(service_case_stands(&one));
    CHECK(one.due_on == SERVICE_CASE_NO_TERM);
    counter.now += 5 * (int64_t)TIME_DAY_MS;
    counter_answer(&counter, "{\"result\":\"granted\"}");
    one = counter_case(&counter, CASE);
    CHECK_INT(one.state, SERVICE_CASE_GRANTED);
    CHECK_INT(one.closed_at, counter.now);
    CHECK_STR(counter_events(&counter, CASE),
              STR("registered |stage Проверяем.|paused ждём ответа|stage Решаем.|"
                  "decided granted|"));
    counter_close(&counter);
}

static void refusal_names_a_ground_of_the_card(void)
{
    struct counter counter;

    begin(&counter);
    counter_answer(&counter, "{}");
    counter_answer(&counter, "{\"result\":\"refused\",\"ground\":\"none\"}");
    CHECK_INT(counter_case(&counter, CASE).state, SERVICE_CASE_REFUSED);
    CHECK_STR(counter_case(&counter, CASE).ground, STR("none"));
    counter_close(&counter);
}

static void refusal_without_a_ground_is_none(void)
{
    static const char *const ANSWERS[] = {"{\"result\":\"refused\"}",
                                          "{\"result\":\"refused\",\"ground\":\"mood\"}",
                                          "{\"result\":\"maybe\"}", "{}"};

    struct counter counter;

    counter_open(&counter);
    for (int i = 0; i < (int)ARRAY_LEN(ANSWERS); i++) {
        apply(&counter, CASE + i);
        counter_answer(&counter, "{}");
        counter_answer(&counter, ANSWERS[i]);
        CHECK_INT(counter_case(&counter, CASE + i).state, SERVICE_CASE_OPEN);
        CHECK(is_stuck(&counter));
        /* The term runs again: nobody is waited for. */
        CHECK_INT(counter_case(&counter, CASE + i).due_on, HAMLET_DAY + 10);
    }
    counter_close(&counter);
}

static void case_is_decided_once(void)
{
    struct counter counter;

    begin(&counter);
    counter_answer(&counter, "{}");
    counter_answer(&counter, "{\"result\":\"refused\",\"ground\":\"none\"}");
    counter_answer(&counter, "{}"); /* the process grants it, too */
    CHECK(is_stuck(&counter));
    CHECK_INT(counter_case(&counter, CASE).state, SERVICE_CASE_REFUSED);
    counter_close(&counter);
}

static void what_is_decided_is_not_withdrawn(void)
{
    struct counter counter;
    struct flow_store kept;

    begin(&counter);
    counter_answer(&counter, "{}");
    counter_answer(&counter, "{\"result\":\"granted\"}");
    CHECK_INT(counter_withdraw(&counter), ERR_CONFLICT);
    CHECK_INT(counter_case(&counter, CASE).state, SERVICE_CASE_GRANTED);
    (void)counter_flow(&counter, &kept);
    CHECK_INT(kept.state, FLOW_RUNNING); /* what is granted is still handed over */
    counter_close(&counter);
}

static void what_is_withdrawn_is_over(void)
{
    struct counter counter;

    begin(&counter);
    struct conduct late = counter_answer_of(&counter, "{}");
    CHECK_INT(counter_withdraw(&counter), ERR_NONE);
    CHECK_INT(counter_case(&counter, CASE).state, SERVICE_CASE_WITHDRAWN);
    /* A clerk answered meanwhile: the second sees what happened. */
    CHECK(!conduct_step(counter.hamlet.town.tenant, &late, &counter.err) || !late.was_taken);
    CHECK_INT(counter_case(&counter, CASE).state, SERVICE_CASE_WITHDRAWN);
    CHECK_STR(counter_events(&counter, CASE),
              STR("registered |stage Проверяем.|decided withdrawn|"));
    counter_close(&counter);
}

static bool run_write(struct tx *tx, void *data, struct err *err)
{
    struct service_case_event event = {
        .at = HAMLET_NOW, .actor = 5, .kind = SERVICE_CASE_WROTE, .body = STR("Когда?")};
    struct service_case one;

    (void)data;
    return service_case_get(tx, check_arena(), CASE, &one, err) &&
           service_case_add_event(tx, &one, &event, err) &&
           service_case_change(tx, check_arena(), &one, err);
}

static void what_is_written_between_a_step_and_its_write_stays(void)
{
    struct counter counter;
    struct tenant *tenant;

    begin(&counter);
    tenant = counter.hamlet.town.tenant;
    struct conduct step = counter_answer_of(&counter, "{}");
    {
        CLEANUP(tx_done) struct tx tx = {0};

        CHECK_OK(tx_read(&tx, tenant, &counter.err), &counter.err);
        CHECK_OK(conduct_prepare(&tx, &step, &counter.err), &counter.err);
    }
    CHECK_OK(tenant_write_wait(tenant, run_write, NULL, &counter.err), &counter.err);
    CHECK_OK(tenant_write_wait(tenant, conduct_run, &step, &counter.err), &counter.err);
    CHECK_STR(counter_events(&counter, CASE),
              STR("registered |stage Проверяем.|wrote Когда?|paused ждём ответа|"));
    counter_close(&counter);
}

static bool run_in_vain(struct tx *tx, void *data, struct err *err)
{
    return conduct_run(tx, data, err) && err_set(err, ERR_CONFLICT, "somebody was first");
}

static void application_whose_first_write_fails_is_decided_once(void)
{
    struct conduct_application sent = {.id = CASE, .way = SERVICE_PAGE};
    struct counter counter;
    struct tenant *tenant;

    counter_open(&counter);
    tenant = counter.hamlet.town.tenant;
    struct conduct conduct = counter_conduct(&counter, 0);
    CHECK_OK(process_service(counter.processes, counter.hamlet.catalog->model, STR("hamlet.once"),
                             &sent.service, &counter.err),
             &counter.err);
    sent.data = hamlet_json(STR("{\"name\":\"Мира\"}"));
    {
        CLEANUP(tx_done) struct tx tx = {0};

        CHECK_OK(tx_read(&tx, tenant, &counter.err), &counter.err);
        CHECK_OK(conduct_open(&tx, &conduct, &sent, &counter.flaws, &counter.err), &counter.err);
        CHECK_OK(conduct_prepare(&tx, &conduct, &counter.err), &counter.err);
    }
    CHECK(!tenant_write_wait(tenant, run_in_vain, &conduct, &counter.err));
    CHECK_OK(conduct_step(tenant, &conduct, &counter.err), &counter.err);
    counter.flow = conduct.flow;
    CHECK(!is_stuck(&counter));
    CHECK_INT(counter_case(&counter, CASE).state, SERVICE_CASE_GRANTED);
    CHECK_STR(counter_case(&counter, CASE).number, conduct.opening->made.number);
    CHECK_STR(counter_events(&counter, CASE), STR("registered |decided granted|"));
    counter_close(&counter);
}

/* What its row says, and what is counted of it. */
static void check_step(struct counter *counter, const char *step, int64_t day)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct service_case one = counter_case(counter, CASE);
    struct service_figure_report report;

    CHECK_STR(one.step, str_from_z(step));
    CHECK_INT(one.step_on, day);
    CHECK_INT(one.opened_on, HAMLET_DAY);
    CHECK_OK(tx_read(&tx, counter->hamlet.town.tenant, &counter->err), &counter->err);
    CHECK_OK(service_figure_check(&tx, check_arena(), &report, &counter->err), &counter->err);
    CHECK_STR(report.what, STR(""));
    CHECK_INT(report.cases, 1);
}

static void case_says_where_it_waits_and_since_when(void)
{
    struct counter counter;

    begin(&counter);
    check_step(&counter, "check", HAMLET_DAY);
    counter.now += 2 * (int64_t)TIME_DAY_MS;
    counter_answer(&counter, "{}");
    check_step(&counter, "supply", HAMLET_DAY + 2);
    counter.now += 5 * (int64_t)TIME_DAY_MS;
    CHECK(!counter_case(&counter, CASE).has_visit);
    counter_answer(&counter, "{\"result\":\"granted\"}");
    /* It is over; what is granted has to be fetched. */
    check_step(&counter, "supply", HAMLET_DAY + 2);
    CHECK_INT(counter_case(&counter, CASE).closed_on, HAMLET_DAY + 7);
    CHECK(counter_case(&counter, CASE).has_visit);
    counter_close(&counter);
}

static void case_that_is_stuck_says_so(void)
{
    struct counter counter;

    begin(&counter);
    counter_answer(&counter, "{}");
    counter.now += 3 * (int64_t)TIME_DAY_MS;
    counter_answer(&counter, "{\"result\":\"refused\"}");
    check_step(&counter, "!decide", HAMLET_DAY + 3);
    counter_close(&counter);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(case_says_where_it_waits_and_since_when),
    CHECK_TEST(case_that_is_stuck_says_so),
    CHECK_TEST(term_stands_while_the_applicant_is_asked),
    CHECK_TEST(refusal_names_a_ground_of_the_card),
    CHECK_TEST(refusal_without_a_ground_is_none),
    CHECK_TEST(case_is_decided_once),
    CHECK_TEST(what_is_decided_is_not_withdrawn),
    CHECK_TEST(what_is_withdrawn_is_over),
    CHECK_TEST(what_is_written_between_a_step_and_its_write_stays),
    CHECK_TEST(application_whose_first_write_fails_is_decided_once),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}

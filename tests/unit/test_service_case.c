/* Cases: numbers without gaps, terms that pause, events, whose they are. */
#include "service/service_case.h"

#include "hamlet.h"

struct writing {
    struct service_case one;
    struct service_case_event event;
    bool fails;
    int rating;
};

static bool run_open(struct tx *tx, void *data, struct err *err)
{
    struct writing *writing = data;

    return service_case_open(tx, check_arena(), 2026, &writing->one, err) &&
           (!writing->fails || err_set(err, ERR_INPUT, "no"));
}

static bool run_change(struct tx *tx, void *data, struct err *err)
{
    return service_case_change(tx, check_arena(), &((struct writing *)data)->one, err);
}

static bool run_add(struct tx *tx, void *data, struct err *err)
{
    struct writing *writing = data;

    return service_case_add_event(tx, &writing->one, &writing->event, err);
}

static bool run_rate(struct tx *tx, void *data, struct err *err)
{
    struct writing *writing = data;

    return service_case_rate(tx, check_arena(), writing->one.id, writing->rating, err);
}

static bool run_erase(struct tx *tx, void *data, struct err *err)
{
    return service_case_erase(tx, ((struct writing *)data)->one.id, err);
}

static enum err_code write_it(struct hamlet *hamlet, store_run *run, struct writing *writing)
{
    struct err err = {0};

    return tenant_write_wait(hamlet->town.tenant, run, writing, &err) ? ERR_NONE : err.code;
}

static struct writing new_case(int64_t id, int64_t due)
{
    return (struct writing){
        .one = {.id = id,
                .no = 3,
                .service = STR("p.order"),
                .flow = 9,
                .way = SERVICE_PHONE,
                .applicant = 5,
                .person = 50,
                .registered_at = HAMLET_NOW,
                .due_on = due,
                .term = {
                    .start = HAMLET_DAY, .count = 17, .unit = TERM_WORKING_DAYS, .carries = true}}};
}

static struct service_case get(struct hamlet *hamlet, int64_t id)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct service_case one;
    struct err err;

    CHECK_OK(tx_read(&tx, hamlet->town.tenant, &err), &err);
    CHECK_OK(service_case_get(&tx, check_arena(), id, &one, &err), &err);
    return one;
}

static void numbers_have_no_gaps_when_a_write_fails(void)
{
    struct hamlet hamlet;
    struct writing one = new_case(1, 100), lost = new_case(2, 100), two = new_case(2, 100);

    hamlet_open(&hamlet);
    lost.fails = true;
    CHECK_INT(write_it(&hamlet, run_open, &one), ERR_NONE);
    CHECK_INT(write_it(&hamlet, run_open, &lost), ERR_INPUT);
    CHECK_INT(write_it(&hamlet, run_open, &two), ERR_NONE);
    CHECK_STR(get(&hamlet, 1).number, STR("2026-1"));
    CHECK_STR(get(&hamlet, 2).number, STR("2026-2"));
    /* The same application once more. */
    CHECK(write_it(&hamlet, run_open, &two) != ERR_NONE);
    two.one.id = 3;
    CHECK_INT(write_it(&hamlet, run_open, &two), ERR_NONE);
    CHECK_STR(get(&hamlet, 3).number, STR("2026-3"));
    hamlet_close(&hamlet);
}

/* What document_register does for letters whose pack calls their counter so. */
static bool run_count_letters(struct tx *tx, void *data, struct err *err)
{
    (void)data;
    return store_exec(tx,
                      "INSERT INTO document_series (tenant, series, year, last)"
                      " VALUES ($1, 'case', 2026, 41)",
                      ARGS(INT(tx->tenant)), err);
}

static void letters_count_beside_cases(void)
{
    struct hamlet hamlet;
    struct writing one = new_case(1, 10);

    hamlet_open(&hamlet);
    CHECK_INT(write_it(&hamlet, run_count_letters, &one), ERR_NONE);
    CHECK_INT(write_it(&hamlet, run_open, &one), ERR_NONE);
    CHECK_STR(get(&hamlet, 1).number, STR("2026-1"));
    hamlet_close(&hamlet);
}

static void case_is_read_as_it_was_written(void)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct hamlet hamlet;
    struct writing writing = new_case(1, 20540);
    struct service_case one;
    struct err err;

    hamlet_open(&hamlet);
    CHECK_INT(write_it(&hamlet, run_open, &writing), ERR_NONE);
    service_case_pause(check_arena(), &writing.one, HAMLET_DAY + 2, STR("ждём «ответа»"));
    writing.one.due_on = SERVICE_CASE_NO_TERM;
    CHECK_INT(write_it(&hamlet, run_change, &writing), ERR_NONE);
    one = get(&hamlet, 1);
    CHECK_INT(one.way, SERVICE_PHONE);
    CHECK_INT(one.person, 50);
    CHECK_INT(one.term.count, 17);
    CHECK_INT(one.term.unit, TERM_WORKING_DAYS);
    CHECK(one.term.carries);
    CHECK(service_case_stands(&one));
    CHECK_STR(one.term.pauses[0].reason, STR("ждём «ответа»"));
    CHECK(one.due_on == SERVICE_CASE_NO_TERM);
    CHECK_OK(tx_read(&tx, hamlet.town.tenant, &err), &err);
    CHECK(!service_case_get(&tx, check_arena(), 2, &one, &err));
    CHECK_INT(err.code, ERR_ABSENT);
    tx_done(&tx);
    hamlet_close(&hamlet);
}

static void term_stands_and_runs_again(void)
{
    struct service_case one = {.term = {.count = 5}};

    service_case_resume(check_arena(), &one, 10);
    CHECK_INT((int64_t)one.term.pause_count, 0);
    service_case_pause(check_arena(), &one, 10, STR("a"));
    service_case_pause(check_arena(), &one, 11, STR("b"));
    CHECK_INT((int64_t)one.term.pause_count, 1);
    service_case_resume(check_arena(), &one, 12);
    CHECK(!service_case_stands(&one));
    CHECK_INT(one.term.pauses[0].until, 12);
    /* Of one day it is no pause. */
    service_case_pause(check_arena(), &one, 12, STR("c"));
    service_case_resume(check_arena(), &one, 12);
    CHECK_INT((int64_t)one.term.pause_count, 1);
    for (int i = 0; i < 2 * TERM_PAUSES_MAX; i++) {
        service_case_pause(check_arena(), &one, 20 + 2 * i, STR("d"));
        service_case_resume(check_arena(), &one, 21 + 2 * i);
    }
    CHECK_INT((int64_t)one.term.pause_count, TERM_PAUSES_MAX);
}

/* Whoever writes without end does not stop the work. */
static void people_write_so_much_and_steps_go_on(void)
{
    struct hamlet hamlet;
    struct writing writing = new_case(1, 100);

    hamlet_open(&hamlet);
    CHECK_INT(write_it(&hamlet, run_open, &writing), ERR_NONE);
    writing.event =
        (struct service_case_event){.kind = SERVICE_CASE_WROTE, .body = STR("Ну?"), .actor = 5};
    CHECK_INT(write_it(&hamlet, run_add, &writing), ERR_NONE);
    CHECK_INT(writing.event.no, 1);
    writing.one.last_event = SERVICE_CASE_EVENTS_MAX;
    CHECK_INT(write_it(&hamlet, run_add, &writing), ERR_LIMIT);
    writing.event.kind = SERVICE_CASE_STAGE;
    CHECK_INT(write_it(&hamlet, run_add, &writing), ERR_NONE);
    CHECK_INT(writing.one.last_event, SERVICE_CASE_EVENTS_MAX + 1);
    hamlet_close(&hamlet);
}

static void only_what_is_over_is_rated_and_once(void)
{
    struct hamlet hamlet;
    struct writing writing = new_case(1, 100);

    hamlet_open(&hamlet);
    CHECK_INT(write_it(&hamlet, run_open, &writing), ERR_NONE);
    writing.rating = 1;
    CHECK_INT(write_it(&hamlet, run_rate, &writing), ERR_NONE);
    CHECK_INT(get(&hamlet, 1).rating, 0);
    writing.one.state = SERVICE_CASE_WITHDRAWN;
    CHECK_INT(write_it(&hamlet, run_change, &writing), ERR_NONE);
    CHECK_INT(write_it(&hamlet, run_rate, &writing), ERR_NONE);
    CHECK_INT(get(&hamlet, 1).rating, 0);
    writing.one.state = SERVICE_CASE_REFUSED;
    CHECK_INT(write_it(&hamlet, run_change, &writing), ERR_NONE);
    CHECK_INT(write_it(&hamlet, run_rate, &writing), ERR_NONE);
    writing.rating = 5;
    CHECK_INT(write_it(&hamlet, run_rate, &writing), ERR_NONE);
    CHECK_INT(get(&hamlet, 1).rating, 1);
    hamlet_close(&hamlet);
}

static struct str list(struct hamlet *hamlet, struct service_case_ask ask, bool *has_more)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct buf ids = {.arena = check_arena()};
    struct service_case_page page;
    struct err err;

    CHECK_OK(tx_read(&tx, hamlet->town.tenant, &err), &err);
    CHECK_OK(service_case_list(&tx, check_arena(), &ask, &page, &err), &err);
    for (size_t i = 0; i < page.count; i++)
        buf_printf(&ids, "%lld ", (long long)page.items[i].id);
    *has_more = page.has_more;
    return buf_str(&ids);
}

static void lists_go_by_urgency_and_by_age(void)
{
    struct hamlet hamlet;
    struct writing cases[] = {new_case(1, SERVICE_CASE_NO_TERM), new_case(2, 30), new_case(3, 20),
                              new_case(4, 30)};
    bool has_more;

    hamlet_open(&hamlet);
    cases[3].one.applicant = 6;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        CHECK_INT(write_it(&hamlet, run_open, &cases[i]), ERR_NONE);
    CHECK_STR(
        list(&hamlet, (struct service_case_ask){.after_due = INT64_MIN, .limit = 2}, &has_more),
        STR("3 2 "));
    CHECK(has_more);
    CHECK_STR(list(&hamlet, (struct service_case_ask){.after_due = 30, .after_id = 2, .limit = 2},
                   &has_more),
              STR("4 1 "));
    CHECK(!has_more);
    CHECK_STR(list(&hamlet, (struct service_case_ask){.applicant = 5, .limit = 2}, &has_more),
              STR("3 2 "));
    CHECK(has_more);
    CHECK_STR(list(&hamlet, (struct service_case_ask){.applicant = 5, .after_id = 2, .limit = 2},
                   &has_more),
              STR("1 "));
    hamlet_close(&hamlet);
}

static void what_was_written_is_erased_and_what_happened_stays(void)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct hamlet hamlet;
    struct writing writing = new_case(1, 100), other = new_case(2, 100);
    struct service_case_event *events;
    size_t count;
    struct err err;

    hamlet_open(&hamlet);
    CHECK_INT(write_it(&hamlet, run_open, &writing), ERR_NONE);
    other.one.person = 1; /* the number of the card that is erased */
    CHECK_INT(write_it(&hamlet, run_open, &other), ERR_NONE);
    writing.event.kind = SERVICE_CASE_STAGE;
    writing.event.body = STR("Проверяем.");
    CHECK_INT(write_it(&hamlet, run_add, &writing), ERR_NONE);
    writing.event.kind = SERVICE_CASE_WROTE;
    writing.event.body = STR("Мой телефон 1");
    CHECK_INT(write_it(&hamlet, run_add, &writing), ERR_NONE);
    CHECK_INT(write_it(&hamlet, run_erase, &writing), ERR_NONE);
    CHECK_OK(tx_read(&tx, hamlet.town.tenant, &err), &err);
    CHECK_OK(service_case_events(&tx, check_arena(), 1, &events, &count, &err), &err);
    CHECK_INT((int64_t)count, 2);
    CHECK_STR(events[0].body, STR("Проверяем."));
    CHECK_STR(events[1].body, STR(""));
    tx_done(&tx);
    CHECK_INT(get(&hamlet, 1).applicant, 0);
    CHECK_INT(get(&hamlet, 1).person, 0);
    CHECK_INT(get(&hamlet, 2).applicant, 5);
    CHECK_INT(get(&hamlet, 2).person, 0);
    hamlet_close(&hamlet);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(numbers_have_no_gaps_when_a_write_fails),
    CHECK_TEST(letters_count_beside_cases),
    CHECK_TEST(case_is_read_as_it_was_written),
    CHECK_TEST(term_stands_and_runs_again),
    CHECK_TEST(people_write_so_much_and_steps_go_on),
    CHECK_TEST(only_what_is_over_is_rated_and_once),
    CHECK_TEST(lists_go_by_urgency_and_by_age),
    CHECK_TEST(what_was_written_is_erased_and_what_happened_stays),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}

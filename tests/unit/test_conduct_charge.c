/* A process charges, waits for the payment, and goes on with it or without. */
#include "workflow/conduct_charge.h"

#include "counter.h"
#include "service/consent.h"
#include "store/rows.h"
#include "workflow/conduct_job.h"

enum {
    CASE = 4711,
};

static void apply(struct counter *counter, int64_t id, const char *values)
{
    struct consent consent = {.version = STR("2"), .text = STR("Согласен.")};

    CHECK_INT(counter_apply(
                  counter, "{\"name\":\"Мира\"}",
                  (struct conduct_application){.id = id,
                                               .applicant = HAMLET_ACTOR,
                                               .consent = consent_print(check_arena(), &consent)}),
              ERR_NONE);
    counter_answer(counter, values);
}

static void begin(struct counter *counter, const char *values)
{
    counter_open(counter);
    counter_use(counter, "hamlet.pay");
    apply(counter, CASE, values);
}

static struct charge *charges_of(struct counter *counter, int64_t id, size_t *count)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct charge *charges;

    CHECK_OK(tx_read(&tx, counter->hamlet.town.tenant, &counter->err), &counter->err);
    CHECK_OK(charge_list(&tx, check_arena(), id, &charges, count, &counter->err), &counter->err);
    return charges;
}

static struct charge the_charge(struct counter *counter)
{
    size_t count;
    struct charge *charges = charges_of(counter, CASE, &count);

    CHECK_INT((int64_t)count, 1);
    return charges[0];
}

static struct conduct_charge_payment payment_of(struct counter *counter, const char *document)
{
    return (struct conduct_charge_payment){.arena = check_arena(),
                                           .n = the_charge(counter).n,
                                           .document = str_from_z(document),
                                           .paid_on = HAMLET_DAY,
                                           .actor = 5,
                                           .now = counter->now};
}

static enum err_code pay(struct counter *counter, struct conduct_charge_payment *payment)
{
    counter->err = (struct err){0};
    return tenant_write_wait(counter->hamlet.town.tenant, conduct_charge_pay, payment,
                             &counter->err)
               ? ERR_NONE
               : counter->err.code;
}

static struct conduct_place place_of(struct counter *counter)
{
    return (struct conduct_place){counter->hamlet.town.tenant, counter->processes, counter->now};
}

static void go(struct counter *counter)
{
    struct conduct_place place = place_of(counter);
    int64_t next_at;

    CHECK_OK(conduct_job_go(&place, &next_at, &counter->err), &counter->err);
}

static int64_t posts_of(struct counter *counter)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct rows rows;

    CHECK_OK(tx_read(&tx, counter->hamlet.town.tenant, &counter->err), &counter->err);
    CHECK_OK(store_query(&tx, check_arena(), &rows,
                         "SELECT count(*) FROM flow_post WHERE tenant = $1", ARGS(INT(tx.tenant)),
                         &counter->err),
             &counter->err);
    return rows_int(&rows, 0, 0);
}

static void case_waits_for_what_was_charged(void)
{
    struct counter counter;
    struct flow_store kept;
    struct flow *flow;

    begin(&counter, "{\"amount\": 54000.5}");
    CHECK_INT(the_charge(&counter).kop, 5400050);
    CHECK_STR(the_charge(&counter).purpose, STR("Плата"));
    CHECK_INT(the_charge(&counter).flow, counter.flow);
    CHECK_INT(posts_of(&counter), 0);
    flow = counter_flow(&counter, &kept);
    CHECK_STR(
        json_find_text(json_find(flow_scope_at(flow, 0)->values, STR("charge")), STR("number")),
        STR("1"));
    CHECK_STR(counter_events(&counter, CASE),
              STR("registered |consented "
                  "{\"version\":\"2\",\"text\":\"Согласен.\",\"is_paper\":false}|"
                  "charged 1 5400050|paused ждём оплаты|"));
    counter_close(&counter);
}

static void payment_goes_to_who_waits_for_it(void)
{
    struct counter counter;
    struct conduct_charge_payment payment;
    struct conduct_delivery delivery;
    struct conduct_place place;

    begin(&counter, "{\"amount\": 100}");
    payment = payment_of(&counter, "п/п 17");
    CHECK_INT(pay(&counter, &payment), ERR_NONE);
    CHECK(payment.post.id != 0);
    place = place_of(&counter);
    CHECK_OK(conduct_job_deliver(&place, &payment.post, &delivery, &counter.err), &counter.err);
    CHECK_INT(delivery.flow, counter.flow);
    CHECK_INT(the_charge(&counter).state, CHARGE_PAID);
    CHECK_INT(counter_case(&counter, CASE).state, SERVICE_CASE_GRANTED);
    /* The same answer once more, as from a system that does not know whether it got through. */
    CHECK_INT(pay(&counter, &payment), ERR_NONE);
    CHECK_INT(payment.post.id, 0);
    CHECK_INT(posts_of(&counter), 0);
    payment = payment_of(&counter, "п/п 18");
    CHECK_INT(pay(&counter, &payment), ERR_CONFLICT);
    CHECK_STR(the_charge(&counter).document, STR("п/п 17"));
    counter_close(&counter);
}

/* The process that put it died before it could deliver. */
static void payment_that_was_not_delivered_is_by_the_job(void)
{
    struct counter counter;
    struct conduct_charge_payment payment;

    begin(&counter, "{\"amount\": 100}");
    payment = payment_of(&counter, "п/п 17");
    CHECK_INT(pay(&counter, &payment), ERR_NONE);
    go(&counter);
    CHECK_INT(counter_case(&counter, CASE).state, SERVICE_CASE_GRANTED);
    counter_close(&counter);
}

static enum err_code correct(struct counter *counter, const char *reason)
{
    struct conduct_charge_correction it = {.arena = check_arena(),
                                           .n = the_charge(counter).n,
                                           .reason = str_from_z(reason),
                                           .actor = 5,
                                           .now = counter->now};

    counter->err = (struct err){0};
    return tenant_write_wait(counter->hamlet.town.tenant, conduct_charge_correct, &it,
                             &counter->err)
               ? ERR_NONE
               : counter->err.code;
}

/* The process hears of the first payment, and of no other: not even when it waits still. */
static void payment_by_mistake_is_struck_out_and_told_once(void)
{
    struct counter counter;
    struct conduct_charge_payment payment;

    begin(&counter, "{\"amount\": 100}");
    CHECK_INT(correct(&counter, "Нечего"), ERR_CONFLICT);
    payment = payment_of(&counter, "п/п 17");
    CHECK_INT(pay(&counter, &payment), ERR_NONE);
    CHECK_INT(correct(&counter, "Чужая"), ERR_NONE);
    CHECK_INT(the_charge(&counter).state, CHARGE_UNPAID);
    CHECK_STR(the_charge(&counter).document, STR(""));
    CHECK_INT(the_charge(&counter).ended_by, 0);
    CHECK(str_ends(counter_events(&counter, CASE), STR("|paid 1 10000|unpaid 1 10000 Чужая|")));
    payment = payment_of(&counter, "п/п 18");
    CHECK_INT(pay(&counter, &payment), ERR_NONE);
    CHECK_INT(payment.post.id, 0);
    CHECK_INT(posts_of(&counter), 1);
    go(&counter);
    CHECK_INT(counter_case(&counter, CASE).state, SERVICE_CASE_GRANTED);
    CHECK_INT(posts_of(&counter), 0);
    /* What was given is to be paid for, whatever was written down. */
    CHECK_INT(correct(&counter, "Тоже чужая"), ERR_NONE);
    CHECK_INT(the_charge(&counter).state, CHARGE_UNPAID);
    counter_close(&counter);
}

/* What nothing was given for stays withdrawn. */
static void payment_of_a_withdrawn_charge_is_struck_out(void)
{
    struct counter counter;
    struct conduct_charge_payment payment;

    begin(&counter, "{\"amount\": 100}");
    payment = payment_of(&counter, "п/п 17");
    CHECK_INT(counter_withdraw(&counter), ERR_NONE);
    CHECK_INT(pay(&counter, &payment), ERR_NONE);
    CHECK_INT(correct(&counter, "Деньги не пришли"), ERR_NONE);
    CHECK_INT(the_charge(&counter).state, CHARGE_WITHDRAWN);
    CHECK_STR(the_charge(&counter).document, STR(""));
    CHECK_INT(correct(&counter, "Ещё раз"), ERR_CONFLICT);
    counter_close(&counter);
}

static void what_is_not_paid_in_time_is_withdrawn(void)
{
    struct counter counter;
    struct conduct_charge_payment payment;

    begin(&counter, "{\"amount\": 100}");
    counter.now += 11 * (int64_t)TIME_DAY_MS;
    go(&counter);
    CHECK_INT(counter_case(&counter, CASE).state, SERVICE_CASE_REFUSED);
    CHECK_INT(the_charge(&counter).state, CHARGE_WITHDRAWN);
    /* It comes too late: it is kept, and nobody's process is told. */
    payment = payment_of(&counter, "п/п 17");
    CHECK_INT(pay(&counter, &payment), ERR_NONE);
    CHECK_INT(payment.post.id, 0);
    CHECK_INT(the_charge(&counter).state, CHARGE_WITHDRAWN);
    CHECK_STR(the_charge(&counter).document, STR("п/п 17"));
    counter_close(&counter);
}

static void what_is_withdrawn_is_not_to_be_paid(void)
{
    struct counter counter;

    begin(&counter, "{\"amount\": 100}");
    CHECK_INT(counter_withdraw(&counter), ERR_NONE);
    CHECK_INT(the_charge(&counter).state, CHARGE_WITHDRAWN);
    counter_close(&counter);
}

static void amount_that_is_none_charges_nothing(void)
{
    static const char *const VALUES[] = {"{\"amount\": 0}",     "{\"amount\": -1}",
                                         "{\"amount\": 0.005}", "{\"amount\": 99999999}",
                                         "{\"amount\": \"5\"}", "{}"};

    struct counter counter;
    struct flow_store kept;
    size_t count;

    counter_open(&counter);
    counter_use(&counter, "hamlet.pay");
    for (int i = 0; i < (int)ARRAY_LEN(VALUES); i++) {
        apply(&counter, CASE + i, VALUES[i]);
        (void)charges_of(&counter, CASE + i, &count);
        CHECK_INT((int64_t)count, 0);
        (void)counter_flow(&counter, &kept);
        CHECK(kept.is_stuck);
    }
    counter_close(&counter);
}

static void document_and_day_are_looked_at(void)
{
    struct conduct_charge_payment payment = {.document = STR("п/п"), .paid_on = HAMLET_DAY};
    struct err err = {0};

    CHECK(conduct_charge_check(&payment, HAMLET_DAY, &err));
    CHECK(!conduct_charge_check(&payment, HAMLET_DAY - 1, &err));
    CHECK_INT(err.code, ERR_INPUT);
    payment.document = (struct str){0};
    CHECK(!conduct_charge_check(&payment, HAMLET_DAY, &err));
}

static void application_without_the_consent_its_card_asks_for_is_none(void)
{
    struct counter counter;

    counter_open(&counter);
    counter_use(&counter, "hamlet.pay");
    CHECK_INT(counter_apply(&counter, "{\"name\":\"Мира\"}",
                            (struct conduct_application){.id = CASE, .applicant = HAMLET_ACTOR}),
              ERR_INPUT);
    counter_close(&counter);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(case_waits_for_what_was_charged),
    CHECK_TEST(payment_goes_to_who_waits_for_it),
    CHECK_TEST(payment_that_was_not_delivered_is_by_the_job),
    CHECK_TEST(payment_by_mistake_is_struck_out_and_told_once),
    CHECK_TEST(payment_of_a_withdrawn_charge_is_struck_out),
    CHECK_TEST(what_is_not_paid_in_time_is_withdrawn),
    CHECK_TEST(what_is_withdrawn_is_not_to_be_paid),
    CHECK_TEST(amount_that_is_none_charges_nothing),
    CHECK_TEST(document_and_day_are_looked_at),
    CHECK_TEST(application_without_the_consent_its_card_asks_for_is_none),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}

/* Consents: kept with their wording, taken back once, and who works on the case is told. */
#include "workflow/conduct_consent.h"

#include "auth/journal.h"
#include "counter.h"
#include "notice/notice.h"

enum {
    CASE = 4711,
};

struct people {
    int64_t applicant, clerk;
};

static bool make_account(struct tx *tx, const char *login, int64_t *id, struct err *err)
{
    struct account account = {
        .login = str_from_z(login), .name = STR("Иванова"), .state = STR("active")};

    return account_create(tx, &account, STR("x"), (struct account_by){0, HAMLET_NOW}, id, err);
}

static bool run_create(struct tx *tx, void *data, struct err *err)
{
    struct people *people = data;

    return make_account(tx, "applicant", &people->applicant, err) &&
           make_account(tx, "clerk", &people->clerk, err);
}

static void begin(struct counter *counter, struct people *people)
{
    struct consent consent = {.version = STR("2"), .text = STR("Согласен на «всё».")};
    struct conduct conduct;

    counter_open(counter);
    counter_use(counter, "hamlet.pay");
    CHECK_OK(tenant_write_wait(counter->hamlet.town.tenant, run_create, people, &counter->err),
             &counter->err);
    CHECK_INT(counter_apply(
                  counter, "{\"name\":\"Мира\"}",
                  (struct conduct_application){.id = CASE,
                                               .applicant = people->applicant,
                                               .consent = consent_print(check_arena(), &consent)}),
              ERR_NONE);
    conduct = counter_answer_of(counter, "{\"amount\": 5}");
    conduct.actor = people->clerk;
    CHECK_OK(conduct_step(counter->hamlet.town.tenant, &conduct, &counter->err), &counter->err);
}

static struct consent *list(struct counter *counter, int64_t account, size_t *count)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct consent *consents;

    CHECK_OK(tx_read(&tx, counter->hamlet.town.tenant, &counter->err), &counter->err);
    CHECK_OK(consent_list(&tx, check_arena(), account, &consents, count, &counter->err),
             &counter->err);
    return consents;
}

static enum err_code withdraw(struct counter *counter, int64_t id, int64_t actor)
{
    struct conduct_consent asked = {
        .arena = check_arena(), .service_case = id, .actor = actor, .now = HAMLET_NOW + 5};

    counter->err = (struct err){0};
    return tenant_write_wait(counter->hamlet.town.tenant, conduct_consent_withdraw, &asked,
                             &counter->err)
               ? ERR_NONE
               : counter->err.code;
}

static void consent_is_kept_as_it_was_read(void)
{
    struct counter counter;
    struct people people;
    struct consent *consents;
    size_t count;

    begin(&counter, &people);
    consents = list(&counter, people.applicant, &count);
    CHECK_INT((int64_t)count, 1);
    CHECK_STR(consents[0].text, STR("Согласен на «всё»."));
    CHECK_STR(consents[0].version, STR("2"));
    CHECK_STR(consents[0].service, STR("hamlet.pay"));
    CHECK_STR(consents[0].number, STR("2026-1"));
    CHECK_INT(consents[0].service_case, CASE);
    CHECK_INT(consents[0].given_at, HAMLET_NOW);
    CHECK_INT(consents[0].withdrawn_at, 0);
    (void)list(&counter, people.clerk, &count);
    CHECK_INT((int64_t)count, 0);
    (void)list(&counter, 0, &count);
    CHECK_INT((int64_t)count, 0);
    counter_close(&counter);
}

static int64_t notices_of(struct counter *counter, int64_t account)
{
    CLEANUP(tx_done) struct tx tx = {0};
    int64_t count;

    CHECK_OK(tx_read(&tx, counter->hamlet.town.tenant, &counter->err), &counter->err);
    CHECK_OK(notice_count_unread(&tx, account, &count, &counter->err), &counter->err);
    return count;
}

static void who_works_on_the_case_is_told_that_it_is_taken_back(void)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct journal_ask ask = {.action = STR("consent.withdraw"), .limit = 10};
    struct counter counter;
    struct people people;
    struct journal_entry *entries;
    struct consent *consents;
    size_t count;

    begin(&counter, &people);
    CHECK_INT(withdraw(&counter, CASE, people.applicant), ERR_NONE);
    consents = list(&counter, people.applicant, &count);
    CHECK_INT((int64_t)count, 1);
    CHECK_INT(consents[0].withdrawn_at, HAMLET_NOW + 5);
    CHECK_INT(notices_of(&counter, people.clerk), 1);
    CHECK_INT(notices_of(&counter, people.applicant), 0);
    CHECK_INT(withdraw(&counter, CASE, people.applicant), ERR_CONFLICT);
    CHECK_INT(notices_of(&counter, people.clerk), 1);
    CHECK_OK(tx_read(&tx, counter.hamlet.town.tenant, &counter.err), &counter.err);
    CHECK_OK(journal_list(&tx, check_arena(), &ask, &entries, &count, &counter.err), &counter.err);
    CHECK_INT((int64_t)count, 1);
    CHECK_INT(entries[0].record, CASE);
    CHECK_INT(entries[0].actor, people.applicant);
    tx_done(&tx);
    counter_close(&counter);
}

static void what_was_never_given_is_not_taken_back(void)
{
    struct counter counter;

    counter_open(&counter);
    CHECK_INT(counter_apply(&counter, "{\"name\":\"Мира\"}",
                            (struct conduct_application){.id = CASE, .applicant = HAMLET_ACTOR}),
              ERR_NONE);
    CHECK_INT(withdraw(&counter, CASE, HAMLET_ACTOR), ERR_ABSENT);
    CHECK_INT(withdraw(&counter, 99, HAMLET_ACTOR), ERR_ABSENT);
    counter_close(&counter);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(consent_is_kept_as_it_was_read),
    CHECK_TEST(who_works_on_the_case_is_told_that_it_is_taken_back),
    CHECK_TEST(what_was_never_given_is_not_taken_back),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}

/* Staff is reminded of the last day of a case, some working days before and on the day after. */
#include "workflow/conduct_escalate.h"

#include "auth/colleague.h"
#include "counter.h"

#define CARD                                                                                       \
    "{\"title\":\"T\",\"summary\":\"S\",\"who\":\"W\",\"result\":\"R\",\"cost\":\"C\","            \
    "\"term\":{\"count\":10,\"unit\":\"days\"},\"assign\":\"load\","                               \
    "\"escalate\":{\"days\":3,\"role\":\"head\"},"                                                 \
    "\"register\":\"street\",\"form\":\"order\",\"process\":\"order\"}"

enum {
    CASE = 4711,
    /* Registered on Monday 2 March 2026: ten days end on Thursday the 12th. */
    LAST = HAMLET_DAY + 10,
};

static bool run_create(struct tx *tx, void *data, struct err *err)
{
    struct account *account = data;

    return account_create(tx, account, STR("x"), (struct account_by){0, HAMLET_NOW}, &account->id,
                          err);
}

static int64_t employ(struct counter *counter, const char *login, struct str role)
{
    struct account account = {.login = str_from_z(login),
                              .name = str_from_z(login),
                              .state = STR("active"),
                              .roles = &role,
                              .role_count = 1};

    CHECK_OK(tenant_write_wait(counter->hamlet.town.tenant, run_create, &account, &counter->err),
             &counter->err);
    return account.id;
}

static int64_t go(struct counter *counter, int64_t day)
{
    struct conduct_place place = {counter->hamlet.town.tenant, counter->processes,
                                  day * TIME_DAY_MS + 12 * 3600 * INT64_C(1000)};
    int64_t next_at;

    CHECK_OK(conduct_escalate_go(&place, &next_at, &counter->err), &counter->err);
    return next_at;
}

static int64_t told_near(struct counter *counter)
{
    return town_count(&counter->hamlet.town, "SELECT COUNT(*) FROM notice WHERE tenant = $1"
                                             " AND template = 'uprava.case.near'");
}

static int64_t told_late(struct counter *counter)
{
    return town_count(&counter->hamlet.town, "SELECT COUNT(*) FROM notice WHERE tenant = $1"
                                             " AND template = 'uprava.case.late'");
}

static int64_t day_of(const struct counter *counter, int64_t at)
{
    return catalog_day(counter->hamlet.catalog, at);
}

static void begin(struct counter *counter)
{
    counter_open_with(counter, CARD);
    (void)employ(counter, "clerk", STR("clerk"));
    (void)employ(counter, "head", STR("head"));
    CHECK_INT(counter_apply(counter, "{\"name\":\"Мира\"}",
                            (struct conduct_application){.id = CASE, .applicant = HAMLET_ACTOR}),
              ERR_NONE);
}

static void each_end_is_told_once(void)
{
    struct counter counter;
    int64_t near;

    begin(&counter);
    CHECK_INT(counter_case(&counter, CASE).due_on, LAST);
    near = day_of(&counter, town_count(&counter.hamlet.town,
                                       "SELECT due_at FROM job WHERE tenant = $1"
                                       " AND kind = 'case.remind' AND status = 'waiting'"));
    CHECK(near > HAMLET_DAY && near < LAST - 2);
    CHECK_INT(day_of(&counter, go(&counter, near - 1)), near);
    CHECK_INT(told_near(&counter), 0);
    CHECK_INT(day_of(&counter, go(&counter, near)), LAST + 1);
    CHECK_INT(told_near(&counter), 2); /* the clerk whose it is, and the head */
    CHECK_INT(day_of(&counter, go(&counter, LAST)), LAST + 1);
    CHECK_INT(told_near(&counter), 2);
    CHECK_INT(told_late(&counter), 0);
    CHECK(go(&counter, LAST + 1) == INT64_MAX);
    CHECK_INT(told_late(&counter), 2);
    CHECK(go(&counter, LAST + 2) == INT64_MAX);
    CHECK_INT(told_late(&counter), 2);
    counter_close(&counter);
}

static void case_that_was_looked_at_late_is_told_late_only(void)
{
    struct counter counter;

    begin(&counter);
    CHECK(go(&counter, LAST + 30) == INT64_MAX);
    CHECK_INT(told_near(&counter), 0);
    CHECK_INT(told_late(&counter), 2);
    counter_close(&counter);
}

static void nobody_is_told_while_the_term_stands_or_is_over(void)
{
    struct counter counter;

    begin(&counter);
    counter_answer(&counter, "{}"); /* the applicant is asked */
    CHECK(go(&counter, LAST + 1) == INT64_MAX);
    counter_answer(&counter, "{\"result\":\"granted\"}");
    CHECK(go(&counter, LAST + 1) == INT64_MAX);
    CHECK_INT(told_late(&counter), 0);
    counter_close(&counter);
}

struct leaving {
    int64_t account, substitute;
};

static bool run_leave(struct tx *tx, void *data, struct err *err)
{
    const struct leaving *leaving = data;
    struct colleague away = {.account = leaving->account,
                             .away_from = HAMLET_DAY,
                             .away_until = LAST + 5,
                             .substitute = leaving->substitute};

    return colleague_set(tx, &away, (struct account_by){0, HAMLET_NOW}, err);
}

static void who_stands_in_is_told_too(void)
{
    struct counter counter;
    struct leaving leaving;

    begin(&counter);
    leaving.account = town_count(&counter.hamlet.town,
                                 "SELECT id FROM account WHERE tenant = $1 AND login = 'clerk'");
    leaving.substitute = employ(&counter, "other", STR("clerk"));
    CHECK_OK(tenant_write_wait(counter.hamlet.town.tenant, run_leave, &leaving, &counter.err),
             &counter.err);
    (void)go(&counter, LAST + 1);
    CHECK_INT(told_late(&counter), 3);
    counter_close(&counter);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(each_end_is_told_once),
    CHECK_TEST(case_that_was_looked_at_late_is_told_late_only),
    CHECK_TEST(nobody_is_told_while_the_term_stands_or_is_over),
    CHECK_TEST(who_stands_in_is_told_too),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}

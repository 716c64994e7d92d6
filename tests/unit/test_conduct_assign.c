/* Whose the tasks of a case become, by the card of its service. */
#include "counter.h"

#include "auth/colleague.h"
#include "core/num.h"
#include "workflow/flow_task.h"

#define CARD(assign)                                                                               \
    "{\"title\":\"T\",\"summary\":\"S\",\"who\":\"W\",\"result\":\"R\",\"cost\":\"C\","            \
    "\"grounds\":[{\"id\":\"none\",\"title\":\"Нет\"}],\"assign\":" assign ","                     \
    "\"register\":\"street\",\"form\":\"order\",\"process\":\"order\"}"

enum {
    CASE = 4711,
};

struct clerk {
    struct counter *counter;
    struct account account;
    struct colleague away;
};

static bool run_create(struct tx *tx, void *data, struct err *err)
{
    struct clerk *clerk = data;

    return account_create(tx, &clerk->account, STR("x"), (struct account_by){0, HAMLET_NOW},
                          &clerk->account.id, err);
}

static bool run_away(struct tx *tx, void *data, struct err *err)
{
    const struct clerk *clerk = data;

    return colleague_set(tx, &clerk->away, (struct account_by){0, HAMLET_NOW}, err);
}

static int64_t employ(struct counter *counter, const char *login, struct str role)
{
    struct clerk clerk = {.account = {.login = str_from_z(login),
                                      .name = str_from_z(login),
                                      .state = STR("active"),
                                      .roles = &role,
                                      .role_count = 1}};

    CHECK_OK(tenant_write_wait(counter->hamlet.town.tenant, run_create, &clerk, &counter->err),
             &counter->err);
    return clerk.account.id;
}

static void send_away(struct counter *counter, int64_t account, int64_t substitute)
{
    struct clerk clerk = {.away = {.account = account,
                                   .away_from = HAMLET_DAY,
                                   .away_until = HAMLET_DAY + 1,
                                   .substitute = substitute}};

    CHECK_OK(tenant_write_wait(counter->hamlet.town.tenant, run_away, &clerk, &counter->err),
             &counter->err);
}

/* Whose the one open task of the last application is; 0: nobody's. */
static int64_t owner(struct counter *counter)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct flow_store kept;
    struct flow_task task;
    int wait = flow_wait_at(counter_flow(counter, &kept), 0)->part.id;

    CHECK_OK(tx_read(&tx, counter->hamlet.town.tenant, &counter->err), &counter->err);
    CHECK_OK(flow_task_get(&tx, check_arena(), counter->flow, wait, &task, &counter->err),
             &counter->err);
    return task.claimant;
}

static int64_t apply(struct counter *counter, int64_t id)
{
    CHECK_INT(counter_apply(counter, "{\"name\":\"Мира\"}",
                            (struct conduct_application){.id = id, .applicant = HAMLET_ACTOR}),
              ERR_NONE);
    return owner(counter);
}

static void pool_is_nobodys(void)
{
    struct counter counter;

    counter_open_with(&counter, CARD("\"pool\""));
    (void)employ(&counter, "aa", STR("clerk"));
    CHECK_INT(apply(&counter, CASE), 0);
    counter_close(&counter);
}

static void least_loaded_gets_the_next_case(void)
{
    struct counter counter;
    int64_t owners[6], clerks[3];
    int each[3] = {0};

    counter_open_with(&counter, CARD("\"load\""));
    clerks[0] = employ(&counter, "aa", STR("clerk"));
    clerks[1] = employ(&counter, "bb", STR("clerk"));
    clerks[2] = employ(&counter, "cc", STR("clerk"));
    (void)employ(&counter, "hh", STR("head"));
    for (int i = 0; i < 6; i++) {
        owners[i] = apply(&counter, CASE + i);
        for (int c = 0; c < 3; c++)
            each[c] += owners[i] == clerks[c];
    }
    for (int c = 0; c < 3; c++)
        CHECK_INT(each[c], 2);
    counter_close(&counter);
}

static void who_is_away_gets_none(void)
{
    struct counter counter;
    int64_t here, away;

    counter_open_with(&counter, CARD("\"load\""));
    away = employ(&counter, "aa", STR("clerk"));
    here = employ(&counter, "bb", STR("clerk"));
    send_away(&counter, away, here);
    for (int i = 0; i < 4; i++)
        CHECK_INT(apply(&counter, CASE + i), here);
    counter.now += 3 * (int64_t)TIME_DAY_MS; /* back again, and with less to do */
    CHECK_INT(apply(&counter, CASE + 4), away);
    counter_close(&counter);
}

/* Where all are away it is somebody's, whose substitute has it. */
static void case_is_assigned_where_all_are_away(void)
{
    struct counter counter;
    int64_t away;

    counter_open_with(&counter, CARD("\"random\""));
    away = employ(&counter, "aa", STR("clerk"));
    send_away(&counter, away, employ(&counter, "hh", STR("head")));
    CHECK_INT(apply(&counter, CASE), away);
    counter_close(&counter);
}

static void nobody_entitled_leaves_it_free(void)
{
    struct counter counter;

    counter_open_with(&counter, CARD("\"load\""));
    (void)employ(&counter, "hh", STR("head"));
    CHECK_INT(apply(&counter, CASE), 0);
    counter_close(&counter);
}

static void only_the_named_tasks_are_assigned(void)
{
    struct counter counter;

    counter_open_with(&counter, CARD("{\"way\":\"load\",\"tasks\":[\"hand\"]}"));
    int64_t clerk = employ(&counter, "aa", STR("clerk"));
    CHECK_INT(apply(&counter, CASE), 0);
    counter_answer(&counter, "{}");
    CHECK_INT(owner(&counter), 0); /* the applicant's */
    counter_answer(&counter, "{\"result\":\"granted\"}");
    CHECK_INT(owner(&counter), clerk);
    counter_close(&counter);
}

static void who_knows_the_case_goes_on_with_it(void)
{
    struct counter counter;
    struct conduct step;

    counter_open_with(&counter, CARD("\"load\""));
    (void)employ(&counter, "aa", STR("clerk"));
    int64_t second = employ(&counter, "bb", STR("clerk"));
    (void)employ(&counter, "cc", STR("clerk"));
    for (int i = 0; i < 5; i++) {
        (void)apply(&counter, CASE + i);
        step = counter_answer_of(&counter, "{}");
        step.actor = second; /* the head had handed it over */
        CHECK_OK(conduct_step(counter.hamlet.town.tenant, &step, &counter.err), &counter.err);
        counter_answer(&counter, "{\"result\":\"granted\"}"); /* the applicant answers */
        CHECK_INT(owner(&counter), second);
    }
    counter_close(&counter);
}

static void lot_gives_everybody_some(void)
{
    struct counter counter;
    int64_t first;
    int each = 0;

    counter_open_with(&counter, CARD("\"random\""));
    first = employ(&counter, "aa", STR("clerk"));
    (void)employ(&counter, "bb", STR("clerk"));
    for (int i = 0; i < 60; i++)
        each += apply(&counter, CASE + i) == first;
    CHECK(each > 5 && each < 55); /* false once in a thousand million million runs */
    counter_close(&counter);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(pool_is_nobodys),
    CHECK_TEST(least_loaded_gets_the_next_case),
    CHECK_TEST(who_is_away_gets_none),
    CHECK_TEST(case_is_assigned_where_all_are_away),
    CHECK_TEST(nobody_entitled_leaves_it_free),
    CHECK_TEST(only_the_named_tasks_are_assigned),
    CHECK_TEST(who_knows_the_case_goes_on_with_it),
    CHECK_TEST(lot_gives_everybody_some),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}

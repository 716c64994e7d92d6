/* Lists of tasks: by their terms, page by page. */
#include "workflow/flow_task.h"

#include "hamlet.h"

struct making {
    int64_t flow, term;
    const char *role, *tag;
};

static bool run_make(struct tx *tx, void *data, struct err *err)
{
    const struct making *making = data;

    return store_exec(tx,
                      "INSERT INTO flow (tenant, id, pack, version, file, process, state, error,"
                      " step, last_no, begun_at, changed_at)"
                      " VALUES ($1, $2, 'hamlet', '1.1.0', 'processes/one.bpmn', 'one', 'running',"
                      " '', 1, 1, 1, 1)",
                      ARGS(INT(tx->tenant), INT(making->flow)), err) &&
           store_exec(
               tx,
               "INSERT INTO flow_wait (tenant, flow, no, kind, node, name, tag, body, term)"
               " VALUES ($1, $2, 3, 'task', 'tell', $3, $4, $5, $6)",
               ARGS(INT(tx->tenant), INT(making->flow), TEXT(str_from_z(making->role)),
                    TEXT(str_from_z(making->tag)),
                    TEXT(str_printf(check_arena(), "{\"due_at\":%lld}", (long long)making->term)),
                    INT(making->term > 0 ? making->term : INT64_MAX)),
               err);
}

/* Two roles, one of which has two names; what another account took, and what is of others. */
static void open_tasks(struct hamlet *hamlet)
{
    static const struct making MADE[] = {
        {1, 0, "clerk", ""},    {2, 500, "clerk", ""}, {3, 300, "clerk", "7"},
        {4, 100, "clerk", "8"}, {5, 200, "head", ""},  {6, 400, "Писарь", ""},
        {7, 500, "head", ""},   {8, 0, "head", ""},    {9, 1, "other", ""},
    };
    struct err err;

    hamlet_open(hamlet);
    hamlet_write_pack(hamlet, "1.1.0", NULL);
    hamlet_write(hamlet, STR("packs/hamlet-1.1.0/roles.json"),
                 STR("[{\"id\":\"clerk\",\"title\":\"Писарь\",\"grants\":[]},"
                     "{\"id\":\"head\",\"title\":\"Староста\",\"grants\":[]}]"));
    hamlet_install(hamlet);
    for (size_t i = 0; i < ARRAY_LEN(MADE); i++) {
        struct making making = MADE[i];

        CHECK_OK(tenant_write_wait(hamlet->town.tenant, run_make, &making, &err), &err);
    }
}

/* Flows of a page, and more when there is more. */
static struct str list(struct hamlet *hamlet, struct flow_task_ask *ask)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct buf out = {.arena = check_arena()};
    struct flow_task_page page;
    struct err err;

    CHECK_OK(tx_read(&tx, hamlet->town.tenant, &err), &err);
    CHECK_OK(flow_task_list(&tx, check_arena(), ask, &page, &err), &err);
    for (size_t i = 0; i < page.count; i++) {
        buf_printf(&out, "%lld ", (long long)page.items[i].flow.id);
        ask->after = flow_task_place(&page.items[i]);
    }
    buf_add(&out, page.has_more ? STR("more") : STR("end"));
    return buf_str(&out);
}

static struct flow_task_ask ask_of(const struct hamlet *hamlet, struct policy_rights *rights)
{
    static const struct str ROLES[] = {STR_INIT("clerk"), STR_INIT("head")};

    *rights = policy_rights_of(hamlet->catalog->model->policy, ROLES, 2);
    return (struct flow_task_ask){.rights = rights, .account = HAMLET_ACTOR, .limit = 3};
}

static void earliest_term_comes_first_and_none_last(void)
{
    struct policy_rights rights;
    struct hamlet hamlet;

    open_tasks(&hamlet);
    struct flow_task_ask ask = ask_of(&hamlet, &rights);
    CHECK_STR(list(&hamlet, &ask), STR("5 3 6 more"));
    CHECK_STR(list(&hamlet, &ask), STR("2 7 1 more"));
    CHECK_STR(list(&hamlet, &ask), STR("8 end"));
    CHECK_STR(list(&hamlet, &ask), STR("end"));
    hamlet_close(&hamlet);
}

static void tasks_of_who_is_away_are_theirs_for_a_while(void)
{
    struct colleague away = {.account = 8};
    const struct colleague_page absent = {&away, 1};
    struct policy_rights rights;
    struct hamlet hamlet;

    open_tasks(&hamlet);
    struct flow_task_ask ask = ask_of(&hamlet, &rights);
    ask.limit = 20;
    ask.absent = &absent;
    CHECK_STR(list(&hamlet, &ask), STR("4 5 3 6 2 7 1 8 end"));
    ask.after = (struct flow_task_place){0};
    ask.whose = FLOW_TASK_OTHERS;
    CHECK_STR(list(&hamlet, &ask), STR("4 end"));
    hamlet_close(&hamlet);
}

static void list_can_have_a_part_of_them(void)
{
    struct policy_rights rights;
    struct hamlet hamlet;

    open_tasks(&hamlet);
    struct flow_task_ask ask = ask_of(&hamlet, &rights);
    ask.limit = 20;
    ask.whose = FLOW_TASK_MINE;
    CHECK_STR(list(&hamlet, &ask), STR("3 end"));
    ask.after = (struct flow_task_place){0};
    ask.whose = FLOW_TASK_FREE;
    CHECK_STR(list(&hamlet, &ask), STR("5 6 2 7 1 8 end"));
    ask.after = (struct flow_task_place){0};
    ask.before = 500;
    CHECK_STR(list(&hamlet, &ask), STR("5 6 end"));
    ask.after = (struct flow_task_place){0};
    ask.whose = FLOW_TASK_OTHERS;
    CHECK_STR(list(&hamlet, &ask), STR("end"));
    hamlet_close(&hamlet);
}

static int next(struct hamlet *hamlet, const struct flow_task_ask *ask, int64_t flow)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct err err;
    int wait;

    CHECK_OK(tx_read(&tx, hamlet->town.tenant, &err), &err);
    CHECK_OK(flow_task_next(&tx, check_arena(), ask, flow, &wait, &err), &err);
    return wait;
}

static void next_task_of_a_flow_is_one_they_may_do(void)
{
    struct policy_rights rights;
    struct hamlet hamlet;

    open_tasks(&hamlet);
    struct flow_task_ask ask = ask_of(&hamlet, &rights);
    CHECK_INT(next(&hamlet, &ask, 1), 3);
    CHECK_INT(next(&hamlet, &ask, 3), 3); /* their own */
    CHECK_INT(next(&hamlet, &ask, 4), 0); /* somebody else's */
    CHECK_INT(next(&hamlet, &ask, 6), 3); /* by the role's title */
    CHECK_INT(next(&hamlet, &ask, 9), 0); /* of another role */
    CHECK_INT(next(&hamlet, &ask, 99), 0);
    hamlet_close(&hamlet);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(earliest_term_comes_first_and_none_last),
    CHECK_TEST(tasks_of_who_is_away_are_theirs_for_a_while),
    CHECK_TEST(list_can_have_a_part_of_them),
    CHECK_TEST(next_task_of_a_flow_is_one_they_may_do),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}

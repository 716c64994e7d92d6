/* Who has how many tasks in hand. */
#include "workflow/flow_load.h"

#include "hamlet.h"

struct making {
    int64_t flow;
    const char *role, *tag;
    int64_t term;
};

static bool run_make(struct tx *tx, void *data, struct err *err)
{
    const struct making *making = data;

    return store_exec(tx,
                      "INSERT INTO flow_wait (tenant, flow, no, kind, node, name, tag, body, term)"
                      " VALUES ($1, $2, 3, 'task', 'tell', $3, $4, '{}', $5)",
                      ARGS(INT(tx->tenant), INT(making->flow), TEXT(str_from_z(making->role)),
                           TEXT(str_from_z(making->tag)), INT(making->term)),
                      err);
}

static struct str load(struct hamlet *hamlet, const char *role)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct buf out = {.arena = check_arena()};
    struct flow_load_list list;
    struct err err;

    CHECK_OK(tx_read(&tx, hamlet->town.tenant, &err), &err);
    CHECK_OK(flow_load_of(&tx, check_arena(), str_from_z(role), 1000, &list, &err), &err);
    for (size_t i = 0; i < list.count; i++)
        buf_printf(&out, "%lld: %lld, %lld late|", (long long)list.items[i].account,
                   (long long)list.items[i].tasks, (long long)list.items[i].late);
    return buf_str(&out);
}

static void tasks_are_counted_by_who_took_them(void)
{
    static const struct making MADE[] = {
        {1, "clerk", "", 2000}, {2, "clerk", "", 999},      {3, "clerk", "7", INT64_MAX},
        {4, "clerk", "8", 10},  {5, "clerk", "8", 1000},    {6, "head", "8", 1},
        {7, "clerk", "8", 20},  {8, "head", "", INT64_MAX},
    };
    struct hamlet hamlet;
    struct err err;

    hamlet_open(&hamlet);
    for (size_t i = 0; i < ARRAY_LEN(MADE); i++) {
        struct making making = MADE[i];

        CHECK_OK(tenant_write_wait(hamlet.town.tenant, run_make, &making, &err), &err);
    }
    CHECK_STR(load(&hamlet, "clerk"), STR("0: 2, 1 late|7: 1, 0 late|8: 3, 2 late|"));
    CHECK_STR(load(&hamlet, "head"), STR("0: 1, 0 late|8: 1, 1 late|"));
    CHECK_STR(load(&hamlet, "nobody"), STR(""));
    hamlet_close(&hamlet);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(tasks_are_counted_by_who_took_them),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}

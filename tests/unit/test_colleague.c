/* Who else has a role, and who stands in for whom: days are both included, and it ends by itself.
 */
#include "auth/colleague.h"

#include "town.h"

#define NOW INT64_C(1772438400000)

enum {
    DAY = 20514,
};

struct desk {
    struct town town;
    int64_t first, second, third; /* clerks; the third is blocked */
    struct account account;
    struct colleague set;
    enum colleague_list list;
    struct str query;
    struct err err;
};

static bool run_create(struct tx *tx, void *data, struct err *err)
{
    struct desk *desk = data;

    return account_create(tx, &desk->account, STR("x"), (struct account_by){0, NOW},
                          &desk->account.id, err);
}

static bool run_set(struct tx *tx, void *data, struct err *err)
{
    struct desk *desk = data;

    return colleague_set(tx, &desk->set, (struct account_by){desk->first, NOW}, err);
}

static bool run_leave_list(struct tx *tx, void *data, struct err *err)
{
    struct desk *desk = data;

    return colleague_leave_list(tx, check_arena(), desk->first, desk->list, desk->query, err);
}

static bool put(struct desk *desk, store_run *run)
{
    desk->err = (struct err){0};
    return tenant_write_wait(desk->town.tenant, run, desk, &desk->err);
}

static int64_t create(struct desk *desk, struct str login, struct str name, struct str state,
                      struct str role)
{
    desk->account = (struct account){
        .login = login, .name = name, .state = state, .roles = &role, .role_count = 1};
    CHECK_OK(put(desk, run_create), &desk->err);
    return desk->account.id;
}

static void open_desk(struct desk *desk)
{
    *desk = (struct desk){0};
    town_open(&desk->town, NULL, 0);
    desk->first = create(desk, STR("aa"), STR("Яшина"), STR("active"), STR("clerk"));
    desk->second = create(desk, STR("bb"), STR("Абрамова"), STR("active"), STR("clerk"));
    desk->third = create(desk, STR("cc"), STR("Быкова"), STR("blocked"), STR("clerk"));
    (void)create(desk, STR("dd"), STR("Головина"), STR("active"), STR("head"));
}

static struct str names(struct desk *desk, struct str role)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct buf out = {.arena = check_arena()};
    struct colleague_page page;

    CHECK_OK(tx_read(&tx, desk->town.tenant, &desk->err), &desk->err);
    CHECK_OK(colleague_list(&tx, check_arena(), role, &page, &desk->err), &desk->err);
    for (size_t i = 0; i < page.count; i++)
        buf_printf(&out, "%.*s ", STR_ARG(page.items[i].name));
    return buf_str(&out);
}

/* For whom an account stands in on a day. */
static struct str stood_for(struct desk *desk, int64_t account, int64_t day)
{
    static const struct str ROLES[] = {STR_INIT("clerk"), STR_INIT("head")};
    CLEANUP(tx_done) struct tx tx = {0};
    struct buf out = {.arena = check_arena()};
    const struct colleague_ask ask = {ROLES, 2, account, day};
    struct colleague_page page;

    CHECK_OK(tx_read(&tx, desk->town.tenant, &desk->err), &desk->err);
    CHECK_OK(colleague_stood_for(&tx, check_arena(), &ask, &page, &desk->err), &desk->err);
    for (size_t i = 0; i < page.count; i++)
        buf_printf(&out, "%.*s ", STR_ARG(page.items[i].name));
    return buf_str(&out);
}

static void those_of_a_role_come_by_their_names(void)
{
    struct desk desk;

    open_desk(&desk);
    CHECK_STR(names(&desk, STR("clerk")), STR("Абрамова Яшина "));
    CHECK_STR(names(&desk, STR("nobody")), STR(""));
    town_close(&desk.town);
}

static void substitution_has_two_days_and_ends_by_itself(void)
{
    struct desk desk;

    open_desk(&desk);
    desk.set = (struct colleague){
        .account = desk.first, .away_from = DAY, .away_until = DAY + 2, .substitute = desk.second};
    CHECK_OK(put(&desk, run_set), &desk.err);
    CHECK_STR(stood_for(&desk, desk.second, DAY - 1), STR(""));
    CHECK_STR(stood_for(&desk, desk.second, DAY), STR("Яшина "));
    CHECK_STR(stood_for(&desk, desk.second, DAY + 2), STR("Яшина "));
    CHECK_STR(stood_for(&desk, desk.second, DAY + 3), STR(""));
    CHECK_STR(stood_for(&desk, desk.first, DAY), STR(""));
    desk.set.substitute = 0;
    CHECK_OK(put(&desk, run_set), &desk.err);
    CHECK_STR(stood_for(&desk, desk.second, DAY), STR(""));
    CHECK_INT(town_count(&desk.town, "SELECT COUNT(*) FROM journal WHERE tenant = $1"
                                     " AND action LIKE 'substitute.%'"),
              2);
    town_close(&desk.town);
}

static void wrong_days_are_refused(void)
{
    static const struct {
        int from, until;
        bool is_own;
    } WRONG[] = {{0, 1, true}, {2, 1, false}, {0, 400, false}};
    struct desk desk;

    open_desk(&desk);
    for (size_t i = 0; i < ARRAY_LEN(WRONG); i++) {
        desk.set = (struct colleague){.account = desk.first,
                                      .away_from = DAY + WRONG[i].from,
                                      .away_until = DAY + WRONG[i].until,
                                      .substitute = WRONG[i].is_own ? desk.first : desk.second};
        CHECK(!put(&desk, run_set));
        CHECK_INT(desk.err.code, ERR_INPUT);
    }
    desk.set.account = 4711;
    desk.set.substitute = desk.second;
    desk.set.away_until = DAY + 1;
    CHECK(!put(&desk, run_set));
    CHECK_INT(desk.err.code, ERR_ABSENT);
    CHECK_STR(stood_for(&desk, desk.second, DAY), STR(""));
    town_close(&desk.town);
}

static void list_is_left_as_it_was(void)
{
    struct desk desk;

    open_desk(&desk);
    desk.query = STR("mine week");
    CHECK_OK(put(&desk, run_leave_list), &desk.err);
    /* One list forgets nothing of the other, and no words reach over a line. */
    desk.list = COLLEAGUE_CASES;
    desk.query = STR("overdue\tp.order\tDesk\nmine");
    CHECK_OK(put(&desk, run_leave_list), &desk.err);
    desk.list = COLLEAGUE_TASKS;
    {
        CLEANUP(tx_done) struct tx tx = {0};
        struct str left;

        CHECK_OK(tx_read(&tx, desk.town.tenant, &desk.err), &desk.err);
        CHECK_OK(colleague_left_list(&tx, check_arena(), desk.first, desk.list, &left, &desk.err),
                 &desk.err);
        CHECK_STR(left, STR("mine week"));
        CHECK_OK(
            colleague_left_list(&tx, check_arena(), desk.first, COLLEAGUE_CASES, &left, &desk.err),
            &desk.err);
        CHECK_STR(left, STR("overdue\tp.order\tDesk"));
        CHECK_OK(colleague_left_list(&tx, check_arena(), desk.second, desk.list, &left, &desk.err),
                 &desk.err);
        CHECK_STR(left, STR(""));
    }
    town_close(&desk.town);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(those_of_a_role_come_by_their_names),
    CHECK_TEST(substitution_has_two_days_and_ends_by_itself),
    CHECK_TEST(wrong_days_are_refused),
    CHECK_TEST(list_is_left_as_it_was),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}

#include "auth/account.h"

#include "auth/session.h"
#include "check.h"
#include "core/time.h"
#include "stand.h"
#include "store/rows.h"

enum {
    DAY = TIME_DAY_MS,
    NOW = 100, /* days */
};

static struct err err;
static struct store *store;
static struct tenant *tenant;

static void open_town(void)
{
    struct store_options options = stand_options();

    err = (struct err){0};
    CHECK_OK(store_open(check_arena(), &options, &store, &err), &err);
    CHECK_OK(store_create_tenant(store, STR("town"), STR("Город"), 0, 7, &err), &err);
    CHECK_OK(store_hold(store, STR("town"), &tenant, &err), &err);
}

static void close_town(void)
{
    store_release(&tenant);
    store_close(&store);
}

struct wish {
    struct account account;
    int64_t made_on, seen_on; /* days; 0: never */
    bool has_token;
};

static bool create(struct tx *tx, void *data, struct err *why)
{
    struct wish *wish = data;
    struct account *account = &wish->account;
    struct session_wish session = {account, STR("x"), wish->has_token, wish->seen_on * DAY};
    struct str secret;

    if (account->login.len == 0)
        account->login = str_printf(check_arena(), "r%lld", (long long)time_monotonic_us());
    account->name = STR("Анна");
    if (account->state.len == 0)
        account->state = STR("active");
    return account_create(tx, account, STR("hash"), (struct account_by){-1, wish->made_on * DAY},
                          &account->id, why) &&
           (wish->seen_on == 0 ||
            (session_start(tx, check_arena(), &session, &secret, why) &&
             store_exec(tx, "UPDATE account SET last_at = $3 WHERE tenant = $1 AND id = $2",
                        ARGS(INT(tx->tenant), INT(account->id), INT(wish->seen_on * DAY)), why)));
}

static int64_t make(struct wish wish)
{
    CHECK_OK(tenant_write_wait(tenant, create, &wish, &err), &err);
    return wish.account.id;
}

static bool sweep(struct tx *tx, void *data, struct err *why)
{
    return account_sweep(tx, data, why);
}

static int64_t run(void)
{
    struct account_sweep sweeping = {
        .role = STR("resident"), .before = (int64_t)(NOW - 30) * DAY, .now = (int64_t)NOW * DAY};

    CHECK_OK(tenant_write_wait(tenant, sweep, &sweeping, &err), &err);
    return sweeping.removed;
}

static bool is_there(int64_t id)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct account account;
    struct err absent;

    CHECK_OK(tx_read(&tx, tenant, &err), &err);
    return account_get(&tx, check_arena(), id, &account, &absent);
}

static struct str RESIDENT[] = {STR_INIT("resident"), STR_INIT("clerk")};

#define RESIDENTS(...)                                                                             \
    {                                                                                              \
        .roles = RESIDENT, .role_count = 1, __VA_ARGS__                                            \
    }

static void accounts_nobody_confirmed_or_used_go_and_no_others(void)
{
    open_town();
    int64_t gone = make((struct wish){RESIDENTS(.id = 0), 60, 0, false});
    int64_t gone_too = make((struct wish){RESIDENTS(.id = 0), 20, 69, false});
    int64_t kept[] = {
        make((struct wish){RESIDENTS(.id = 0), 71, 0, false}),
        make((struct wish){RESIDENTS(.id = 0), 20, 71, false}),
        make((struct wish){RESIDENTS(.id = 0), 20, 21, true}),
        make((struct wish){RESIDENTS(.level = ACCOUNT_CONFIRMED), 20, 21, false}),
        make((struct wish){RESIDENTS(.person = 5), 20, 21, false}),
        make((struct wish){RESIDENTS(.state = STR("blocked")), 20, 21, false}),
        make((struct wish){{.roles = RESIDENT, .role_count = 2}, 20, 21, false}),
        make((struct wish){{.roles = &RESIDENT[1], .role_count = 1}, 20, 21, false}),
        make((struct wish){{0}, 20, 21, false}),
    };
    CHECK_INT(run(), 2);
    CHECK(!is_there(gone));
    CHECK(!is_there(gone_too));
    for (size_t i = 0; i < ARRAY_LEN(kept); i++)
        CHECK(is_there(kept[i]));
    CHECK_INT(run(), 0);
    close_town();
}

static void many_go_a_piece_at_a_time(void)
{
    open_town();
    for (int i = 0; i < ACCOUNT_SWEEP_MAX + 3; i++)
        make((struct wish){RESIDENTS(.login = str_printf(check_arena(), "resident%d", i)), 1, 0,
                           false});
    CHECK_INT(run(), ACCOUNT_SWEEP_MAX);
    CHECK_INT(run(), 3);
    close_town();
}

static const struct check_test TESTS[] = {
    CHECK_TEST(accounts_nobody_confirmed_or_used_go_and_no_others),
    CHECK_TEST(many_go_a_piece_at_a_time),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}

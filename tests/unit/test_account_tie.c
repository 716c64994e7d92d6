#include "auth/account.h"

#include "auth/journal.h"
#include "check.h"

static struct err err;
static struct store *store;
static struct tenant *tenant;

struct wish {
    struct account account;
    int64_t id;
};

static bool create(struct tx *tx, void *data, struct err *why)
{
    struct wish *wish = data;

    return account_create(tx, &wish->account, STR("hash"), (struct account_by){0, 1000}, &wish->id,
                          why);
}

static bool tie(struct tx *tx, void *data, struct err *why)
{
    return account_tie(tx, data, (struct account_by){5, 2000}, why);
}

static int64_t open_town(enum account_level level)
{
    struct store_options options = {.folder = check_folder(), .writers = 1};
    struct wish wish = {
        {.login = STR("482917305"), .name = STR("Анна"), .state = STR("active"), .level = level},
        0};

    err = (struct err){0};
    CHECK_OK(store_open(check_arena(), &options, &store, &err), &err);
    CHECK_OK(store_create_tenant(store, STR("town"), STR("Город"), 0, 7, &err), &err);
    CHECK_OK(store_hold(store, STR("town"), &tenant, &err), &err);
    CHECK_OK(tenant_write_wait(tenant, create, &wish, &err), &err);
    return wish.id;
}

static void close_town(void)
{
    store_release(&tenant);
    store_close(&store);
}

static struct account get(int64_t id)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct account account;

    CHECK_OK(tx_read(&tx, tenant, &err), &err);
    CHECK_OK(account_get(&tx, check_arena(), id, &account, &err), &err);
    return account;
}

static size_t count_tied(int64_t person)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct account_page page;

    CHECK_OK(tx_read(&tx, tenant, &err), &err);
    CHECK_OK(account_list_tied(&tx, check_arena(), person, &page, &err), &err);
    return page.count;
}

static void the_desk_ties_an_account_to_one_card(void)
{
    int64_t id = open_town(ACCOUNT_UNCONFIRMED);
    struct account_tie mine = {.account = id, .person = 42, .no = 3};
    struct account_tie other = {.account = id, .person = 43, .no = 3};

    CHECK_OK(tenant_write_wait(tenant, tie, &mine, &err), &err);
    CHECK_INT(get(id).person, 42);
    CHECK_INT(get(id).level, ACCOUNT_IDENTIFIED);
    CHECK(count_tied(42) == 1 && count_tied(43) == 0);
    CHECK(!tenant_write_wait(tenant, tie, &other, &err));
    CHECK_INT(err.code, ERR_CONFLICT);
    CHECK_INT(get(id).person, 42);

    other.is_off = true;
    CHECK(!tenant_write_wait(tenant, tie, &other, &err));
    mine.is_off = true;
    CHECK_OK(tenant_write_wait(tenant, tie, &mine, &err), &err);
    CHECK_INT(get(id).person, 0);
    CHECK_INT(get(id).level, ACCOUNT_UNCONFIRMED);
    close_town();
}

static void a_surer_level_is_not_lowered(void)
{
    int64_t id = open_town(ACCOUNT_ESIA);
    struct account_tie mine = {.account = id, .person = 42, .no = 3};

    CHECK_OK(tenant_write_wait(tenant, tie, &mine, &err), &err);
    CHECK_INT(get(id).level, ACCOUNT_ESIA);
    close_town();
}

static void the_journal_has_it_at_the_persons_card(void)
{
    int64_t id = open_town(ACCOUNT_UNCONFIRMED);
    struct account_tie mine = {.account = id, .person = 42, .no = 3};
    struct tx tx = {0};
    struct journal_entry *entries;
    size_t count;

    CHECK_OK(tenant_write_wait(tenant, tie, &mine, &err), &err);
    CHECK_OK(tx_read(&tx, tenant, &err), &err);
    CHECK_OK(journal_list(&tx, check_arena(),
                          &(struct journal_ask){.no = 3, .record = 42, .limit = 10}, &entries,
                          &count, &err),
             &err);
    tx_done(&tx);
    CHECK(count == 1);
    CHECK_STR(entries[0].action, STR("account.identify"));
    CHECK_INT(entries[0].actor, 5);
    close_town();
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(the_desk_ties_an_account_to_one_card),
        CHECK_TEST(a_surer_level_is_not_lowered),
        CHECK_TEST(the_journal_has_it_at_the_persons_card),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}

#include "auth/account.h"

#include "auth/journal.h"
#include "stand.h"

static struct err err;
static struct store *store;
static struct tenant *tenant;

static void open_town(void)
{
    struct store_options options = {
        .folder = check_folder(), .database = stand_database(), .writers = 1};

    err = (struct err){0};
    CHECK_OK(secret_init(&err), &err);
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
    struct str hash;
    int64_t id;
};

static bool create(struct tx *tx, void *data, struct err *why)
{
    struct wish *wish = data;

    return account_create(tx, &wish->account, wish->hash, (struct account_by){0, 1000}, &wish->id,
                          why);
}

static bool change(struct tx *tx, void *data, struct err *why)
{
    return account_change(tx, data, (struct account_by){5, 2000}, why);
}

static struct account anna(struct str *roles, size_t count)
{
    return (struct account){.login = STR("Анна.Фёдорова"),
                            .name = STR("Анна Фёдорова"),
                            .state = STR("active"),
                            .person = 42,
                            .level = ACCOUNT_IDENTIFIED,
                            .roles = roles,
                            .role_count = count};
}

static struct account get(int64_t id)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct account account;

    CHECK_OK(tx_read(&tx, tenant, &err), &err);
    CHECK_OK(account_get(&tx, check_arena(), id, &account, &err), &err);
    return account;
}

static int64_t find(const char *login)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct account account;
    struct str hash;

    CHECK_OK(tx_read(&tx, tenant, &err), &err);
    CHECK_OK(account_find(&tx, check_arena(), str_from_z(login), &account, &hash, &err), &err);
    CHECK(account.id == 0 || str_equal(hash, STR("hash")));
    return account.id;
}

static void an_account_is_kept_with_its_roles(void)
{
    struct str roles[] = {STR("data"), STR("clerk"), STR("clerk")};
    struct wish wish = {.account = anna(roles, 3), .hash = STR("hash")};

    open_town();
    CHECK_OK(tenant_write_wait(tenant, create, &wish, &err), &err);
    struct account account = get(wish.id);
    CHECK_STR(account.login, STR("Анна.Фёдорова"));
    CHECK_STR(account.name, STR("Анна Фёдорова"));
    CHECK_INT(account.person, 42);
    CHECK_INT(account.level, ACCOUNT_IDENTIFIED);
    CHECK_INT(account.created_at, 1000);
    CHECK_INT((int64_t)account.role_count, 2);
    CHECK_STR(account.roles[0], STR("clerk"));
    CHECK_STR(account.roles[1], STR("data"));
    close_town();
}

static void logins_differ_by_more_than_case(void)
{
    struct wish wish = {.account = anna(NULL, 0), .hash = STR("hash")};

    open_town();
    CHECK_OK(tenant_write_wait(tenant, create, &wish, &err), &err);
    CHECK_INT(find("анна.федорова"), wish.id);
    CHECK_INT(find("АННА.ФЁДОРОВА"), wish.id);
    CHECK_INT(find("анна"), 0);
    CHECK_INT(find("анна федорова"), 0);
    CHECK_INT(find("\xff\xff"), 0);
    wish.account.login = STR("АННА.ФЕДОРОВА");
    CHECK(!tenant_write_wait(tenant, create, &wish, &err));
    CHECK_INT(err.code, ERR_CONFLICT);
    close_town();
}

static void wrong_accounts_are_refused(void)
{
    static const char *const LOGINS[] = {"", "a", "a b", "a/b", "<b>", "a\nb", "a\xff"};
    struct wish wish = {.account = anna(NULL, 0)};

    open_town();
    for (size_t i = 0; i < ARRAY_LEN(LOGINS); i++) {
        wish.account.login = str_from_z(LOGINS[i]);
        CHECK(!tenant_write_wait(tenant, create, &wish, &err));
        CHECK_INT(err.code, ERR_INPUT);
    }
    wish.account = anna(NULL, 0);
    wish.account.state = STR("sleeping");
    CHECK(!tenant_write_wait(tenant, create, &wish, &err));
    wish.account = anna(NULL, 0);
    wish.account.name = STR("  ");
    CHECK(!tenant_write_wait(tenant, create, &wish, &err));
    wish.account = anna(NULL, 0);
    wish.account.id = 77;
    CHECK(!tenant_write_wait(tenant, change, &wish.account, &err));
    CHECK_INT(err.code, ERR_ABSENT);
    close_town();
}

static void a_change_replaces_the_roles(void)
{
    struct str before[] = {STR("clerk"), STR("data")};
    struct str after[] = {STR("head")};
    struct wish wish = {.account = anna(before, 2)};

    open_town();
    CHECK_OK(tenant_write_wait(tenant, create, &wish, &err), &err);
    struct account account = get(wish.id);
    account.roles = after;
    account.role_count = 1;
    account.name = STR("Анна Белова");
    account.person = 0;
    CHECK_OK(tenant_write_wait(tenant, change, &account, &err), &err);
    account = get(wish.id);
    CHECK_INT((int64_t)account.role_count, 1);
    CHECK_STR(account.roles[0], STR("head"));
    CHECK_STR(account.name, STR("Анна Белова"));
    CHECK_INT(account.person, 0);
    close_town();
}

static void the_list_goes_on_behind_an_id_with_everybodys_roles(void)
{
    struct str roles[] = {STR("a"), STR("b")};
    struct account_page page;
    int64_t ids[5];

    open_town();
    for (int i = 0; i < 5; i++) {
        struct wish wish = {.account = anna(roles, (size_t)i % 3)};

        wish.account.login = str_printf(check_arena(), "user%d", i);
        CHECK_OK(tenant_write_wait(tenant, create, &wish, &err), &err);
        ids[i] = wish.id;
    }
    CLEANUP(tx_done) struct tx tx = {0};
    CHECK_OK(tx_read(&tx, tenant, &err), &err);
    CHECK_OK(account_list(&tx, check_arena(), ids[0], 3, &page, &err), &err);
    CHECK_INT((int64_t)page.count, 3);
    for (int i = 0; i < 3; i++) {
        CHECK_INT(page.items[i].id, ids[i + 1]);
        CHECK_INT((int64_t)page.items[i].role_count, (i + 1) % 3);
    }
    CHECK_STR(page.items[1].roles[1], STR("b"));
    CHECK_OK(account_list(&tx, check_arena(), ids[4], 3, &page, &err), &err);
    CHECK_INT((int64_t)page.count, 0);
    tx_done(&tx);
    close_town();
}

static void the_journal_says_who_did_it_and_no_names(void)
{
    struct str roles[] = {STR("clerk")};
    struct wish wish = {.account = anna(roles, 1)};
    struct journal_ask ask = {.after = 0, .limit = 10};
    struct journal_entry *entries;
    size_t count;

    open_town();
    CHECK_OK(tenant_write_wait(tenant, create, &wish, &err), &err);
    struct account account = get(wish.id);
    account.state = STR("blocked");
    CHECK_OK(tenant_write_wait(tenant, change, &account, &err), &err);
    CLEANUP(tx_done) struct tx tx = {0};
    CHECK_OK(tx_read(&tx, tenant, &err), &err);
    CHECK_OK(journal_list(&tx, check_arena(), &ask, &entries, &count, &err), &err);
    tx_done(&tx);
    CHECK_INT((int64_t)count, 2);
    CHECK_STR(entries[1].action, STR("account.create"));
    CHECK_STR(entries[0].action, STR("account.change"));
    CHECK_INT(entries[0].actor, 5);
    CHECK_INT(entries[0].at, 2000);
    CHECK(str_find(entries[0].detail,
                   STR("\"level\":2,\"roles\":[\"clerk\"],\"state\":\"blocked\"")) <
          entries[0].detail.len);
    CHECK_INT((int64_t)str_find(entries[1].detail, STR("Анна")), (int64_t)entries[1].detail.len);
    close_town();
}

static bool remove_account(struct tx *tx, void *data, struct err *why)
{
    return account_remove(tx, *(int64_t *)data, (struct account_by){5, 3000}, why);
}

static void a_removed_account_is_gone_with_its_login(void)
{
    struct str role = STR("clerk");
    struct wish wish = {anna(&role, 1), STR("hash"), 0};

    open_town();
    CHECK_OK(tenant_write_wait(tenant, create, &wish, &err), &err);
    CHECK_OK(tenant_write_wait(tenant, remove_account, &wish.id, &err), &err);
    CHECK_INT(find("Анна.Фёдорова"), 0);
    CHECK(!tenant_write_wait(tenant, remove_account, &wish.id, &err));
    CHECK_INT(err.code, ERR_ABSENT);
    CHECK_OK(tenant_write_wait(tenant, create, &wish, &err), &err);
    close_town();
}

/* The node is a tenant without a number: the same accounts, its own journal. */
static void operators_are_accounts_of_the_node(void)
{
    struct wish wish = {anna(NULL, 0), STR("hash"), 0};
    struct journal_entry *entries;
    struct journal_report report;
    struct secret_key key;
    struct tenant *town;
    struct tx tx = {0};
    size_t count;

    open_town();
    town = tenant;
    CHECK_OK(
        secret_load_key(str_printf(check_arena(), "%.*s/key", STR_ARG(check_folder())), &key, &err),
        &err);
    tenant = store_hold_node(store);
    CHECK_OK(tenant_write_wait(tenant, create, &wish, &err), &err);
    CHECK(find("анна.фёдорова") == wish.id);
    CHECK_OK(tx_read(&tx, tenant, &err), &err);
    CHECK_OK(journal_list(&tx, check_arena(), &(struct journal_ask){.limit = 10}, &entries, &count,
                          &err),
             &err);
    CHECK(count == 1);
    CHECK_STR(entries[0].action, STR("account.create"));
    CHECK_OK(journal_verify(&tx, check_arena(), key.public_bytes, &report, &err), &err);
    CHECK_INT(report.bad, 0);
    CHECK_INT(report.entries, 1);
    tx_done(&tx);
    store_release(&tenant);
    tenant = town;
    CHECK_INT(find("анна.фёдорова"), 0);
    close_town();
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(an_account_is_kept_with_its_roles),
        CHECK_TEST(logins_differ_by_more_than_case),
        CHECK_TEST(wrong_accounts_are_refused),
        CHECK_TEST(a_change_replaces_the_roles),
        CHECK_TEST(the_list_goes_on_behind_an_id_with_everybodys_roles),
        CHECK_TEST(the_journal_says_who_did_it_and_no_names),
        CHECK_TEST(a_removed_account_is_gone_with_its_login),
        CHECK_TEST(operators_are_accounts_of_the_node),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}

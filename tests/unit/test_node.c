#include "cli/node.h"
#include "cli/upkeep.h"

#include "auth/account.h"
#include "core/file.h"
#include "town.h"

static const struct str PACKS[] = {STR_INIT("base")};

static void open_node(struct town *town, struct node *node)
{
    struct err err;

    town_open(town, PACKS, ARRAY_LEN(PACKS));
    *node = (struct node){.arena = town->arena, .store = town->store};
    CHECK_OK(secret_init(&err), &err);
    CHECK_OK(secret_load_key(file_join(check_arena(), check_folder(), STR("node.key")), &node->key,
                             &err),
             &err);
}

static int64_t count(struct tenant *tenant, const char *sql)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct rows rows;
    struct err err;

    CHECK_OK(tx_read(&tx, tenant, &err), &err);
    CHECK_OK(store_query(&tx, check_arena(), &rows, sql, ARGS(INT(tx.tenant)), &err), &err);
    return rows_int(&rows, 0, 0);
}

static bool spoil(struct tx *tx, void *data, struct err *err)
{
    (void)data;
    return store_exec(tx, "ALTER TABLE journal_anchor RENAME TO journal_lost",
                      (struct store_args){0}, err);
}

static void a_node_whose_journal_fails_anchors_its_municipalities(void)
{
    static const char ANCHORS[] = "SELECT count(*) FROM journal_anchor WHERE tenant = $1";
    struct town town;
    struct node node;
    struct err err;

    open_node(&town, &node);
    struct tenant *own = store_hold_node(town.store);
    CHECK_OK(tenant_write_wait(own, spoil, NULL, &err), &err);
    store_release(&own);
    CHECK_INT(count(town.tenant, ANCHORS), 0);
    upkeep_tend(&node, time_now());
    CHECK_INT(count(town.tenant, ANCHORS), 1);
    town_close(&town);
}

static bool create(struct tx *tx, void *data, struct err *err)
{
    struct str role = STR("resident");
    struct account account = {.login = STR("482917305"),
                              .name = STR("Анна"),
                              .state = STR("active"),
                              .roles = &role,
                              .role_count = 1};

    (void)data;
    return account_create(tx, &account, STR("hash"), (struct account_by){-1, 1000}, &account.id,
                          err);
}

static void accounts_nobody_confirms_are_collected_after_their_days(void)
{
    static const char ACCOUNTS[] = "SELECT count(*) FROM account WHERE tenant = $1";
    struct town town;
    struct node node;
    struct err err;

    open_node(&town, &node);
    CHECK_OK(tenant_write_wait(town.tenant, create, NULL, &err), &err);
    upkeep_collect(&node, INT64_C(40) * TIME_DAY_MS);
    CHECK_INT(count(town.tenant, ACCOUNTS), 1);
    node.unconfirmed_days = 30;
    upkeep_collect(&node, INT64_C(29) * TIME_DAY_MS);
    CHECK_INT(count(town.tenant, ACCOUNTS), 1);
    upkeep_collect(&node, INT64_C(40) * TIME_DAY_MS);
    CHECK_INT(count(town.tenant, ACCOUNTS), 0);
    town_close(&town);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(a_node_whose_journal_fails_anchors_its_municipalities),
    CHECK_TEST(accounts_nobody_confirms_are_collected_after_their_days),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}

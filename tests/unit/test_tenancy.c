#include "registry/tenancy.h"

#include "auth/journal.h"
#include "town.h"

#include <sys/stat.h>

static const struct str BASE[] = {STR_INIT("base")};
static struct town town;
static struct err err;

static struct tenancy by(int64_t actor)
{
    return (struct tenancy){town.store, town.library, actor, 1000};
}

/* The newest entry of the node's journal, or of the town's. */
static struct journal_entry newest(struct tenant *tenant)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct journal_entry *entries;
    size_t count;

    CHECK_OK(tx_read(&tx, tenant, &err), &err);
    CHECK_OK(
        journal_list(&tx, check_arena(), &(struct journal_ask){.limit = 1}, &entries, &count, &err),
        &err);
    return count > 0 ? entries[0] : (struct journal_entry){0};
}

static void an_act_stands_in_both_journals(void)
{
    struct tenancy boss;
    struct tenant *node;

    town_open(&town, BASE, 1);
    boss = by(7);
    node = store_hold_node(town.store);
    CHECK_OK(tenancy_suspend(&boss, STR("town"), true, &err), &err);
    CHECK(tenant_info(town.tenant)->is_suspended);
    CHECK_STR(newest(node).action, STR("tenant.suspend"));
    CHECK_INT(newest(node).actor, 7);
    CHECK_STR(newest(node).detail, STR("{\"tenant\":\"town\"}"));
    CHECK_STR(newest(town.tenant).action, STR("tenant.suspend"));
    CHECK_INT(newest(town.tenant).actor, TENANCY_OPERATOR);

    int64_t seq = newest(node).seq;
    CHECK_OK(tenancy_suspend(&boss, STR("town"), true, &err), &err);
    CHECK_INT(newest(node).seq, seq); /* it was so already: nothing to tell */
    CHECK_OK(tenancy_suspend(&boss, STR("town"), false, &err), &err);
    CHECK(!tenant_info(town.tenant)->is_suspended);
    CHECK(!tenancy_suspend(&boss, STR("nowhere"), true, &err));
    CHECK_INT(err.code, ERR_ABSENT);
    store_release(&node);
    town_close(&town);
}

static void a_wrong_wish_leaves_nothing_behind(void)
{
    static const struct str NONE_SUCH[] = {STR_INIT("base"), STR_INIT("nonesuch")};
    struct tenancy boss;
    struct tenancy_wish wish = {
        .name = STR("ak-suu"), .title = STR("Ак-Суу"), .packs = {NONE_SUCH, 2}};
    struct store_tenant info;

    town_open(&town, BASE, 1);
    boss = by(7);
    CHECK(!tenancy_found(&boss, &wish, &err));
    CHECK_INT(err.code, ERR_INPUT);
    wish.packs.count = 0;
    CHECK(!tenancy_found(&boss, &wish, &err));
    wish.packs.count = 1;
    wish.title = STR("  ");
    CHECK(!tenancy_found(&boss, &wish, &err));
    wish.title = STR("Ак-Суу");
    wish.name = STR("node");
    CHECK(!tenancy_found(&boss, &wish, &err));
    wish.name = STR("ak-suu");
    CHECK(!store_get_tenant(town.store, check_arena(), STR("ak-suu"), &info, &err));
    CHECK_OK(tenancy_found(&boss, &wish, &err), &err);
    CHECK_OK(store_get_tenant(town.store, check_arena(), STR("ak-suu"), &info, &err), &err);
    CHECK_STR(info.title, STR("Ак-Суу"));
    CHECK(!tenancy_found(&boss, &wish, &err));
    CHECK_INT(err.code, ERR_CONFLICT);
    town_close(&town);
}

static void a_domain_is_a_name_and_nobody_elses(void)
{
    static const struct str WRONG[] = {
        STR_INIT("10.0.0.1"),    STR_INIT("town"),         STR_INIT("Town.example"),
        STR_INIT("a..example"),  STR_INIT("-a.example"),   STR_INIT("a.example."),
        STR_INIT("a b.example"), STR_INIT("зареченск.рф"), STR_INIT("town.example:80"),
        STR_INIT(".example"),
    };
    struct tenancy boss;

    town_open(&town, BASE, 1);
    boss = by(0);
    for (size_t i = 0; i < ARRAY_LEN(WRONG); i++) {
        CHECK(!tenancy_set_host(&boss, STR("town"), WRONG[i], &err));
        CHECK_INT(err.code, ERR_INPUT);
    }
    CHECK_OK(tenancy_set_host(&boss, STR("town"), STR("xn--80a.xn--p1ai"), &err), &err);
    CHECK_STR(store_find_host(town.store, STR("xn--80a.xn--p1ai")), STR("town"));
    CHECK_OK(store_create_tenant(town.store, STR("other"), STR("Другой"), 0, 1, &err), &err);
    CHECK(!tenancy_set_host(&boss, STR("other"), STR("xn--80a.xn--p1ai"), &err));
    CHECK_INT(err.code, ERR_CONFLICT);
    CHECK_OK(tenancy_set_host(&boss, STR("town"), STR(""), &err), &err);
    CHECK(store_find_host(town.store, STR("xn--80a.xn--p1ai")).len == 0);
    town_close(&town);
}

static void a_new_name_is_told_by_the_towns_own_journal(void)
{
    struct tenancy admin;

    town_open(&town, BASE, 1);
    admin = by(11);
    CHECK(!tenancy_rename(&admin, STR("town"), STR(" "), &err));
    CHECK_INT(err.code, ERR_INPUT);
    CHECK_OK(tenancy_rename(&admin, STR("town"), STR(" Новый город "), &err), &err);
    CHECK_STR(tenant_info(town.tenant)->title, STR("Новый город"));
    CHECK_STR(newest(town.tenant).action, STR("tenant.rename"));
    CHECK_INT(newest(town.tenant).actor, 11);
    town_close(&town);
}

static void a_new_municipality_is_small_whole_and_has_its_packs(void)
{
    static const struct str PACKS[] = {STR_INIT("base"), STR_INIT("housing")};
    struct str path =
        str_printf(check_arena(), "%.*s/tenants/ak-suu/data.db", STR_ARG(check_folder()));
    struct tenancy_wish wish = {.name = STR("ak-suu"), .title = STR("Ак-Суу"), .packs = {PACKS, 2}};
    struct tenant *tenant = NULL;
    const struct catalog *catalog;
    struct tenancy boss;
    struct stat file;

    town_open(&town, BASE, 1);
    boss = by(7);
    CHECK_OK(tenancy_found(&boss, &wish, &err), &err);
    CHECK(stand_is_postgres() || (stat(path.ptr, &file) == 0 && file.st_size <= 250 * 1000));
    CHECK(!tenancy_found(&boss, &wish, &err));
    CHECK_INT(err.code, ERR_CONFLICT);
    CHECK_OK(store_hold(town.store, STR("ak-suu"), &tenant, &err), &err);
    CHECK_OK(catalog_get(tenant, town.library, &catalog, &err), &err);
    CHECK_INT((int64_t)catalog->model->packs.count, 2);
    CHECK(catalog_code(catalog, STR("base.street_type"), STR("ул")) != NULL);
    CHECK_STR(newest(tenant).action, STR("pack.install"));
    CHECK_INT(newest(tenant).seq, 3);
    for (size_t i = 0; i < catalog->model->type_count; i++)
        CHECK(catalog->nos[i] > 0 && !catalog->layouts[i].is_rebuilding &&
              catalog->layouts[i].has_words);
    struct tenant *node = store_hold_node(town.store);
    CHECK_STR(newest(node).action, STR("tenant.create"));
    CHECK_STR(newest(node).detail, STR("{\"tenant\":\"ak-suu\"}"));
    store_release(&node);
    store_release(&tenant);
    town_close(&town);
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(an_act_stands_in_both_journals),
        CHECK_TEST(a_new_municipality_is_small_whole_and_has_its_packs),
        CHECK_TEST(a_wrong_wish_leaves_nothing_behind),
        CHECK_TEST(a_domain_is_a_name_and_nobody_elses),
        CHECK_TEST(a_new_name_is_told_by_the_towns_own_journal),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}

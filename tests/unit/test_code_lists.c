#include "hamlet.h"

#include "registry/code_lists.h"

static struct hamlet hamlet;

static const struct catalog *catalog_of(struct tenant *tenant)
{
    const struct catalog *catalog;

    CHECK_OK(catalog_reload(tenant, hamlet.library, &hamlet.err), &hamlet.err);
    CHECK_OK(catalog_get(tenant, hamlet.library, &catalog, &hamlet.err), &hamlet.err);
    return catalog;
}

static void install_into(struct tenant *tenant)
{
    static const struct str PACK[] = {STR_INIT("hamlet")};

    CHECK_OK(catalog_install(tenant, hamlet.library, (struct pack_ids){PACK, 1}, 0, HAMLET_NOW,
                             &hamlet.err),
             &hamlet.err);
}

static void upgrade(struct tenant *tenant, const char *version, const char *csv)
{
    const struct pack_file kinds = {STR_INIT("lists/kind.csv"), str_from_z(csv)};

    hamlet_write_pack(&hamlet, version, &kinds);
    install_into(tenant);
}

static void a_neighbour(struct tenant **tenant)
{
    struct store *store = hamlet.town.store;

    CHECK_OK(store_create_tenant(store, STR("neighbour"), STR(""), 0, 0, &hamlet.err), &hamlet.err);
    CHECK_OK(store_hold(store, STR("neighbour"), tenant, &hamlet.err), &hamlet.err);
    install_into(*tenant);
}

static struct str title(struct tenant *tenant, const char *code)
{
    return catalog_code_title(catalog_of(tenant), STR("hamlet.kind"), str_from_z(code), MODEL_RU);
}

static int64_t count_own(void)
{
    return town_count(&hamlet.town, "SELECT count(*) FROM list_code WHERE tenant = $1");
}

/* A code of the tenant's own. */
struct own {
    struct str list;
    struct catalog_code code;
};

static bool put(struct tx *tx, void *data, struct err *err)
{
    const struct own *own = data;

    return code_lists_put(tx, own->list, &own->code, err);
}

static void put_code(struct tenant *tenant, const char *code, const char *words)
{
    struct own own = {STR("hamlet.kind"),
                      {.code = str_from_z(code),
                       .valid_from = INT64_MIN / 2,
                       .valid_to = INT64_MAX / 2,
                       .rank = 7}};

    for (int language = 0; language < MODEL_LANGUAGES; language++)
        own.code.title[language] = str_from_z(words);
    CHECK_OK(tenant_write_wait(tenant, put, &own, &hamlet.err), &hamlet.err);
}

static void packs_lists_are_no_rows_and_in_memory_once(void)
{
    struct tenant *same = NULL;

    hamlet_open(&hamlet);
    a_neighbour(&same);
    CHECK_INT(count_own(), 0);
    CHECK(catalog_of(same)->lists.slots == catalog_of(hamlet.town.tenant)->lists.slots);
    CHECK(catalog_of(same)->shared_lists == NULL);
    CHECK_STR(title(same, "lane"), STR("переулок"));
    CHECK_INT((int64_t)code_lists_count(model_library_lists(hamlet.library)), 0);
    store_release(&same);
    hamlet_close(&hamlet);
}

static void own_codes_stand_over_the_packs_and_are_shared_by_those_who_have_the_same(void)
{
    struct tenant *same = NULL;

    hamlet_open(&hamlet);
    a_neighbour(&same);
    put_code(hamlet.town.tenant, "lane", "проулок");
    CHECK_STR(title(hamlet.town.tenant, "lane"), STR("проулок"));
    CHECK_STR(title(hamlet.town.tenant, "street"), STR("улица"));
    CHECK_STR(title(same, "lane"), STR("переулок"));
    put_code(same, "lane", "проулок");
    CHECK(catalog_of(same)->shared_lists == catalog_of(hamlet.town.tenant)->shared_lists);
    put_code(same, "alley", "аллея");
    CHECK(catalog_of(same)->shared_lists != catalog_of(hamlet.town.tenant)->shared_lists);
    CHECK_STR(title(same, "alley"), STR("аллея"));
    CHECK(catalog_code(catalog_of(hamlet.town.tenant), STR("hamlet.kind"), STR("alley")) == NULL);
    store_release(&same);
    hamlet_close(&hamlet);
}

static void an_upgrade_keeps_what_it_leaves_out_and_what_the_tenant_said(void)
{
    struct tenant *tenant;

    hamlet_open(&hamlet);
    tenant = hamlet.town.tenant;
    put_code(tenant, "street", "большак");
    upgrade(tenant, "1.1.0", "code,title\nstreet,проспект\nalley,аллея\n");
    CHECK_INT(count_own(), 4); /* both times of the yard too */
    CHECK_STR(title(tenant, "lane"), STR("переулок"));
    CHECK_STR(title(tenant, "street"), STR("большак"));
    upgrade(tenant, "1.2.0", "code,title\nlane,проулок\nstreet,тракт\n");
    CHECK_STR(title(tenant, "lane"), STR("проулок"));
    CHECK_STR(title(tenant, "alley"), STR("аллея"));
    CHECK_STR(title(tenant, "street"), STR("большак"));
    CHECK_INT(count_own(), 4);
    hamlet_close(&hamlet);
}

/* As a package of the system does it: its folder has the newest version only. */
static void an_upgrade_knows_a_version_whose_folder_has_gone(void)
{
    struct model_library *before, *later;
    struct arena *arena;
    struct str folder;

    hamlet_open(&hamlet);
    folder = file_join(check_arena(), hamlet.folder, STR("packs"));
    CHECK_OK(file_remove_tree(folder, &hamlet.err), &hamlet.err);
    arena = arena_open(0);
    later = model_library_new(arena, &folder, 1);
    before = hamlet.library;
    hamlet.library = later;
    upgrade(hamlet.town.tenant, "1.1.0", "code,title\nalley,аллея\n");
    CHECK_STR(title(hamlet.town.tenant, "lane"), STR("переулок"));
    CHECK_STR(title(hamlet.town.tenant, "alley"), STR("аллея"));
    hamlet.library = before;
    hamlet_close(&hamlet);
    model_library_close(&later);
    arena_close(&arena);
}

static bool forget(struct tx *tx, void *data, struct err *err)
{
    (void)data;
    return store_exec(tx, "DELETE FROM kept_list WHERE tenant = $1", ARGS(INT(tx->tenant)), err);
}

static void an_upgrade_from_what_nobody_knows_is_refused(void)
{
    static const struct str PACK[] = {STR_INIT("hamlet")};
    const struct pack_file kinds = {STR_INIT("lists/kind.csv"), STR_INIT("code,title\nalley,а\n")};

    hamlet_open(&hamlet);
    CHECK_OK(store_write_node(hamlet.town.store, forget, NULL, &hamlet.err), &hamlet.err);
    hamlet_write_pack(&hamlet, "1.1.0", &kinds);
    CHECK(!catalog_install(hamlet.town.tenant, hamlet.library, (struct pack_ids){PACK, 1}, 0,
                           HAMLET_NOW, &hamlet.err));
    CHECK_INT(hamlet.err.code, ERR_CONFLICT);
    CHECK_STR(title(hamlet.town.tenant, "lane"), STR("переулок"));
    hamlet_close(&hamlet);
}

/* As programs of before wrote it: rows of all codes, and a stamp. */
static bool write_as_before(struct tx *tx, void *data, struct err *err)
{
    const struct catalog_list *list = data;

    for (size_t i = 0; i < list->count; i++)
        if (!code_lists_put(tx, list->id, &list->codes[i], err))
            return false;
    return store_exec(tx, "INSERT INTO setting (tenant, name, value) VALUES ($1, $2, 'abc')",
                      ARGS(INT(tx->tenant), TEXT(STR(CODE_LISTS_STAMP))), err);
}

static void rows_of_an_earlier_program_go_away(void)
{
    struct tenant *tenant;
    struct catalog_list *list;

    hamlet_open(&hamlet);
    tenant = hamlet.town.tenant;
    list = map_find(&catalog_of(tenant)->lists, STR("hamlet.kind"));
    CHECK_OK(tenant_write_wait(tenant, write_as_before, list, &hamlet.err), &hamlet.err);
    put_code(tenant, "old", "старое");
    CHECK_INT(count_own(), (int64_t)list->count + 1);
    CHECK_STR(title(tenant, "lane"), STR("переулок"));
    CHECK_OK(catalog_thin(tenant, hamlet.library, &hamlet.err), &hamlet.err);
    CHECK_INT(count_own(), 1);
    CHECK_STR(title(tenant, "old"), STR("старое"));
    CHECK(catalog_setting(catalog_of(tenant), STR(CODE_LISTS_STAMP)).len == 0);
    hamlet_close(&hamlet);
}

/* Nobody has seen their packs since, and they have gone: the rows tell. */
static void rows_of_an_earlier_program_are_enough_for_an_upgrade(void)
{
    struct tenant *tenant;

    hamlet_open(&hamlet);
    tenant = hamlet.town.tenant;
    CHECK_OK(tenant_write_wait(tenant, write_as_before,
                               map_find(&catalog_of(tenant)->lists, STR("hamlet.kind")),
                               &hamlet.err),
             &hamlet.err);
    CHECK_OK(store_write_node(hamlet.town.store, forget, NULL, &hamlet.err), &hamlet.err);
    upgrade(tenant, "1.1.0", "code,title\nstreet,проспект\n");
    CHECK_INT(count_own(), 3);
    CHECK_STR(title(tenant, "lane"), STR("переулок"));
    CHECK_STR(title(tenant, "street"), STR("проспект"));
    hamlet_close(&hamlet);
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(packs_lists_are_no_rows_and_in_memory_once),
        CHECK_TEST(own_codes_stand_over_the_packs_and_are_shared_by_those_who_have_the_same),
        CHECK_TEST(an_upgrade_keeps_what_it_leaves_out_and_what_the_tenant_said),
        CHECK_TEST(an_upgrade_knows_a_version_whose_folder_has_gone),
        CHECK_TEST(an_upgrade_from_what_nobody_knows_is_refused),
        CHECK_TEST(rows_of_an_earlier_program_go_away),
        CHECK_TEST(rows_of_an_earlier_program_are_enough_for_an_upgrade),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}

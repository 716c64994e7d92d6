#include "town.h"

#include "registry/code_lists.h"

static struct err err;

static void a_second_town(struct town *town, struct str name, const struct str *packs, size_t count,
                          struct tenant **tenant)
{
    CHECK_OK(store_create_tenant(town->store, name, STR(""), 0, 0, &err), &err);
    CHECK_OK(store_hold(town->store, name, tenant, &err), &err);
    CHECK_OK(catalog_install(*tenant, town->library, (struct pack_ids){packs, count}, 0, time_now(),
                             &err),
             &err);
}

static const struct catalog *catalog_of(struct town *town, struct tenant *tenant)
{
    const struct catalog *catalog;

    CHECK_OK(catalog_get(tenant, town->library, &catalog, &err), &err);
    return catalog;
}

static void towns_with_the_same_packs_share_their_code_lists(void)
{
    const struct str packs[] = {STR("base"), STR("housing")};
    struct tenant *same = NULL, *other = NULL;
    struct town town;

    town_open(&town, packs, 2);
    a_second_town(&town, STR("same"), packs, 2, &same);
    a_second_town(&town, STR("other"), packs, 1, &other);
    const struct catalog *catalog = catalog_of(&town, town.tenant);
    CHECK(catalog_of(&town, same)->shared_lists == catalog->shared_lists);
    CHECK(catalog_of(&town, other)->shared_lists != catalog->shared_lists);
    CHECK(catalog_code(catalog, STR("housing.house_type"), STR("")) == NULL);
    CHECK(catalog_code(catalog_of(&town, other), STR("base.street_type"), STR("ул")) != NULL);
    CHECK(map_find(&catalog_of(&town, other)->lists, STR("housing.wall_material")) == NULL);
    store_release(&same);
    store_release(&other);
    town_close(&town);
    CHECK_INT((int64_t)code_lists_count(model_library_lists(town.library)), 0);
}

static bool forget_stamp(struct tx *tx, void *data, struct err *why)
{
    (void)data;
    return store_exec(tx, "DELETE FROM setting WHERE tenant = $1 AND name = 'lists_stamp'",
                      ARGS(INT(tx->tenant)), why) &&
           store_exec(tx,
                      "UPDATE list_code SET title = 'Другая' WHERE tenant = $1"
                      " AND list = 'base.street_type' AND code = 'ул'",
                      ARGS(INT(tx->tenant)), why);
}

/* As of before there were stamps: nobody knows what their rows come from. */
static void a_town_without_a_stamp_has_lists_of_its_own(void)
{
    const struct str packs[] = {STR("base"), STR("housing")};
    struct tenant *old = NULL;
    struct town town;

    town_open(&town, packs, 1);
    a_second_town(&town, STR("old"), packs, 1, &old);
    CHECK_OK(tenant_write_wait(old, forget_stamp, NULL, &err), &err);
    CHECK_OK(catalog_reload(old, town.library, &err), &err);
    CHECK(catalog_of(&town, old)->shared_lists != catalog_of(&town, town.tenant)->shared_lists);
    CHECK_STR(
        catalog_code_title(catalog_of(&town, old), STR("base.street_type"), STR("ул"), MODEL_RU),
        STR("Другая"));
    CHECK_OK(catalog_install(old, town.library, (struct pack_ids){packs, 2}, 0, time_now(), &err),
             &err);
    CHECK_OK(catalog_install(town.tenant, town.library, (struct pack_ids){packs, 2}, 0, time_now(),
                             &err),
             &err);
    CHECK(catalog_of(&town, old)->shared_lists != catalog_of(&town, town.tenant)->shared_lists);
    store_release(&old);
    town_close(&town);
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(towns_with_the_same_packs_share_their_code_lists),
        CHECK_TEST(a_town_without_a_stamp_has_lists_of_its_own),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}

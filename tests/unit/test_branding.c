#include "registry/branding.h"

#include "farm.h"
#include "registry/tenancy.h"

#define CHECK_TEXT(got, want) CHECK_STR((got), str_from_z(want))

struct wish {
    const char *name, *value;
};

static bool run_set(struct tx *tx, void *data, struct err *err)
{
    const struct wish *wish = data;

    return catalog_set(tx, str_from_z(wish->name), str_from_z(wish->value), 0, HAMLET_NOW, err) &&
           branding_tell(tx, 0, HAMLET_NOW, err);
}

static void set(struct farm *farm, struct tenant *tenant, const char *name, const char *value)
{
    struct wish wish = {name, value};

    CHECK_OK(tenant_write_wait(tenant, run_set, &wish, &farm->err), &farm->err);
    CHECK_OK(catalog_reload(tenant, farm->h.library, &farm->err), &farm->err);
    farm_work(farm, &branding_kind, 1);
}

/* "colour line from" */
static struct str look(struct farm *farm, struct tenant *tenant)
{
    const struct catalog *catalog;
    struct branding branding;

    CHECK_OK(catalog_get(tenant, farm->h.library, &catalog, &farm->err), &farm->err);
    branding = branding_of(catalog);
    return str_printf(check_arena(), "%.*s|%.*s|%.*s", STR_ARG(branding.colour),
                      STR_ARG(branding.line), STR_ARG(branding.from));
}

static void those_below_have_the_colour_of_the_one_above(void)
{
    struct farm farm;

    farm_open(&farm);
    CHECK_TEXT(look(&farm, farm.child), "||");
    set(&farm, farm.h.town.tenant, "brand", "#123456");
    CHECK_TEXT(look(&farm, farm.h.town.tenant), "#123456||");
    CHECK_TEXT(look(&farm, farm.child), "#123456|Город|Город");
    set(&farm, farm.child, "kind", "хутор");
    CHECK_TEXT(look(&farm, farm.child), "#123456|хутор|Город");
    set(&farm, farm.h.town.tenant, "brand", "#654321");
    CHECK_TEXT(look(&farm, farm.child), "#654321|хутор|Город");
    /* One's own goes first, and stays. */
    set(&farm, farm.child, "brand", "#00aa00");
    set(&farm, farm.h.town.tenant, "brand", "#111111");
    CHECK_TEXT(look(&farm, farm.child), "#00aa00|хутор|");
    set(&farm, farm.child, "brand", "");
    CHECK_TEXT(look(&farm, farm.child), "#111111|хутор|Город");
    set(&farm, farm.h.town.tenant, "brand", "");
    CHECK_TEXT(look(&farm, farm.child), "|хутор|");
    farm_close(&farm);
}

static void the_nearest_that_has_one_goes_first(void)
{
    struct farm farm;
    struct tenant *barn, *stranger;
    static const struct str PACK[] = {STR_INIT("hamlet")};

    farm_open(&farm);
    set(&farm, farm.h.town.tenant, "brand", "#123456");
    /* Who is founded below later has it at once. */
    struct tenancy by = {farm.h.town.store, farm.h.library, 0, HAMLET_NOW};
    struct tenancy_wish wish = {.name = STR("barn"),
                                .title = STR("Амбар"),
                                .parent = tenant_info(farm.child)->id,
                                .packs = {PACK, 1}};
    CHECK_OK(tenancy_found(&by, &wish, &farm.err), &farm.err);
    CHECK_OK(store_hold(farm.h.town.store, wish.name, &barn, &farm.err), &farm.err);
    CHECK_TEXT(look(&farm, barn), "#123456|Город|Город");
    open_child(&farm, "stranger", 0, &stranger);
    set(&farm, farm.child, "brand", "#00aa00");
    CHECK_TEXT(look(&farm, barn), "#00aa00|Хутор|Хутор");
    set(&farm, farm.h.town.tenant, "brand", "#222222");
    CHECK_TEXT(look(&farm, barn), "#00aa00|Хутор|Хутор");
    set(&farm, farm.child, "brand", "");
    CHECK_TEXT(look(&farm, barn), "#222222|Город|Город");
    CHECK_TEXT(look(&farm, stranger), "||");
    store_release(&stranger);
    store_release(&barn);
    farm_close(&farm);
}

static bool run_spoil(struct tx *tx, void *data, struct err *err)
{
    (void)data;
    return store_exec(tx, "UPDATE pack SET version = '99.0.0' WHERE tenant = $1",
                      ARGS(INT(tx->tenant)), err);
}

static void below_one_that_cannot_be_read_it_is_founded_all_the_same(void)
{
    static const struct str PACK[] = {STR_INIT("hamlet")};
    struct tenant *broken;
    struct farm farm;

    farm_open(&farm);
    open_child(&farm, "broken", 0, &broken);
    CHECK_OK(tenant_write_wait(broken, run_spoil, NULL, &farm.err), &farm.err);
    CHECK(!catalog_reload(broken, farm.h.library, &farm.err));
    struct tenancy by = {farm.h.town.store, farm.h.library, 0, HAMLET_NOW};
    struct tenancy_wish wish = {.name = STR("barn"),
                                .title = STR("Амбар"),
                                .parent = tenant_info(broken)->id,
                                .packs = {PACK, 1}};
    CHECK_OK(tenancy_found(&by, &wish, &farm.err), &farm.err);
    store_release(&broken);
    farm_close(&farm);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(those_below_have_the_colour_of_the_one_above),
    CHECK_TEST(the_nearest_that_has_one_goes_first),
    CHECK_TEST(below_one_that_cannot_be_read_it_is_founded_all_the_same),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}

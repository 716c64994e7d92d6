#include "registry/offer.h"

#include "farm.h"

#define CHECK_TEXT(got, want) CHECK_STR((got), str_from_z(want))

static enum err_code offer(struct farm *farm, const char *pack, int64_t to, bool is_end)
{
    struct offer_order order = {.library = farm->h.library,
                                .arena = check_arena(),
                                .pack = str_from_z(pack),
                                .to = to,
                                .is_end = is_end,
                                .actor = HAMLET_ACTOR,
                                .now = HAMLET_NOW};

    farm->err = (struct err){0};
    return offer_do(farm->h.town.tenant, &order, &farm->err) ? ERR_NONE : farm->err.code;
}

/* "pack version from" of what the child is offered. */
static struct str received(struct farm *farm)
{
    struct subscription_by reader = by(farm);
    struct buf text = {.arena = check_arena()};
    struct offer_received *offers;
    size_t count;

    CHECK_OK(offer_received(&reader, &offers, &count, &farm->err), &farm->err);
    for (size_t i = 0; i < count; i++)
        buf_printf(&text, "%s%.*s %.*s %.*s", i > 0 ? "|" : "", STR_ARG(offers[i].offer.pack),
                   STR_ARG(offers[i].offer.version), STR_ARG(offers[i].from_title));
    return buf_str(&text);
}

static void those_below_see_what_is_offered(void)
{
    struct farm farm;

    farm_open(&farm);
    CHECK_TEXT(received(&farm), "");
    CHECK_INT(offer(&farm, "nosuch", OFFER_ALL, false), ERR_ABSENT);
    CHECK_INT(offer(&farm, "hamlet", OFFER_ALL, false), ERR_NONE);
    CHECK_TEXT(received(&farm), "hamlet 1.0.0 Город");
    /* It stays the version that was offered, until it is offered anew. */
    hamlet_write_pack(&farm.h, "1.1.0", NULL);
    hamlet_install(&farm.h);
    CHECK_TEXT(received(&farm), "hamlet 1.0.0 Город");
    CHECK_INT(offer(&farm, "hamlet", OFFER_ALL, false), ERR_NONE);
    CHECK_TEXT(received(&farm), "hamlet 1.1.0 Город");
    CHECK_INT(offer(&farm, "hamlet", OFFER_ALL, true), ERR_NONE);
    CHECK_INT(offer(&farm, "hamlet", OFFER_ALL, true), ERR_ABSENT);
    CHECK_TEXT(received(&farm), "");
    CHECK_INT(town_count(&farm.h.town, "SELECT count(*) FROM journal WHERE tenant = $1"
                                       " AND action IN ('offer.put', 'offer.remove')"),
              3);
    farm_close(&farm);
}

static void what_is_meant_for_one_is_not_anothers(void)
{
    struct farm farm;
    struct tenant *child;

    farm_open(&farm);
    child = farm.child;
    open_child(&farm, "mill", tenant_info(farm.h.town.tenant)->id, &farm.child);
    CHECK_INT(offer(&farm, "hamlet", tenant_info(child)->id, false), ERR_NONE);
    CHECK_TEXT(received(&farm), "");
    store_release(&farm.child);
    open_child(&farm, "stranger", 0, &farm.child);
    CHECK_INT(offer(&farm, "hamlet", OFFER_ALL, false), ERR_NONE);
    CHECK_TEXT(received(&farm), "");
    store_release(&farm.child);
    farm.child = child;
    CHECK_TEXT(received(&farm), "hamlet 1.0.0 Город");
    /* One end does not end the other. */
    CHECK_INT(offer(&farm, "hamlet", OFFER_ALL, true), ERR_NONE);
    CHECK_TEXT(received(&farm), "hamlet 1.0.0 Город");
    farm_close(&farm);
}

static void the_nearest_above_goes_first(void)
{
    struct farm farm;
    struct tenant *child;

    farm_open(&farm);
    child = farm.child;
    CHECK_INT(offer(&farm, "hamlet", OFFER_ALL, false), ERR_NONE);
    open_child(&farm, "barn", tenant_info(child)->id, &farm.child);
    CHECK_TEXT(received(&farm), "hamlet 1.0.0 Город");
    struct offer_order order = {.library = farm.h.library,
                                .arena = check_arena(),
                                .pack = STR("hamlet"),
                                .now = HAMLET_NOW};
    CHECK_OK(offer_do(child, &order, &farm.err), &farm.err);
    CHECK_TEXT(received(&farm), "hamlet 1.0.0 Хутор");
    store_release(&farm.child);
    farm.child = child;
    farm_close(&farm);
}

static void a_named_version_is_installed(void)
{
    static const struct str NEWEST[] = {STR_INIT("hamlet")};
    static const struct str NAMED[] = {STR_INIT("hamlet@1.1.0")};
    static const struct str NONE_SUCH[] = {STR_INIT("hamlet@7.0.0")};
    struct farm farm;

    farm_open(&farm);
    hamlet_write_pack(&farm.h, "1.1.0", NULL);
    hamlet_write_pack(&farm.h, "1.2.0", NULL);
    CHECK_OK(catalog_install(farm.child, farm.h.library, (struct pack_ids){NAMED, 1}, 0, HAMLET_NOW,
                             &farm.err),
             &farm.err);
    CHECK_TEXT(farm_catalog(&farm)->model->packs.packs[0]->version, "1.1.0");
    CHECK(!catalog_install(farm.child, farm.h.library, (struct pack_ids){NONE_SUCH, 1}, 0,
                           HAMLET_NOW, &farm.err));
    CHECK_INT(farm.err.code, ERR_ABSENT);
    CHECK_OK(catalog_install(farm.child, farm.h.library, (struct pack_ids){NEWEST, 1}, 0,
                             HAMLET_NOW, &farm.err),
             &farm.err);
    CHECK_TEXT(farm_catalog(&farm)->model->packs.packs[0]->version, "1.2.0");
    farm_close(&farm);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(those_below_see_what_is_offered),
    CHECK_TEST(what_is_meant_for_one_is_not_anothers),
    CHECK_TEST(the_nearest_above_goes_first),
    CHECK_TEST(a_named_version_is_installed),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}

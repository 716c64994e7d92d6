#include "hamlet.h"

#include "registry/gauge.h"

static void what_a_municipality_has_is_known_without_opening_it(void)
{
    struct hamlet h;
    struct gauge *gauges;
    struct err err;
    size_t count;

    hamlet_open(&h);
    struct store *store = h.town.store;
    int64_t id = tenant_info(h.town.tenant)->id;
    hamlet_make(&h, "street", STR("{\"name\":\"Мира\"}"));
    hamlet_make(&h, "street", STR("{\"name\":\"Труда\"}"));
    CHECK_OK(gauge_note(store, &h.town.tenant, 1, HAMLET_NOW, &err), &err);
    CHECK_OK(gauge_list(store, check_arena(), &gauges, &count, &err), &err);
    CHECK_INT((int64_t)count, 1);
    const struct gauge *gauge = gauge_find(gauges, count, id);
    CHECK(gauge != NULL);
    CHECK_INT(gauge->rows, 2);
    CHECK_INT(gauge->at, HAMLET_NOW);
    CHECK_INT(gauge->waiting + gauge->running, 0);
    CHECK_INT(gauge->tables, store_version(store));
    CHECK(gauge->disk > 0 || store_is_shared(store));
    CHECK(gauge_find(gauges, count, id - 1) == NULL);
    CHECK(gauge_find(NULL, 0, id) == NULL);
    hamlet_close(&h);
}

static void versions_are_counted_and_those_behind_told_apart(void)
{
    struct gauge_version *versions;
    struct gauge_place *places;
    struct pack_set newest;
    struct hamlet h;
    struct err err;
    size_t count;

    hamlet_open(&h);
    struct store *store = h.town.store;
    CHECK_OK(model_library_packs(h.library, check_arena(), &newest, &err), &err);
    CHECK_OK(gauge_versions(store, check_arena(), &newest, &versions, &count, &err), &err);
    CHECK_INT((int64_t)count, 1);
    CHECK_STR(versions[0].pack, STR("hamlet"));
    CHECK_INT(versions[0].count, 1);
    CHECK(!versions[0].is_behind);
    hamlet_write_pack(&h, "1.1.0", NULL);
    CHECK_OK(model_library_packs(h.library, check_arena(), &newest, &err), &err);
    CHECK_OK(gauge_versions(store, check_arena(), &newest, &versions, &count, &err), &err);
    CHECK(versions[0].is_behind);
    CHECK_OK(
        gauge_packs(store, check_arena(), tenant_info(h.town.tenant)->id, &versions, &count, &err),
        &err);
    CHECK_INT((int64_t)count, 1);
    CHECK_STR(versions[0].pack, STR("hamlet"));
    CHECK_STR(versions[0].version, STR("1.0.0"));
    CHECK_OK(gauge_packs(store, check_arena(), -1, &versions, &count, &err), &err);
    CHECK_INT((int64_t)count, 0);
    struct gauge_ask ask = {.pack = STR("hamlet"), .version = STR("1.0.0"), .max = 10};
    CHECK_OK(gauge_places(store, check_arena(), &ask, &places, &count, &err), &err);
    CHECK_INT((int64_t)count, 1);
    CHECK_STR(places[0].name, STR("town"));
    ask.after = STR("town");
    CHECK_OK(gauge_places(store, check_arena(), &ask, &places, &count, &err), &err);
    CHECK_INT((int64_t)count, 0);
    /* Installing it is known at once. */
    hamlet_install(&h);
    CHECK_OK(gauge_versions(store, check_arena(), &newest, &versions, &count, &err), &err);
    CHECK_INT((int64_t)count, 1);
    CHECK_STR(versions[0].version, STR("1.1.0"));
    CHECK(!versions[0].is_behind);
    hamlet_close(&h);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(what_a_municipality_has_is_known_without_opening_it),
    CHECK_TEST(versions_are_counted_and_those_behind_told_apart),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}

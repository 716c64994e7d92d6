#include "registry/catalog.h"

#include "hamlet.h"

#include <pthread.h>

static void lists_have_titles_languages_and_periods(void)
{
    struct hamlet h;
    const struct catalog_list *list;

    hamlet_open(&h);
    list = map_find(&h.catalog->lists, STR("hamlet.kind"));
    CHECK_INT((int64_t)list->count, 4);
    CHECK_STR(list->codes[0].code, STR("street"));
    CHECK_STR(catalog_code_title(h.catalog, STR("hamlet.kind"), STR("street"), MODEL_KY),
              STR("көчө"));
    CHECK_STR(catalog_code_title(h.catalog, STR("hamlet.kind"), STR("lane"), MODEL_KY),
              STR("переулок"));
    CHECK_STR(catalog_code_title(h.catalog, STR("hamlet.kind"), STR("x"), MODEL_RU), STR("x"));
    CHECK(catalog_code(h.catalog, STR("hamlet.nothing"), STR("street")) == NULL);
    CHECK_STR(catalog_code(h.catalog, STR("hamlet.kind"), STR("yard"))->title[MODEL_RU],
              STR("двор снова"));
    hamlet_close(&h);
}

static void code_of_the_day_is_found_among_its_periods(void)
{
    static const struct {
        int64_t day;
        bool is_valid;
        struct str title;
    } DAYS[] = {
        {18261, true, STR_INIT("двор")},        /* 2019-12-31 */
        {18262, false, STR_INIT("двор снова")}, /* 2020-01-01 */
        {19723, true, STR_INIT("двор снова")},  /* 2024-01-01 */
        {20089, false, STR_INIT("двор снова")}, /* 2025-01-01 */
    };
    struct hamlet h;

    hamlet_open(&h);
    for (size_t i = 0; i < ARRAY_LEN(DAYS); i++) {
        const struct catalog_code *code =
            catalog_code_on(h.catalog, STR("hamlet.kind"), STR("yard"), DAYS[i].day);

        CHECK_STR(code->title[MODEL_RU], DAYS[i].title);
        CHECK(catalog_code_is_valid(code, DAYS[i].day) == DAYS[i].is_valid);
    }
    hamlet_close(&h);
}

static bool set(struct tx *tx, void *data, struct err *err)
{
    return catalog_set(tx, STR("name"), *(const struct str *)data, 1, HAMLET_NOW, err);
}

static void settings_are_read_anew_and_the_old_catalog_stays_whole(void)
{
    struct hamlet h;
    struct str value = STR("первое");
    const struct catalog *before;

    hamlet_open(&h);
    CHECK_STR(catalog_setting(h.catalog, STR("name")), STR(""));
    CHECK_OK(tenant_write_wait(h.town.tenant, set, &value, &h.err), &h.err);
    CHECK_OK(catalog_reload(h.town.tenant, h.library, &h.err), &h.err);
    before = catalog_ready(h.town.tenant);
    CHECK_STR(catalog_setting(before, STR("name")), STR("первое"));
    value = STR("второе");
    CHECK_OK(tenant_write_wait(h.town.tenant, set, &value, &h.err), &h.err);
    CHECK_OK(catalog_reload(h.town.tenant, h.library, &h.err), &h.err);
    CHECK_STR(catalog_setting(catalog_ready(h.town.tenant), STR("name")), STR("второе"));
    CHECK_STR(catalog_setting(before, STR("name")), STR("первое"));
    CHECK_STR(catalog_setting(h.catalog, STR("name")), STR(""));
    hamlet_close(&h);
}

/* A job that was put with the change may begin before whoever made it has read it again. */
static void what_was_changed_is_not_remembered_as_it_was(void)
{
    struct hamlet h;
    struct str value = STR("первое");
    const struct catalog *catalog;

    hamlet_open(&h);
    CHECK_OK(tenant_write_wait(h.town.tenant, set, &value, &h.err), &h.err);
    CHECK(catalog_ready(h.town.tenant) == NULL);
    CHECK_OK(catalog_get(h.town.tenant, h.library, &catalog, &h.err), &h.err);
    CHECK_STR(catalog_setting(catalog, STR("name")), value);
    CHECK(catalog_ready(h.town.tenant) == catalog);
    hamlet_close(&h);
}

static void *reload_often(void *data)
{
    struct hamlet *h = data;
    struct err err;

    for (int i = 0; i < 20; i++) {
        const struct catalog *catalog;

        if (!catalog_get(h->town.tenant, h->library, &catalog, &err) ||
            !catalog_reload(h->town.tenant, h->library, &err) ||
            catalog_type(catalog, catalog_no(catalog, catalog->model->types[0])) == NULL)
            return data;
    }
    return NULL;
}

static bool set_clock(struct tx *tx, void *data, struct err *err)
{
    return catalog_set(tx, STR("utc_offset"), str_from_z(data), 1, HAMLET_NOW, err);
}

static int64_t day_by(struct hamlet *h, const char *clock, int64_t at)
{
    CHECK_OK(tenant_write_wait(h->town.tenant, set_clock, (void *)clock, &h->err), &h->err);
    CHECK_OK(catalog_reload(h->town.tenant, h->library, &h->err), &h->err);
    return catalog_day(catalog_ready(h->town.tenant), at);
}

/* 19:30 in Greenwich is 22:30 in Moscow and 7:30 of the next day in Kamchatka. */
static void day_begins_by_the_clocks_of_the_municipality(void)
{
    const int64_t at = INT64_C(100) * TIME_DAY_MS + 1170 * (int64_t)TIME_MINUTE_MS;
    struct hamlet h;

    hamlet_open(&h);
    CHECK_INT(catalog_day(NULL, at), 100);
    CHECK_INT(catalog_day(h.catalog, at + 90 * (int64_t)TIME_MINUTE_MS), 101);
    CHECK_INT(day_by(&h, "720", at), 101);
    CHECK_INT(day_by(&h, "120", at + 90 * (int64_t)TIME_MINUTE_MS), 100);
    CHECK_INT(day_by(&h, "nonsense", at), 100);
    hamlet_close(&h);
}

/* Whoever ends last, the newest settings stand. */
static void reloads_at_the_same_time_end_with_the_newest(void)
{
    struct hamlet h;
    pthread_t threads[3];

    hamlet_open(&h);
    for (size_t i = 0; i < ARRAY_LEN(threads); i++)
        CHECK(pthread_create(&threads[i], NULL, reload_often, &h) == 0);
    for (int i = 0; i < 10; i++) {
        struct str value = str_printf(check_arena(), "%d", i);

        CHECK_OK(tenant_write_wait(h.town.tenant, set, &value, &h.err), &h.err);
        CHECK_OK(catalog_reload(h.town.tenant, h.library, &h.err), &h.err);
    }
    for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
        void *failed;

        pthread_join(threads[i], &failed);
        CHECK(failed == NULL);
    }
    CHECK_STR(catalog_setting(catalog_ready(h.town.tenant), STR("name")), STR("9"));
    hamlet_close(&h);
}

static void numbers_of_registers_stay_when_packs_change(void)
{
    static const struct pack_file EXTRA = {
        STR_INIT("registers/flat.json"),
        STR_INIT(HAMLET_REGISTER "\"x-uprava\":{\"title\":\"{{number}}\"},\"properties\":{"
                                 "\"number\":{" HAMLET_TEXT "}}}")};
    struct hamlet h;
    int64_t nos[5];
    static const char *const NAMES[] = {"flat", "house", "parcel", "person", "street"};

    hamlet_open(&h);
    for (size_t i = 0; i < ARRAY_LEN(NAMES); i++) {
        nos[i] = hamlet_no(&h, NAMES[i]);
        CHECK(catalog_type(h.catalog, nos[i]) == hamlet_type(&h, NAMES[i]));
    }
    CHECK(catalog_type(h.catalog, 999) == NULL);
    hamlet_write_pack(&h, "1.1.0", &EXTRA);
    hamlet_install(&h);
    CHECK_STR(hamlet_type(&h, "flat")->pack->version, STR("1.1.0"));
    for (size_t i = 0; i < ARRAY_LEN(NAMES); i++)
        CHECK_INT(hamlet_no(&h, NAMES[i]), nos[i]);
    hamlet_close(&h);
}

static void pack_that_is_not_there_is_refused(void)
{
    static const struct str PACK[] = {STR_INIT("nothing")};
    struct hamlet h;

    hamlet_open(&h);
    CHECK(!catalog_install(h.town.tenant, h.library, (struct pack_ids){PACK, 1}, 0, HAMLET_NOW,
                           &h.err));
    CHECK_INT(h.err.code, ERR_ABSENT);
    CHECK(catalog_ready(h.town.tenant) == h.catalog);
    hamlet_close(&h);
}

static void broken_pack_harms_nobody_else(void)
{
    struct hamlet h;

    hamlet_open(&h);
    hamlet_write(&h, STR("packs/broken-1.0.0/pack.json"), STR("{"));
    hamlet_write_pack(&h, "1.2.0", NULL);
    hamlet_install(&h);
    CHECK_STR(hamlet_type(&h, "house")->pack->version, STR("1.2.0"));
    hamlet_close(&h);
}

/* Only what changed is told. */
static void installing_again_writes_nothing(void)
{
    struct hamlet h;
    int64_t entries;

    hamlet_open(&h);
    entries = town_count(&h.town, "SELECT count(*) FROM journal WHERE tenant = $1");
    hamlet_install(&h);
    CHECK_INT(town_count(&h.town, "SELECT count(*) FROM journal WHERE tenant = $1"), entries);
    hamlet_write_pack(&h, "1.0.1", NULL);
    hamlet_install(&h);
    CHECK_INT(town_count(&h.town, "SELECT count(*) FROM journal WHERE tenant = $1"), entries + 1);
    hamlet_close(&h);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(lists_have_titles_languages_and_periods),
    CHECK_TEST(code_of_the_day_is_found_among_its_periods),
    CHECK_TEST(settings_are_read_anew_and_the_old_catalog_stays_whole),
    CHECK_TEST(what_was_changed_is_not_remembered_as_it_was),
    CHECK_TEST(day_begins_by_the_clocks_of_the_municipality),
    CHECK_TEST(reloads_at_the_same_time_end_with_the_newest),
    CHECK_TEST(numbers_of_registers_stay_when_packs_change),
    CHECK_TEST(pack_that_is_not_there_is_refused),
    CHECK_TEST(broken_pack_harms_nobody_else),
    CHECK_TEST(installing_again_writes_nothing),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}

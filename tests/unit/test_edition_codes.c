#include "link/edition_codes.h"

#include "hamlet.h"
#include "registry/code_lists.h"
#include "registry/tenancy.h"

#define CHECK_TEXT(got, want) CHECK_STR((got), str_from_z(want))

static void found(struct hamlet *h, const char *name, bool is_mirror, struct tenant **tenant)
{
    static const struct str PACK[] = {STR_INIT("hamlet")};
    struct tenancy by = {h->town.store, h->library, 0, HAMLET_NOW};
    struct tenancy_wish wish = {
        .name = str_from_z(name), .title = STR("З"), .packs = {PACK, 1}, .is_mirror = is_mirror};

    CHECK_OK(tenancy_found(&by, &wish, &h->err), &h->err);
    CHECK_OK(store_hold(h->town.store, wish.name, tenant, &h->err), &h->err);
}

static bool run_rename(struct tx *tx, void *data, struct err *err)
{
    return code_lists_put(tx, STR("hamlet.kind"), data, err);
}

static struct str title(struct tenant *tenant, struct hamlet *h, const char *code,
                        enum model_language language)
{
    const struct catalog *catalog;

    CHECK_OK(catalog_get(tenant, h->library, &catalog, &h->err), &h->err);
    return catalog_code_title(catalog, STR("hamlet.kind"), str_from_z(code), language);
}

static struct edition_slice slice_of(const char *body)
{
    return (struct edition_slice){.id = 1, .value = hamlet_json(str_from_z(body))};
}

static struct str print(struct edition_codes *codes, const char *body)
{
    struct edition_slice slice = slice_of(body);
    struct buf out = {.arena = check_arena()};

    edition_codes_tell(codes, &slice);
    if (slice.codes != NULL)
        json_write(&out, slice.codes);
    return buf_str(&out);
}

static void each_code_is_told_once_in_a_piece(void)
{
    static const bool SHOWS[] = {true, true};
    static const bool HIDES[] = {false, false};
    struct hamlet h;

    hamlet_open(&h);
    struct edition_codes codes = {.arena = check_arena(),
                                  .catalog = h.catalog,
                                  .type = hamlet_type(&h, "street"),
                                  .shows = SHOWS,
                                  .told = {.arena = check_arena()}};
    CHECK_TEXT(print(&codes, "{\"name\":\"А\",\"kind\":\"street\"}"),
               "{\"kind\":{\"street\":[\"улица\",\"көчө\",\"улица\"]}}");
    CHECK_TEXT(print(&codes, "{\"name\":\"Б\",\"kind\":\"street\"}"), "");
    CHECK_TEXT(print(&codes, "{\"name\":\"В\",\"kind\":\"lane\"}"),
               "{\"kind\":{\"lane\":[\"переулок\",\"переулок\",\"переулок\"]}}");
    CHECK_TEXT(print(&codes, "{\"name\":\"Г\",\"kind\":\"nosuch\"}"), "");
    CHECK_TEXT(print(&codes, "{\"name\":\"Д\"}"), "");
    codes.told = (struct map){.arena = check_arena()};
    codes.shows = HIDES;
    CHECK_TEXT(print(&codes, "{\"name\":\"Е\",\"kind\":\"street\"}"), "");
    hamlet_close(&h);
}

static bool take(struct tenant *mirror, struct hamlet *h, const char *codes)
{
    struct edition_slice slice = {.id = 1, .codes = hamlet_json(str_from_z(codes))};
    struct edition_piece piece = {.slices = &slice, .count = 1};
    struct edition_codes_taking taking = {mirror, h->library, hamlet_type(h, "street"), HAMLET_NOW};
    bool has_new;

    CHECK_OK(edition_codes_take(&taking, &piece, &has_new, &h->err), &h->err);
    return has_new;
}

static void a_mirror_calls_codes_as_its_publisher_does(void)
{
    struct hamlet h;
    struct tenant *mirror;

    hamlet_open(&h);
    found(&h, "mirror", true, &mirror);
    CHECK(!take(mirror, &h, "{\"kind\":{\"street\":[\"улица\",\"көчө\",\"улица\"]}}"));
    CHECK(take(mirror, &h,
               "{\"kind\":{\"street\":[\"вулица\",\"көчө\",\"street\"],"
               "\"square\":[\"площадь\",\"аянт\",\"square\"]}}"));
    CHECK_TEXT(title(mirror, &h, "street", MODEL_RU), "вулица");
    CHECK_TEXT(title(mirror, &h, "street", MODEL_EN), "street");
    CHECK_TEXT(title(mirror, &h, "square", MODEL_KY), "аянт");
    CHECK_TEXT(title(mirror, &h, "lane", MODEL_RU), "переулок");
    /* Of a code with several dates it is the latest that is shown. */
    CHECK(take(mirror, &h, "{\"kind\":{\"yard\":[\"дворик\",\"\",\"\"]}}"));
    CHECK_TEXT(title(mirror, &h, "yard", MODEL_RU), "дворик");
    CHECK(!take(mirror, &h, "{\"kind\":{\"square\":[\"площадь\",\"аянт\",\"square\"]}}"));
    /* Others have the same packs, but not these. */
    CHECK_TEXT(title(h.town.tenant, &h, "street", MODEL_RU), "улица");
    /* What is no such thing changes nothing. */
    CHECK(!take(mirror, &h,
                "{\"kind\":[\"x\"],\"name\":{\"a\":[\"b\"]},\"nosuch\":{\"a\":[\"b\"]}}"));
    CHECK(!take(mirror, &h, "{\"kind\":{\"a\":{},\"b\":[],\"c\":[1,2],\"d\":null}}"));
    store_release(&mirror);
    hamlet_close(&h);
}

static void a_code_of_ones_own_is_of_that_municipality_alone(void)
{
    struct catalog_code code = {.code = STR("street"),
                                .title = {STR("стрит"), STR("стрит"), STR("strit")},
                                .valid_from = INT64_MIN / 2,
                                .valid_to = INT64_MAX / 2};
    struct tenant *other;
    struct hamlet h;

    hamlet_open(&h);
    found(&h, "other", false, &other);
    CHECK_OK(tenant_write_wait(h.town.tenant, run_rename, &code, &h.err), &h.err);
    CHECK_OK(catalog_reload(h.town.tenant, h.library, &h.err), &h.err);
    CHECK_OK(catalog_reload(other, h.library, &h.err), &h.err);
    CHECK_TEXT(title(h.town.tenant, &h, "street", MODEL_RU), "стрит");
    CHECK_TEXT(title(other, &h, "street", MODEL_RU), "улица");
    store_release(&other);
    hamlet_close(&h);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(each_code_is_told_once_in_a_piece),
    CHECK_TEST(a_mirror_calls_codes_as_its_publisher_does),
    CHECK_TEST(a_code_of_ones_own_is_of_that_municipality_alone),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}

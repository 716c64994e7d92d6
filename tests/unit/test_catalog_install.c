#include "registry/catalog.h"

#include "hamlet.h"

/* Another version of the hamlet's pack, with this list of kinds of street. */
static bool install_kinds(struct hamlet *h, const char *version, const char *csv)
{
    static const struct str PACK[] = {STR_INIT("hamlet")};
    const struct pack_file kinds = {STR_INIT("lists/kind.csv"), str_from_z(csv)};

    hamlet_write_pack(h, version, &kinds);
    if (!catalog_install(h->town.tenant, h->library, (struct pack_ids){PACK, 1}, 0, HAMLET_NOW,
                         &h->err))
        return false;
    CHECK_OK(catalog_get(h->town.tenant, h->library, &h->catalog, &h->err), &h->err);
    return true;
}

static struct str kind(const struct hamlet *h, const char *code, enum model_language language)
{
    return catalog_code_title(h->catalog, STR("hamlet.kind"), str_from_z(code), language);
}

static void columns_stand_in_any_order_and_others_are_passed_over(void)
{
    struct hamlet h;

    hamlet_open(&h);
    CHECK(install_kinds(&h, "1.1.0",
                        "title.en,note,title,code\n"
                        "Quay,by the river,\"Набережная, новая\",quay\n"));
    CHECK_STR(kind(&h, "quay", MODEL_RU), STR("Набережная, новая"));
    CHECK_STR(kind(&h, "quay", MODEL_EN), STR("Quay"));
    CHECK_STR(kind(&h, "quay", MODEL_KY), STR("Набережная, новая"));
    hamlet_close(&h);
}

/* Records hold it: what a newer file does not name stays as it was. */
static void code_that_a_newer_list_lacks_stays(void)
{
    struct hamlet h;

    hamlet_open(&h);
    CHECK(install_kinds(&h, "1.1.0", "code,title\nstreet,проспект\n"));
    CHECK_STR(kind(&h, "street", MODEL_RU), STR("проспект"));
    CHECK_STR(kind(&h, "lane", MODEL_RU), STR("переулок"));
    hamlet_close(&h);
}

static void code_with_another_title_renames_what_is_named_after_it(void)
{
    struct hamlet h;
    int64_t street;

    hamlet_open(&h);
    street = hamlet_make(&h, "street", STR("{\"kind\":\"lane\",\"name\":\"Тихий\"}"));
    CHECK_STR(hamlet_get(&h, "street", street)->title, STR("переулок Тихий"));
    CHECK(install_kinds(&h, "1.1.0", "code,title\nlane,проулок\n"));
    CHECK_STR(hamlet_get(&h, "street", street)->title, STR("проулок Тихий"));
    hamlet_close(&h);
}

/* Whatever is wrong in it, the list is named and all stays as it was. */
static void wrong_list_is_refused_whole(void)
{
    static const struct {
        const char *csv;
        struct str text;
    } WRONG[] = {
        {"", STR_INIT("a code list has the columns code and title at least")},
        {"code,name\nquay,x\n", STR_INIT("a code list has the columns code and title at least")},
        {"code,title,valid_to\nstreet,проспект,\nquay,x,09.03.2026\n",
         STR_INIT("line 3: a date is written 2026-03-09")},
    };
    struct hamlet h;
    int64_t entries;

    hamlet_open(&h);
    entries = town_count(&h.town, "SELECT count(*) FROM journal WHERE tenant = $1");
    for (size_t i = 0; i < ARRAY_LEN(WRONG); i++) {
        struct buf text = {.arena = check_arena()};
        char version[] = "1.1.0";

        version[4] = (char)('0' + i);
        buf_add(&text, STR("pack hamlet, lists/kind.csv: "));
        buf_add(&text, WRONG[i].text);
        CHECK(!install_kinds(&h, version, WRONG[i].csv));
        CHECK_INT(h.err.code, ERR_INPUT);
        CHECK_STR(str_from_z(h.err.text), buf_str(&text));
        CHECK_OK(catalog_reload(h.town.tenant, h.library, &h.err), &h.err);
        h.catalog = catalog_ready(h.town.tenant);
        CHECK_STR(kind(&h, "street", MODEL_RU), STR("улица"));
        CHECK_STR(hamlet_type(&h, "street")->pack->version, STR("1.0.0"));
    }
    CHECK_INT(town_count(&h.town, "SELECT count(*) FROM journal WHERE tenant = $1"), entries);
    hamlet_close(&h);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(columns_stand_in_any_order_and_others_are_passed_over),
    CHECK_TEST(code_that_a_newer_list_lacks_stays),
    CHECK_TEST(code_with_another_title_renames_what_is_named_after_it),
    CHECK_TEST(wrong_list_is_refused_whole),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}

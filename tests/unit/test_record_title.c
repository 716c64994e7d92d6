#include "registry/record_title.h"

#include "hamlet.h"

static struct str title_of(struct hamlet *h, const char *type, const char *json)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct str title;

    CHECK_OK(tx_read(&tx, h->town.tenant, &h->err), &h->err);
    CHECK_OK(record_title(hamlet_registry(h, &tx), hamlet_type(h, type),
                          hamlet_json(str_from_z(json)), &title, &h->err),
             &h->err);
    return title;
}

static void codes_and_references_are_named_as_people_name_them(void)
{
    struct hamlet h;
    int64_t street;
    struct str house;

    hamlet_open(&h);
    CHECK_STR(title_of(&h, "street", "{\"kind\":\"lane\",\"name\":\"Тихий\"}"),
              STR("переулок Тихий"));
    CHECK_STR(title_of(&h, "street", "{\"kind\":\"quay\",\"name\":\"Тихая\"}"), STR("quay Тихая"));
    street = hamlet_make(&h, "street", STR("{\"kind\":\"street\",\"name\":\"Мира\"}"));
    house = str_printf(check_arena(), "{\"street\":\"%.*s\",\"number\":\"1958\"}",
                       STR_ARG(id_text(check_arena(), street)));
    CHECK_STR(title_of(&h, "house", str_to_z(check_arena(), house)), STR("улица Мира, 1958"));
    hamlet_close(&h);
}

static void what_is_absent_leaves_no_trace(void)
{
    struct hamlet h;
    struct str title;

    hamlet_open(&h);
    CHECK_STR(title_of(&h, "street", "{\"name\":\"  Мира \"}"), STR("Мира"));
    CHECK_STR(title_of(&h, "street", "{\"name\":null}"), STR(""));
    title = title_of(&h, "house", "{\"street\":\"no id\",\"number\":\"7\"}");
    CHECK(str_ends(title, STR("7")));
    CHECK(str_find(title, STR("no id")) == title.len);
    hamlet_close(&h);
}

static void title_is_cut_between_characters(void)
{
    struct buf name = {.arena = check_arena()};
    struct hamlet h;

    hamlet_open(&h);
    buf_add(&name, STR("{\"name\":\""));
    for (int i = 0; i < 600; i++)
        buf_add(&name, STR("щ"));
    buf_add(&name, STR("\"}"));
    CHECK_INT((int64_t)title_of(&h, "person", buf_z(&name)).len, 500 * 2);
    hamlet_close(&h);
}

static void title_of_another_record_is_its_latest_or_nothing(void)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct str title = STR("before");
    struct hamlet h;
    int64_t id;

    hamlet_open(&h);
    id = hamlet_make(&h, "person", STR("{\"name\":\"Анна\"}"));
    CHECK_INT(
        hamlet_change(&h, "person", hamlet_get(&h, "person", id), STR("{\"name\":\"Анна Новая\"}")),
        ERR_NONE);
    CHECK_OK(tx_read(&tx, h.town.tenant, &h.err), &h.err);
    CHECK_OK(record_title_of(&tx, check_arena(), hamlet_no(&h, "person"), id, &title, &h.err),
             &h.err);
    CHECK_STR(title, STR("Анна Новая"));
    CHECK_OK(record_title_of(&tx, check_arena(), hamlet_no(&h, "street"), id, &title, &h.err),
             &h.err);
    CHECK_STR(title, STR(""));
    tx_done(&tx);
    hamlet_close(&h);
}

static struct str text_of(struct hamlet *h, const char *field, const char *json,
                          enum model_language language)
{
    return record_field_text(check_arena(), h->catalog,
                             register_type_field(hamlet_type(h, "house"), str_from_z(field)),
                             hamlet_json(str_from_z(json)), language);
}

static void values_are_printed_in_the_readers_language(void)
{
    struct hamlet h;

    hamlet_open(&h);
    CHECK_STR(text_of(&h, "built_on", "\"1950-05-01\"", MODEL_RU), STR("01.05.1950"));
    CHECK_STR(text_of(&h, "is_old", "true", MODEL_RU), STR("да"));
    CHECK_STR(text_of(&h, "is_old", "false", MODEL_KY), STR("жок"));
    CHECK_STR(text_of(&h, "is_old", "true", MODEL_EN), STR("yes"));
    CHECK_STR(text_of(&h, "year", "1958", MODEL_EN), STR("1958"));
    CHECK_STR(text_of(&h, "area", "12345.5", MODEL_EN), STR("12,345.5"));
    CHECK(str_ends(text_of(&h, "area", "12345.5", MODEL_RU), STR("345,5")));
    CHECK_STR(text_of(&h, "tags", "[\"a\",\"b\"]", MODEL_RU), STR("a, b"));
    CHECK_STR(text_of(&h, "place", "{\"type\": \"Point\"}", MODEL_RU), STR("{\"type\":\"Point\"}"));
    CHECK_STR(text_of(&h, "number", "null", MODEL_RU), STR(""));
    hamlet_close(&h);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(codes_and_references_are_named_as_people_name_them),
    CHECK_TEST(what_is_absent_leaves_no_trace),
    CHECK_TEST(title_is_cut_between_characters),
    CHECK_TEST(title_of_another_record_is_its_latest_or_nothing),
    CHECK_TEST(values_are_printed_in_the_readers_language),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}

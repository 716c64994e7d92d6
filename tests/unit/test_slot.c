#include "registry/slot.h"

#include "check.h"

static const struct register_type *type_of(struct str schema)
{
    struct pack *pack;
    struct err err;
    struct pack_findings findings = {.arena = check_arena()};
    struct pack_file *files = ARENA_ARRAY(check_arena(), struct pack_file, 2);
    struct register_type *type;

    files[0] = (struct pack_file){
        STR("pack.json"), STR("{\"id\":\"town\",\"version\":\"1.0.0\",\"title\":\"Город\"}")};
    files[1] = (struct pack_file){STR("registers/thing.json"), schema};
    CHECK_OK(pack_make(check_arena(), files, 2, &pack, &err), &err);
    type = register_type_compile(check_arena(), pack,
                                 pack_file_find(pack, STR("registers/thing.json")), &findings);
    if (type == NULL)
        CHECK_STR(findings.first->text, STR(""));
    return type;
}

static const struct register_type *thing(void)
{
    return type_of(STR(
        "{\"title\":\"Вещи\",\"type\":\"object\",\"additionalProperties\":false,"
        "\"x-uprava\":{\"title\":\"{{name}}\",\"key\":[\"kind\",\"name\"]},\"properties\":{"
        "\"name\":{\"type\":\"string\",\"title\":\"n\",\"maxLength\":50,\"x-uprava\":{\"index\":"
        "true}},"
        "\"kind\":{\"type\":\"string\",\"title\":\"k\",\"x-uprava\":{\"list\":\"town.kind\","
        "\"index\":true}},"
        "\"count\":{\"type\":\"integer\",\"title\":\"c\",\"x-uprava\":{\"index\":true}},"
        "\"area\":{\"type\":\"number\",\"multipleOf\":0.01,\"title\":\"a\",\"x-uprava\":{\"index\":"
        "true}},"
        "\"on\":{\"type\":\"string\",\"format\":\"date\",\"title\":\"d\",\"x-uprava\":{\"index\":"
        "true}},"
        "\"at\":{\"type\":\"string\",\"format\":\"date-time\",\"title\":\"m\",\"x-uprava\":{"
        "\"index\":true}},"
        "\"is_old\":{\"type\":\"boolean\",\"title\":\"b\",\"x-uprava\":{\"index\":true}},"
        "\"owner\":{\"type\":\"string\",\"title\":\"r\",\"x-uprava\":{\"ref\":\"town.thing\"}},"
        "\"weight\":{\"type\":\"integer\",\"title\":\"w\",\"x-uprava\":{\"measure\":true}}}}"));
}

static struct store_arg slots[QUERY_ID];

static void fill(struct str text)
{
    struct json *json;
    struct err err;

    CHECK_OK(json_parse(check_arena(), text, NULL, &json, &err), &err);
    slot_fill(check_arena(), thing(), json, slots);
}

static void check_number(int slot, int64_t want)
{
    CHECK_INT(slots[slot].kind, STORE_INT);
    CHECK_INT(slots[slot].number, want);
}

static void every_kind_of_value_has_its_form(void)
{
    fill(STR("{\"name\":\"  Дуб  ЁЖ\",\"kind\":\"tree\",\"count\":12,\"area\":3.5,"
             "\"on\":\"1970-01-11\",\"at\":\"1970-01-01T00:00:01Z\",\"is_old\":false,"
             "\"owner\":\"0000000000007\",\"weight\":-3}"));
    CHECK_INT(slots[QUERY_T1].kind, STORE_TEXT); /* the key of two fields */
    CHECK_INT(slots[QUERY_T1 + 1].kind, STORE_TEXT);
    CHECK_STR(slots[QUERY_T1 + 2].text, STR("tree"));
    check_number(QUERY_N1, 12);
    check_number(QUERY_N1 + 1, 350);
    check_number(QUERY_N1 + 2, 10);
    check_number(QUERY_N1 + 3, 1000);
    check_number(QUERY_N1 + 4, 0);
    check_number(QUERY_N1 + 5, 7);
    check_number(QUERY_M1, -3);
}

static void absent_values_leave_slots_empty(void)
{
    fill(STR("{\"name\":null,\"count\":null}"));
    for (int i = 0; i < QUERY_ID; i++)
        CHECK_INT(slots[i].kind, STORE_NULL);
}

static void numbers_count_however_they_are_written(void)
{
    fill(STR("{\"count\":1e2,\"area\":1.50,\"weight\":3.0}"));
    check_number(QUERY_N1, 100);
    check_number(QUERY_N1 + 1, 150);
    check_number(QUERY_M1, 3);
}

static void texts_that_differ_in_case_and_spaces_have_one_key(void)
{
    struct store_arg first;

    fill(STR("{\"name\":\"Ёлка  5\"}"));
    first = slots[QUERY_T1 + 1];
    fill(STR("{\"name\":\" елка 5 \"}"));
    CHECK_STR(slots[QUERY_T1 + 1].text, first.text);
    fill(STR("{\"name\":\"елка 12\"}"));
    CHECK(str_compare(first.text, slots[QUERY_T1 + 1].text) < 0);
}

static struct str key_of(struct str text)
{
    struct buf buf = {.arena = check_arena()};
    struct json *json;
    struct err err;

    CHECK_OK(json_parse(check_arena(), text, NULL, &json, &err), &err);
    return slot_key(&buf, thing(), json);
}

static void key_needs_all_its_fields(void)
{
    CHECK_STR(key_of(STR("{\"name\":\"a\"}")), STR(""));
    CHECK_STR(key_of(STR("{\"name\":\"\",\"kind\":\"tree\"}")), STR(""));
    CHECK(key_of(STR("{\"name\":\"a\",\"kind\":\"tree\"}")).len > 0);
    CHECK_STR(key_of(STR("{\"name\":\"A\",\"kind\":\"tree\"}")),
              key_of(STR("{\"kind\":\"tree\",\"name\":\"a \"}")));
}

static void different_fields_make_different_keys(void)
{
    CHECK(!str_equal(key_of(STR("{\"kind\":\"a|b\",\"name\":\"c\"}")),
                     key_of(STR("{\"kind\":\"a\",\"name\":\"b|c\"}"))));
    CHECK(!str_equal(key_of(STR("{\"kind\":\"a \",\"name\":\"c\"}")),
                     key_of(STR("{\"kind\":\"a\",\"name\":\"|c\"}"))));
}

static bool typed(const char *field, struct str text, struct store_arg *value)
{
    struct buf buf = {.arena = check_arena()};

    return slot_parse(&buf, register_type_field(thing(), str_from_z(field)), text, value);
}

static void typed_values_are_read_as_stored_ones(void)
{
    struct store_arg value;

    CHECK(typed("count", STR(" 1 200 "), &value) && value.number == 1200);
    CHECK(typed("area", STR("3,5"), &value) && value.number == 350);
    CHECK(typed("area", STR("3.50"), &value) && value.number == 350);
    CHECK(typed("on", STR("11.01.1970"), &value) && value.number == 10);
    CHECK(typed("on", STR("1970-01-11"), &value) && value.number == 10);
    CHECK(typed("is_old", STR("true"), &value) && value.number == 1);
    CHECK(typed("is_old", STR("false"), &value) && value.number == 0);
    CHECK(typed("owner", STR("0000000000007"), &value) && value.number == 7);
    CHECK(typed("kind", STR("tree"), &value));
    CHECK_STR(value.text, STR("tree"));
}

static void other_texts_are_refused(void)
{
    struct store_arg value;

    CHECK(!typed("count", STR("many"), &value));
    CHECK(!typed("count", STR("1.5"), &value));
    CHECK(!typed("count", STR(""), &value));
    CHECK(!typed("area", STR("1.555"), &value));
    CHECK(!typed("on", STR("2026-02-30"), &value));
    CHECK(!typed("at", STR("yesterday"), &value));
    CHECK(!typed("is_old", STR("yes"), &value));
    CHECK(!typed("owner", STR("-"), &value));
}

static const struct check_test TESTS[] = {
    CHECK_TEST(every_kind_of_value_has_its_form),
    CHECK_TEST(absent_values_leave_slots_empty),
    CHECK_TEST(numbers_count_however_they_are_written),
    CHECK_TEST(texts_that_differ_in_case_and_spaces_have_one_key),
    CHECK_TEST(key_needs_all_its_fields),
    CHECK_TEST(different_fields_make_different_keys),
    CHECK_TEST(typed_values_are_read_as_stored_ones),
    CHECK_TEST(other_texts_are_refused),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}

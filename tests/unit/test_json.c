#include "check.h"

#include "core/json.h"

static struct json *parse(struct str text)
{
    struct json *json = NULL;
    struct err err;

    CHECK_OK(json_parse(check_arena(), text, NULL, &json, &err), &err);
    return json;
}

static struct str print(const struct json *json)
{
    struct buf buf = {.arena = check_arena()};

    json_write(&buf, json);
    return buf_str(&buf);
}

static void values_are_found_by_name_and_path(void)
{
    struct json *json = parse(STR("{\"a\":{\"b\":[{\"c\":\"x\"},7]},\"n\":null,\"\":1}"));

    CHECK_STR(json_text(json_at(json, STR("a.b.0.c"))), STR("x"));
    CHECK_STR(print(json_at(json, STR("a.b.1"))), STR("7"));
    CHECK(json_at(json, STR("")) == json);
    CHECK(json_at(json, STR("a.b.2")) == NULL);
    CHECK(json_at(json, STR("a.b.-1")) == NULL);
    CHECK(json_at(json, STR("a.b.x")) == NULL);
    CHECK(json_at(json, STR("a.b.0.c.d")) == NULL);
    CHECK(json_at(NULL, STR("a")) == NULL);
    CHECK(json_find(json, STR("n"))->kind == JSON_NULL);
    CHECK(json_find(json, STR("zz")) == NULL);
    CHECK(json_find(json, STR("")) != NULL);
    CHECK(json_find(NULL, STR("a")) == NULL);
    CHECK(json_find(json_at(json, STR("a.b")), STR("c")) == NULL);
}

static void values_are_read_with_a_default(void)
{
    struct json *json =
        parse(STR("{\"t\":\"x\",\"i\":-5,\"e\":1e3,\"f\":1.5,\"big\":1e19,\"yes\":true}"));
    int64_t value = 0;

    CHECK_STR(json_find_text(json, STR("t")), STR("x"));
    CHECK_INT((int64_t)json_find_text(json, STR("i")).len, 0);
    CHECK_INT((int64_t)json_text(NULL).len, 0);
    CHECK_INT(json_find_int(json, STR("i"), 9), -5);
    CHECK_INT(json_find_int(json, STR("e"), 9), 1000);
    CHECK_INT(json_find_int(json, STR("f"), 9), 9);
    CHECK_INT(json_find_int(json, STR("big"), 9), 9);
    CHECK_INT(json_find_int(json, STR("t"), 9), 9);
    CHECK_INT(json_find_int(json, STR("zz"), 9), 9);
    CHECK(!json_int(NULL, &value));
    CHECK(json_is_true(json_find(json, STR("yes"))));
    CHECK(!json_is_true(json_find(json, STR("i"))) && !json_is_true(NULL));
}

static void equality_looks_at_values_only(void)
{
    static const char *const SAME[][2] = {
        {"{\"a\":1,\"b\":[true]}", "{\"b\":[true],\"a\":1.0}"},
        {"{\"a\":1,\"b\":2,\"c\":3}", "{\"a\":1,\"c\":3,\"b\":2}"},
        {"[1e2,-0]", "[100.0,0]"},
        {"\"A\"", "\"\\u0041\""},
        {"null", "null"},
    };
    static const char *const OTHER[][2] = {
        {"{\"a\":1}", "{\"a\":2}"},
        {"{\"a\":1}", "{\"b\":1}"},
        {"{\"a\":1,\"b\":2}", "{\"b\":2,\"c\":1}"},
        {"{\"a\":1}", "{\"a\":1,\"b\":2}"},
        {"[1,2]", "[2,1]"},
        {"[1]", "[1,1]"},
        {"1", "\"1\""},
        {"true", "false"},
        {"null", "0"},
        {"\"a\"", "\"A\""},
    };

    for (size_t i = 0; i < ARRAY_LEN(SAME); i++)
        CHECK(json_equal(parse(str_from_z(SAME[i][0])), parse(str_from_z(SAME[i][1]))));
    for (size_t i = 0; i < ARRAY_LEN(OTHER); i++)
        CHECK(!json_equal(parse(str_from_z(OTHER[i][0])), parse(str_from_z(OTHER[i][1]))));
    CHECK(json_equal(NULL, NULL));
    CHECK(!json_equal(parse(STR("null")), NULL));
}

/* Members in rising or falling order. */
static struct json *many(int count, bool falls, const char *value)
{
    struct buf text = {.arena = check_arena()};

    buf_char(&text, '{');
    for (int i = 0; i < count; i++)
        buf_printf(&text, "%s\"m%05d\":%s", i > 0 ? "," : "", falls ? count - i : i + 1, value);
    buf_char(&text, '}');
    return parse(buf_str(&text));
}

static void large_objects_are_compared_and_merged_without_a_walk_each(void)
{
    struct json *rising = many(50000, false, "1");
    struct json *falling = many(50000, true, "1.0");
    struct json *changed = many(50000, true, "2");

    CHECK(json_equal(rising, falling));
    CHECK(!json_equal(rising, changed));
    struct json *merged = json_merge(check_arena(), rising, changed);
    CHECK_INT((int64_t)merged->count, 50000);
    CHECK(json_equal(merged, changed));
}

static void trees_are_built_and_changed(void)
{
    struct arena *arena = check_arena();
    struct json *object = json_new(arena, JSON_OBJECT);
    struct json *list = json_set(object, STR("list"), json_new(arena, JSON_ARRAY));

    json_set_text(arena, object, STR("t"), STR("x"));
    json_set_int(arena, object, STR("n"), INT64_MIN);
    json_set_bool(arena, object, STR("b"), true);
    json_push(list, json_new_int(arena, 1));
    json_push(list, json_new_text(arena, STR("two")));
    json_push(list, json_new_bool(arena, false));
    CHECK_STR(print(object), STR("{\"list\":[1,\"two\",false],\"t\":\"x\","
                                 "\"n\":-9223372036854775808,\"b\":true}"));
    CHECK_INT((int64_t)list->count, 3);

    json_set_int(arena, object, STR("b"), 1);    /* the last */
    json_set_int(arena, object, STR("list"), 0); /* the first */
    json_set_int(arena, object, STR("new"), 2);
    CHECK_STR(print(object),
              STR("{\"list\":0,\"t\":\"x\",\"n\":-9223372036854775808,\"b\":1,\"new\":2}"));
    CHECK_INT((int64_t)object->count, 5);

    json_drop(object, STR("absent"));
    json_drop(object, STR("new"));
    json_drop(object, STR("list"));
    json_drop(object, STR("n"));
    json_set_int(arena, object, STR("z"), 3);
    CHECK_STR(print(object), STR("{\"t\":\"x\",\"b\":1,\"z\":3}"));
    json_drop(object, STR("t"));
    json_drop(object, STR("b"));
    json_drop(object, STR("z"));
    CHECK(object->first == NULL && object->last == NULL && object->count == 0);
    json_set_int(arena, object, STR("a"), 1);
    CHECK_STR(print(object), STR("{\"a\":1}"));
}

static void copy_shares_nothing(void)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct json *json = NULL;
    struct err err;
    struct str text = str_copy(arena, STR("{\"a\":[\"x\",{\"b\":1.5}],\"c\":null}"));

    CHECK_OK(json_parse(arena, text, NULL, &json, &err), &err);
    struct json *copy = json_copy(check_arena(), json);
    arena_close(&arena);
    CHECK_STR(print(copy), STR("{\"a\":[\"x\",{\"b\":1.5}],\"c\":null}"));
}

/* The cases of RFC 7386, appendix A. */
static void merge_patch_follows_the_standard(void)
{
    static const char *const CASES[][3] = {
        {"{\"a\":\"b\"}", "{\"a\":\"c\"}", "{\"a\":\"c\"}"},
        {"{\"a\":\"b\"}", "{\"b\":\"c\"}", "{\"a\":\"b\",\"b\":\"c\"}"},
        {"{\"a\":\"b\"}", "{\"a\":null}", "{}"},
        {"{\"a\":\"b\",\"b\":\"c\"}", "{\"a\":null}", "{\"b\":\"c\"}"},
        {"{\"a\":[\"b\"]}", "{\"a\":\"c\"}", "{\"a\":\"c\"}"},
        {"{\"a\":\"c\"}", "{\"a\":[\"b\"]}", "{\"a\":[\"b\"]}"},
        {"{\"a\":{\"b\":\"c\"}}", "{\"a\":{\"b\":\"d\",\"c\":null}}", "{\"a\":{\"b\":\"d\"}}"},
        {"{\"a\":[{\"b\":\"c\"}]}", "{\"a\":[1]}", "{\"a\":[1]}"},
        {"[\"a\",\"b\"]", "[\"c\",\"d\"]", "[\"c\",\"d\"]"},
        {"{\"a\":\"b\"}", "[\"c\"]", "[\"c\"]"},
        {"{\"a\":\"foo\"}", "null", "null"},
        {"{\"a\":\"foo\"}", "\"bar\"", "\"bar\""},
        {"{\"e\":null}", "{\"a\":1}", "{\"e\":null,\"a\":1}"},
        {"[1,2]", "{\"a\":\"b\",\"c\":null}", "{\"a\":\"b\"}"},
        {"{}", "{\"a\":{\"bb\":{\"ccc\":null}}}", "{\"a\":{\"bb\":{}}}"},
    };

    for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
        CHECK_STR(print(json_merge(check_arena(), parse(str_from_z(CASES[i][0])),
                                   parse(str_from_z(CASES[i][1])))),
                  str_from_z(CASES[i][2]));
    CHECK_STR(print(json_merge(check_arena(), NULL, parse(STR("{\"a\":1,\"b\":null}")))),
              STR("{\"a\":1}"));
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(values_are_found_by_name_and_path),
        CHECK_TEST(values_are_read_with_a_default),
        CHECK_TEST(equality_looks_at_values_only),
        CHECK_TEST(large_objects_are_compared_and_merged_without_a_walk_each),
        CHECK_TEST(trees_are_built_and_changed),
        CHECK_TEST(copy_shares_nothing),
        CHECK_TEST(merge_patch_follows_the_standard),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}

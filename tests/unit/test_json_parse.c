#include "check.h"

#include <string.h>

#include "core/json.h"

/* The tree as canonical text, or "<code>: <text>". */
static struct str parse(struct str text, const struct json_limits *limits)
{
    struct buf buf = {.arena = check_arena()};
    struct json *json = NULL;
    struct err err = {0};

    /* An exact copy, so that AddressSanitizer sees a read beyond the end. */
    if (!json_parse(check_arena(), text.len > 0 ? str_copy(check_arena(), text) : text, limits,
                    &json, &err)) {
        CHECK(json == NULL);
        return str_printf(check_arena(), "%s: %s", err_name(err.code), err.text);
    }
    CHECK(err.code == ERR_NONE);
    json_canonical(&buf, json);
    return buf_str(&buf);
}

static void check_parse(const char *text, const char *want)
{
    CHECK_STR(parse(str_from_z(text), NULL), str_from_z(want));
}

static void check_wrong(const char *text, const char *place, const char *why)
{
    struct str want = str_printf(check_arena(), "input: JSON %s: %s", place, why);

    CHECK_STR(parse(str_from_z(text), NULL), want);
}

static void values_of_each_kind(void)
{
    check_parse("null", "null");
    check_parse(" \t\r\ntrue ", "true");
    check_parse("false", "false");
    check_parse("\"\"", "\"\"");
    check_parse("[]", "[]");
    check_parse("[ ]", "[]");
    check_parse("{}", "{}");
    check_parse("{ }", "{}");
    check_parse("[1,[2,[3]],{}]", "[1,[2,[3]],{}]");
    check_parse(" { \"a\" : 1 , \"b\" : [ null , false ] } ", "{\"a\":1,\"b\":[null,false]}");
    check_parse("\"plain text longer than eight bytes, и кириллица\"",
                "\"plain text longer than eight bytes, и кириллица\"");
}

static void numbers_follow_the_grammar(void)
{
    check_parse("[0,-0,1,-1,0.5,1e2,1E+2,1e-2,12.50]", "[0,0,1,-1,0.5,100,100,0.01,12.5]");
    check_parse("1234567890123456789012345678901234", "1234567890123456789012345678901234");
    check_parse("1.00000000000000000000000000000000000000000000000000", "1");
    check_wrong("01", "line 1, column 2", "there is something behind the value");
    check_wrong("-", "line 1, column 2", "the text ends too early");
    check_wrong("-x", "line 1, column 2", "a digit is missing");
    check_wrong("1.", "line 1, column 3", "the text ends too early");
    check_wrong("[1.]", "line 1, column 4", "a digit is missing");
    check_wrong("[1e]", "line 1, column 4", "a digit is missing");
    check_wrong("[1e+]", "line 1, column 5", "a digit is missing");
    check_wrong("+1", "line 1, column 1", "a value is expected here");
    check_wrong(".5", "line 1, column 1", "a value is expected here");
    check_wrong("NaN", "line 1, column 1", "a value is expected here");
    check_wrong("[1e34]", "line 1, column 2", "a number has more than 34 digits");
    check_wrong("[12345678901234567890123456789012345]", "line 1, column 2",
                "a number has more than 34 digits");
    check_wrong("1e99999999999999999999999", "line 1, column 1",
                "a number has more than 34 digits");
}

static void escapes_mean_their_characters(void)
{
    check_parse("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\\"\\\\/\\b\\f\\n\\r\\t\"");
    check_parse("\"a\\u0041\\u0436\\u20AC\\ud83d\\uDE00z\"", "\"aAж€😀z\"");
    check_parse("\"\\u001f\\u007f\"", "\"\\u001f\x7f\"");
    check_parse("{\"\\u0061\":1}", "{\"a\":1}");
    check_wrong("\"\\u0000\"", "line 1, column 2", "\\u0000 is not accepted");
    check_wrong("\"x\\ud800\"", "line 1, column 3", "half of a surrogate pair");
    check_wrong("\"\\ud800\\n\"", "line 1, column 2", "half of a surrogate pair");
    check_wrong("\"\\ud800\\u0041\"", "line 1, column 2", "half of a surrogate pair");
    check_wrong("\"\\udc00\\ud800\"", "line 1, column 2", "half of a surrogate pair");
    check_wrong("\"\\u12g4\"", "line 1, column 6", "\\u wants four hexadecimal digits");
    check_wrong("\"\\x\"", "line 1, column 3", "there is no such escape");
    check_wrong("\"a\nb\"", "line 1, column 3", "a control character in a string must be escaped");
    check_wrong("\"abcdefghijk\x01\"", "line 1, column 13",
                "a control character in a string must be escaped");
}

static void every_beginning_of_a_text_ends_too_early(void)
{
    struct str text = STR("{\"aa\":[1,-2.5e1,true,null,\"x\\u0416\\n\"],\"b\":{\"c\":false}}");
    struct str want = str_from_z("the text ends too early");

    for (size_t len = 0; len < text.len; len++) {
        struct str got = parse(str_slice(text, 0, len), NULL);

        CHECK(str_starts(got, STR("input: JSON line 1, column ")));
        if (str_find(got, want) == got.len) /* within a word the word is wrong */
            CHECK(str_ends(got, STR("a value is expected here")) ||
                  str_ends(got, STR("\\u wants four hexadecimal digits")));
    }
    CHECK(str_starts(parse(text, NULL), STR("{")));
}

static void structure_mistakes_name_their_place(void)
{
    check_wrong("", "line 1, column 1", "the text ends too early");
    check_wrong("[1,]", "line 1, column 4", "a value is expected here");
    check_wrong("[1 2]", "line 1, column 4", "a comma or ] is expected here");
    check_wrong("[1}", "line 1, column 3", "a comma or ] is expected here");
    check_wrong("{\"a\":1,}", "line 1, column 8", "a member name in quotes is expected here");
    check_wrong("{a:1}", "line 1, column 2", "a member name in quotes is expected here");
    check_wrong("{\"a\" 1}", "line 1, column 6", "a colon is expected here");
    check_wrong("{\"a\":1 \"b\":2}", "line 1, column 8", "a comma or } is expected here");
    check_wrong("{\"a\":1]", "line 1, column 7", "a comma or } is expected here");
    check_wrong("{}\n\n  {}", "line 3, column 3", "there is something behind the value");
    check_wrong("[\n  \"жж\", x]", "line 2, column 9", "a value is expected here");
    check_wrong("nulL", "line 1, column 1", "a value is expected here");
    check_wrong("nullx", "line 1, column 5", "there is something behind the value");
    check_wrong("\xef\xbb\xbf{}", "line 1, column 1", "a value is expected here");
    check_wrong("[\"a\n", "line 1, column 4", "a control character in a string must be escaped");
}

static void bytes_that_are_not_utf8_are_refused(void)
{
    check_wrong("[\"\xff\"]", "line 1, column 3", "this is not UTF-8");
    check_wrong("[\n\"ж\xd0\"]", "line 2, column 3", "this is not UTF-8");
    check_wrong("\"\xed\xa0\x80\"", "line 1, column 2", "this is not UTF-8");
    CHECK_STR(parse((struct str){"[1\0]", 4}, NULL),
              STR("input: JSON line 1, column 3: a NUL byte"));
}

/* {"m0":0,...}; the order descends, so that no name is above the one before. */
static struct buf many_members(int count)
{
    struct buf buf = {.arena = check_arena()};

    buf_char(&buf, '{');
    for (int i = count; i > 0; i--)
        buf_printf(&buf, "\"m%05d\":%d,", i, i);
    return buf;
}

static void repeated_names_are_refused_in_small_and_large_objects(void)
{
    static const int COUNTS[] = {1, 2, 23, 24, 25, 26, 27, 100, 5000};

    check_wrong("{\"a\":1,\"a\":2}", "line 1, column 8", "this member is here twice");
    check_wrong("{\"b\":1,\"a\":2,\"\\u0062\":3}", "line 1, column 14",
                "this member is here twice");
    check_wrong("{\"\":1,\"\":2}", "line 1, column 7", "this member is here twice");
    check_parse("{\"a\":{\"a\":1},\"b\":{\"a\":1}}", "{\"a\":{\"a\":1},\"b\":{\"a\":1}}");
    for (size_t i = 0; i < ARRAY_LEN(COUNTS); i++) {
        for (int twice = 1; twice <= COUNTS[i]; twice += COUNTS[i] / 3 + 1) {
            struct buf buf = many_members(COUNTS[i]);
            struct buf good = many_members(COUNTS[i]);

            buf_printf(&buf, "\"m%05d\":0}", twice);
            CHECK(str_ends(parse(buf_str(&buf), NULL), STR("this member is here twice")));
            buf_add(&good, STR("\"n\":0}"));
            CHECK(str_ends(parse(buf_str(&good), NULL), STR("\"n\":0}")));
        }
    }
}

static struct str nested(int depth)
{
    struct buf buf = {.arena = check_arena()};

    for (int i = 0; i < depth; i++)
        buf_char(&buf, '[');
    for (int i = 0; i < depth; i++)
        buf_char(&buf, ']');
    return buf_str(&buf);
}

static void limits_hold_exactly(void)
{
    CHECK_STR(parse(nested(64), NULL), nested(64));
    CHECK_STR(parse(nested(65), NULL), STR("limit: JSON line 1, column 65: nested too deeply"));
    CHECK_STR(parse(STR("[[]]"), &(struct json_limits){.depth = 1}),
              STR("limit: JSON line 1, column 2: nested too deeply"));
    CHECK_STR(parse(STR("[[],[],[[]]]"), &(struct json_limits){.depth = 3}), STR("[[],[],[[]]]"));
    CHECK(str_starts(parse(nested(100000), &(struct json_limits){.depth = 1000000}),
                     STR("limit: JSON line 1, column 513")));
    CHECK_STR(parse(STR("[1,2]"), &(struct json_limits){.values = 3}), STR("[1,2]"));
    CHECK_STR(parse(STR("[1,2]"), &(struct json_limits){.values = 2}),
              STR("limit: JSON line 1, column 4: too many values"));
    CHECK_STR(parse(STR("[1]"), &(struct json_limits){.bytes = 3}), STR("[1]"));
    CHECK_STR(parse(STR("[1] "), &(struct json_limits){.bytes = 3}),
              STR("limit: JSON of 4 bytes is more than the 3 accepted"));
}

static void default_limits_hold(void)
{
    struct buf buf = {.arena = check_arena()};

    buf_add(&buf, STR("[0"));
    for (int i = 1; i < 199999; i++)
        buf_add(&buf, STR(",0"));
    buf_char(&buf, ']');
    CHECK_STR(parse(buf_str(&buf), NULL), buf_str(&buf));
    buf.len--;
    buf_add(&buf, STR(",0]"));
    CHECK(str_starts(parse(buf_str(&buf), NULL), STR("limit: ")));
    char *spaces = arena_alloc(check_arena(), 1024 * 1024 + 1);
    memset(spaces, ' ', 1024 * 1024 + 1);
    spaces[0] = '1';
    CHECK_STR(parse((struct str){spaces, 1024 * 1024}, NULL), STR("1"));
    CHECK(str_starts(parse((struct str){spaces, 1024 * 1024 + 1}, NULL), STR("limit: ")));
}

static void tree_borrows_what_was_not_escaped(void)
{
    struct str text = STR("{\"name\":\"Ленина\",\"n\":12.50}");
    struct json *json;
    struct err err;

    CHECK_OK(json_parse(check_arena(), text, NULL, &json, &err), &err);
    CHECK_INT((int64_t)json->count, 2);
    CHECK(json->first->name.ptr == text.ptr + 2);
    CHECK(json->first->text.ptr == text.ptr + 9);
    CHECK_STR(json->last->text, STR("12.50"));
    CHECK(json->first->next == json->last && json->last->next == NULL);
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(values_of_each_kind),
        CHECK_TEST(numbers_follow_the_grammar),
        CHECK_TEST(escapes_mean_their_characters),
        CHECK_TEST(every_beginning_of_a_text_ends_too_early),
        CHECK_TEST(structure_mistakes_name_their_place),
        CHECK_TEST(bytes_that_are_not_utf8_are_refused),
        CHECK_TEST(repeated_names_are_refused_in_small_and_large_objects),
        CHECK_TEST(limits_hold_exactly),
        CHECK_TEST(default_limits_hold),
        CHECK_TEST(tree_borrows_what_was_not_escaped),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}

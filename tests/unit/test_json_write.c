#include "check.h"

#include "core/json.h"

static struct json *parse(struct str text)
{
    struct json *json = NULL;
    struct err err;

    CHECK_OK(json_parse(check_arena(), text, NULL, &json, &err), &err);
    return json;
}

static struct str write_with(void (*write)(struct buf *, const struct json *), struct str text)
{
    struct buf buf = {.arena = check_arena()};

    write(&buf, parse(text));
    return buf_str(&buf);
}

static void writing_keeps_the_order_and_the_numbers(void)
{
    CHECK_STR(write_with(json_write, STR(" {\"b\" : 1.50, \"a\":[1e2 ,null,true,false,\"x\"] }")),
              STR("{\"b\":1.50,\"a\":[1e2,null,true,false,\"x\"]}"));
}

static void canonical_form_sorts_bytewise_at_every_depth(void)
{
    CHECK_STR(
        write_with(json_canonical,
                   STR("{\"я\":0,\"b\":{\"z\":1,\"aa\":2,\"a\":3},\"B\":[{\"y\":1,\"x\":2}]}")),
        STR("{\"B\":[{\"x\":2,\"y\":1}],\"b\":{\"a\":3,\"aa\":2,\"z\":1},\"я\":0}"));
}

static void canonical_form_of_a_large_object_is_sorted(void)
{
    struct buf text = {.arena = check_arena()};
    struct buf want = {.arena = check_arena()};

    for (int i = 0; i < 1000; i++) {
        buf_printf(&text, "%s\"k%03d\":%d", i == 0 ? "{" : ",", (i * 377) % 1000, i);
        buf_printf(&want, "%s\"k%03d\":", i == 0 ? "{" : ",", i);
        for (int j = 0; j < 1000; j++)
            if ((j * 377) % 1000 == i)
                buf_int(&want, j);
    }
    buf_char(&text, '}');
    buf_char(&want, '}');
    CHECK_STR(write_with(json_canonical, buf_str(&text)), buf_str(&want));
}

static void equal_values_have_equal_bytes(void)
{
    static const struct str SAME[] = {
        STR_INIT("{\"a\":100,\"b\":\"Aж/\",\"c\":0}"),
        STR_INIT("{\"c\":-0.0,\"b\":\"\\u0041\\u0436\\/\",\"a\":1e2}"),
        STR_INIT(" { \"b\":\"A\\u0436/\" , \"a\":100.00 , \"c\":0e5 } "),
    };

    for (size_t i = 0; i < ARRAY_LEN(SAME); i++)
        CHECK_STR(write_with(json_canonical, SAME[i]), SAME[0]);
}

static void only_needed_escapes_are_written(void)
{
    struct str text = STR("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\\u007f<script>&'\u2028\"");

    CHECK_STR(write_with(json_canonical, text),
              STR("\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7f<script>&'\u2028\""));
    CHECK_STR(write_with(json_write, text),
              STR("\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\\u003cscript>&'\u2028\""));
}

static void text_alone_cannot_end_a_script(void)
{
    struct buf buf = {.arena = check_arena()};

    json_write_text(&buf, STR("</script><!--\"ж long enough for several words <<<<<<<<<<"));
    CHECK_STR(buf_str(&buf),
              STR("\"\\u003c/script>\\u003c!--\\\"ж long enough for several words "
                  "\\u003c\\u003c\\u003c\\u003c\\u003c\\u003c\\u003c\\u003c\\u003c\\u003c\""));
}

static void what_is_written_is_parsed_again(void)
{
    struct buf all = {.arena = check_arena()};
    struct buf out = {.arena = check_arena()};

    for (int c = 1; c < 0x80; c++)
        for (int i = 0; i < c % 11; i++)
            buf_char(&all, (char)c);
    json_write_text(&out, buf_str(&all));
    CHECK_STR(json_text(parse(buf_str(&out))), buf_str(&all));
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(writing_keeps_the_order_and_the_numbers),
        CHECK_TEST(canonical_form_sorts_bytewise_at_every_depth),
        CHECK_TEST(canonical_form_of_a_large_object_is_sorted),
        CHECK_TEST(equal_values_have_equal_bytes),
        CHECK_TEST(only_needed_escapes_are_written),
        CHECK_TEST(text_alone_cannot_end_a_script),
        CHECK_TEST(what_is_written_is_parsed_again),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}

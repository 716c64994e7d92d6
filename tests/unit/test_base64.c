#include "check.h"

#include "core/base64.h"

static struct str print(struct str bytes)
{
    struct buf buf = {.arena = check_arena()};

    base64_print(&buf, bytes);
    return buf_str(&buf);
}

static bool parses(struct str text)
{
    struct buf buf = {.arena = check_arena()};
    bool ok;

    buf_add(&buf, STR("before"));
    ok = base64_parse(&buf, text);
    CHECK(ok || buf.len == 6);
    return ok;
}

static void vectors_of_the_standard_hold(void)
{
    CHECK_STR(print(STR("")), STR(""));
    CHECK_STR(print(STR("f")), STR("Zg=="));
    CHECK_STR(print(STR("fo")), STR("Zm8="));
    CHECK_STR(print(STR("foo")), STR("Zm9v"));
    CHECK_STR(print(STR("foob")), STR("Zm9vYg=="));
    CHECK_STR(print(STR("fooba")), STR("Zm9vYmE="));
    CHECK_STR(print(STR("foobar")), STR("Zm9vYmFy"));
}

static void url_form_has_no_padding_and_other_letters(void)
{
    struct buf buf = {.arena = check_arena()};

    base64_print_url(&buf, STR("\xfb\xff\xfe\x01"));
    CHECK_STR(buf_str(&buf), STR("-__-AQ"));
}

static void every_length_comes_back(void)
{
    char bytes[200];

    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(i * 37 + 11);
    for (size_t len = 0; len < sizeof bytes; len++) {
        struct buf plain = {.arena = check_arena()};
        struct buf url = {.arena = check_arena()};
        struct buf back = {.arena = check_arena()};

        base64_print(&plain, (struct str){bytes, len});
        base64_print_url(&url, (struct str){bytes, len});
        CHECK(base64_parse(&back, buf_str(&plain)));
        CHECK(base64_parse(&back, buf_str(&url)));

        struct str want = {bytes, len};
        CHECK_STR(str_slice(buf_str(&back), 0, len), want);
        CHECK_STR(str_slice(buf_str(&back), len, len), want);
    }
}

static void wrong_texts_are_refused(void)
{
    CHECK(parses(STR("Zg")));
    CHECK(parses(STR("Zg==")));
    CHECK(!parses(STR("Z")));
    CHECK(!parses(STR("Zg=")));
    CHECK(!parses(STR("Zg===")));
    CHECK(!parses(STR("Z===")));
    CHECK(!parses(STR("====")));
    CHECK(!parses(STR("Zh=="))); /* left-over bits */
    CHECK(!parses(STR("Zm9=")));
    CHECK(!parses(STR("Zm 9v")));
    CHECK(!parses(STR("Zm=v")));
    CHECK(!parses(STR("Zm9v\n")));
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(vectors_of_the_standard_hold),
        CHECK_TEST(url_form_has_no_padding_and_other_letters),
        CHECK_TEST(every_length_comes_back),
        CHECK_TEST(wrong_texts_are_refused),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}

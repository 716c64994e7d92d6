#include "check.h"

#include "net/url.h"

static bool decodes(struct str text, bool plus, struct str want)
{
    struct buf buf = {.arena = check_arena()};

    return url_decode(&buf, text, plus) && str_equal(buf_str(&buf), want);
}

static bool is_refused(struct str text)
{
    struct buf buf = {.arena = check_arena()};

    return !url_decode(&buf, text, false);
}

static void escapes_are_decoded(void)
{
    CHECK(decodes(STR(""), false, STR("")));
    CHECK(decodes(STR("%D0%B0%2fb"), false, STR("а/b")));
    CHECK(decodes(STR("a+b"), false, STR("a+b")));
    CHECK(decodes(STR("a+b%2B"), true, STR("a b+")));
}

static void bad_escapes_are_refused(void)
{
    CHECK(is_refused(STR("%")));
    CHECK(is_refused(STR("%4")));
    CHECK(is_refused(STR("a%4")));
    CHECK(is_refused(STR("%4g")));
    CHECK(is_refused(STR("%00")));
    CHECK(is_refused(STR("%FF")));
    CHECK(is_refused(STR("%C0%80")));
    CHECK(is_refused(STR("%D0")));
}

static void encoding_is_undone_by_decoding(void)
{
    struct buf buf = {.arena = check_arena()};

    url_encode(&buf, STR("Садовая, 12 /?&=+%~"));
    CHECK_STR(buf_str(&buf), STR("%D0%A1%D0%B0%D0%B4%D0%BE%D0%B2%D0%B0%D1%8F%2C%2012%20%2F%3F%26"
                                 "%3D%2B%25~"));
    CHECK(decodes(buf_str(&buf), true, STR("Садовая, 12 /?&=+%~")));
}

static void form_is_split_into_pairs(void)
{
    struct url_form form;

    CHECK(url_parse_form(check_arena(), STR("a=1&b=x+y%21&&c&a=2&=e&d=="), &form));
    CHECK_INT((int64_t)form.count, 6);
    CHECK_STR(url_find(&form, STR("a")), STR("1"));
    CHECK_STR(url_find(&form, STR("b")), STR("x y!"));
    CHECK(url_has(&form, STR("c")));
    CHECK(!url_has(&form, STR("e")));
    CHECK_STR(url_find(&form, STR("d")), STR("="));
    CHECK_STR(url_find(&form, STR("none")), STR(""));
    CHECK(!url_parse_form(check_arena(), STR("a=%zz"), &form));
    CHECK(url_parse_form(check_arena(), STR(""), &form));
    CHECK_INT((int64_t)form.count, 0);
}

static void too_many_pairs_are_refused(void)
{
    struct buf buf = {.arena = check_arena()};
    struct url_form form;

    for (int i = 0; i < URL_PAIRS_MAX; i++)
        buf_add(&buf, STR("a&"));
    CHECK(url_parse_form(check_arena(), buf_str(&buf), &form));
    buf_add(&buf, STR("a"));
    CHECK(!url_parse_form(check_arena(), buf_str(&buf), &form));
}

static const struct check_test TESTS[] = {
    CHECK_TEST(escapes_are_decoded),
    CHECK_TEST(bad_escapes_are_refused),
    CHECK_TEST(encoding_is_undone_by_decoding),
    CHECK_TEST(form_is_split_into_pairs),
    CHECK_TEST(too_many_pairs_are_refused),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}

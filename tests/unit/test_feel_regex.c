#include "check.h"

#include "core/buf.h"
#include "lang/feel_regex.h"

static bool opens(const char *pattern, const char *flags, struct feel_regex **regex)
{
    struct err err = {0};

    return feel_regex_open(check_arena(), str_from_z(pattern), str_from_z(flags), regex, &err);
}

static bool matches(const char *pattern, const char *flags, const char *text)
{
    CLEANUP(feel_regex_close) struct feel_regex *regex = NULL;
    struct feel_regex_match match;
    struct err err = {0};
    bool found = false;

    CHECK(opens(pattern, flags, &regex));
    CHECK_OK(feel_regex_find(regex, str_from_z(text), 0, &found, &match, &err), &err);
    return found;
}

static void patterns_are_those_of_xpath(void)
{
    CHECK(matches("^a.c$", "", "abc"));
    CHECK(!matches("^a.c$", "", "abc\n"));
    CHECK(matches("^b", "m", "a\nb"));
    CHECK(matches("\\i\\c*", "", "_name"));
    CHECK(matches("[a-z-[aeiou]]+", "", "xyz"));
    CHECK(!matches("^[\\p{IsCyrillic}]$", "", "a"));
    CHECK(matches("ё", "i", "Ё"));
    CHECK(matches("a b", "x", "ab"));
}

static void what_xpath_does_not_know_is_refused(void)
{
    static const char *const BAD[] = {
        "(?=a)", "(?i)a", "\\bword", "a++", "(*VERB)", "[a[b]", "a{",
        "}",     "]",     "(",       "\\0", "\\",      "[a",    "\\p{IsNothing}"};

    for (size_t i = 0; i < ARRAY_LEN(BAD); i++) {
        CLEANUP(feel_regex_close) struct feel_regex *regex = NULL;
        CHECK(!opens(BAD[i], "", &regex));
    }
}

static void a_match_that_explodes_is_ended(void)
{
    CLEANUP(feel_regex_close) struct feel_regex *regex = NULL;
    struct buf buf = {.arena = check_arena()};
    struct feel_regex_match match;
    struct err err = {0};
    bool found;

    for (int i = 0; i < 5000; i++)
        buf_char(&buf, 'a');
    buf_char(&buf, 'b');
    CHECK(opens("^(a+)+(c|d)$", "", &regex));
    CHECK(!feel_regex_find(regex, buf_str(&buf), 0, &found, &match, &err));
    CHECK(err.code == ERR_LIMIT);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(patterns_are_those_of_xpath),
    CHECK_TEST(what_xpath_does_not_know_is_refused),
    CHECK_TEST(a_match_that_explodes_is_ended),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}

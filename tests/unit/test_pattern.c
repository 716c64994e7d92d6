#include "check.h"

#include <stdio.h>

#include "lang/pattern.h"

/* pattern, text, whether it occurs */
static const struct {
    const char *pattern;
    const char *text;
    bool is_there;
} CASES[] = {
    {"", "", true},
    {"", "abc", true},
    {"b", "abc", true},
    {"d", "abc", false},
    {"^b", "abc", false},
    {"^a", "abc", true},
    {"c$", "abc", true},
    {"b$", "abc", false},
    {"^abc$", "abc", true},
    {"^$", "", true},
    {"^$", "a", false},
    {"$a", "a", false},
    {"a^", "a", false},
    {"^a|b$", "cb", true},
    {"^(a|b)$", "cb", false},
    {"^(?:ab|cd)+$", "abcdab", true},
    {"^(?:ab|cd)+$", "abcda", false},
    {"^(|a)b$", "b", true},
    {"^a.c$", "aжc", true},
    {"^a.c$", "a\nc", false},
    {"^a*$", "", true},
    {"^a*$", "aaaa", true},
    {"^a+$", "", false},
    {"^a?b$", "b", true},
    {"^a?b$", "aab", false},
    {"^a{3}$", "aaa", true},
    {"^a{3}$", "aa", false},
    {"^a{3}$", "aaaa", false},
    {"^a{2,}$", "a", false},
    {"^a{2,}$", "aaaaa", true},
    {"^a{2,3}$", "aaaa", false},
    {"^a{2,3}$", "aa", true},
    {"^a{2,3}$", "aaa", true},
    {"^a{0}b$", "b", true},
    {"^a{0,0}b$", "ab", false},
    {"^(a{1,2}){2}$", "aaa", true},
    {"^(a{1,2}){2}$", "aaaaa", false},
    {"^(a*)*$", "aaa", true},
    {"^(a*)*$", "aab", false},
    {"^(a|aa)+$", "aaaaaaa", true},
    {"^a+?$", "aaa", true},
    {"^[abc]+$", "cab", true},
    {"^[abc]+$", "cad", false},
    {"^[а-яё]+$", "ёлка", true},
    {"^[а-яё]+$", "Ёлка", false},
    {"^[^0-9]$", "ж", true},
    {"^[^0-9]$", "7", false},
    {"^[a-]$", "-", true},
    {"^[\\]\\-]$", "-", true},
    {"^[\\d.]+$", "12.5", true},
    {"^[\\D]$", "5", false},
    {"^[^]$", "a", true}, /* ECMA: anything */
    {"^[]$", "a", false}, /* ECMA: nothing */
    {"^\\d{6,7}$", "1234567", true},
    {"^\\d$", "٣", false}, /* ASCII digits only */
    {"^\\w+$", "a_9", true},
    {"^\\w+$", "ж", false},
    {"^\\W$", "ж", true},
    {"^\\s$", "\xc2\xa0", true},
    {"^\\S$", " ", false},
    {"^\\p{Lu}\\p{L}*$", "Өмүрбек", true},
    {"^\\p{Lu}\\p{L}*$", "өмүрбек", false},
    {"^\\p{Ll}+$", "жук", true},
    {"^\\p{Ll}+$", "жУк", false},
    {"^\\p{N}$", "5", true},
    {"^\\P{L}$", "5", true},
    {"^\\P{L}$", "ж", false},
    {"^[\\p{L} ,]+$", "Дом, сад", true},
    {"^\\.\\*\\/$", ".*/", true},
    {"^\\x41\\u0416\\u{1F333}$", "AЖ🌳", true},
    {"^.$", "🌳", true},
    {"\\t\\n", "a\t\nb", true},
    {"^\\d\\d:\\d\\d:\\d{6,7}:\\d+$", "19:01:010101:15", true},
    {"^\\d\\d:\\d\\d:\\d{6,7}:\\d+$", "19:01:01010:15", false},
};

static struct pattern *compile(const char *text)
{
    struct pattern *pattern = NULL;
    struct err err;

    CHECK_OK(pattern_compile(check_arena(), str_from_z(text), &pattern, &err), &err);
    return pattern;
}

static void patterns_match_as_in_ecma_262(void)
{
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        struct pattern *pattern = compile(CASES[i].pattern);

        if (pattern_matches(pattern, str_from_z(CASES[i].text)) != CASES[i].is_there)
            printf("# wrong: /%s/ on \"%s\"\n", CASES[i].pattern, CASES[i].text);
        CHECK(pattern_matches(pattern, str_from_z(CASES[i].text)) == CASES[i].is_there);
    }
}

static void what_is_not_understood_is_refused(void)
{
    static const char *const WRONG[] = {
        "(",       ")",      "a)",      "[a",      "[b-a]",
        "[\\d-z]", "*",      "a**",     "^*",      "a{",
        "a{2",     "a{3,2}", "a{1001}", "{2}",     "}",
        "]",       "\\1",    "\\b",     "\\k<a>",  "\\q",
        "(?=a)",   "(?!a)",  "(?<=a)",  "(?<n>a)", "\\p{Cyrillic}",
        "\\p",     "\\",     "\\xZ1",   "\\uD83D", "\\u{110000}",
        "\\u{",    "[a[b]]", "a+++",
    };

    for (size_t i = 0; i < ARRAY_LEN(WRONG); i++) {
        struct pattern *pattern = NULL;
        struct err err = {0};

        if (pattern_compile(check_arena(), str_from_z(WRONG[i]), &pattern, &err))
            printf("# taken: /%s/\n", WRONG[i]);
        CHECK(pattern == NULL);
        CHECK_INT(err.code, ERR_INPUT);
    }
}

static void error_names_the_character(void)
{
    struct pattern *pattern;
    struct err err = {0};

    CHECK(!pattern_compile(check_arena(), STR("жжж)"), &pattern, &err));
    CHECK(str_find(str_from_z(err.text), STR("character 4:")) < 40);
}

/* Written out these are astronomically long; the last ones are long and empty. */
static void huge_repetitions_are_refused_at_once(void)
{
    static const char *const HUGE_ONES[] = {
        "((a{1000}){1000}){1000}",
        "(a?){1000}b{1000}",
        "(((((){1000}){1000}){1000}){1000}){1000}",
        "(((()*){1000}){1000}){1000}",
    };

    for (size_t i = 0; i < ARRAY_LEN(HUGE_ONES); i++) {
        struct pattern *pattern;
        struct err err = {0};

        CHECK(!pattern_compile(check_arena(), str_from_z(HUGE_ONES[i]), &pattern, &err));
        CHECK_INT(err.code, ERR_LIMIT);
    }
}

/* A backtracking matcher needs 2^60 steps for the first of these. */
static void hostile_pattern_takes_linear_time(void)
{
    static const char *const HOSTILE[] = {"^(a+)+$", "^(a|a)*$", "^(a?){60}a{60}$", "(.*){9}x"};
    char text[60001];

    for (size_t i = 0; i < sizeof text; i++)
        text[i] = 'a';
    text[sizeof text - 1] = '!';
    for (size_t i = 0; i < ARRAY_LEN(HOSTILE); i++)
        CHECK(!pattern_matches(compile(HOSTILE[i]), (struct str){text, sizeof text}));
}

static void long_pattern_is_refused(void)
{
    char text[PATTERN_TEXT_MAX + 1];
    struct pattern *pattern;
    struct err err = {0};

    for (size_t i = 0; i < sizeof text; i++)
        text[i] = 'a';
    CHECK(!pattern_compile(check_arena(), (struct str){text, sizeof text}, &pattern, &err));
    CHECK_INT(err.code, ERR_LIMIT);
    CHECK_OK(pattern_compile(check_arena(), (struct str){text, sizeof text - 1}, &pattern, &err),
             &err);
}

static void deep_groups_are_refused(void)
{
    char text[200];
    struct pattern *pattern;
    struct err err = {0};

    for (size_t i = 0; i < 100; i++) {
        text[i] = '(';
        text[199 - i] = ')';
    }
    CHECK(!pattern_compile(check_arena(), (struct str){text, sizeof text}, &pattern, &err));
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(patterns_match_as_in_ecma_262),
        CHECK_TEST(what_is_not_understood_is_refused),
        CHECK_TEST(error_names_the_character),
        CHECK_TEST(huge_repetitions_are_refused_at_once),
        CHECK_TEST(hostile_pattern_takes_linear_time),
        CHECK_TEST(long_pattern_is_refused),
        CHECK_TEST(deep_groups_are_refused),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}

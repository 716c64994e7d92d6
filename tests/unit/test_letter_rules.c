#include "document/letter_rules.h"

#include "check.h"

static const struct pack *pack_of(const char *json)
{
    struct pack *pack = ARENA_NEW(check_arena(), struct pack);

    pack->files = ARENA_ARRAY(check_arena(), struct pack_file, 2);
    pack->files[0] = (struct pack_file){STR("letters/refusal.json"), str_from_z(json)};
    pack->files[1] = (struct pack_file){STR("letters/refusal.odt"), STR("x")};
    pack->file_count = 2;
    return pack;
}

static struct str refusal(const char *json)
{
    struct err *err = ARENA_NEW(check_arena(), struct err);
    struct letter_rules rules;

    CHECK(!letter_rules_read(check_arena(), pack_of(json), STR("refusal"), &rules, err));
    return str_from_z(err->text);
}

static bool says(struct str text, const char *word)
{
    return str_find(text, str_from_z(word)) < text.len;
}

static void letter_without_a_file_beside_it_is_not_registered(void)
{
    struct letter_rules rules;
    struct err err = {0};

    CHECK_OK(letter_rules_read(check_arena(), pack_of("{}"), STR("other"), &rules, &err), &err);
    CHECK_INT((int64_t)rules.series.len, 0);
}

static void rules_are_read(void)
{
    struct letter_rules rules;
    struct err err = {0};

    CHECK_OK(letter_rules_read(check_arena(),
                               pack_of("{\"title\":\"Отказ\",\"series\":\"outgoing\","
                                       "\"number\":\"01-12/{n}\",\"pdf\":true}"),
                               STR("refusal"), &rules, &err),
             &err);
    CHECK_STR(rules.title, STR("Отказ"));
    CHECK_STR(rules.series, STR("outgoing"));
    CHECK(rules.has_pdf);
}

static void what_is_wrong_is_said_of_the_member(void)
{
    CHECK(says(refusal("[]"), "object"));
    CHECK(says(refusal("{\"series\":\"a\",\"number\":\"{n}\"}"), "title"));
    CHECK(says(refusal("{\"title\":\"А\",\"series\":\"А\",\"number\":\"{n}\"}"), "series"));
    CHECK(says(refusal("{\"title\":\"А\",\"series\":\"a\",\"number\":\"5\"}"), "number"));
    CHECK(says(refusal("{\"title\":\"А\",\"series\":\"a\",\"number\":\"{n}{n}\"}"), "number"));
    CHECK(says(refusal("{\"title\":\"А\",\"series\":\"a\",\"number\":\"{m}\"}"), "number"));
    CHECK(says(refusal("{\"title\":\"А\",\"series\":\"a\",\"number\":\"{n\"}"), "number"));
    CHECK(says(refusal("{\"title\":\"А\",\"series\":\"a\",\"number\":\"n}{n}\"}"), "number"));
    CHECK(says(refusal("{\"title\":\"А\",\"series\":\"a\",\"number\":\"{n:0}\"}"), "number"));
    CHECK(says(refusal("{\"title\":\"А\",\"series\":\"a\",\"number\":\"{n}\",\"language\":\"de\"}"),
               "language"));
    CHECK(
        says(refusal("{\"title\":\"А\",\"series\":\"a\",\"number\":\"{n}\",\"pfd\":true}"), "pfd"));
}

static struct str number(const char *pattern, int64_t n)
{
    struct buf buf = {.arena = check_arena()};

    letter_rules_print_number(&buf, str_from_z(pattern), n, 2026);
    return buf_str(&buf);
}

static void number_follows_its_pattern(void)
{
    CHECK_STR(number("01-12/{n}", 34), STR("01-12/34"));
    CHECK_STR(number("{n:4}-ж", 34), STR("0034-ж"));
    CHECK_STR(number("{n:4}", 12345), STR("12345"));
    CHECK_STR(number("{n:1}", 7), STR("7"));
    CHECK_STR(number("{n:9}", INT64_MAX), STR("9223372036854775807"));
    CHECK_STR(number("{year}/{n:3}/{year}", 100), STR("2026/100/2026"));
    CHECK(number("01234567890123456789012345678{n}", INT64_MAX).len <= LETTER_RULES_NUMBER_MAX);
}

static struct str day(int64_t number, const char *language)
{
    struct buf buf = {.arena = check_arena()};

    letter_rules_print_day(&buf, number, str_from_z(language));
    return buf_str(&buf);
}

static void day_stands_as_people_write_it(void)
{
    CHECK_STR(day(20521, ""), STR("9 марта 2026 г."));
    CHECK_STR(day(20521, "ru"), STR("9 марта 2026 г."));
    CHECK_STR(day(20521, "ky"), STR("2026-жылдын 9-март"));
    CHECK_STR(day(20521, "en"), STR("9 March 2026"));
    CHECK_STR(day(20453, "ru"), STR("31 декабря 2025 г."));
}

static const struct check_test TESTS[] = {
    CHECK_TEST(letter_without_a_file_beside_it_is_not_registered),
    CHECK_TEST(rules_are_read),
    CHECK_TEST(what_is_wrong_is_said_of_the_member),
    CHECK_TEST(number_follows_its_pattern),
    CHECK_TEST(day_stands_as_people_write_it),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}

#include "check.h"

#include <string.h>

#include "core/utf8.h"

static struct str key(const char *text)
{
    struct buf buf = {.arena = check_arena()};

    utf8_key(&buf, str_from_z(text));
    CHECK(utf8_is_valid(buf_str(&buf)));
    CHECK(buf.len <= UTF8_KEY_MAX);
    return buf_str(&buf);
}

static struct str fold(const char *text)
{
    struct buf buf = {.arena = check_arena()};

    utf8_fold(&buf, str_from_z(text));
    CHECK(utf8_is_valid(buf_str(&buf)));
    return buf_str(&buf);
}

static void folding_lowers_and_joins(void)
{
    CHECK_STR(fold("ЁЛКА Ёж Школа №5"), STR("елка еж школа №5"));
    CHECK_STR(fold("и\u0306од\u0438\u0306 е\u0308лка"), STR("йодй елка"));
    CHECK_STR(fold("за\u0301мок пере\u00adнос"), STR("замок перенос"));
    CHECK_STR(fold("ӨМҮР Ңа"), STR("өмүр ңа"));
    CHECK_STR(fold("  A  "), STR("  a  "));
    CHECK_STR(fold(""), STR(""));
}

static void same_but_for_case_yo_and_space_is_the_same_key(void)
{
    static const char *const SAME[][2] = {
        {"Улица Ленина", "  УЛИЦА\t\nленина\u00a0"},
        {"Ёлкина", "елкина"},
        {"ООО «Ромашка»", "ооо \"ромашка\""},
        {"ООО “Ромашка„", "ООО \"Ромашка\""},
        {"Нью-Йорк", "нью\u2013йорк"},
        {"Школа № 5", "школа №5"},
        {"О’Коннор", "о'коннор"},
        {"Йошкар-Ола", "И\u0306ошкар-Ола"},
        {"за\u0301мок", "замок"},
        {"", " \t\u3000"},
        {"Өмүр", "өмүр"},
    };

    for (size_t i = 0; i < ARRAY_LEN(SAME); i++)
        CHECK_STR(key(SAME[i][0]), key(SAME[i][1]));
}

static void keys_rise_as_the_alphabet_and_numbers_do(void)
{
    static const char *const RISING[] = {
        "",
        "«а»",
        "#",
        "-",
        "0",
        "00",
        "1",
        "01",
        "001",
        "2",
        "9",
        "10",
        "12",
        "99999999",
        "100000000",
        "999999999",
        "1000000000",
        "99999999999999999999",
        "100000000000000000000",
        "1а",
        "a",
        "b",
        "а",
        "ая",
        "б",
        "д",
        "д. 5",
        "д. 05",
        "д. 5 к. 1",
        "д. 5 к. 2",
        "д. 5а",
        "д. 12",
        "дом",
        "дом 1",
        "дома",
        "е",
        "её",
        "ж",
        "и",
        "й",
        "н",
        "ня",
        "ң",
        "ңа",
        "о",
        "оя",
        "өа",
        "п",
        "у",
        "уя",
        "үа",
        "ф",
        "я",
    };

    for (size_t i = 0; i < ARRAY_LEN(RISING); i++)
        for (size_t j = i + 1; j < ARRAY_LEN(RISING); j++)
            if (strcmp(RISING[i], "1а") != 0 && strcmp(RISING[j], "1а") != 0 &&
                str_compare(key(RISING[i]), key(RISING[j])) >= 0)
                CHECK_STR(str_from_z(RISING[i]), str_from_z(RISING[j]));
}

static void different_texts_keep_different_keys(void)
{
    static const char *const TEXTS[] = {"5",       "05",      "005",    "0",        "00",    "1 05",
                                        "01 5",    "1 5",     "15",     "1 05 0",   "01 05", "н",
                                        "ң",       "нң",      "ңн",     "а б",      "аб",    "а-б",
                                        "77:01:1", "77:1:01", "77:1:1", "77:01:01", "9001",  "901"};

    for (size_t i = 0; i < ARRAY_LEN(TEXTS); i++)
        for (size_t j = 0; j < i; j++)
            CHECK(!str_equal(key(TEXTS[i]), key(TEXTS[j])));
}

static void long_text_ends_in_a_hash_and_stays_different(void)
{
    char a[2000];
    char b[2000];

    for (size_t shift = 0; shift < 3; shift++) {
        memset(a, 'x', sizeof a);
        for (size_t i = shift; i + 2 < sizeof a; i += 2)
            memcpy(a + i, "ж", 2);
        a[sizeof a - 1] = '\0';
        memcpy(b, a, sizeof a);
        CHECK_STR(key(a), key(b));
        CHECK_INT((int64_t)(key(a).len >= UTF8_KEY_MAX - 3), 1);
        b[sizeof b - 2] = 'y';
        CHECK(!str_equal(key(a), key(b)));
        CHECK(memcmp(key(a).ptr, key(b).ptr, 200) == 0);
    }
    /* The same in every process: keys are stored. */
    memset(a, 'x', 300);
    a[300] = '\0';
    CHECK_STR(str_slice(key(a), 208, 100), STR("417822b3372acb5aeedffd6be8d4f267"));
}

static void longest_key_without_hash(void)
{
    char text[242];

    memset(text, 'x', sizeof text);
    text[UTF8_KEY_MAX] = '\0';
    CHECK_STR(key(text), str_from_z(text));
    text[UTF8_KEY_MAX] = 'x';
    text[UTF8_KEY_MAX + 1] = '\0';
    CHECK_INT((int64_t)key(text).len, UTF8_KEY_MAX);
    CHECK(key(text).ptr[UTF8_KEY_MAX - 33] == '\x02');
}

static void key_is_added_behind_what_is_there(void)
{
    struct buf buf = {.arena = check_arena()};

    buf_add(&buf, STR("x "));
    utf8_key(&buf, STR(" А 07 "));
    CHECK_STR(buf_str(&buf), STR("x а 17\x01"
                                 "1"));
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(folding_lowers_and_joins),
        CHECK_TEST(same_but_for_case_yo_and_space_is_the_same_key),
        CHECK_TEST(keys_rise_as_the_alphabet_and_numbers_do),
        CHECK_TEST(different_texts_keep_different_keys),
        CHECK_TEST(long_text_ends_in_a_hash_and_stays_different),
        CHECK_TEST(longest_key_without_hash),
        CHECK_TEST(key_is_added_behind_what_is_there),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}

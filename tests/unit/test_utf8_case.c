#include "check.h"

#include "core/utf8.h"

static void check_pairs(struct str upper, struct str lower)
{
    while (upper.len > 0) {
        uint32_t big = utf8_next(&upper);
        uint32_t small = utf8_next(&lower);

        CHECK_INT(utf8_lower(big), small);
        CHECK_INT(utf8_upper(small), big);
        CHECK_INT(utf8_lower(small), small);
        CHECK_INT(utf8_upper(big), big);
        CHECK(utf8_is_letter(big));
        CHECK(utf8_is_letter(small));
    }
    CHECK_INT((int64_t)lower.len, 0);
}

static void letters_have_their_pairs(void)
{
    check_pairs(STR("АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ"), STR("абвгдеёжзийклмнопрстуфхцчшщъыьэюя"));
    check_pairs(STR("ҢӨҮӘҒҚҰҺІЎЇЄҐӀЂЏѢҖ"), STR("ңөүәғқұһіўїєґӏђџѣҗ"));
    check_pairs(STR("ABCXYZÀÖØÞŸĀĐĲĹŇŊŶŹŽǍẀẠỸ"), STR("abcxyzàöøþÿāđĳĺňŋŷźžǎẁạỹ"));
}

static void what_has_no_case_stays(void)
{
    static const uint32_t CODES[] = {'0',  ' ',   '@',   '[',   '`',    '{',     0xd7,   0xf7,
                                     0xdf, 0x138, 0x149, 0x482, 0x4e00, 0x1f600, 0x2116, 0x10ffff};

    for (size_t i = 0; i < ARRAY_LEN(CODES); i++) {
        CHECK_INT(utf8_lower(CODES[i]), CODES[i]);
        CHECK_INT(utf8_upper(CODES[i]), CODES[i]);
    }
    CHECK_INT(utf8_lower(0x130), 'i');
    CHECK_INT(utf8_upper(0x131), 'I');
}

static void lower_twice_is_lower_once(void)
{
    for (uint32_t code = 0; code < 0x11000; code++) {
        CHECK(utf8_lower(utf8_lower(code)) == utf8_lower(code));
        CHECK(utf8_upper(utf8_upper(code)) == utf8_upper(code));
    }
}

static void letters_and_digits_are_told_from_signs(void)
{
    static const char SIGNS[] = " .,-_/\\\"'()[]@#%0123456789";

    for (size_t i = 0; i + 1 < sizeof SIGNS; i++)
        CHECK(!utf8_is_letter((uint32_t)SIGNS[i]));
    CHECK(!utf8_is_letter(0x2116));
    CHECK(!utf8_is_letter(0xab));
    CHECK(!utf8_is_letter(0x301));
    CHECK(!utf8_is_letter(0xfffd));
    CHECK(utf8_is_letter(0x4e2d));
    CHECK(utf8_is_digit('0') && utf8_is_digit('9') && !utf8_is_digit('a') && !utf8_is_digit('/'));
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(letters_have_their_pairs),
        CHECK_TEST(what_has_no_case_stays),
        CHECK_TEST(lower_twice_is_lower_once),
        CHECK_TEST(letters_and_digits_are_told_from_signs),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}

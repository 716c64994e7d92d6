#include "check.h"

#include <string.h>

#include "core/utf8.h"

static void well_formed_texts_are_valid(void)
{
    static const struct str VALID[] = {
        STR_INIT(""),
        STR_INIT("\x01 ascii \x7f"),
        STR_INIT("Улица Ленина, д. 5"),
        STR_INIT("\xc2\x80\u07ff\u0800\uffff\U00010000\U0010ffff"),
        STR_INIT("смесь mixed 漢字 😀 и дальше ещё длинный хвост ascii ascii ascii"),
    };

    for (size_t i = 0; i < ARRAY_LEN(VALID); i++)
        CHECK(utf8_is_valid(VALID[i]));
    CHECK(utf8_is_valid((struct str){0}));
}

static void broken_texts_are_not_wherever_they_break(void)
{
    static const struct str BROKEN[] = {
        STR_INIT("\x80"),
        STR_INIT("\xbf"),
        STR_INIT("\xc0\x80"),
        STR_INIT("\xc1\xbf"),
        STR_INIT("\xe0\x80\x80"),
        STR_INIT("\xe0\x9f\xbf"),
        STR_INIT("\xed\xa0\x80"),
        STR_INIT("\xed\xbf\xbf"),
        STR_INIT("\xf0\x80\x80\x80"),
        STR_INIT("\xf0\x8f\xbf\xbf"),
        STR_INIT("\xf4\x90\x80\x80"),
        STR_INIT("\xf5\x80\x80\x80"),
        STR_INIT("\xff"),
        STR_INIT("\xfe"),
        STR_INIT("\xd0"),
        STR_INIT("\xe2\x84"),
        STR_INIT("\xf0\x9f\x98"),
        STR_INIT("\xd0\x41"),
        STR_INIT("\xe2\x41\x84"),
        STR_INIT("\0"),
    };
    char text[64];

    for (size_t i = 0; i < ARRAY_LEN(BROKEN); i++) {
        for (size_t at = 0; at < 20; at++) {
            memset(text, 'a', sizeof text);
            memcpy(text + at, BROKEN[i].ptr, BROKEN[i].len);
            /* At the end, and with more behind it. */
            CHECK_INT((int64_t)utf8_valid_head((struct str){text, at + BROKEN[i].len}),
                      (int64_t)at);
            CHECK_INT((int64_t)utf8_valid_head((struct str){text, sizeof text}), (int64_t)at);
            CHECK(!utf8_is_valid((struct str){text, sizeof text}));
        }
    }
}

static void every_code_point_goes_out_and_comes_back(void)
{
    for (uint32_t code = 1; code <= 0x10ffff; code += code < 0x3000 ? 1 : 97) {
        struct buf buf = {.arena = check_arena()};

        if (code >= 0xd800 && code <= 0xdfff)
            continue;
        utf8_put(&buf, code);
        struct str rest = buf_str(&buf);
        CHECK(utf8_is_valid(rest));
        CHECK_INT((int64_t)utf8_length(rest), 1);
        CHECK_INT(utf8_next(&rest), code);
        CHECK_INT((int64_t)rest.len, 0);
        arena_reset(check_arena());
    }
}

static void head_counts_letters_not_bytes(void)
{
    struct str text = STR("Өмүр 😀 жол");

    CHECK_INT((int64_t)utf8_length(text), 10);
    CHECK_STR(utf8_head(text, 0), STR(""));
    CHECK_STR(utf8_head(text, 2), STR("Өм"));
    CHECK_STR(utf8_head(text, 6), STR("Өмүр 😀"));
    CHECK_STR(utf8_head(text, 100), text);
}

static void cp1251_becomes_utf8(void)
{
    struct buf buf = {.arena = check_arena()};

    utf8_from_cp1251(&buf, STR("\xcf\xf0\xe8\xe2\xe5\xf2, \xa8\xe6! \xb9\x35 \xab\x97\xbb"));
    CHECK_STR(buf_str(&buf), STR("Привет, Ёж! №5 «—»"));
    buf.len = 0;
    utf8_from_cp1251(&buf, (struct str){"a\x98\0z", 4});
    CHECK_STR(buf_str(&buf), STR("a\ufffd\ufffdz"));
    buf.len = 0;
    for (int c = 0; c < 256; c++)
        utf8_from_cp1251(&buf, (struct str){(char[]){(char)c}, 1});
    CHECK(utf8_is_valid(buf_str(&buf)));
    CHECK_INT((int64_t)utf8_length(buf_str(&buf)), 256);
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(well_formed_texts_are_valid),
        CHECK_TEST(broken_texts_are_not_wherever_they_break),
        CHECK_TEST(every_code_point_goes_out_and_comes_back),
        CHECK_TEST(head_counts_letters_not_bytes),
        CHECK_TEST(cp1251_becomes_utf8),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}

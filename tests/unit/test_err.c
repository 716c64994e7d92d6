#include "check.h"

#include <string.h>

#include "core/utf8.h"

static void error_is_set_and_says_false(void)
{
    struct err err;

    CHECK(!err_set(&err, ERR_INPUT, "field %s: %d", "age", 7));
    CHECK(err.code == ERR_INPUT);
    CHECK_STR(str_from_z(err.text), STR("field age: 7"));
}

static void place_goes_before_the_text(void)
{
    struct err err;

    err_set(&err, ERR_ABSENT, "no such file");
    CHECK(!err_while(&err, "pack %s", "base"));
    CHECK_STR(str_from_z(err.text), STR("pack base: no such file"));
    CHECK(err.code == ERR_ABSENT);
}

static void long_text_is_cut_at_a_letter(void)
{
    struct err err;
    char letters[1000];

    for (size_t shift = 0; shift < 4; shift++) {
        memset(letters, 'x', sizeof letters);
        for (size_t i = shift; i + 2 < sizeof letters; i += 2)
            memcpy(letters + i, "ж", 2);
        letters[sizeof letters - 1] = '\0';
        err_set(&err, ERR_BROKEN, "%s", letters);
        CHECK(strlen(err.text) >= ERR_TEXT_MAX - 4);
        CHECK(utf8_is_valid(str_from_z(err.text)));
        err_while(&err, "%s", "где");
        CHECK(str_starts(str_from_z(err.text), STR("где: ")));
        CHECK(utf8_is_valid(str_from_z(err.text)));
        err_while(&err, "%s", letters);
        CHECK(utf8_is_valid(str_from_z(err.text)));
    }
}

static void each_code_has_a_word(void)
{
    CHECK_STR(str_from_z(err_name(ERR_NONE)), STR("none"));
    CHECK_STR(str_from_z(err_name(ERR_BROKEN)), STR("broken"));
    CHECK_STR(str_from_z(err_name(ERR_CONFLICT)), STR("conflict"));
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(error_is_set_and_says_false),
        CHECK_TEST(place_goes_before_the_text),
        CHECK_TEST(long_text_is_cut_at_a_letter),
        CHECK_TEST(each_code_has_a_word),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}

#include "check.h"

#include "lang/feel_number.h"

static struct feel_number number(const char *text)
{
    struct feel_number value = {{0}};

    CHECK(feel_number_parse(str_from_z(text), &value));
    return value;
}

static struct str printed(struct feel_number value)
{
    struct buf buf = {.arena = check_arena()};

    feel_number_print(&buf, value);
    return buf_str(&buf);
}

static void texts_are_plain_decimals(void)
{
    CHECK_STR(printed(number("1.500")), STR("1.5"));
    CHECK_STR(printed(number("-0.00012")), STR("-0.00012"));
    CHECK_STR(printed(number("1e3")), STR("1000"));
    CHECK_STR(printed(number("-0")), STR("0"));
    CHECK_STR(printed(number("12345678901234567890123456789012345")),
              STR("12345678901234567890123456789012340"));
}

static void what_is_no_number_is_refused(void)
{
    static const char *const BAD[] = {"",    "-",   ".",   "1.2.3", "1e",
                                      "0x1", "nan", "inf", "1 2",   "1e9999999"};
    struct feel_number value;

    for (size_t i = 0; i < ARRAY_LEN(BAD); i++)
        CHECK(!feel_number_parse(str_from_z(BAD[i]), &value));
    CHECK(!feel_number_parse(STR("1e7000"), &value));
}

static void halves_are_rounded_by_each_rule(void)
{
    static const struct {
        enum feel_rounding rounding;
        const char *of_half, *of_minus_half, *of_more;
    } ROWS[] = {
        {FEEL_ROUND_HALF_EVEN, "2", "-2", "3"}, {FEEL_ROUND_DOWN, "2", "-3", "2"},
        {FEEL_ROUND_UP, "3", "-2", "3"},        {FEEL_ROUND_TRUNCATE, "2", "-2", "2"},
        {FEEL_ROUND_HALF_UP, "3", "-3", "3"},   {FEEL_ROUND_AWAY, "3", "-3", "3"},
        {FEEL_ROUND_HALF_DOWN, "2", "-2", "3"},
    };
    struct feel_number value;

    for (size_t i = 0; i < ARRAY_LEN(ROWS); i++) {
        CHECK(feel_number_round(number("2.5"), 0, ROWS[i].rounding, &value));
        CHECK_STR(printed(value), str_from_z(ROWS[i].of_half));
        CHECK(feel_number_round(number("-2.5"), 0, ROWS[i].rounding, &value));
        CHECK_STR(printed(value), str_from_z(ROWS[i].of_minus_half));
        CHECK(feel_number_round(number("2.51"), 0, ROWS[i].rounding, &value));
        CHECK_STR(printed(value), str_from_z(ROWS[i].of_more));
    }
}

static void what_overflows_fails(void)
{
    struct feel_number value, large = number("9e6144");

    CHECK(!feel_number_multiply(large, large, &value));
    CHECK(!feel_number_divide(large, number("0"), &value));
    CHECK(!feel_number_sqrt(number("-1"), &value));
    CHECK(!feel_number_log(number("0"), &value));
    CHECK(!feel_number_power(number("0"), number("-1"), &value));
}

static void whole_numbers_come_back(void)
{
    int64_t value;

    CHECK(feel_number_int(number("-42.0"), &value) && value == -42);
    CHECK(!feel_number_int(number("0.5"), &value));
    CHECK(!feel_number_int(number("1e30"), &value));
    CHECK(feel_number_truncated(number("-1.9"), &value) && value == -1);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(texts_are_plain_decimals),        CHECK_TEST(what_is_no_number_is_refused),
    CHECK_TEST(halves_are_rounded_by_each_rule), CHECK_TEST(what_overflows_fails),
    CHECK_TEST(whole_numbers_come_back),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}

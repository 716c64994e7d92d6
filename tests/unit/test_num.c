#include "check.h"

#include <float.h>

#include "core/num.h"

static bool parses_int(const char *text, int64_t want)
{
    int64_t value = want / 2 + 1;

    return num_parse_int(str_from_z(text), &value) && value == want;
}

static bool parses_scaled(const char *text, int scale, int64_t want)
{
    int64_t value = want / 2 + 1;

    return num_parse_scaled(str_from_z(text), scale, &value) && value == want;
}

static struct str canonical(const char *text)
{
    struct buf buf = {.arena = check_arena()};

    if (!num_canonical(&buf, str_from_z(text))) {
        CHECK_INT((int64_t)buf.len, 0);
        CHECK(!num_is_short(str_from_z(text)));
        return STR("refused");
    }
    CHECK(num_is_short(str_from_z(text)));
    return buf_str(&buf);
}

static void whole_numbers_to_their_limits(void)
{
    int64_t value;

    CHECK(parses_int("0", 0));
    CHECK(parses_int("-0", 0));
    CHECK(parses_int("+7", 7));
    CHECK(parses_int("007", 7));
    CHECK(parses_int("9223372036854775807", INT64_MAX));
    CHECK(parses_int("-9223372036854775808", INT64_MIN));
    static const char *const WRONG[] = {"",    "-",   "+",   "9223372036854775808",
                                        "1.0", " 1",  "1 ",  "-9223372036854775809",
                                        "0x1", "--1", "1e3", "99999999999999999999999"};
    for (size_t i = 0; i < ARRAY_LEN(WRONG); i++)
        CHECK(!num_parse_int(str_from_z(WRONG[i]), &value));
}

static void fractions_scale_exactly_or_not_at_all(void)
{
    int64_t value;

    CHECK(parses_scaled("12.5", 2, 1250));
    CHECK(parses_scaled("1.25e2", 0, 125));
    CHECK(parses_scaled("-0.0", 5, 0));
    CHECK(parses_scaled("1e-12", 12, 1));
    CHECK(parses_scaled("0.10", 1, 1));
    CHECK(parses_scaled("1000e-3", 0, 1));
    CHECK(parses_scaled("92233720368547758.07", 2, INT64_MAX));
    CHECK(parses_scaled("-92233720368547758.08", 2, INT64_MIN));
    CHECK(parses_scaled("0e999999999999999999999", 0, 0));
    CHECK(parses_scaled("9223372036854775807.000", 0, INT64_MAX));
    CHECK(!num_parse_scaled(STR("12.345"), 2, &value));
    CHECK(!num_parse_scaled(STR("92233720368547758.08"), 2, &value));
    CHECK(!num_parse_scaled(STR("1e19"), 0, &value));
    CHECK(!num_parse_scaled(STR("1e999999999999999999999"), 0, &value));
    CHECK(!num_parse_scaled(STR("1e-999999999999999999999"), 12, &value));
    static const char *const WRONG[] = {"",    "-",  ".5",  "1.",  "01",   "+1",  "1e",
                                        "1e+", "1 ", "1,5", "NaN", "1.e1", "--1", "1e1.5"};
    for (size_t i = 0; i < ARRAY_LEN(WRONG); i++)
        CHECK(!num_parse_scaled(str_from_z(WRONG[i]), 2, &value));
}

static void canonical_form_is_the_shortest_plain_one(void)
{
    CHECK_STR(canonical("1.50"), STR("1.5"));
    CHECK_STR(canonical("-0"), STR("0"));
    CHECK_STR(canonical("-0.000e5"), STR("0"));
    CHECK_STR(canonical("1e3"), STR("1000"));
    CHECK_STR(canonical("1.2345E2"), STR("123.45"));
    CHECK_STR(canonical("12e-5"), STR("0.00012"));
    CHECK_STR(canonical("-100e-2"), STR("-1"));
    CHECK_STR(canonical("0.1e1"), STR("1"));
    CHECK_STR(canonical("1e33"), STR("1000000000000000000000000000000000"));
    CHECK_STR(canonical("1e34"), STR("refused"));
    CHECK_STR(canonical("1e-34"), STR("0.0000000000000000000000000000000001"));
    CHECK_STR(canonical("1e-35"), STR("refused"));
    CHECK_STR(canonical("1234567890123456789012345678901234"),
              STR("1234567890123456789012345678901234"));
    CHECK_STR(canonical("12345678901234567890123456789012345"), STR("refused"));
    CHECK_STR(canonical("12345678901234567890123456789012.345"), STR("refused"));
    CHECK_STR(canonical("1.0000000000000000000000000000000000000000000"), STR("1"));
    CHECK_STR(canonical("01"), STR("refused"));
}

static void order_is_exact(void)
{
    static const char *const RISING[] = {"-1e30", "-2",   "-1.5", "-1",     "-0.001",
                                         "0",     "1e-9", "0.1",  "0.11",   "0.2",
                                         "9",     "10",   "1e3",  "1000.1", "1e40"};

    for (size_t i = 0; i < ARRAY_LEN(RISING); i++)
        for (size_t j = 0; j < ARRAY_LEN(RISING); j++) {
            int order = num_compare(str_from_z(RISING[i]), str_from_z(RISING[j]));

            CHECK_INT((order > 0) - (order < 0), (i > j) - (i < j));
        }
    CHECK_INT(num_compare(STR("1.0"), STR("10e-1")), 0);
    CHECK_INT(num_compare(STR("-0"), STR("0.00")), 0);
    CHECK_INT(num_compare(STR("0e9"), STR("0")), 0);
}

static void scaled_numbers_print_plainly(void)
{
    static const struct {
        int64_t value;
        int scale;
        const char *want;
    } CASES[] = {
        {1250, 2, "12.5"},
        {0, 12, "0"},
        {-5, 3, "-0.005"},
        {100, 2, "1"},
        {7, 0, "7"},
        {-70, 0, "-70"},
        {1, 12, "0.000000000001"},
        {INT64_MIN, 2, "-92233720368547758.08"},
        {INT64_MAX, 0, "9223372036854775807"},
    };

    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        struct buf buf = {.arena = check_arena()};

        num_print_scaled(&buf, CASES[i].value, CASES[i].scale);
        CHECK_STR(buf_str(&buf), str_from_z(CASES[i].want));
        CHECK(parses_scaled(CASES[i].want, CASES[i].scale, CASES[i].value));
    }
}

static void doubles_are_the_nearest(void)
{
    static const struct {
        const char *text;
        double want;
    } CASES[] = {
        {"0", 0.0},
        {"74.589765", 74.589765},
        {"-42.8746", -42.8746},
        {"0.1", 0.1},
        {"1e23", 1e23},
        {"123456789012345678", 123456789012345678.0},
        {"9007199254740993", 9007199254740993.0},
        {"1.7976931348623157e308", DBL_MAX},
        {"5e-324", 5e-324},
        {"1e-400", 0.0},
        {"2.2250738585072011e-308", 2.2250738585072011e-308},
        {"0.000000000000000000000000000000000000000000000000000000000000000000000123", 1.23e-70},
        {"100000000000000000000000000000000000000000000000000000000000000000000", 1e68},
    };
    double value;

    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        CHECK(num_parse_double(str_from_z(CASES[i].text), &value));
        CHECK(value == CASES[i].want);
    }
    CHECK(!num_parse_double(STR("1e309"), &value));
    CHECK(!num_parse_double(STR("1e999999999999999999"), &value));
    CHECK(!num_parse_double(STR("inf"), &value));
    CHECK(!num_parse_double(STR("nan"), &value));
    CHECK(!num_parse_double(STR("1,5"), &value));
    CHECK(!num_parse_double(STR(""), &value));
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(whole_numbers_to_their_limits),
        CHECK_TEST(fractions_scale_exactly_or_not_at_all),
        CHECK_TEST(canonical_form_is_the_shortest_plain_one),
        CHECK_TEST(order_is_exact),
        CHECK_TEST(scaled_numbers_print_plainly),
        CHECK_TEST(doubles_are_the_nearest),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}

#include "check.h"

#include "core/num.h"

static struct str typed(const char *text)
{
    struct str plain;

    return num_parse_typed(check_arena(), str_from_z(text), &plain) ? plain : STR("refused");
}

static void numbers_are_read_as_people_type_them(void)
{
    CHECK_STR(typed("1 234,5"), STR("1234.5"));
    CHECK_STR(typed("1234.5"), STR("1234.5"));
    CHECK_STR(typed("1\u202f234\u00a0567"), STR("1234567"));
    CHECK_STR(typed("1\u202f234\u202f567,25"), STR("1234567.25"));
    CHECK_STR(typed("1\u00a0234"), STR("1234"));
    CHECK_STR(typed("1,234.50"), STR("1234.5"));
    CHECK_STR(typed("1.234.567,8"), STR("1234567.8"));
    CHECK_STR(typed("1,234,567"), STR("1234567"));
    CHECK_STR(typed("1,234"), STR("1.234")); /* one comma is the decimal mark */
    CHECK_STR(typed("-5"), STR("-5"));
    CHECK_STR(typed("\u22125,50"), STR("-5.5"));
    CHECK_STR(typed("+5"), STR("5"));
    CHECK_STR(typed(",5"), STR("0.5"));
    CHECK_STR(typed("  00012\u00a0 "), STR("12"));
    CHECK_STR(typed("0,00"), STR("0"));
    CHECK_STR(typed("-0"), STR("0"));
}

static void what_is_no_number_is_refused(void)
{
    static const char *const WRONG[] = {"",       " ",
                                        "-",      "5,",
                                        "1,2,3",  "12 34",
                                        "1 2345", "1 234 56",
                                        "1.5.2",  "1,234,56",
                                        "12a",    "1e5",
                                        "- 5",    "--5",
                                        " ,",     "1 234.567.8",
                                        "1  234", "1,5 000",
                                        "0x10",   "пять",
                                        "1 ,5",   "123456789012345678901234567890,12345"};

    for (size_t i = 0; i < ARRAY_LEN(WRONG); i++)
        CHECK_STR(typed(WRONG[i]), STR("refused"));
}

static struct str local(const char *plain, const char *language)
{
    struct buf buf = {.arena = check_arena()};

    num_print_local(&buf, str_from_z(plain), str_from_z(language));
    return buf_str(&buf);
}

static void numbers_are_written_in_the_language(void)
{
    CHECK_STR(local("1234.5", "ru"), STR("1\u202f234,5"));
    CHECK_STR(local("1234567", "ky"), STR("1\u202f234\u202f567"));
    CHECK_STR(local("1234.5", "en"), STR("1,234.5"));
    CHECK_STR(local("123", "ru"), STR("123"));
    CHECK_STR(local("-1234", "en"), STR("-1,234"));
    CHECK_STR(local("-0.5", "ru"), STR("\u22120,5"));
    CHECK_STR(local("нет", "ru"), STR("нет"));
    CHECK_STR(local("", "ru"), STR(""));
}

static void what_is_written_is_read_back(void)
{
    static const char *const PLAIN[] = {"0", "-1", "12.5", "1234.5", "-1234567.891", "100000"};

    for (size_t i = 0; i < ARRAY_LEN(PLAIN); i++) {
        CHECK_STR(typed(str_to_z(check_arena(), local(PLAIN[i], "ru"))), str_from_z(PLAIN[i]));
    }
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(numbers_are_read_as_people_type_them),
        CHECK_TEST(what_is_no_number_is_refused),
        CHECK_TEST(numbers_are_written_in_the_language),
        CHECK_TEST(what_is_written_is_read_back),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}

#include "auth/account.h"

#include "check.h"

static bool is_good(const char *password)
{
    struct err err = {0};
    bool ok = account_check_password(str_from_z(password), STR("Ivanova.A"), &err);

    CHECK(ok || err.code == ERR_INPUT);
    return ok;
}

static void good_passwords_pass(void)
{
    CHECK(is_good("клён у дома 7"));
    CHECK(is_good("correct horse battery"));
    CHECK(is_good("x9#Lq2!vTz"));
    CHECK(is_good("Приветливый дворник"));
}

static void short_ones_are_refused_by_letters_not_bytes(void)
{
    CHECK(!is_good(""));
    CHECK(!is_good("x9#Lq2!vT"));
    CHECK(!is_good("кленудома")); /* 9 letters, 18 bytes */
    CHECK(is_good("кленудома7"));
    CHECK(!is_good("a\xff"
                   "bcdefghijk"));
}

static void common_ones_are_refused_also_when_dressed_up(void)
{
    static const char *const COMMON[] = {
        "qwertyuiop",   "QwertyUiop",  "1234567890",   "йцукенгшщз",     "ЙЦУКЕНГШЩЗ",
        "фывапролдж",   "Пароль2026!", "!!password!!", "gfhjkm123456",   "aaaaaaaaaaaa",
        "абабабабабаб", "1q2w3e4r5t",  "админадмин",   "Администратор1", "парольпарольпароль",
    };

    for (size_t i = 0; i < ARRAY_LEN(COMMON); i++)
        if (is_good(COMMON[i]))
            CHECK_STR(str_from_z(COMMON[i]), STR("refused"));
}

static void the_login_is_no_password(void)
{
    struct err err;

    CHECK(!account_check_password(STR("IVANOVA.A12"), STR("ivanova.a"), &err));
    CHECK(!account_check_password(STR("ivanova.ab"), STR("Ivanova.AB"), &err));
    CHECK(!account_check_password(STR("+79001234567"), STR("+79001234567"), &err));
    CHECK(account_check_password(STR("90817263540"), STR("+79001234567"), &err));
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(good_passwords_pass),
        CHECK_TEST(short_ones_are_refused_by_letters_not_bytes),
        CHECK_TEST(common_ones_are_refused_also_when_dressed_up),
        CHECK_TEST(the_login_is_no_password),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}

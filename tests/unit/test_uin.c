#include "core/uin.h"

#include "check.h"

static void control_digit_takes_the_second_weights_and_then_nought(void)
{
    CHECK_INT(uin_control_digit(STR("01600000")), 9);
    CHECK_INT(uin_control_digit(STR("1000006")), 2);
    CHECK_INT(uin_control_digit(STR("1000064")), 0); /* 10 with both weights */
    CHECK_INT(uin_control_digit(STR("1A")), -1);
    CHECK_INT(uin_control_digit(STR("")), -1);
}

static struct str print(const char *head, int64_t number, size_t length, struct err *err)
{
    struct buf buf = {.arena = check_arena()};

    *err = (struct err){0};
    if (!uin_print(&buf, &(struct uin_parts){str_from_z(head), number, length}, err))
        return (struct str){0};
    return buf_str(&buf);
}

static void number_stands_between_the_head_and_its_control_digit(void)
{
    struct err err;
    struct str uin = print("321", 1, UIN_SHORT, &err);

    CHECK_INT((int64_t)uin.len, UIN_SHORT);
    CHECK_STR(str_slice(uin, 0, 19), STR("3210000000000000001"));
    CHECK(uin_is_valid(uin));
    CHECK(uin_is_valid(STR("18800000000000000016")));
    CHECK(!uin_is_valid(STR("18800000000000000017")));
    uin = print("03554310", 42, UIN_LONG, &err);
    CHECK_INT((int64_t)uin.len, UIN_LONG);
    CHECK_STR(str_slice(uin, 0, 24), STR("035543100000000000000042"));
    CHECK(uin_is_valid(uin));
}

/* One wrong digit is always found: that is what it is for. */
static void one_wrong_digit_is_noticed(void)
{
    struct err err;
    struct str uin = print("03554310", 918273, UIN_LONG, &err);
    char copy[UIN_LONG];
    int missed = 0;

    for (size_t i = 0; i < uin.len; i++)
        for (char digit = '0'; digit <= '9'; digit++) {
            memcpy(copy, uin.ptr, sizeof copy);
            copy[i] = digit;
            missed += digit != uin.ptr[i] && uin_is_valid((struct str){copy, sizeof copy});
        }
    /* Weight 10 and a second round leave a few that go through; most do not. */
    CHECK(missed < 12);
    CHECK(!uin_is_valid(str_slice(uin, 0, 24)));
    CHECK(!uin_is_valid(STR("1234567890123456789A")));
}

static void what_does_not_fit_is_refused(void)
{
    struct err err;

    CHECK(print("321", 1, 21, &err).len == 0);
    CHECK_INT(err.code, ERR_INPUT);
    CHECK(print("3a1", 1, UIN_SHORT, &err).len == 0);
    CHECK_INT(err.code, ERR_INPUT);
    CHECK(print("", 1, UIN_SHORT, &err).len == 0);
    CHECK(print("123456789012345", 1, UIN_SHORT, &err).len == 0);
    CHECK_INT(err.code, ERR_INPUT);
    CHECK(print("12345678901234", 99999, UIN_SHORT, &err).len == UIN_SHORT);
    CHECK(print("12345678901234", 100000, UIN_SHORT, &err).len == 0);
    CHECK_INT(err.code, ERR_LIMIT);
    CHECK(print("321", 0, UIN_SHORT, &err).len == 0);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(control_digit_takes_the_second_weights_and_then_nought),
    CHECK_TEST(number_stands_between_the_head_and_its_control_digit),
    CHECK_TEST(one_wrong_digit_is_noticed),
    CHECK_TEST(what_does_not_fit_is_refused),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}

#include "check.h"

#include "lang/charset.h"

static struct charset set_of(struct charset_part part)
{
    struct charset set = {0};

    VEC_PUSH(check_arena(), &set.parts, part);
    return set;
}

static void set_is_the_union_of_its_parts(void)
{
    struct charset set = set_of((struct charset_part){CHARSET_RANGE, false, 'a', 'c'});

    VEC_PUSH(check_arena(), &set.parts, (struct charset_part){.kind = CHARSET_DIGIT});
    CHECK(charset_has(&set, 'a'));
    CHECK(charset_has(&set, 'c'));
    CHECK(!charset_has(&set, 'd'));
    CHECK(charset_has(&set, '7'));
}

static void negated_set_has_the_others(void)
{
    struct charset set = set_of((struct charset_part){.kind = CHARSET_WORD});

    set.is_negated = true;
    CHECK(charset_has(&set, '-'));
    CHECK(!charset_has(&set, '_'));
}

static void negated_part_has_what_its_kind_has_not(void)
{
    struct charset set = set_of((struct charset_part){CHARSET_SPACE, true, 0, 0});

    CHECK(charset_has(&set, 'a'));
    CHECK(!charset_has(&set, 0x2028));
    CHECK(!charset_has(&set, 0xfeff));
}

static void empty_set_has_nothing(void)
{
    struct charset set = {0};

    CHECK(!charset_has(&set, 'a'));
    set.is_negated = true;
    CHECK(charset_has(&set, 'a'));
}

static void letters_are_told_by_case(void)
{
    struct charset upper = set_of((struct charset_part){.kind = CHARSET_UPPER});
    struct charset lower = set_of((struct charset_part){.kind = CHARSET_LOWER});
    struct charset letter = set_of((struct charset_part){.kind = CHARSET_LETTER});

    CHECK(charset_has(&upper, 0x04e8)); /* Ө */
    CHECK(!charset_has(&upper, 0x04e9));
    CHECK(charset_has(&lower, 0x04e9));
    CHECK(charset_has(&letter, 0x04e8));
    CHECK(!charset_has(&letter, '5'));
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(set_is_the_union_of_its_parts),
        CHECK_TEST(negated_set_has_the_others),
        CHECK_TEST(negated_part_has_what_its_kind_has_not),
        CHECK_TEST(empty_set_has_nothing),
        CHECK_TEST(letters_are_told_by_case),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}

#include "check.h"

static void text_is_cut_at_the_separator_and_the_rest_stays(void)
{
    struct str rest = STR("a,b");

    CHECK_STR(str_cut(&rest, ','), STR("a"));
    CHECK_STR(str_cut(&rest, ','), STR("b"));
    CHECK_STR(str_cut(&rest, ','), STR(""));
}

static void prefix_orders_before_the_longer_text(void)
{
    CHECK(str_compare(STR("дом"), STR("дома")) < 0);
    CHECK(str_compare(STR(""), STR("")) == 0);
    CHECK(str_compare(STR("б"), STR("а")) > 0);
}

static void absent_part_is_found_at_the_end(void)
{
    CHECK_INT((int64_t)str_find(STR("abc"), STR("d")), 3);
    CHECK_INT((int64_t)str_find(STR("abc"), STR("bc")), 1);
}

static void slice_never_goes_beyond_the_text(void)
{
    CHECK_STR(str_slice(STR("abc"), 1, 100), STR("bc"));
    CHECK_STR(str_slice(STR("abc"), 7, 1), STR(""));
}

static void cutting_ends_with_an_empty_rest(void)
{
    struct str rest = STR(",a,,");

    CHECK_STR(str_cut(&rest, ','), STR(""));
    CHECK_STR(str_cut(&rest, ','), STR("a"));
    CHECK_STR(str_cut(&rest, ','), STR(""));
    CHECK_STR(rest, STR(""));
    rest = STR("whole");
    CHECK_STR(str_cut(&rest, ','), STR("whole"));
    CHECK_INT((int64_t)rest.len, 0);
}

static void ends_and_beginnings_are_compared(void)
{
    CHECK(str_starts(STR("дом 5"), STR("дом")) && !str_starts(STR("до"), STR("дом")));
    CHECK(str_ends(STR("a.json"), STR(".json")) && !str_ends(STR("json"), STR(".json")));
    CHECK(str_starts(STR(""), STR("")) && str_ends(STR("a"), STR("")));
    CHECK(str_equal((struct str){0}, STR("")) && !str_equal(STR("a"), STR("b")));
    CHECK_INT((int64_t)str_find(STR("abc"), STR("")), 0);
    CHECK_INT((int64_t)str_find(STR(""), STR("a")), 0);
    CHECK_INT((int64_t)str_find_char((struct str){0}, 'a'), 0);
}

static void white_space_is_trimmed_at_the_ends_only(void)
{
    CHECK_STR(str_trim(STR(" \t\r\n a b \f\v")), STR("a b"));
    CHECK_STR(str_trim(STR(" \n ")), STR(""));
    CHECK_STR(str_trim(STR("\u00a0a")), STR("\u00a0a"));
}

static void copies_end_in_nul_and_formats_fit(void)
{
    struct str copy = str_copy(check_arena(), STR("abc"));

    CHECK_STR(copy, STR("abc"));
    CHECK_INT(copy.ptr[3], 0);
    CHECK_STR(str_from_z(str_to_z(check_arena(), (struct str){0})), STR(""));
    CHECK_STR(str_printf(check_arena(), "%s-%05d", "n", 42), STR("n-00042"));
    CHECK_INT((int64_t)str_printf(check_arena(), "%3000s", "").len, 3000);
    CHECK_STR(str_from_z(NULL), STR(""));
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(text_is_cut_at_the_separator_and_the_rest_stays),
        CHECK_TEST(prefix_orders_before_the_longer_text),
        CHECK_TEST(absent_part_is_found_at_the_end),
        CHECK_TEST(slice_never_goes_beyond_the_text),
        CHECK_TEST(cutting_ends_with_an_empty_rest),
        CHECK_TEST(ends_and_beginnings_are_compared),
        CHECK_TEST(white_space_is_trimmed_at_the_ends_only),
        CHECK_TEST(copies_end_in_nul_and_formats_fit),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}

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

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(text_is_cut_at_the_separator_and_the_rest_stays),
        CHECK_TEST(prefix_orders_before_the_longer_text),
        CHECK_TEST(absent_part_is_found_at_the_end),
        CHECK_TEST(slice_never_goes_beyond_the_text),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}

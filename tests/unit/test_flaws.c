#include "check.h"

#include "lang/flaws.h"

static void flaws_keep_their_order(void)
{
    struct flaws flaws = {0};

    flaws_add(&flaws, check_arena(), STR("/a"), "required", STR(""));
    flaws_add(&flaws, check_arena(), STR("/b"), "format", STR("inn"));
    CHECK_INT((int64_t)flaws.count, 2);
    CHECK_STR(flaws.first->path, STR("/a"));
    CHECK_STR(flaws.first->next->detail, STR("inn"));
    CHECK(flaws.last == flaws.first->next);
    CHECK(flaws.last->next == NULL);
}

static void no_more_than_the_bound_are_kept(void)
{
    struct flaws flaws = {0};

    for (int i = 0; i <= FLAWS_MAX; i++)
        flaws_add(&flaws, check_arena(), STR("/a"), i < FLAWS_MAX ? "type" : "over", STR(""));
    CHECK_INT((int64_t)flaws.count, FLAWS_MAX);
    CHECK_STR(str_from_z(flaws.last->id), STR("type"));
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(flaws_keep_their_order),
        CHECK_TEST(no_more_than_the_bound_are_kept),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}

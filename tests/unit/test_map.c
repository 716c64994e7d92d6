#include "check.h"

#include "core/map.h"

static void empty_map_has_nothing(void)
{
    struct map map = {.arena = check_arena()};

    CHECK(map_find(&map, STR("a")) == NULL);
    CHECK(map_find(&map, STR("")) == NULL);
}

static void what_was_put_is_found_among_many(void)
{
    struct map map = {.arena = check_arena()};
    static int values[20000];

    for (int i = 0; i < 20000; i++) {
        map_put(&map, str_printf(check_arena(), "key %d", i), &values[i]);
        CHECK_INT((int64_t)map.count, i + 1);
    }
    for (int i = 0; i < 20000; i++)
        CHECK(map_find(&map, str_printf(check_arena(), "key %d", i)) == &values[i]);
    CHECK(map_find(&map, STR("key 20000")) == NULL);
    CHECK(map.count * 4 <= map.cap * 3);
}

static void put_again_replaces(void)
{
    struct map map = {.arena = check_arena()};
    int one, two;

    map_put(&map, STR("a"), &one);
    map_put(&map, STR(""), &one);
    map_put(&map, STR("a"), &two);
    CHECK(map_find(&map, STR("a")) == &two);
    CHECK(map_find(&map, STR("")) == &one);
    CHECK_INT((int64_t)map.count, 2);
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(empty_map_has_nothing),
        CHECK_TEST(what_was_put_is_found_among_many),
        CHECK_TEST(put_again_replaces),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}

#include "check.h"

#include "store/cell.h"

static int64_t chance(uint64_t *state, int64_t below)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int64_t)(*state >> 16) % below;
}

static void corners_of_the_world_have_the_first_and_last_cell(void)
{
    CHECK_INT(cell_of(-1800000000, -900000000), 0);
    CHECK_INT(cell_of(1800000000, 900000000), (INT64_C(1) << 62) - 1);
    CHECK_INT(cell_of(INT64_C(9000000000), 0), cell_of(1800000000, 0));
    CHECK_INT(cell_at_level(cell_of(1, 1), 1), 3);
    CHECK_INT(cell_at_level(cell_of(-1, 1), 1), 2);
    CHECK_INT(cell_at_level(cell_of(1, -1), 1), 1);
}

static bool holds(const struct cell_range *ranges, size_t count, int64_t cell)
{
    for (size_t i = 0; i < count; i++)
        if (cell >= ranges[i].first && cell <= ranges[i].last)
            return true;
    return false;
}

static void every_place_of_a_box_is_in_one_of_its_ranges(void)
{
    uint64_t state = 7;

    for (int i = 0; i < 2000; i++) {
        int64_t x = chance(&state, 3000000000) - 1500000000;
        int64_t y = chance(&state, 1400000000) - 700000000;
        int64_t size = INT64_C(1) << chance(&state, 28);
        int64_t box[4] = {x, y, x + chance(&state, size), y + chance(&state, size)};
        size_t max = i % 2 == 0 ? 16 : 4;
        struct cell_range ranges[16];
        size_t count = cell_ranges(box, ranges, max);

        CHECK(count > 0 && count <= max);
        for (size_t at = 1; at < count; at++)
            CHECK(ranges[at].first > ranges[at - 1].last + 1);
        for (int at = 0; at < 20; at++)
            CHECK(holds(
                ranges, count,
                cell_of(x + chance(&state, box[2] - x + 1), y + chance(&state, box[3] - y + 1))));
    }
}

static void ranges_of_a_town_leave_most_of_its_neighbours_out(void)
{
    const int64_t box[4] = {745000000, 428000000, 746000000, 429000000};
    struct cell_range ranges[16];
    size_t count = cell_ranges(box, ranges, 16);
    int hits = 0;
    uint64_t state = 3;

    /* Of the places in a square of four times its area around it, a quarter is inside. */
    for (int i = 0; i < 10000; i++)
        hits += holds(
            ranges, count,
            cell_of(744500000 + chance(&state, 2000000), 427500000 + chance(&state, 2000000)));
    CHECK(hits > 2300 && hits < 4000);
}

static bool meet(const int64_t a[4], const int64_t b[4])
{
    return a[0] <= b[2] && a[2] >= b[0] && a[1] <= b[3] && a[3] >= b[1];
}

static void search_finds_things_of_every_size_whose_box_meets(void)
{
    uint64_t state = 11;
    int met = 0;

    for (int i = 0; i < 20000; i++) {
        int64_t reach = INT64_C(1) << (10 + chance(&state, 16));
        int64_t x = chance(&state, reach), y = chance(&state, reach);
        int64_t box[4] = {0, 0, chance(&state, reach), chance(&state, reach)};
        int64_t thing[4] = {x - chance(&state, reach), y - chance(&state, reach), x, y};
        struct cell_range ranges[CELL_SEARCH_RANGES];

        cell_search(box, ranges);
        if (meet(box, thing)) {
            met++;
            CHECK(holds(ranges, CELL_SEARCH_RANGES, cell_of_box(thing)));
        }
    }
    CHECK(met > 5000);
}

static void cell_of_a_large_box_still_tells_its_square(void)
{
    const int64_t sizes[] = {1000, 1000000, 100000000};

    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        int64_t box[4] = {745000000 - sizes[i], 428000000 - sizes[i], 745000000 + sizes[i],
                          428000000 + sizes[i]};

        CHECK_INT(cell_at_level(cell_of_box(box), 15),
                  cell_at_level(cell_of(745000000, 428000000), 15));
    }
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(corners_of_the_world_have_the_first_and_last_cell),
        CHECK_TEST(every_place_of_a_box_is_in_one_of_its_ranges),
        CHECK_TEST(ranges_of_a_town_leave_most_of_its_neighbours_out),
        CHECK_TEST(search_finds_things_of_every_size_whose_box_meets),
        CHECK_TEST(cell_of_a_large_box_still_tells_its_square),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}

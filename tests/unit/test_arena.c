#include "check.h"

#include <string.h>

#include "core/vec.h"

static bool is_zero(const unsigned char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (bytes[i] != 0)
            return false;
    return true;
}

static void memory_is_zeroed_and_aligned_even_after_a_reset(void)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(128);

    for (int round = 0; round < 3; round++) {
        for (size_t size = 0; size < 300; size += 7) {
            unsigned char *bytes = arena_alloc(arena, size);

            CHECK((uintptr_t)bytes % 16 == 0);
            CHECK(is_zero(bytes, size));
            memset(bytes, 0xff, size);
        }
        arena_reset(arena);
        CHECK_INT((int64_t)arena_size(arena), 128);
    }
}

static void pieces_do_not_overlap(void)
{
    unsigned char *pieces[500];

    for (size_t i = 0; i < ARRAY_LEN(pieces); i++)
        memset(pieces[i] = arena_alloc(check_arena(), i), (int)(i % 251), i);
    for (size_t i = 0; i < ARRAY_LEN(pieces); i++)
        for (size_t at = 0; at < i; at++)
            CHECK(pieces[i][at] == i % 251);
}

static void last_piece_grows_in_place_and_others_move(void)
{
    char *first = arena_alloc(check_arena(), 10);
    strcpy(first, "abcdefghi");
    CHECK(arena_grow(check_arena(), first, 10, 100) == first);

    arena_alloc(check_arena(), 1);
    char *moved = arena_grow(check_arena(), first, 100, 200);
    CHECK(moved != first);
    CHECK(strcmp(moved, "abcdefghi") == 0);
    CHECK(arena_grow(check_arena(), NULL, 0, 5) != NULL);
}

static void large_piece_gets_a_chunk_of_its_size(void)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    unsigned char *bytes = arena_alloc(arena, 5 * 1024 * 1024);

    CHECK(is_zero(bytes, 5 * 1024 * 1024));
    CHECK(arena_size(arena) >= 5 * 1024 * 1024);
    CHECK(arena_size(arena) < 6 * 1024 * 1024);
}

static void closing_twice_and_closing_nothing_is_fine(void)
{
    struct arena *arena = arena_open(0);

    arena_close(&arena);
    CHECK(arena == NULL);
    arena_close(&arena);
}

static void vector_keeps_what_was_pushed(void)
{
    VEC(int64_t) numbers = {0};

    for (int64_t i = 0; i < 10000; i++) {
        VEC_PUSH(check_arena(), &numbers, i * i);
        arena_alloc(check_arena(), i % 3 == 0 ? 8 : 0); /* it has to move at times */
    }
    CHECK_INT((int64_t)numbers.count, 10000);
    for (int64_t i = 0; i < 10000; i++)
        CHECK_INT(numbers.items[i], i * i);
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(memory_is_zeroed_and_aligned_even_after_a_reset),
        CHECK_TEST(pieces_do_not_overlap),
        CHECK_TEST(last_piece_grows_in_place_and_others_move),
        CHECK_TEST(large_piece_gets_a_chunk_of_its_size),
        CHECK_TEST(closing_twice_and_closing_nothing_is_fine),
        CHECK_TEST(vector_keeps_what_was_pushed),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}

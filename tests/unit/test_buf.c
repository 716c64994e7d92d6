#include "check.h"

#include <string.h>

#include "core/buf.h"

static void pieces_come_out_in_order(void)
{
    struct buf buf = {.arena = check_arena()};

    buf_add(&buf, STR("дом "));
    buf_char(&buf, '5');
    buf_add(&buf, (struct str){0});
    buf_printf(&buf, "/%d%s", 7, "а");
    CHECK_STR(buf_str(&buf), STR("дом 5/7а"));
    CHECK(strcmp(buf_z(&buf), "дом 5/7а") == 0);
    CHECK_INT((int64_t)buf.len, (int64_t)strlen("дом 5/7а"));
}

static void whole_numbers_print_to_their_limits(void)
{
    struct buf buf = {.arena = check_arena()};

    buf_int(&buf, INT64_MIN);
    buf_char(&buf, ' ');
    buf_int(&buf, INT64_MAX);
    buf_char(&buf, ' ');
    buf_int(&buf, 0);
    CHECK_STR(buf_str(&buf), STR("-9223372036854775808 9223372036854775807 0"));
}

static void two_texts_grow_side_by_side(void)
{
    struct buf a = {.arena = check_arena()};
    struct buf b = {.arena = check_arena()};

    for (int i = 0; i < 20000; i++) {
        buf_char(&a, (char)('a' + i % 26));
        buf_char(&b, (char)('A' + i % 26));
    }
    for (int i = 0; i < 20000; i++)
        CHECK(a.ptr[i] == 'a' + i % 26 && b.ptr[i] == 'A' + i % 26);
}

static void long_format_finds_room(void)
{
    struct buf buf = {.arena = check_arena()};

    buf_printf(&buf, "%5000d", 1);
    CHECK_INT((int64_t)buf.len, 5000);
    CHECK(buf.ptr[4999] == '1');
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(pieces_come_out_in_order),
        CHECK_TEST(whole_numbers_print_to_their_limits),
        CHECK_TEST(two_texts_grow_side_by_side),
        CHECK_TEST(long_format_finds_room),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}

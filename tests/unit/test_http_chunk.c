#include "check.h"

#include "core/buf.h"
#include "net/http_chunk.h"

/* The decoded body, or "BAD"; "..." behind what is not complete. step: bytes a time. */
static struct str decode(struct str coded, size_t step, struct str *left)
{
    struct buf out = {.arena = check_arena()};
    struct http_chunk chunk = {0};
    struct str data;

    for (size_t at = 0; at < coded.len; at += step) {
        struct str rest = str_slice(coded, at, step);
        enum http_chunk_state state;

        while ((state = http_chunk_next(&chunk, &rest, &data)) == HTTP_CHUNK_DATA)
            buf_add(&out, data);
        if (state == HTTP_CHUNK_BAD)
            return STR("BAD");
        if (state == HTTP_CHUNK_DONE) {
            *left = rest;
            return buf_str(&out);
        }
    }
    buf_add(&out, STR("..."));
    return buf_str(&out);
}

static void check_decoded(struct str coded, struct str want)
{
    struct str left;

    for (size_t step = 1; step <= coded.len; step++)
        CHECK_STR(decode(coded, step, &left), want);
}

static void check_refused(struct str coded)
{
    struct str left;

    for (size_t step = 1; step <= coded.len; step++)
        CHECK_STR(decode(coded, step, &left), STR("BAD"));
}

static void well_formed_bodies_are_decoded(void)
{
    struct str left = {0};

    check_decoded(STR("0\r\n\r\n"), STR(""));
    check_decoded(STR("2\r\nab\r\n00a\r\n0123456789\r\n0\r\n\r\n"), STR("ab0123456789"));
    check_decoded(STR("2;name=\"value\"\r\nab\r\n0\r\nX: 1\r\nY:\r\n\r\n"), STR("ab"));
    check_decoded(STR("2\r\na"), STR("a..."));
    CHECK_STR(decode(STR("1\r\na\r\n0\r\n\r\nGET"), 100, &left), STR("a"));
    CHECK_STR(left, STR("GET"));
}

static void other_codings_are_refused(void)
{
    static const struct str BAD[] = {
        {"0x2\r\nab\r\n0\r\n\r\n", 15},
        {"+2\r\nab\r\n", 8},
        {" 2\r\nab\r\n", 8},
        {"2 \r\nab\r\n", 8},
        {"-1\r\n", 4},
        {"\r\n", 2},
        {"2\nab\n0\n\n", 8},
        {"2\r\nab\n0\r\n\r\n", 10},
        {"2\r\nabc\r\n0\r\n\r\n", 13},
        {"2\r\nab0\r\n\r\n", 10},
        {"2;a\nb\r\nab\r\n", 11},
        {"2\rX\nab\r\n", 8},
        {"0\r\n folded: 1\r\n\r\n", 16},
        {"0\r\n: 1\r\n\r\n", 10},
        {"0\r\nX: \0\r\n\r\n", 11},
        {"0\r\n\rX", 5},
        {"1000000000000000\r\n", 18},
    };

    for (size_t i = 0; i < ARRAY_LEN(BAD); i++)
        check_refused(BAD[i]);
}

static void trailers_without_end_are_refused(void)
{
    struct buf coded = {.arena = check_arena()};
    struct str left;

    buf_add(&coded, STR("0\r\n"));
    for (size_t i = 0; i < HTTP_CHUNK_EXTRA_MAX; i++)
        buf_add(&coded, STR("X: 1\r\n"));
    CHECK_STR(decode(buf_str(&coded), 1000, &left), STR("BAD"));
}

static const struct check_test TESTS[] = {
    CHECK_TEST(well_formed_bodies_are_decoded),
    CHECK_TEST(other_codings_are_refused),
    CHECK_TEST(trailers_without_end_are_refused),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}

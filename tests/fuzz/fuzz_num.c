/* A number as a machine or a person writes it: all readings must agree. */
#include <assert.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "core/arena.h"
#include "core/num.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_scaled(struct arena *arena, struct str text)
{
    for (int scale = 0; scale <= NUM_SCALE_MAX; scale++) {
        struct buf buf = {.arena = arena};
        int64_t value;
        int64_t again;

        if (!num_parse_scaled(text, scale, &value))
            continue;
        num_print_scaled(&buf, value, scale);
        bool ok = num_parse_scaled(buf_str(&buf), scale, &again);
        assert(ok && again == value && num_compare(buf_str(&buf), text) == 0);
    }
}

static void check_double(struct arena *arena, struct str text)
{
    double value;
    double want = strtod(str_to_z(arena, text), NULL);

    if (num_parse_double(text, &value))
        assert(value == want);
    else
        assert(!isfinite(want));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct str text = {(const char *)data, size};
    struct buf canonical = {.arena = arena};
    struct buf again = {.arena = arena};
    struct buf local = {.arena = arena};
    struct str plain;
    int64_t value;

    if (size > 300)
        return 0;
    if (num_parse_int(text, &value)) {
        buf_int(&local, value);
        assert(num_is_short(buf_str(&local)));
    }
    if (num_canonical(&canonical, text)) {
        bool ok = num_canonical(&again, buf_str(&canonical));
        assert(ok && str_equal(buf_str(&canonical), buf_str(&again)));
        assert(num_compare(text, buf_str(&canonical)) == 0);
        check_scaled(arena, text);
        check_double(arena, text);
    }
    if (num_parse_typed(arena, text, &plain)) {
        struct str back;

        local.len = 0;
        num_print_local(&local, plain, STR("ru"));
        bool ok = num_parse_typed(arena, buf_str(&local), &back);
        assert(ok && str_equal(plain, back));
    }
    return 0;
}

/*
 * Prints made-up houses, one JSON object a line: what load scripts post.
 *
 *     build/tests/load/houses FIRST COUNT
 */
#include <stdio.h>
#include <stdlib.h>

#include "core/arena.h"
#include "house.h"

int main(int argc, char **argv)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    int64_t first = argc > 2 ? atoll(argv[1]) : 0;
    int64_t count = argc > 2 ? atoll(argv[2]) : 1;

    for (int64_t i = first; i < first + count; i++) {
        struct buf line = {.arena = arena};

        house_print(&line, i);
        buf_char(&line, '\n');
        fwrite(line.ptr, 1, line.len, stdout);
        arena_reset(arena);
    }
    return 0;
}

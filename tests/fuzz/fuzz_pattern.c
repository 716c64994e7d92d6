/* A pattern, a line feed, a text. */
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/utf8.h"
#include "lang/pattern.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct str rest = {(const char *)data, size};
    struct pattern *pattern;
    struct err err;

    if (size > 20000 || !utf8_is_valid(rest))
        return 0;
    struct str text = str_cut(&rest, '\n');
    if (pattern_compile(arena, text, &pattern, &err))
        pattern_matches(pattern, rest);
    return 0;
}

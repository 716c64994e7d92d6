#include "core/arena.h"
#include "document/letter_odt.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* What can be read can be filled, and what was filled is a letter again. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct letter_odt letter;
    struct letter_odt again;
    struct json *values;
    struct str filled;
    struct err err;

    if (!json_parse(arena, STR("{\"a\":\"<b>\",\"c\":[{\"a\":1},{}],\"d\":{\"e\":\"\\n\"}}"), NULL,
                    &values, &err))
        return 1;
    if (!letter_odt_read(arena, (struct str){(const char *)bytes, size}, &letter, &err) ||
        !letter_odt_fill(arena, &letter, values, (struct str){0}, &filled, &err))
        return 0;
    assert(letter_odt_read(arena, filled, &again, &err) || err.code == ERR_LIMIT);
    return 0;
}

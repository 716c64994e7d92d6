/* A value on the first line, then a schema. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "lang/schema.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct str rest = {(const char *)data, size};
    struct str first = str_cut(&rest, '\n');
    struct flaws flaws = {0};
    struct schema *schema;
    struct json *document;
    struct json *value;
    struct err err;

    if (size > 4000 || !json_parse(arena, first, NULL, &value, &err) ||
        !json_parse(arena, rest, NULL, &document, &err) ||
        !schema_compile(arena, document, &schema, &err))
        return 0;
    bool fits = schema_check(schema, value, arena, &flaws);
    assert(fits == (flaws.count == 0));
    return 0;
}

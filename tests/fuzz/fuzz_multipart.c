/* The first line is the Content-Type, the rest is the form. */
#include <assert.h>

#include "core/arena.h"
#include "core/utf8.h"
#include "net/multipart.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    CLEANUP(multipart_done) struct multipart form = {0};
    struct str body = {(const char *)data, size};
    struct str type = str_cut(&body, '\n');
    struct err err;

    if (!multipart_parse(arena, type, body, -1, &form, &err))
        return 0;
    for (size_t i = 0; i < form.count; i++) {
        const struct multipart_part *part = &form.parts[i];

        assert(part->name.len > 0 && utf8_is_valid(part->name));
        assert((part->fd >= 0) == (part->file_name.len > 0));
        assert(str_find_char(part->file_name, '/') == part->file_name.len);
        assert(part->size <= size);
    }
    return 0;
}

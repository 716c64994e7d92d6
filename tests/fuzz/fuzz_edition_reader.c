/* An edition, as anyone may have written it: read to its end. */
#include "core/arena.h"
#include "link/edition_reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct bytes {
    const uint8_t *at;
    size_t left;
};

static bool pull(void *data, char *room, size_t size, size_t *got, struct err *err)
{
    struct bytes *bytes = data;
    size_t part = bytes->left < size ? bytes->left : size;

    (void)err;
    if (part > 0)
        memcpy(room, bytes->at, part);
    bytes->at += part;
    bytes->left -= part;
    *got = part;
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    CLEANUP(edition_reader_close) struct edition_reader reader = {0};
    struct bytes bytes = {data, size};
    struct edition_piece piece;
    struct err err;

    if (!secret_init(&err) || !edition_reader_open(&reader, pull, &bytes, &err))
        return 0;
    while (!reader.is_over && edition_reader_next(&reader, arena, &piece, &err))
        continue;
    return 0;
}

/* A file with a publisher's answers, as anyone may have written it: read to its end. */
#include "link/reply.h"

#include "core/arena.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct str rest = {(const char *)data, size};
    unsigned char key[SECRET_PUBLIC_SIZE];
    struct reply reply;
    struct err err;

    if (!secret_init(&err))
        return 0;
    while (rest.len > 0 && reply_parse(arena, &rest, &reply, key, &err))
        continue;
    return 0;
}

/* A .po file. */
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "lang/messages.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void print(void *data, struct str id, struct str text)
{
    const struct messages *messages = data;
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct buf buf = {.arena = arena};

    messages_print_plural(&buf, messages, id, text, (int64_t)id.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct messages *messages = messages_new(arena, size % 2 == 0 ? STR("ru") : STR("ky"));
    struct err err;

    if (messages_add_po(messages, (struct str){(const char *)data, size}, &err))
        messages_each(messages, print, messages);
    return 0;
}

#include "xml/xml_stream.h"

#include "core/arena.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static bool note(void *data, const struct xml_element *element, struct err *err)
{
    size_t *sum = data;

    (void)err;
    for (size_t i = 0; i < element->count; i++)
        for (size_t at = 0; at < element->attributes[i].value.len; at++)
            *sum += (unsigned char)element->attributes[i].value.ptr[at];
    return true;
}

/* The first byte says in which steps the rest comes. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    CLEANUP(xml_stream_close) struct xml_stream *stream = NULL;
    struct str text = {(const char *)bytes + 1, size - 1};
    struct err err;
    size_t sum = 0;

    if (size < 2)
        return 0;
    stream = xml_stream_open(arena, note, &sum);
    for (size_t at = 0, step = bytes[0] + 1U; at < text.len; at += step)
        if (!xml_stream_push(stream, str_slice(text, at, step), &err))
            return 0;
    (void)!xml_stream_end(stream, &err);
    return 0;
}

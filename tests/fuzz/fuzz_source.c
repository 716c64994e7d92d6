#include "registry/import_file.h"
#include "registry/source.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* A file is recognised, opened and read to its end, as an upload would be. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    CLEANUP(source_close) struct source source = {0};
    struct str text = {(const char *)bytes, size};
    struct import import = {0};
    struct source_row row;
    struct err err;

    if (!import_file_recognise(text, &import, &err) || import.format == IMPORT_GAR ||
        !source_open_text(arena, &import, text, &source, &err))
        return 0;
    do {
        arena_reset(scratch);
        if (!source.next(&source, scratch, &row, &err))
            return 0;
    } while (row.cells != NULL || row.fault.len > 0);
    return 0;
}

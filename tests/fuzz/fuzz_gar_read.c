#include "registry/gar_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* The first byte says which file of the ГАР it is, and whether places were chosen. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const struct str PLACES[] = {STR_INIT("00701000"), STR_INIT("4")};
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    CLEANUP(gar_table_close) struct gar_table *table = NULL;
    CLEANUP(gar_read_close) struct gar_file *file = NULL;
    struct gar_reader reader = {.places = PLACES, .params = {5, 7, 8}};
    struct err err;

    if (size < 1)
        return 0;
    table = gar_table_open();
    reader.table = table;
    reader.place_count = (bytes[0] & 0x80) != 0 ? ARRAY_LEN(PLACES) : 0;
    gar_read_set_day(&reader, 20000);
    file = gar_read_open(arena, &reader,
                         (enum gar_kind)(bytes[0] % (unsigned)(GAR_MUN_HIERARCHY + 1)));
    if (gar_read_push(file, (struct str){(const char *)bytes + 1, size - 1}, &err))
        (void)!gar_read_end(file, &err);
    return 0;
}

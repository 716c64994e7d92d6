#include "registry/calendar_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* A calendar of a pack is checked, and compiled when nothing is wrong with it. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct pack_file files[] = {
        {STR("pack.json"), STR("{\"id\":\"p\",\"version\":\"1.0.0\"}")},
        {STR("calendars/ru.csv"), {(const char *)bytes, size}},
    };
    struct pack_findings findings = {.arena = arena};
    struct map calendars = {.arena = arena};
    const struct calendar_file *file;
    struct calendar calendar = {0};
    const struct pack *packs[1];
    struct pack_set set = {packs, 1};
    struct pack *pack;
    int64_t found;
    struct err err;

    if (!pack_make(arena, files, ARRAY_LEN(files), &pack, &err))
        return 0;
    packs[0] = pack;
    calendar_file_check(&set, pack, pack_file_find(pack, STR("calendars/ru.csv")), &findings);
    if (calendar_file_read(&set, arena, &calendars, &err) != (findings.count == 0))
        __builtin_trap();
    file = map_find(&calendars, STR("ru"));
    if (findings.count > 0 || file == NULL)
        return 0;
    calendar_lay(&calendar, file->days[MODEL_RU], file->count);
    if (calendar_shift(&calendar, 20514, 100, &found) &&
        calendar_count(&calendar, 20514, found) != 100)
        __builtin_trap();
    return 0;
}

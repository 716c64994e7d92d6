/* The shipped calendar of a country, for tests of days: packs/base/calendars/NAME.csv. */
#pragma once

#include "check.h"
#include "core/file.h"
#include "core/time.h"
#include "registry/calendar_file.h"

static inline int64_t year_day(const char *text)
{
    int64_t day = 0;

    CHECK(time_parse_day(str_from_z(text), &day));
    return day;
}

static inline struct str year_text(int64_t day)
{
    struct buf buf = {.arena = check_arena()};

    time_print_day(&buf, day);
    return buf_str(&buf);
}

static inline struct calendar year_calendar(const char *name)
{
    struct str path = str_printf(check_arena(), "packs/base/calendars/%s.csv", name);
    struct pack_file *files = ARENA_ARRAY(check_arena(), struct pack_file, 2);
    struct map calendars = {.arena = check_arena()};
    struct calendar calendar = {0};
    const struct calendar_file *found;
    const struct pack *packs[1];
    struct pack_set set = {packs, 1};
    struct pack *pack;
    struct err err;

    files[0] = (struct pack_file){STR("pack.json"), STR("{\"id\":\"p\",\"version\":\"1.0.0\"}")};
    files[1].path = str_printf(check_arena(), "calendars/%s.csv", name);
    CHECK_OK(file_read(check_arena(), path, 1 << 20, &files[1].bytes, &err), &err);
    CHECK_OK(pack_make(check_arena(), files, 2, &pack, &err), &err);
    packs[0] = pack;
    CHECK_OK(calendar_file_read(&set, check_arena(), &calendars, &err), &err);
    found = map_find(&calendars, str_from_z(name));
    CHECK(found != NULL);
    calendar_lay(&calendar, found->days[MODEL_RU], found->count);
    return calendar;
}

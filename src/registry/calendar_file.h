/*
 * Production calendars that packs bring: calendars/NAME.csv (docs/reference/packs.md).  They come
 * with the model like code lists and are no rows of a municipality; what a municipality says
 * itself is in the register of days (workdays.h).
 *
 * A name says on which other calendar one builds: "ru-bu" on "ru", "ru-bu-kyakhta" on both.
 */
#pragma once

#include "core/calendar.h"
#include "core/map.h"
#include "pack/pack.h"
#include "registry/model.h"

enum {
    CALENDAR_FILE_DEPTH_MAX = 6, /* parts of a name */
    CALENDAR_FILE_NAME_MAX = 40,
    CALENDAR_FILE_DAYS_MAX = 20000,
    /* Of one calendar a pack's day counts least, then one of those above, then an own one. */
    CALENDAR_FILE_RANKS = 3,
};

struct calendar_file {
    struct str name;
    struct calendar_day *days[MODEL_LANGUAGES]; /* by day; ranks are of the name */
    size_t count;
};

/* "ru", "ru-bu": letters and digits in parts, the first part of two letters. */
bool calendar_file_name_is_valid(struct str name);
/* How far it is from the country: 0, 1, … */
int calendar_file_depth(struct str name);
/* Does one with the first name build on the second, or is it the same? */
bool calendar_file_is_upon(struct str name, struct str under);

/* name → struct calendar_file. ERR_INPUT names the file, the line and what to change. */
MUST_CHECK bool calendar_file_read(const struct pack_set *packs, struct arena *arena,
                                   struct map *calendars, struct err *err);
/* The checker of calendars/ for pack check. */
void calendar_file_check(const struct pack_set *set, const struct pack *pack,
                         const struct pack_file *file, struct pack_findings *findings);

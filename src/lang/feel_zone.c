#include "lang/feel_zone.h"

#include "core/arena.h"
#include "core/bytes.h"
#include "core/file.h"
#include "core/time.h"

enum {
    FILE_MAX = 64 * 1024,
    CHANGES_MAX = 4000,
    KINDS_MAX = 256,
    ZONES_MAX = 40,
    NAME_MAX_LEN = 60,
    HEADER_SIZE = 44,
    DAY = 86400,
    YEAR_OF_GREGORY = 146097, /* days in 400 years */
};

/* One of the two rules of a footer: "M3.5.0/2". */
struct turn {
    char form; /* 'M', 'J' or '0' */
    int month, week, day;
    int32_t at; /* seconds of the day, local */
};

struct zone {
    struct str name;
    int64_t *changes;
    unsigned char *kinds; /* of each change */
    int32_t *offsets;     /* of each kind */
    size_t change_count, kind_count;
    bool has_rule, has_summer;
    int32_t winter, summer;
    struct turn begins, ends;
    struct zone *next;
};

struct feel_zones {
    struct arena *arena;
    struct zone *first;
    size_t count;
};

struct feel_zones *feel_zone_none(struct arena *arena)
{
    struct feel_zones *zones = ARENA_NEW(arena, struct feel_zones);

    zones->arena = arena;
    return zones;
}

static int64_t signed_at(const char *at, int size)
{
    uint64_t number = bytes_get((const unsigned char *)at, size);

    return size == 4 ? (int64_t)(int32_t)(uint32_t)number : (int64_t)number;
}

/* Digits off the rest; -1: none. */
static int take_number(struct str *rest)
{
    int number = -1;

    while (rest->len > 0 && rest->ptr[0] >= '0' && rest->ptr[0] <= '9' && number < 100000) {
        number = MAX(number, 0) * 10 + (rest->ptr[0] - '0');
        *rest = str_slice(*rest, 1, rest->len);
    }
    return number;
}

static bool take_char(struct str *rest, char c)
{
    if (rest->len == 0 || rest->ptr[0] != c)
        return false;
    *rest = str_slice(*rest, 1, rest->len);
    return true;
}

/* "[+-]hh[:mm[:ss]]" */
static bool take_span(struct str *rest, int32_t *seconds)
{
    bool is_negative = take_char(rest, '-');
    int hours, minutes = 0, more = 0;

    if (!is_negative)
        take_char(rest, '+');
    hours = take_number(rest);
    if (hours >= 0 && take_char(rest, ':'))
        minutes = take_number(rest);
    if (minutes > 0 && take_char(rest, ':'))
        more = take_number(rest);
    if (hours < 0 || hours > 167 || minutes < 0 || more < 0)
        return false;
    *seconds = hours * 3600 + minutes * 60 + more;
    if (is_negative)
        *seconds = -*seconds;
    return true;
}

static bool take_name(struct str *rest)
{
    size_t at = 0;

    if (take_char(rest, '<')) {
        at = str_find_char(*rest, '>');
        *rest = str_slice(*rest, at + 1, rest->len);
        return true;
    }
    while (at < rest->len && ((rest->ptr[at] | 32) >= 'a' && (rest->ptr[at] | 32) <= 'z'))
        at++;
    *rest = str_slice(*rest, at, rest->len);
    return at > 0;
}

static bool take_turn(struct str *rest, struct turn *turn)
{
    *turn = (struct turn){.form = '0', .at = 7200};
    if (!take_char(rest, ','))
        return false;
    if (take_char(rest, 'M')) {
        turn->form = 'M';
        turn->month = take_number(rest);
        if (!take_char(rest, '.'))
            return false;
        turn->week = take_number(rest);
        if (!take_char(rest, '.'))
            return false;
    } else if (take_char(rest, 'J')) {
        turn->form = 'J';
    }
    turn->day = take_number(rest);
    if (turn->day < 0 || turn->day > 366 ||
        (turn->form == 'M' && (turn->month < 1 || turn->month > 12 || turn->week < 1)))
        return false;
    return !take_char(rest, '/') || take_span(rest, &turn->at);
}

/* "CET-1CEST,M3.5.0,M10.5.0/3": its offsets point west. */
static void read_rule(struct zone *zone, struct str rest)
{
    int32_t west;

    if (!take_name(&rest) || !take_span(&rest, &west))
        return;
    zone->winter = -west;
    zone->has_rule = true;
    if (rest.len == 0 || !take_name(&rest))
        return;
    zone->summer = zone->winter + 3600;
    if (rest.len > 0 && rest.ptr[0] != ',') {
        if (!take_span(&rest, &west))
            return;
        zone->summer = -west;
    }
    zone->has_summer = take_turn(&rest, &zone->begins) && take_turn(&rest, &zone->ends);
}

struct counts {
    size_t is_ut, is_std, leaps, changes, kinds, letters;
};

static bool read_header(struct str bytes, size_t at, struct counts *counts)
{
    const char *numbers = bytes.ptr + at + 20;

    if (bytes.len < at + HEADER_SIZE || memcmp(bytes.ptr + at, "TZif", 4) != 0)
        return false;
    *counts = (struct counts){
        (size_t)signed_at(numbers, 4) & 0xffff,      (size_t)signed_at(numbers + 4, 4) & 0xffff,
        (size_t)signed_at(numbers + 8, 4) & 0xffff,  (size_t)signed_at(numbers + 12, 4) & 0xffff,
        (size_t)signed_at(numbers + 16, 4) & 0xffff, (size_t)signed_at(numbers + 20, 4) & 0xffff,
    };
    return counts->changes <= CHANGES_MAX && counts->kinds > 0 && counts->kinds <= KINDS_MAX;
}

static size_t body_size(const struct counts *counts, size_t size)
{
    return counts->changes * (size + 1) + counts->kinds * 6 + counts->letters +
           counts->leaps * (size + 4) + counts->is_std + counts->is_ut;
}

/* The second part of the file, with 64-bit times, and the footer. */
static bool read_zone(struct arena *arena, struct str bytes, struct zone *zone)
{
    struct counts counts;
    size_t at = HEADER_SIZE;

    if (!read_header(bytes, 0, &counts) || bytes.ptr[4] < '2')
        return false;
    at += body_size(&counts, 4);
    if (!read_header(bytes, at, &counts))
        return false;
    at += HEADER_SIZE;
    if (bytes.len < at + body_size(&counts, 8))
        return false;
    zone->change_count = counts.changes;
    zone->kind_count = counts.kinds;
    zone->changes = ARENA_ARRAY(arena, int64_t, counts.changes + 1);
    zone->kinds = ARENA_ARRAY(arena, unsigned char, counts.changes + 1);
    zone->offsets = ARENA_ARRAY(arena, int32_t, counts.kinds);
    for (size_t i = 0; i < counts.changes; i++) {
        zone->changes[i] = signed_at(bytes.ptr + at + i * 8, 8);
        zone->kinds[i] = (unsigned char)bytes.ptr[at + counts.changes * 8 + i];
        if (zone->kinds[i] >= counts.kinds)
            return false;
    }
    for (size_t i = 0; i < counts.kinds; i++)
        zone->offsets[i] = (int32_t)signed_at(bytes.ptr + at + counts.changes * 9 + i * 6, 4);
    at += body_size(&counts, 8);
    read_rule(zone, str_trim(str_slice(bytes, at, bytes.len)));
    return true;
}

static bool is_name(struct str name)
{
    if (name.len == 0 || name.len > NAME_MAX_LEN || name.ptr[0] == '/')
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool is_letter = ((c | 32) >= 'a' && (c | 32) <= 'z') || (c >= '0' && c <= '9');
        if (!is_letter && c != '_' && c != '+' && c != '-' && c != '/')
            return false;
    }
    return true;
}

static struct zone *find(struct feel_zones *zones, struct str name)
{
    struct zone *zone;
    struct str bytes;
    struct err ignored = {0};

    for (zone = zones->first; zone != NULL; zone = zone->next)
        if (str_equal(zone->name, name))
            return zone->change_count == SIZE_MAX ? NULL : zone;
    if (!is_name(name) || zones->count == ZONES_MAX)
        return NULL;
    zone = ARENA_NEW(zones->arena, struct zone);
    zone->name = str_copy(zones->arena, name);
    zone->next = zones->first;
    zones->first = zone;
    zones->count++;
    if (!file_read(zones->arena, file_join(zones->arena, STR("/usr/share/zoneinfo"), name),
                   FILE_MAX, &bytes, &ignored) ||
        !read_zone(zones->arena, bytes, zone)) {
        zone->change_count = SIZE_MAX; /* known to be none */
        return NULL;
    }
    return zone;
}

bool feel_zone_find(struct feel_zones *zones, struct str name)
{
    return find(zones, name) != NULL;
}

static int64_t day_of(int year, int month, int day)
{
    return time_day_from_date((struct time_date){year, month, day});
}

/* The moment of a year, UTC, at which a rule turns the clocks that stand at offset. */
static int64_t turn_at(const struct turn *turn, int year, int32_t offset)
{
    int64_t day;

    if (turn->form == 'M') {
        int64_t first = day_of(year, turn->month, 1);
        int64_t after =
            turn->month == 12 ? day_of(year + 1, 1, 1) : day_of(year, turn->month + 1, 1);
        day = first + (turn->day - (first + 4) % 7 + 7) % 7 + (turn->week - 1) * 7;
        while (day >= after)
            day -= 7;
    } else {
        day = day_of(year, 1, 1) + turn->day;
        if (turn->form == 'J')
            day -= turn->day < 60 || day_of(year, 3, 1) - day_of(year, 2, 1) == 28 ? 1 : 0;
    }
    return day * DAY + turn->at - offset;
}

static int32_t rule_offset(const struct zone *zone, int64_t at)
{
    int64_t cycles = at / DAY / YEAR_OF_GREGORY - 1; /* years that core/time.h knows */
    int64_t within = at - cycles * YEAR_OF_GREGORY * DAY;
    struct time_date date;
    int64_t begins, ends;

    if (!zone->has_summer)
        return zone->winter;
    date = time_date_from_day(within / DAY);
    begins = turn_at(&zone->begins, date.year, zone->winter);
    ends = turn_at(&zone->ends, date.year, zone->summer);
    if (begins < ends)
        return within >= begins && within < ends ? zone->summer : zone->winter;
    return within >= ends && within < begins ? zone->winter : zone->summer;
}

static int32_t offset_at(const struct zone *zone, int64_t at)
{
    size_t low = 0, high = zone->change_count;

    if (zone->has_rule && (high == 0 || at >= zone->changes[high - 1]))
        return rule_offset(zone, at);
    while (low < high) { /* the first change after at */
        size_t middle = low + (high - low) / 2;
        if (zone->changes[middle] <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return zone->offsets[low == 0 ? 0 : zone->kinds[low - 1]];
}

bool feel_zone_offset(struct feel_zones *zones, struct str name, int64_t at, int32_t *offset)
{
    const struct zone *zone = find(zones, name);

    if (zone == NULL)
        return false;
    *offset = offset_at(zone, at);
    return true;
}

bool feel_zone_standard(struct feel_zones *zones, struct str name, int32_t *offset)
{
    const struct zone *zone = find(zones, name);

    if (zone == NULL)
        return false;
    *offset = zone->has_rule ? zone->winter : offset_at(zone, INT64_MAX / 2);
    return true;
}

bool feel_zone_offset_local(struct feel_zones *zones, struct str name, int64_t local,
                            int32_t *offset)
{
    const struct zone *zone = find(zones, name);
    int32_t before, after;

    if (zone == NULL)
        return false;
    before = offset_at(zone, local - DAY);
    after = offset_at(zone, local + DAY);
    *offset = before;
    if (before != after && offset_at(zone, local - before) != before &&
        offset_at(zone, local - after) == after)
        *offset = after;
    return true;
}

#include "registry/calendar_file.h"

#include "core/csv.h"
#include "core/time.h"
#include "core/vec.h"

enum column {
    DATE,
    KIND,
    SOURCE,
    TITLE, /* in Russian, the others behind it */
    COLUMNS = TITLE + MODEL_LANGUAGES,
};

static const struct str NAMES[COLUMNS] = {STR_INIT("date"),     STR_INIT("kind"),
                                          STR_INIT("source"),   STR_INIT("title"),
                                          STR_INIT("title.ky"), STR_INIT("title.en")};

struct reading {
    struct arena *arena;
    const struct pack_file *file;
    struct pack_findings *findings;
    struct calendar_file *calendar;
    int places[COLUMNS];
    int64_t last; /* the day of the row before */
    VEC(struct calendar_day) days[MODEL_LANGUAGES];
};

bool calendar_file_name_is_valid(struct str name)
{
    struct str rest = name;
    struct str part = str_cut(&rest, '-');

    if (name.len > CALENDAR_FILE_NAME_MAX || part.len != 2 ||
        calendar_file_depth(name) >= CALENDAR_FILE_DEPTH_MAX)
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool is_letter = c >= 'a' && c <= 'z';
        bool is_joint = c == '-' && i + 1 < name.len && name.ptr[i + 1] != '-';

        if (!is_letter && (i < 2 || (!is_joint && !(c >= '0' && c <= '9'))))
            return false;
    }
    return true;
}

int calendar_file_depth(struct str name)
{
    int depth = 0;

    for (size_t i = 0; i < name.len; i++)
        depth += name.ptr[i] == '-';
    return depth;
}

bool calendar_file_is_upon(struct str name, struct str under)
{
    return str_starts(name, under) &&
           (name.len == under.len || (under.len > 0 && name.ptr[under.len] == '-'));
}

static struct str name_of(const struct pack_file *file)
{
    size_t folder = sizeof "calendars/" - 1;

    return str_slice(file->path, folder, file->path.len - folder - (sizeof ".csv" - 1));
}

static bool find_columns(struct reading *reading, const struct csv_row *row)
{
    for (int column = 0; column < COLUMNS; column++) {
        reading->places[column] = -1;
        for (size_t i = 0; i < row->count; i++)
            if (str_equal(row->fields[i], NAMES[column]))
                reading->places[column] = (int)i;
    }
    if (reading->places[DATE] >= 0 && reading->places[KIND] >= 0 && reading->places[TITLE] >= 0)
        return true;
    pack_find(reading->findings, reading->file->path, 1,
              "a calendar has the columns date, kind and title at least");
    return false;
}

static struct str cell(const struct reading *reading, const struct csv_row *row, int column)
{
    int place = reading->places[column];

    return place >= 0 && (size_t)place < row->count ? str_trim(row->fields[place])
                                                    : (struct str){0};
}

static void add_row(struct reading *reading, const struct csv_row *row)
{
    struct calendar_day day = {.rank = CALENDAR_FILE_RANKS *
                                       calendar_file_depth(reading->calendar->name)};
    struct str date = cell(reading, row, DATE), kind = cell(reading, row, KIND);
    struct str title = cell(reading, row, TITLE);
    struct str path = reading->file->path;
    int line = (int)row->line;

    if (!time_parse_day(date, &day.on) || !calendar_has(day.on)) {
        pack_find(reading->findings, path, line,
                  "\"%.*s\" is no day of the years 1900 to 2200, as 2026-03-09",
                  STR_ARG(str_slice(date, 0, 40)));
        return;
    }
    if (day.on <= reading->last)
        pack_find(reading->findings, path, line,
                  "%.*s is there twice or out of order: days stand in their order", STR_ARG(date));
    reading->last = MAX(reading->last, day.on);
    if (!calendar_kind_parse(kind, &day.kind))
        pack_find(reading->findings, path, line,
                  "\"%.*s\" is no kind of day: working, short, off, moved, holiday or decree",
                  STR_ARG(str_slice(kind, 0, 40)));
    if (title.len == 0)
        pack_find(reading->findings, path, line, "the day has no title");
    for (int language = 0; language < MODEL_LANGUAGES; language++) {
        struct str own = cell(reading, row, TITLE + language);

        day.title = str_copy(reading->arena, own.len > 0 ? own : title);
        VEC_PUSH(reading->arena, &reading->days[language], day);
    }
}

static bool read_rows(struct reading *reading, struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct csv *csv =
        csv_open_text(scratch, (struct csv_format){.separator = ','}, reading->file->bytes);
    struct csv_row row;

    if (!csv_next(csv, &row, err))
        return false;
    if (row.fields == NULL)
        return err_set(err, ERR_INPUT, "the file is empty");
    if (!find_columns(reading, &row))
        return true;
    for (;;) {
        if (!csv_next(csv, &row, err))
            return false;
        if (row.fields == NULL)
            return true;
        if (reading->days[0].count == CALENDAR_FILE_DAYS_MAX)
            return err_set(err, ERR_LIMIT, "a calendar has at most %d days",
                           CALENDAR_FILE_DAYS_MAX);
        add_row(reading, &row);
    }
}

/* What is wrong with it goes to findings; the calendar is whole when there are none. */
static struct calendar_file *read_file(struct arena *arena, const struct pack_file *file,
                                       struct pack_findings *findings)
{
    struct reading reading = {.arena = arena,
                              .file = file,
                              .findings = findings,
                              .calendar = ARENA_NEW(arena, struct calendar_file),
                              .last = INT64_MIN};
    struct err err;

    reading.calendar->name = name_of(file);
    if (!calendar_file_name_is_valid(reading.calendar->name))
        pack_find(findings, file->path, 0,
                  "a calendar is called by its country, as ru.csv, or by a part of it, as "
                  "ru-bu.csv");
    if (!read_rows(&reading, &err))
        pack_find(findings, file->path, 0, "%s", err.text);
    for (int language = 0; language < MODEL_LANGUAGES; language++)
        reading.calendar->days[language] = reading.days[language].items;
    reading.calendar->count = reading.days[0].count;
    return reading.calendar;
}

struct collecting {
    struct arena *arena;
    struct pack_findings findings;
    struct map *calendars;
};

static bool collect(void *data, const struct pack_file *file)
{
    struct collecting *collecting = data;
    struct calendar_file *calendar = read_file(collecting->arena, file, &collecting->findings);

    if (map_find(collecting->calendars, calendar->name) != NULL)
        pack_find(&collecting->findings, file->path, 0, "another pack has the calendar %.*s, too",
                  STR_ARG(calendar->name));
    map_put(collecting->calendars, calendar->name, calendar);
    return true;
}

bool calendar_file_read(const struct pack_set *packs, struct arena *arena, struct map *calendars,
                        struct err *err)
{
    struct collecting collecting = {arena, {.arena = arena}, calendars};

    for (size_t i = 0; i < packs->count; i++)
        pack_each_file(packs->packs[i], STR("calendars"), STR(".csv"), collect, &collecting);
    if (collecting.findings.count == 0)
        return true;
    return err_set(err, ERR_INPUT, "%.*s:%d: %.*s", STR_ARG(collecting.findings.first->file),
                   collecting.findings.first->line, STR_ARG(collecting.findings.first->text));
}

static bool has_calendar(const struct pack_set *set, struct arena *arena, struct str name)
{
    struct str path = str_printf(arena, "calendars/%.*s.csv", STR_ARG(name));

    for (size_t i = 0; i < set->count; i++)
        if (pack_file_find(set->packs[i], path) != NULL)
            return true;
    return false;
}

void calendar_file_check(const struct pack_set *set, const struct pack *pack,
                         const struct pack_file *file, struct pack_findings *findings)
{
    struct calendar_file *calendar = read_file(findings->arena, file, findings);
    size_t joint = str_find_char(calendar->name, '-');

    if (joint < calendar->name.len &&
        !has_calendar(set, findings->arena, str_slice(calendar->name, 0, joint)))
        pack_find(findings, file->path, 0, "there is no calendars/%.*s.csv, on which it builds",
                  STR_ARG(str_slice(calendar->name, 0, joint)));
    for (size_t i = 0; i < set->count; i++)
        if (set->packs[i] != pack && pack_file_find(set->packs[i], file->path) != NULL)
            pack_find(findings, file->path, 0, "the pack %.*s has a calendar of that name, too",
                      STR_ARG(set->packs[i]->id));
}

/*
 * A production calendar of one year in the XML of xmlcalendar.ru: <calendar year country>, in it
 * <holiday id title> and <day d="MM.DD" t="1|2|3" h="id" f="MM.DD">.  Each day is a row of a
 * register of days; weekends that are as always are not in the file.  A year is some 3 kB, so it
 * is read whole.
 */
#include "core/calendar.h"
#include "core/num.h"
#include "core/time.h"
#include "core/vec.h"
#include "registry/source.h"
#include "xml/xml_stream.h"

enum {
    BYTES_MAX = 256 * 1024,
    BLOCK = 16 * 1024,
    DAYS_MAX = 366,
};

enum column {
    CALENDAR,
    DATE,
    KIND,
    TITLE,
    COLUMNS,
};

struct day {
    struct str cells[COLUMNS];
    struct str fault;
};

struct year {
    struct arena *arena;
    struct str number, country;
    struct map holidays; /* id → struct str */
    VEC(struct day) days;
    size_t at;
};

static struct str value_of(const struct xml_element *element, const char *name)
{
    for (size_t i = 0; i < element->count; i++)
        if (str_equal(element->attributes[i].name, str_from_z(name)))
            return str_trim(element->attributes[i].value);
    return (struct str){0};
}

static struct str copy_of(struct year *year, const struct xml_element *element, const char *name)
{
    return str_copy(year->arena, value_of(element, name));
}

/* What the law made a holiday has a name; a day off that a president decreed says so in it. */
static enum calendar_kind kind_off(struct str holiday, struct str from, int64_t day)
{
    static const struct calendar WEEK = {0};

    if (holiday.len > 0)
        return str_find(holiday, STR("Указ")) < holiday.len ? CALENDAR_DECREE : CALENDAR_HOLIDAY;
    return from.len > 0 || calendar_is_working(&WEEK, day) ? CALENDAR_MOVED : CALENDAR_OFF;
}

static void add_day(struct year *year, const struct xml_element *element)
{
    struct str month_day = value_of(element, "d"), type = value_of(element, "t");
    struct str month = str_cut(&month_day, '.');
    const struct str *holiday = map_find(&year->holidays, value_of(element, "h"));
    enum calendar_kind kind = CALENDAR_WORKING;
    struct day day = {.cells = {[CALENDAR] = year->country}};
    int64_t on;

    day.cells[DATE] = str_printf(year->arena, "%.*s-%.*s-%.*s", STR_ARG(year->number),
                                 STR_ARG(month), STR_ARG(month_day));
    if (!time_parse_day(day.cells[DATE], &on))
        day.fault = STR("a day is written d=\"03.09\", month and day, and is in the year");
    else if (str_equal(type, STR("1")))
        kind = kind_off(holiday != NULL ? *holiday : (struct str){0}, value_of(element, "f"), on);
    else if (str_equal(type, STR("2")))
        kind = CALENDAR_SHORT;
    else if (!str_equal(type, STR("3")))
        day.fault = STR("t is 1, 2 or 3: a day off, a short day, a working day");
    day.cells[KIND] = calendar_kind_word(kind);
    if (holiday != NULL)
        day.cells[TITLE] = *holiday;
    VEC_PUSH(year->arena, &year->days, day);
}

static void add_holiday(struct year *year, const struct xml_element *element)
{
    struct str *title = ARENA_NEW(year->arena, struct str);

    *title = copy_of(year, element, "title");
    map_put(&year->holidays, copy_of(year, element, "id"), title);
}

static bool on_element(void *data, const struct xml_element *element, struct err *err)
{
    struct year *year = data;
    int64_t number;

    if (element->depth == 1) {
        year->number = copy_of(year, element, "year");
        year->country = copy_of(year, element, "country");
        if (year->country.len == 0)
            year->country = STR("ru"); /* files of some years leave it out */
        return (year->number.len == 4 && num_parse_int(year->number, &number)) ||
               err_set(err, ERR_INPUT, "the calendar does not say its year");
    }
    if (str_equal(element->name, STR("holiday")))
        add_holiday(year, element);
    else if (str_equal(element->name, STR("day")) && year->days.count < DAYS_MAX)
        add_day(year, element);
    else if (str_equal(element->name, STR("day")))
        return err_set(err, ERR_LIMIT, "a calendar of a year has at most %d days", DAYS_MAX);
    return true;
}

static bool next_row(struct source *source, struct arena *arena, struct source_row *row,
                     struct err *err)
{
    struct year *year = source->data;
    struct source_cell *cells = ARENA_ARRAY(arena, struct source_cell, COLUMNS);

    (void)err;
    *row = (struct source_row){0};
    if (year->at == year->days.count)
        return true;
    const struct day *day = &year->days.items[year->at++];
    row->line = (int64_t)year->at;
    row->fault = day->fault;
    if (day->fault.len > 0)
        return true;
    for (int i = 0; i < COLUMNS; i++)
        cells[i].text = day->cells[i];
    row->cells = cells;
    return true;
}

static bool read_year(struct source_bytes *bytes, struct xml_stream *stream, struct err *err)
{
    char block[BLOCK];
    size_t got, all = 0;

    do {
        if (!source_read(bytes, block, sizeof block, &got, err) ||
            !xml_stream_push(stream, (struct str){block, got}, err))
            return false;
        all += got;
        if (all > BYTES_MAX)
            return err_set(err, ERR_LIMIT, "a calendar of a year has at most %d bytes", BYTES_MAX);
    } while (got > 0);
    return xml_stream_end(stream, err);
}

bool source_calendar_open(struct arena *arena, struct source_bytes *bytes, struct err *err)
{
    static const struct str NAMES[COLUMNS] = {[CALENDAR] = STR_INIT("calendar"),
                                              [DATE] = STR_INIT("date"),
                                              [KIND] = STR_INIT("kind"),
                                              [TITLE] = STR_INIT("title")};
    struct year *year = ARENA_NEW(arena, struct year);
    CLEANUP(xml_stream_close) struct xml_stream *stream = xml_stream_open(arena, on_element, year);

    year->arena = year->holidays.arena = arena;
    if (!read_year(bytes, stream, err))
        return false;
    bytes->source->columns = ARENA_ARRAY(arena, struct str, COLUMNS);
    memcpy(bytes->source->columns, NAMES, sizeof NAMES);
    bytes->source->column_count = COLUMNS;
    bytes->source->next = next_row;
    bytes->source->data = year;
    return true;
}

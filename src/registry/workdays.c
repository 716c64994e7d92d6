#include "registry/workdays.h"

#include "core/time.h"
#include "core/vec.h"
#include "registry/calendar_file.h"
#include "registry/record_list.h"

#include <stdlib.h>

enum {
    NAMES_MAX = 50, /* no municipality chooses among more */
    REST_DAYS = 60, /* of days off that can follow each other, and of what is overdue */
    DAYS_A_WORKING_DAY = 3,
    DAYS_A_MONTH = 31,
};

#define NAME_FIELD STR("calendar")
#define DATE_FIELD STR("date")
#define KIND_FIELD STR("kind")

struct str workdays_name(const struct catalog *catalog)
{
    struct str name = catalog_setting(catalog, STR("calendar"));

    return name.len > 0 ? name : WORKDAYS_DEFAULT;
}

struct laying {
    const struct registry *registry;
    const struct workdays_ask *ask;
    struct str names[CALENDAR_FILE_DEPTH_MAX]; /* from the country to the nearest */
    size_t name_count;
    VEC(struct calendar_day) days;
};

static void find_names(struct laying *laying)
{
    struct str name = workdays_name(laying->registry->catalog);

    for (size_t i = 1; i <= name.len && laying->name_count < CALENDAR_FILE_DEPTH_MAX; i++)
        if (i == name.len || name.ptr[i] == '-')
            laying->names[laying->name_count++] = str_slice(name, 0, i);
}

static void lay_packs(struct laying *laying)
{
    struct arena *arena = laying->registry->arena;

    for (size_t i = 0; i < laying->name_count; i++) {
        const struct calendar_file *file =
            map_find(&laying->registry->catalog->model->calendars, laying->names[i]);

        for (size_t d = 0; file != NULL && d < file->count; d++)
            VEC_PUSH(arena, &laying->days, file->days[laying->ask->language][d]);
    }
}

/* What is no kind of day to us says nothing. */
static void lay_record(struct laying *laying, const struct record *record)
{
    struct arena *arena = laying->registry->arena;
    struct calendar_day day = {0};
    struct json *body;
    struct err broken;

    if (!json_parse(arena, record->body, NULL, &body, &broken) ||
        !time_parse_day(json_find_text(body, DATE_FIELD), &day.on) ||
        !calendar_kind_parse(json_find_text(body, KIND_FIELD), &day.kind))
        return;
    day.rank = 2 * calendar_file_depth(json_find_text(body, NAME_FIELD)) + 1;
    day.title = json_find_text(body, STR("title"));
    VEC_PUSH(arena, &laying->days, day);
}

static struct str print_day(struct arena *arena, int64_t day)
{
    struct buf text = {.arena = arena};

    time_print_day(&text, MAX(MIN(day, CALENDAR_LAST), CALENDAR_FIRST));
    return buf_str(&text);
}

/* The calendar is the same for everybody, whoever asks. */
static struct registry for_all(const struct registry *registry)
{
    struct registry all = *registry;

    all.reader = NULL;
    return all;
}

static bool lay_register(struct laying *laying, struct err *err)
{
    struct registry all = for_all(laying->registry);
    const struct register_type *type = all.catalog->model->day;
    const struct register_field *date = register_type_field(type, DATE_FIELD);
    struct str from = print_day(all.arena, laying->ask->from_on);
    struct str to = print_day(all.arena, laying->ask->to_on);
    struct record_filter filters[] = {
        {.field = date, .op = QUERY_GE, .values = &from, .count = 1},
        {.field = date, .op = QUERY_LE, .values = &to, .count = 1},
        {.field = register_type_field(type, NAME_FIELD),
         .op = QUERY_EQ,
         .values = laying->names,
         .count = laying->name_count},
    };
    struct record_ask ask = {.type = type,
                             .filters = filters,
                             .filter_count = ARRAY_LEN(filters),
                             .sort = date,
                             .limit = RECORD_LIST_LIMIT_MAX};
    struct record_page page;

    for (size_t count = 0;; ask.cursor = page.cursor) {
        if (!record_list(&all, &ask, &page, err))
            return false;
        for (size_t i = 0; i < page.count; i++)
            lay_record(laying, &page.records[i]);
        count += page.count;
        if (page.cursor.len == 0)
            return true;
        if (count > WORKDAYS_OWN_MAX)
            return err_set(err, ERR_LIMIT, "%.*s has more than %d days in that time",
                           STR_ARG(type->id), WORKDAYS_OWN_MAX);
    }
}

bool workdays_load(const struct registry *registry, const struct workdays_ask *ask,
                   struct calendar *calendar, struct err *err)
{
    struct laying laying = {.registry = registry, .ask = ask};
    struct calendar found = {0};

    find_names(&laying);
    lay_packs(&laying);
    if (registry->catalog->model->day != NULL && !lay_register(&laying, err))
        return err_while(err, "the production calendar");
    calendar_lay(&found, laying.days.items, laying.days.count);
    if (!calendar_hours_parse(catalog_setting(registry->catalog, STR("working_hours")),
                              &found.hours))
        found.hours = (struct calendar_hours){0}; /* the usual ones */
    *calendar = found;
    return true;
}

/* A day a term begins, and how many days later it may be over without its pauses. */
static int64_t longest(const struct term *term)
{
    static const int DAYS[] = {[TERM_DAYS] = 1,
                               [TERM_WORKING_DAYS] = DAYS_A_WORKING_DAY,
                               [TERM_WORKING_HOURS] = 1,
                               [TERM_MONTHS] = DAYS_A_MONTH};

    return MIN(term->count, TERM_COUNT_MAX) * DAYS[term->unit] + REST_DAYS;
}

bool workdays_load_for(const struct registry *registry, const struct term *term, int64_t today,
                       enum model_language language, struct calendar *calendar, struct err *err)
{
    int64_t unit = term->unit == TERM_WORKING_HOURS ? CALENDAR_DAY_MINUTES : 1;
    int64_t start = term->start / unit, end = start + longest(term);
    struct workdays_ask ask = {.language = language};

    for (size_t i = 0; i < term->pause_count; i++)
        if (term->pauses[i].until != TERM_OPEN)
            end += MAX(term->pauses[i].until - MAX(term->pauses[i].from, term->start), 0) / unit;
    ask.from_on = MIN(start, today) - 1;
    ask.to_on = MAX(end, today);
    return workdays_load(registry, &ask, calendar, err);
}

struct choosing {
    struct str *names;
    size_t count;
};

static void add_name(struct choosing *choosing, struct str name)
{
    for (size_t i = 0; i < choosing->count; i++)
        if (str_equal(choosing->names[i], name))
            return;
    if (choosing->count < NAMES_MAX)
        choosing->names[choosing->count++] = name;
}

/* From one name to the next, so that a register of thousands of days is not read. */
static bool add_own_names(const struct registry *registry, struct choosing *choosing,
                          struct err *err)
{
    struct registry all = for_all(registry);
    const struct register_type *type = all.catalog->model->day;
    struct str last = {0};
    struct record_filter filter = {.field = register_type_field(type, NAME_FIELD),
                                   .op = QUERY_NOT_NULL};
    struct record_ask ask = {
        .type = type, .filters = &filter, .filter_count = 1, .sort = filter.field, .limit = 1};
    struct record_page page;

    for (int i = 0; i < NAMES_MAX; i++) {
        struct json *body;

        if (!record_list(&all, &ask, &page, err))
            return false;
        if (page.count == 0)
            return true;
        if (!json_parse(all.arena, page.records[0].body, NULL, &body, err))
            return false;
        last = json_find_text(body, NAME_FIELD);
        if (calendar_file_name_is_valid(last))
            add_name(choosing, last);
        filter.op = QUERY_GT;
        filter.values = &last;
        filter.count = 1;
    }
    return true;
}

static int by_name(const void *one, const void *other)
{
    const struct str *a = one, *b = other;

    return str_compare(*a, *b);
}

bool workdays_names(const struct registry *registry, struct str **names, size_t *count,
                    struct err *err)
{
    const struct map *calendars = &registry->catalog->model->calendars;
    struct choosing choosing = {ARENA_ARRAY(registry->arena, struct str, NAMES_MAX), 0};

    for (size_t i = 0; i < calendars->cap; i++)
        if (calendars->slots[i].value != NULL)
            add_name(&choosing, calendars->slots[i].key);
    if (registry->catalog->model->day != NULL && !add_own_names(registry, &choosing, err))
        return false;
    qsort(choosing.names, choosing.count, sizeof *choosing.names, by_name);
    *names = choosing.names;
    *count = choosing.count;
    return true;
}

static bool has_field(const struct register_type *type, struct str name, enum field_type kind)
{
    const struct register_field *field = register_type_field(type, name);

    return field != NULL && field->type == kind && field->is_required;
}

static bool is_sortable(const struct register_type *type, struct str name)
{
    return register_type_field(type, name)->is_indexed;
}

const char *workdays_lack(const struct register_type *type)
{
    if (!has_field(type, NAME_FIELD, FIELD_TEXT) || !has_field(type, DATE_FIELD, FIELD_DAY) ||
        !has_field(type, KIND_FIELD, FIELD_CODE))
        return "days of calendars have the required fields calendar (text), date (a day) and kind "
               "(a code of a list)";
    if (!is_sortable(type, NAME_FIELD) || !is_sortable(type, DATE_FIELD))
        return "days of calendars are looked for by calendar and date: both have \"index\": true";
    return type->is_temporal ? "days of calendars have no dates of validity" : NULL;
}

#include "registry/workdays.h"

#include "core/time.h"
#include "core/vec.h"
#include "registry/calendar_file.h"
#include "registry/record_list.h"
#include "registry/subscription.h"

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

enum rank { /* within one calendar; packs have 0 */
    ABOVE = 1,
    OWN,
};

/* Where records of days are: in the own register, or in that of one above. */
struct day_source {
    struct registry registry;
    struct subscription *above; /* NULL: the own one */
    const struct register_type *type;
    enum rank rank;
};

/* A question to one of them. */
typedef bool ask_source(void *data, const struct day_source *source, struct err *err);

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
static void lay_record(struct laying *laying, const struct record *record, int rank)
{
    struct arena *arena = laying->registry->arena;
    struct calendar_day day = {0};
    struct json *body;
    struct err broken;

    if (!json_parse(arena, record->body, NULL, &body, &broken) ||
        !time_parse_day(json_find_text(body, DATE_FIELD), &day.on) ||
        !calendar_kind_parse(json_find_text(body, KIND_FIELD), &day.kind))
        return;
    day.rank = CALENDAR_FILE_RANKS * calendar_file_depth(json_find_text(body, NAME_FIELD)) + rank;
    day.title = json_find_text(body, STR("title"));
    VEC_PUSH(arena, &laying->days, day);
}

static struct str print_day(struct arena *arena, int64_t day)
{
    struct buf text = {.arena = arena};

    time_print_day(&text, MAX(MIN(day, CALENDAR_LAST), CALENDAR_FIRST));
    return buf_str(&text);
}

static bool list(const struct day_source *source, struct record_ask ask, struct record_page *page,
                 struct err *err)
{
    if (source->above == NULL)
        return record_list(&source->registry, &ask, page, err);
    return subscription_list(source->above, POLICY_PUBLIC | POLICY_INTERNAL, &ask, page, err);
}

static bool lay_source(void *data, const struct day_source *source, struct err *err)
{
    struct laying *laying = data;
    struct arena *arena = laying->registry->arena;
    const struct register_field *date = register_type_field(source->type, DATE_FIELD);
    struct str from = print_day(arena, laying->ask->from_on);
    struct str to = print_day(arena, laying->ask->to_on);
    struct record_filter filters[] = {
        {.field = date, .op = QUERY_GE, .values = &from, .count = 1},
        {.field = date, .op = QUERY_LE, .values = &to, .count = 1},
        {.field = register_type_field(source->type, NAME_FIELD),
         .op = QUERY_EQ,
         .values = laying->names,
         .count = laying->name_count},
    };
    struct record_ask ask = {.type = source->type,
                             .filters = filters,
                             .filter_count = ARRAY_LEN(filters),
                             .sort = date,
                             .limit = RECORD_LIST_LIMIT_MAX};
    struct record_page page;

    for (size_t count = 0;; ask.cursor = page.cursor) {
        if (!list(source, ask, &page, err))
            return false;
        for (size_t i = 0; i < page.count; i++)
            lay_record(laying, &page.records[i], source->rank);
        count += page.count;
        if (page.cursor.len == 0)
            return true;
        if (count > WORKDAYS_OWN_MAX)
            return err_set(err, ERR_LIMIT, "%.*s has more than %d days in that time",
                           STR_ARG(source->type->id), WORKDAYS_OWN_MAX);
    }
}

/*
 * Those above whose days are taken, then the municipality itself.  One above that publishes nothing
 * (yet, or any more) says nothing: work goes on without it.
 */
static bool ask_above(const struct registry *registry, ask_source *ask, void *data, struct err *err)
{
    CLEANUP(subscription_close) struct subscription subscription = {0};
    const struct register_type *day = registry->catalog->model->day;
    struct subscription_by by = {registry->tx->owner, registry->catalog->library, registry->arena,
                                 registry->now};
    struct day_source above = {.above = &subscription, .rank = ABOVE};
    struct err none = {0};

    if (registry->catalog->publishers[day->index] == 0)
        return true;
    if (!tx_may_wait(registry->tx, err))
        return false;
    if (subscription_open(&by, day->id, &subscription, &none)) {
        above.type = subscription.publication.type;
        if (above.type->meaning != REGISTER_TYPE_DAYS || ask(data, &above, &none))
            return true;
    }
    if (none.code == ERR_ABSENT || none.code == ERR_DENIED || none.code == ERR_UNAVAILABLE)
        return true;
    *err = none;
    return false;
}

static bool ask_all(const struct registry *registry, ask_source *ask, void *data, struct err *err)
{
    struct day_source own = {
        .registry = *registry, .type = registry->catalog->model->day, .rank = OWN};

    own.registry.reader = NULL; /* the calendar is the same for everybody, whoever asks */
    return own.type == NULL || (ask_above(registry, ask, data, err) && ask(data, &own, err));
}

bool workdays_load(const struct registry *registry, const struct workdays_ask *ask,
                   struct calendar *calendar, struct err *err)
{
    struct laying laying = {.registry = registry, .ask = ask};
    struct calendar found = {0};

    find_names(&laying);
    lay_packs(&laying);
    if (!ask_all(registry, lay_source, &laying, err))
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

void workdays_ask_add(struct workdays_ask *ask, const struct term *term, int64_t today)
{
    int64_t unit = term->unit == TERM_WORKING_HOURS ? CALENDAR_DAY_MINUTES : 1;
    int64_t start = term->start / unit, end = start + longest(term);
    bool is_first = ask->from_on == 0 && ask->to_on == 0;

    for (size_t i = 0; i < term->pause_count; i++)
        if (term->pauses[i].until != TERM_OPEN)
            end += MAX(term->pauses[i].until - MAX(term->pauses[i].from, term->start), 0) / unit;
    start = MIN(start, today) - 1;
    end = MAX(end, today);
    ask->from_on = is_first ? start : MIN(ask->from_on, start);
    ask->to_on = is_first ? end : MAX(ask->to_on, end);
}

bool workdays_load_for(const struct registry *registry, const struct term *term, int64_t today,
                       enum model_language language, struct calendar *calendar, struct err *err)
{
    struct workdays_ask ask = {.language = language};

    workdays_ask_add(&ask, term, today);
    return workdays_load(registry, &ask, calendar, err);
}

struct choosing {
    struct arena *arena;
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
static bool add_names(void *data, const struct day_source *source, struct err *err)
{
    struct choosing *choosing = data;
    struct str last = {0};
    struct record_filter filter = {.field = register_type_field(source->type, NAME_FIELD),
                                   .op = QUERY_NOT_NULL};
    struct record_ask ask = {.type = source->type,
                             .filters = &filter,
                             .filter_count = 1,
                             .sort = filter.field,
                             .limit = 1};
    struct record_page page;

    for (int i = 0; i < NAMES_MAX; i++) {
        struct json *body;

        if (!list(source, ask, &page, err))
            return false;
        if (page.count == 0)
            return true;
        if (!json_parse(choosing->arena, page.records[0].body, NULL, &body, err))
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
    struct choosing choosing = {registry->arena,
                                ARENA_ARRAY(registry->arena, struct str, NAMES_MAX), 0};

    for (size_t i = 0; i < calendars->cap; i++)
        if (calendars->slots[i].value != NULL)
            add_name(&choosing, calendars->slots[i].key);
    if (!ask_all(registry, add_names, &choosing, err))
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

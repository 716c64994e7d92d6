#include "registry/export.h"

#include "core/csv.h"
#include "core/id.h"
#include "core/time.h"
#include "registry/export_key.h"
#include "registry/record_reach.h"
#include "store/rows.h"

enum {
    PAGE = 500,
    FLUSH = 64 * 1024, /* bytes handed over at once */
};

struct output {
    struct registry registry; /* its arena is the export's */
    const struct register_type *type;
    const struct export_options *options;
    const struct register_field **fields; /* those exported, in the register's order */
    size_t field_count;
    bool is_split; /* points go to lat and lon */
    struct export_keys keys;
    struct arena *row; /* reset for each record */
    struct buf buf;
    const struct export_sink *sink;
    int64_t count;
};

struct str export_type(enum export_format format)
{
    static const struct str TYPES[] = {STR_INIT("text/csv; charset=utf-8"),
                                       STR_INIT("application/x-ndjson"),
                                       STR_INIT("application/geo+json")};

    return TYPES[format];
}

static bool is_wanted(const struct export_options *options, const struct register_field *field)
{
    if ((field->access & ~options->classes) != 0)
        return false;
    for (size_t i = 0; i < options->field_count; i++)
        if (str_equal(options->fields[i], field->name))
            return true;
    return options->fields == NULL;
}

static void choose_fields(struct output *output)
{
    const struct register_type *type = output->type;

    output->fields =
        ARENA_ARRAY(output->registry.arena, const struct register_field *, type->field_count);
    for (size_t i = 0; i < type->field_count; i++)
        if (is_wanted(output->options, &type->fields[i]))
            output->fields[output->field_count++] = &type->fields[i];
}

static bool flush(struct output *output, struct err *err)
{
    bool ok =
        output->buf.len == 0 || output->sink->write(output->sink->data, buf_str(&output->buf), err);

    output->buf.len = 0;
    return ok;
}

static struct str day_text(struct arena *arena, int64_t day, int64_t open)
{
    struct buf text = {.arena = arena};

    if (day != open)
        time_print_day(&text, day);
    return buf_str(&text);
}

static bool field_text(struct output *output, const struct register_field *field,
                       const struct json *value, struct str *text, struct err *err)
{
    struct buf printed = {.arena = output->row};

    *text = (struct str){0};
    if (value == NULL || value->kind == JSON_NULL)
        return true;
    if (field->type == FIELD_REF && !output->options->has_ref_ids)
        return export_key_of(&output->keys, output->row, field, value->text, text, err);
    if (value->kind == JSON_STRING || value->kind == JSON_NUMBER) {
        *text = value->text;
        return true;
    }
    json_write(&printed, value);
    *text = buf_str(&printed);
    return true;
}

static const struct json *point_of(const struct output *output, const struct json *value)
{
    if (!output->is_split || value == NULL ||
        !str_equal(json_find_text(value, STR("type")), STR("Point")))
        return NULL;
    return json_find(value, STR("coordinates"));
}

static bool print_csv(struct output *output, const struct record *record, const struct json *value,
                      struct err *err)
{
    struct str *cells = ARENA_ARRAY(output->row, struct str, output->field_count + 5);
    size_t count = 0;

    cells[count++] = id_text(output->row, record->id);
    for (size_t i = 0; i < output->field_count; i++) {
        const struct register_field *field = output->fields[i];
        const struct json *member = json_find(value, field->name);

        if (field->type == FIELD_GEOMETRY && output->is_split) {
            const struct json *point = point_of(output, member);

            cells[count++] = point != NULL ? point->first->next->text : (struct str){0};
            cells[count++] = point != NULL ? point->first->text : (struct str){0};
            member = point != NULL ? NULL : member;
        }
        if (!field_text(output, field, member, &cells[count++], err))
            return false;
    }
    if (output->type->is_temporal) {
        cells[count++] = day_text(output->row, record->valid_from, RECORD_ALWAYS);
        cells[count++] = day_text(output->row, record->valid_to, RECORD_FOREVER);
    }
    csv_write(&output->buf, cells, count,
              output->options->separator != '\0' ? output->options->separator : ',');
    return true;
}

static void print_header(struct output *output)
{
    struct str *cells = ARENA_ARRAY(output->registry.arena, struct str, output->field_count + 5);
    size_t count = 0;

    if (output->options->has_bom)
        buf_add(&output->buf, STR("\xEF\xBB\xBF"));
    cells[count++] = STR("id");
    for (size_t i = 0; i < output->field_count; i++) {
        if (output->fields[i]->type == FIELD_GEOMETRY && output->is_split) {
            cells[count++] = STR("lat");
            cells[count++] = STR("lon");
        }
        cells[count++] = output->fields[i]->name;
    }
    if (output->type->is_temporal) {
        cells[count++] = STR("valid_from");
        cells[count++] = STR("valid_to");
    }
    csv_write(&output->buf, cells, count,
              output->options->separator != '\0' ? output->options->separator : ',');
}

static struct json *open_day(struct arena *arena, int64_t day, int64_t open)
{
    return day == open ? json_new(arena, JSON_NULL)
                       : json_new_text(arena, day_text(arena, day, open));
}

static void set_days(struct output *output, const struct record *record, struct json *object)
{
    if (!output->type->is_temporal)
        return;
    json_set(object, STR("valid_from"), open_day(output->row, record->valid_from, RECORD_ALWAYS));
    json_set(object, STR("valid_to"), open_day(output->row, record->valid_to, RECORD_FOREVER));
}

/* Only the fields that are exported. */
static struct json *pick(const struct output *output, struct json *value, bool with_geometry)
{
    struct json *picked = json_new(output->row, JSON_OBJECT);

    for (size_t i = 0; i < output->field_count; i++) {
        const struct register_field *field = output->fields[i];
        struct json *member = json_find(value, field->name);

        if (member != NULL && (with_geometry || field->type != FIELD_GEOMETRY))
            json_set(picked, field->name, json_copy(output->row, member));
    }
    return picked;
}

static void print_line(struct output *output, const struct record *record, struct json *value)
{
    struct json *wire = json_new(output->row, JSON_OBJECT);

    json_set_text(output->row, wire, STR("id"), id_text(output->row, record->id));
    json_set(wire, STR("data"), pick(output, value, true));
    set_days(output, record, wire);
    json_write(&output->buf, wire);
    buf_char(&output->buf, '\n');
}

static void print_feature(struct output *output, const struct record *record, struct json *value)
{
    const struct register_type *type = output->type;
    struct json *feature = json_new(output->row, JSON_OBJECT);
    struct json *properties = pick(output, value, false);
    struct json *geometry = NULL;

    if (type->geometry >= 0 && is_wanted(output->options, &type->fields[type->geometry]))
        geometry = json_find(value, type->fields[type->geometry].name);
    set_days(output, record, properties);
    json_set_text(output->row, feature, STR("type"), STR("Feature"));
    json_set_text(output->row, feature, STR("id"), id_text(output->row, record->id));
    json_set(feature, STR("geometry"),
             geometry != NULL ? json_copy(output->row, geometry)
                              : json_new(output->row, JSON_NULL));
    json_set(feature, STR("properties"), properties);
    buf_add(&output->buf, output->count > 0 ? STR(",\n") : STR("\n"));
    json_write(&output->buf, feature);
}

static bool print_record(struct output *output, const struct record *record, struct err *err)
{
    struct json *value;

    arena_reset(output->row);
    if (!json_parse(output->row, record->body, &(struct json_limits){.bytes = RECORD_BODY_MAX},
                    &value, err))
        return err_while(err, "a stored record");
    switch (output->options->format) {
    case EXPORT_CSV:
        if (!print_csv(output, record, value, err))
            return false;
        break;
    case EXPORT_NDJSON:
        print_line(output, record, value);
        break;
    case EXPORT_GEOJSON:
        print_feature(output, record, value);
        break;
    }
    output->count++;
    return output->buf.len < FLUSH || flush(output, err);
}

static bool on_row(void *data, const struct rows *row, struct err *err)
{
    struct output *output = data;
    struct record record = {
        .id = rows_int(row, 0, 0),
        .valid_from = rows_int(row, 0, 1),
        .valid_to = rows_int(row, 0, 2),
        .body = rows_text(row, 0, 3),
    };

    return print_record(output, &record, err);
}

/* All of a register, or of one day. */
static bool export_all(struct output *output, const struct record_ask *ask, struct err *err)
{
    struct query *query =
        query_new(output->registry.arena, "id, valid_from, valid_to, body",
                  output->registry.tx->tenant, catalog_no(output->registry.catalog, ask->type));

    struct record_reach reach =
        record_reach_of(&output->registry, ask->type, record_list_action(ask));
    struct layout_row row;

    if (reach.count > 0 && (!layout_check(&output->registry, ask->type, &row, err) ||
                            !record_reach_add(&reach, &output->registry, query, err)))
        return false;
    if (ask->type->is_temporal && ask->valid_on != RECORD_ALWAYS)
        query_valid_on(query, ask->valid_on);
    query_order(query, QUERY_ID, false);
    return query_each(query, output->registry.tx, on_row, output, err);
}

static bool print_slices(struct output *output, const struct registry *registry,
                         const struct record *record, struct err *err)
{
    struct record_reach reach = record_reach_of(registry, output->type, POLICY_EXPORT);
    struct record *slices;
    size_t count;

    if (!record_slices(registry, record->no, record->id, &slices, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (record_reach_has(&reach, registry->arena, slices[i].body) &&
            !print_record(output, &slices[i], err))
            return false;
    return true;
}

/* Page after page; every slice of what was found when no day was named. */
static bool export_found(struct output *output, struct record_ask ask, struct err *err)
{
    CLEANUP(arena_close) struct arena *one = arena_open(256 * 1024);
    CLEANUP(arena_close) struct arena *other = arena_open(256 * 1024);
    bool all_slices = ask.type->is_temporal && ask.valid_on == RECORD_ALWAYS;
    struct record_page page;

    if (all_slices)
        ask.valid_on = catalog_day(output->registry.catalog, output->registry.now);
    ask.limit = PAGE;
    ask.cursor = (struct str){0};
    for (int turn = 0;; turn ^= 1) {
        struct registry registry = output->registry;

        registry.arena = turn == 0 ? one : other;
        arena_reset(registry.arena); /* the cursor lives in the other one */
        if (!record_list(&registry, &ask, &page, err))
            return false;
        for (size_t i = 0; i < page.count; i++)
            if (!(all_slices ? print_slices(output, &registry, &page.records[i], err)
                             : print_record(output, &page.records[i], err)))
                return false;
        if (page.cursor.len == 0)
            return true;
        ask.cursor = page.cursor;
    }
}

static void clean(struct output *output)
{
    export_key_done(&output->keys);
    arena_close(&output->registry.arena);
    arena_close(&output->row);
}

static void start(struct output *output)
{
    choose_fields(output);
    output->is_split = output->options->has_lat_lon;
    if (output->options->format == EXPORT_CSV)
        print_header(output);
    else if (output->options->format == EXPORT_GEOJSON)
        buf_add(&output->buf, STR("{\"type\":\"FeatureCollection\",\"features\":["));
}

bool export_run(const struct registry *registry, const struct record_ask *ask,
                const struct export_options *options, const struct export_sink *sink,
                int64_t *count, struct err *err)
{
    CLEANUP(clean)
    struct output output = {
        .registry = *registry,
        .type = ask->type,
        .options = options,
        .row = arena_open(64 * 1024),
        .sink = sink,
    };
    bool is_whole =
        ask->filter_count == 0 && ask->words.len == 0 && !ask->has_box && ask->sort == NULL;

    output.registry.arena = arena_open(0);
    output.buf.arena = output.registry.arena;
    export_key_init(&output.keys, registry);
    start(&output);
    if (!(is_whole ? export_all(&output, ask, err) : export_found(&output, *ask, err)))
        return false;
    if (options->format == EXPORT_GEOJSON)
        buf_add(&output.buf, STR("\n]}\n"));
    *count = output.count;
    return flush(&output, err);
}

void export_sample(struct buf *buf, const struct register_type *type, unsigned classes,
                   char separator)
{
    struct export_options options = {.classes = classes, .separator = separator};
    CLEANUP(clean) struct output output = {.type = type, .options = &options};

    output.registry.arena = arena_open(0);
    output.buf.arena = buf->arena;
    choose_fields(&output);
    print_header(&output);
    buf_add(buf, buf_str(&output.buf));
}

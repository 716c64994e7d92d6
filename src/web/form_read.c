#include "web/form_read.h"

#include "core/num.h"
#include "core/time.h"

struct reading {
    struct request *request;
    const struct url_form *typed;
    struct flaws *flaws;
    struct json *data;
};

/* A reference's chosen record and a newly picked one share their name: the last one holds. */
static struct str last_of(const struct url_form *form, struct str name)
{
    struct str text = {0};

    for (size_t i = 0; i < form->count; i++)
        if (str_equal(form->pairs[i].name, name) && form->pairs[i].value.len > 0)
            text = form->pairs[i].value;
    return str_trim(text);
}

static struct str part_of(const struct reading *reading, const struct register_field *field,
                          const char *part)
{
    return str_trim(url_find(
        reading->typed, str_printf(reading->request->arena, "%.*s%s", STR_ARG(field->name), part)));
}

static void find_flaw(const struct reading *reading, const struct register_field *field,
                      const char *id, struct str detail)
{
    flaws_add(reading->flaws, reading->request->arena,
              str_printf(reading->request->arena, "/data/%.*s", STR_ARG(field->name)), id, detail);
}

static void set_number(const struct reading *reading, const struct register_field *field,
                       struct str text)
{
    struct str plain;
    struct json *number;

    if (!num_parse_typed(reading->request->arena, text, &plain)) {
        find_flaw(reading, field, "type",
                  field->type == FIELD_INT ? STR("integer") : STR("number"));
        return;
    }
    number = json_new(reading->request->arena, JSON_NUMBER);
    number->text = plain;
    json_set(reading->data, field->name, number);
}

static void set_day(const struct reading *reading, const struct register_field *field,
                    struct str text)
{
    struct buf iso = {.arena = reading->request->arena};
    int64_t day;

    if (!time_parse_day_typed(text, &day)) {
        find_flaw(reading, field, "format", STR("date"));
        return;
    }
    time_print_day(&iso, day);
    json_set_text(reading->request->arena, reading->data, field->name, buf_str(&iso));
}

static struct json *new_number(struct arena *arena, struct str plain)
{
    struct json *number = json_new(arena, JSON_NUMBER);

    number->text = plain;
    return number;
}

static void set_point(const struct reading *reading, const struct register_field *field,
                      struct str lat, struct str lon)
{
    struct arena *arena = reading->request->arena;
    struct json *point;
    struct json *coordinates;
    struct str plain_lat;
    struct str plain_lon;

    if (lat.len == 0 && lon.len == 0)
        return;
    if (!num_parse_typed(arena, lat, &plain_lat) || !num_parse_typed(arena, lon, &plain_lon)) {
        find_flaw(reading, field, "geometry",
                  request_text(reading->request, STR("write both degrees, as in 56,0104")));
        return;
    }
    point = json_set(reading->data, field->name, json_new(arena, JSON_OBJECT));
    json_set_text(arena, point, STR("type"), STR("Point"));
    coordinates = json_set(point, STR("coordinates"), json_new(arena, JSON_ARRAY));
    json_push(coordinates, new_number(arena, plain_lon));
    json_push(coordinates, new_number(arena, plain_lat));
}

static void set_place(const struct reading *reading, const struct register_field *field)
{
    struct str shape = part_of(reading, field, ".shape");
    struct json *geometry;
    struct err err;

    if (shape.len == 0)
        set_point(reading, field, part_of(reading, field, ".lat"), part_of(reading, field, ".lon"));
    else if (json_parse(reading->request->arena, shape, NULL, &geometry, &err))
        json_set(reading->data, field->name, geometry);
    else
        find_flaw(reading, field, "geometry",
                  str_copy(reading->request->arena, str_from_z(err.text)));
}

static void set_texts(const struct reading *reading, const struct register_field *field,
                      struct str text)
{
    struct json *list = json_new(reading->request->arena, JSON_ARRAY);

    while (text.len > 0) {
        struct str one = str_trim(str_cut(&text, ','));

        if (one.len > 0)
            json_push(list, json_new_text(reading->request->arena, one));
    }
    json_set(reading->data, field->name, list);
}

static void read_field(const struct reading *reading, const struct register_field *field)
{
    struct str text = last_of(reading->typed, field->name);

    if (field->type == FIELD_GEOMETRY) {
        set_place(reading, field);
        return;
    }
    if (text.len == 0)
        return;
    switch (field->type) {
    case FIELD_INT:
    case FIELD_DECIMAL:
        set_number(reading, field, text);
        return;
    case FIELD_DAY:
        set_day(reading, field, text);
        return;
    case FIELD_BOOL:
        json_set_bool(reading->request->arena, reading->data, field->name,
                      str_equal(text, STR("true")));
        return;
    case FIELD_TEXTS:
        set_texts(reading, field, text);
        return;
    case FIELD_TEXT:
    case FIELD_CODE:
    case FIELD_REF:
    case FIELD_MOMENT:
        json_set_text(reading->request->arena, reading->data, field->name, text);
        return;
    case FIELD_GEOMETRY:
    case FIELD_OTHER:
        return;
    }
}

struct json *form_read(struct request *request, const struct register_type *type, unsigned classes,
                       const struct url_form *typed, struct flaws *flaws)
{
    struct reading reading = {request, typed, flaws, json_new(request->arena, JSON_OBJECT)};

    for (size_t i = 0; i < type->field_count; i++)
        if ((type->fields[i].access & ~classes) == 0 && type->fields[i].computed == NULL)
            read_field(&reading, &type->fields[i]);
    return reading.data;
}

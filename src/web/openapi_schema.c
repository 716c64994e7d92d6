#include "web/openapi_schema.h"

enum {
    ENUM_MAX = 100, /* longer code lists are read from /lists/… */
};

#define DATES                                                                                      \
    ",\"valid_from\":{\"type\":[\"string\",\"null\"],\"format\":\"date\"}"                         \
    ",\"valid_to\":{\"type\":[\"string\",\"null\"],\"format\":\"date\"}"

#define TOLD                                                                                       \
    ",\"id\":{\"$ref\":\"#/components/schemas/id\"},\"version\":{\"type\":\"integer\"}"            \
    ",\"changed_at\":{\"type\":\"string\",\"format\":\"date-time\"},\"title\":{\"type\":"          \
    "\"string\"}"

static struct json *text(struct arena *arena, const char *z)
{
    return json_new_text(arena, str_from_z(z));
}

static void add_codes(struct request *request, const struct register_field *field,
                      struct json *schema)
{
    const struct catalog_list *list = map_find(&request->catalog->lists, field->list);
    struct json *codes = json_new(request->arena, JSON_ARRAY);

    if (list == NULL || list->count == 0 || list->count > ENUM_MAX)
        return;
    for (size_t i = 0; i < list->count; i++)
        if (map_find(&list->by_code, list->codes[i].code) == &list->codes[i])
            json_push(codes, json_new_text(request->arena, list->codes[i].code));
    json_set(schema, STR("enum"), codes);
}

/* The pack's own schema of a field, and what the server knows beyond it. */
static struct json *field_schema(struct request *request, const struct register_field *field)
{
    struct arena *arena = request->arena;
    struct json *schema = json_copy(arena, field->schema);

    json_set_text(arena, schema, STR("title"), request_pack_text(request, field->title));
    if (field->help.len > 0)
        json_set_text(arena, schema, STR("description"), request_pack_text(request, field->help));
    if (field->type == FIELD_CODE)
        add_codes(request, field, schema);
    if (field->type == FIELD_REF)
        json_set(schema, STR("pattern"), text(arena, "^[0-9a-hjkmnp-tv-z]{13}$"));
    if (field->type == FIELD_GEOMETRY)
        json_set(schema, STR("$ref"), text(arena, "#/components/schemas/geometry"));
    return schema;
}

static struct json *or_null(struct arena *arena, struct json *schema)
{
    struct json *either = json_new(arena, JSON_OBJECT);
    struct json *choices = json_set(either, STR("anyOf"), json_new(arena, JSON_ARRAY));
    struct json *none = json_push(choices, json_new(arena, JSON_OBJECT));

    json_set(none, STR("type"), text(arena, "null"));
    json_push(choices, schema);
    return either;
}

enum use {
    USE_READ,  /* fields= may leave any out */
    USE_WRITE, /* null is the same as absent */
    USE_PATCH, /* null takes a field out */
};

static void print_data(struct buf *out, const struct openapi_register *it, unsigned classes,
                       enum use use)
{
    struct request *request = it->request;
    struct arena *arena = request->arena;
    struct json *schema = json_copy(arena, it->type->document);
    struct json *properties = json_new(arena, JSON_OBJECT);
    struct json *required = json_new(arena, JSON_ARRAY);

    json_drop(schema, STR("$schema"));
    json_drop(schema, STR("$id"));
    json_drop(schema, STR("required"));
    for (size_t i = 0; i < it->type->field_count; i++) {
        const struct register_field *field = &it->type->fields[i];
        struct json *one;

        /* What is computed is told, and passed over when it comes back. */
        if ((field->access & ~classes) != 0 || (use != USE_READ && field->computed != NULL))
            continue;
        one = field_schema(request, field);
        if (field->computed != NULL)
            json_set_bool(arena, one, STR("readOnly"), true);
        if (use == USE_WRITE && field->is_required)
            json_push(required, json_new_text(arena, field->name));
        if (use != USE_READ && !field->is_required)
            one = or_null(arena, one);
        json_set(properties, field->name, one);
    }
    json_set(schema, STR("properties"), properties);
    json_set_bool(arena, schema, STR("additionalProperties"), false);
    json_set_text(arena, schema, STR("title"), request_pack_text(request, it->type->title));
    if (required->count > 0)
        json_set(schema, STR("required"), required);
    json_write(out, schema);
}

static void print_envelope(struct buf *out, const struct openapi_register *it, const char *name,
                           const char *required, const char *data)
{
    openapi_register_text(out, it, ",\"@");
    buf_add(out, str_from_z(name));
    buf_add(out, STR("\":{\"type\":\"object\",\"additionalProperties\":false,\"required\":["));
    buf_add(out, str_from_z(required));
    openapi_register_text(out, it, "],\"properties\":{\"data\":{\"$ref\":\"#/components/schemas/@");
    buf_add(out, str_from_z(data));
    buf_add(out, STR("\"}" TOLD));
    if (it->type->is_temporal)
        buf_add(out, STR(DATES));
    buf_add(out, STR("}}"));
}

/* A new record has no id, but a further slice of one with dates names it. */
static void print_new(struct buf *out, const struct openapi_register *it)
{
    openapi_register_text(out, it,
                          ",\"@.new\":{\"type\":\"object\",\"additionalProperties\":false,"
                          "\"required\":[\"data\"],\"properties\":{\"data\":{\"$ref\":"
                          "\"#/components/schemas/@.new_data\"}");
    if (it->type->is_temporal)
        buf_add(out, STR(",\"id\":{\"$ref\":\"#/components/schemas/id\"}" DATES));
    buf_add(out, STR("}}"));
}

/* Of many: as they leave, and as they may come (a member that is absent stays as it is). */
static void print_lines(struct buf *out, const struct openapi_register *it)
{
    if (it->export != 0) {
        openapi_register_text(out, it,
                              ",\"@.line\":{\"type\":\"object\",\"additionalProperties\":false,"
                              "\"required\":[\"id\",\"data\"],\"properties\":{\"data\":{\"$ref\":"
                              "\"#/components/schemas/@\"},\"id\":{\"$ref\":"
                              "\"#/components/schemas/id\"}");
        if (it->type->is_temporal)
            buf_add(out, STR(DATES));
        buf_add(out, STR("}}"));
    }
    if (it->import != 0) {
        openapi_register_text(out, it, ",\"@.bulk_data\":");
        print_data(out, it, it->import, USE_PATCH);
        print_envelope(out, it, ".bulk", "\"data\"", ".bulk_data");
    }
}

void openapi_schema_print(struct buf *out, const struct openapi_register *it)
{
    openapi_register_text(out, it, ",\"@\":");
    print_data(out, it, it->read, USE_READ);
    print_envelope(out, it, ".record", "\"id\",\"version\",\"changed_at\",\"title\",\"data\"", "");
    openapi_register_text(
        out, it,
        ",\"@.list\":{\"type\":\"object\",\"additionalProperties\":false,\"required\":["
        "\"records\"],\"properties\":{\"records\":{\"type\":\"array\",\"items\":{\"$ref\":"
        "\"#/components/schemas/@.record\"}},\"cursor\":{\"type\":\"string\"},\"count\":"
        "{\"type\":\"integer\"},\"count_is_exact\":{\"type\":\"boolean\"}}}");
    if (it->create != 0) {
        openapi_register_text(out, it, ",\"@.new_data\":");
        print_data(out, it, it->create, USE_WRITE);
        print_new(out, it);
    }
    if (it->change != 0) {
        openapi_register_text(out, it, ",\"@.whole_data\":");
        print_data(out, it, it->change, USE_WRITE);
        print_envelope(out, it, ".whole", "\"data\"", ".whole_data");
        openapi_register_text(out, it, ",\"@.patch_data\":");
        print_data(out, it, it->change, USE_PATCH);
        print_envelope(out, it, ".patch", "", ".patch_data");
    }
    print_lines(out, it);
}

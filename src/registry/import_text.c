#include "registry/import_text.h"

static void print_pairs(struct arena *arena, struct json *object, struct str name,
                        const struct import_options *options)
{
    struct json *list = json_set(object, name, json_new(arena, JSON_ARRAY));

    for (size_t i = 0; i < options->column_count; i++) {
        struct json *column = json_push(list, json_new(arena, JSON_OBJECT));

        json_set_text(arena, column, STR("title"), options->columns[i].title);
        json_set_text(arena, column, STR("to"), options->columns[i].target);
    }
}

static struct json *mapping_json(struct arena *arena, const struct import_options *options)
{
    struct json *object = json_new(arena, JSON_OBJECT);
    struct json *constants;
    struct json *empties;

    print_pairs(arena, object, STR("columns"), options);
    constants = json_set(object, STR("constants"), json_new(arena, JSON_ARRAY));
    for (size_t i = 0; i < options->constant_count; i++) {
        struct json *constant = json_push(constants, json_new(arena, JSON_OBJECT));

        json_set_text(arena, constant, STR("to"), options->constants[i].field);
        json_set_text(arena, constant, STR("text"), options->constants[i].text);
    }
    empties = json_set(object, STR("empties"), json_new(arena, JSON_ARRAY));
    for (size_t i = 0; i < options->empty_count; i++)
        json_push(empties, json_new_text(arena, options->empties[i]));
    json_set_bool(arena, object, STR("keeps"), options->keeps_existing);
    return object;
}

void import_text_print_mapping(struct buf *buf, struct arena *arena,
                               const struct import_options *options)
{
    json_write(buf, mapping_json(arena, options));
}

void import_text_print(struct buf *buf, const struct import *import)
{
    const struct import_options *options = &import->options;
    struct arena *arena = buf->arena;
    struct json *object = mapping_json(arena, options);
    struct json *places = json_set(object, STR("places"), json_new(arena, JSON_ARRAY));
    struct str separator = {&options->separator, options->separator != '\0'};

    for (size_t i = 0; i < options->place_count; i++)
        json_push(places, json_new_text(arena, options->places[i]));
    json_set_text(arena, object, STR("separator"), separator);
    json_set_bool(arena, object, STR("cp1251"), options->is_cp1251);
    if (options->valid_from != RECORD_ALWAYS)
        json_set_int(arena, object, STR("valid_from"), options->valid_from);
    json_set_int(arena, object, STR("classes"), (int64_t)options->classes);
    json_set_text(arena, object, STR("digest"), import->digest);
    json_set_int(arena, object, STR("size"), import->size);
    json_write(buf, object);
}

static size_t texts_of(struct arena *arena, const struct json *list, struct str **texts)
{
    size_t count = 0;

    *texts = ARENA_ARRAY(arena, struct str, (list != NULL ? list->count : 0) + 1);
    for (const struct json *item = list != NULL ? list->first : NULL; item != NULL;
         item = item->next)
        (*texts)[count++] = json_text(item);
    return count;
}

static void read_mapping(struct arena *arena, const struct json *json,
                         struct import_options *options)
{
    const struct json *columns = json_find(json, STR("columns"));
    const struct json *constants = json_find(json, STR("constants"));

    options->column_count = options->constant_count = 0;
    if (columns != NULL)
        options->columns = ARENA_ARRAY(arena, struct import_column, columns->count + 1);
    for (const struct json *item = columns != NULL ? columns->first : NULL; item != NULL;
         item = item->next)
        options->columns[options->column_count++] = (struct import_column){
            json_find_text(item, STR("title")), json_find_text(item, STR("to"))};
    if (constants != NULL)
        options->constants = ARENA_ARRAY(arena, struct import_constant, constants->count + 1);
    for (const struct json *item = constants != NULL ? constants->first : NULL; item != NULL;
         item = item->next)
        options->constants[options->constant_count++] = (struct import_constant){
            json_find_text(item, STR("to")), json_find_text(item, STR("text"))};
    options->empty_count = texts_of(arena, json_find(json, STR("empties")), &options->empties);
    options->keeps_existing = json_is_true(json_find(json, STR("keeps")));
}

void import_text_parse_mapping(struct arena *arena, struct str text, struct import_options *options)
{
    struct json *json;
    struct err err;

    if (json_parse(arena, text, NULL, &json, &err))
        read_mapping(arena, json, options);
}

void import_text_parse(struct arena *arena, struct str text, struct import *import)
{
    struct import_options *options = &import->options;
    struct str separator;
    struct json *json;
    struct err err;

    if (!json_parse(arena, text, NULL, &json, &err))
        return;
    read_mapping(arena, json, options);
    options->place_count = texts_of(arena, json_find(json, STR("places")), &options->places);
    separator = json_find_text(json, STR("separator"));
    options->separator = separator.len > 0 ? separator.ptr[0] : '\0';
    options->is_cp1251 = json_is_true(json_find(json, STR("cp1251")));
    options->valid_from = json_find_int(json, STR("valid_from"), RECORD_ALWAYS);
    options->classes = (unsigned)json_find_int(json, STR("classes"), 0);
    import->digest = json_find_text(json, STR("digest"));
    import->size = json_find_int(json, STR("size"), 0);
}

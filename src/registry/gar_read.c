#include "registry/gar_read.h"

#include "core/num.h"
#include "core/time.h"
#include "registry/gar_end.h"
#include "xml/xml_stream.h"

#include <string.h>

enum {
    LEVEL_STEAD = 9,
    LEVEL_HOUSE = 10,
    LEVEL_FLAT = 11,
    LEVEL_ROOM = 12,
    LEVEL_CARPLACE = 17,
    LEVEL_MAX = 17,
    PARAM_OKTMO = 7,
    TEXT_MAX = 1000, /* bytes of one attribute that are kept */
};

struct gar_file {
    struct gar_reader *reader;
    struct xml_stream *stream;
    enum gar_kind kind;
};

static const struct str *find(const struct xml_element *element, struct str name)
{
    for (size_t i = 0; i < element->count; i++)
        if (str_equal(element->attributes[i].name, name))
            return &element->attributes[i].value;
    return NULL;
}

static struct str text_of(const struct xml_element *element, struct str name)
{
    const struct str *value = find(element, name);

    return value != NULL ? str_slice(*value, 0, TEXT_MAX) : (struct str){0};
}

static int small_of(const struct xml_element *element, struct str name)
{
    int64_t number;

    return num_parse_int(text_of(element, name), &number) && number > 0 && number < 256
               ? (int)number
               : 0;
}

static bool id_of(const struct xml_element *element, struct str name, int64_t *id)
{
    return num_parse_int(text_of(element, name), id) && *id > 0;
}

static bool is_set(const struct xml_element *element, struct str name)
{
    struct str value = text_of(element, name);

    return str_equal(value, STR("1")) || str_equal(value, STR("true"));
}

/* Days compare as texts. */
static bool is_valid_today(const struct gar_reader *reader, const struct xml_element *element)
{
    struct str today = {reader->today, 10};
    struct str from = text_of(element, STR("STARTDATE"));
    struct str to = text_of(element, STR("ENDDATE"));

    return (from.len == 0 || str_compare(from, today) <= 0) &&
           (to.len == 0 || str_compare(today, to) < 0);
}

static void read_names(struct gar_table *table, const struct xml_element *element,
                       enum gar_kind kind, struct gar_object *object)
{
    switch (kind) {
    case GAR_OBJECTS:
        object->level = (uint8_t)MIN(small_of(element, STR("LEVEL")), LEVEL_MAX);
        object->name = gar_table_keep(table, text_of(element, STR("NAME")));
        object->type = gar_table_keep(table, text_of(element, STR("TYPENAME")));
        return;
    case GAR_HOUSES:
        object->level = LEVEL_HOUSE;
        object->name = gar_table_keep(table, text_of(element, STR("HOUSENUM")));
        object->number1 = gar_table_keep(table, text_of(element, STR("ADDNUM1")));
        object->number2 = gar_table_keep(table, text_of(element, STR("ADDNUM2")));
        object->kind = (uint8_t)small_of(element, STR("HOUSETYPE"));
        object->kind1 = (uint8_t)small_of(element, STR("ADDTYPE1"));
        object->kind2 = (uint8_t)small_of(element, STR("ADDTYPE2"));
        return;
    case GAR_STEADS:
        object->level = LEVEL_STEAD;
        break;
    case GAR_APARTMENTS:
        object->level = LEVEL_FLAT;
        object->kind = (uint8_t)small_of(element, STR("APARTTYPE"));
        break;
    case GAR_ROOMS:
        object->level = LEVEL_ROOM;
        object->kind = (uint8_t)small_of(element, STR("ROOMTYPE"));
        break;
    case GAR_CARPLACES:
        object->level = LEVEL_CARPLACE;
        break;
    case GAR_OTHER:
    case GAR_PARAMS:
    case GAR_ADM_HIERARCHY:
    case GAR_MUN_HIERARCHY:
        return;
    }
    object->name = gar_table_keep(table, text_of(element, STR("NUMBER")));
}

static bool read_object(struct gar_reader *reader, enum gar_kind kind,
                        const struct xml_element *element, struct err *err)
{
    struct gar_object *object;
    int64_t id;

    bool is_actual = is_set(element, STR("ISACTUAL")) && is_set(element, STR("ISACTIVE"));

    if (!id_of(element, STR("OBJECTID"), &id))
        return !is_actual || err_set(err, ERR_INPUT, "an object without OBJECTID");
    gar_end_note(reader->known, id, is_actual, text_of(element, STR("ENDDATE")));
    if (!is_actual)
        return true;
    object = gar_table_find(reader->table, id);
    if (object == NULL) {
        if (reader->place_count > 0)
            return true;
        if (!gar_table_put(reader->table, id, &object, err))
            return false;
    }
    object->guid = gar_table_keep(reader->table, text_of(element, STR("OBJECTGUID")));
    read_names(reader->table, element, kind, object);
    return true;
}

static void keep_param(struct gar_reader *reader, struct gar_object *object, int kind,
                       struct str value, bool is_better)
{
    for (int i = 0; i < GAR_TABLE_PARAMS; i++)
        if (reader->params[i] == kind && (is_better || object->params[i] == 0))
            object->params[i] = gar_table_keep(reader->table, value);
}

static bool read_param(struct gar_reader *reader, const struct xml_element *element,
                       struct err *err)
{
    int kind = small_of(element, STR("TYPEID"));
    struct gar_object *object;
    bool is_kept = false;
    int64_t id;

    for (int i = 0; i < GAR_TABLE_PARAMS && kind > 0; i++)
        is_kept |= reader->params[i] == kind;
    if (!is_kept || !is_valid_today(reader, element) || !id_of(element, STR("OBJECTID"), &id))
        return true;
    object = gar_table_find(reader->table, id);
    if (object == NULL) {
        /* Parameters may come before their object; those of objects that do not are dropped. */
        if (reader->place_count > 0)
            return true;
        if (!gar_table_put(reader->table, id, &object, err))
            return false;
    }
    keep_param(reader, object, kind, text_of(element, STR("VALUE")), true);
    return true;
}

/* Is text one of the dot-separated numbers of path? */
static bool is_on_path(struct str path, struct str text)
{
    while (path.len > 0)
        if (str_equal(str_cut(&path, '.'), text))
            return true;
    return false;
}

static bool is_chosen(const struct gar_reader *reader, const struct xml_element *element,
                      struct str path)
{
    struct str oktmo = text_of(element, STR("OKTMO"));

    for (size_t i = 0; i < reader->place_count; i++)
        if (str_starts(oktmo, reader->places[i]) || is_on_path(path, reader->places[i]))
            return true;
    return reader->place_count == 0;
}

/* Those above a chosen object are wanted too, whatever municipality they are counted to. */
static bool put_ancestors(struct gar_reader *reader, struct str path, struct err *err)
{
    struct gar_object *object;
    int64_t id;

    while (path.len > 0) {
        struct str part = str_cut(&path, '.');

        if (num_parse_int(part, &id) && id > 0 && !gar_table_put(reader->table, id, &object, err))
            return false;
    }
    return true;
}

/* Without the object's own number at its end. */
static struct str parent_path(struct str path)
{
    while (path.len > 0 && path.ptr[path.len - 1] != '.')
        path.len--;
    path.len -= path.len > 0;
    return path;
}

static bool read_place(struct gar_reader *reader, bool is_mun, const struct xml_element *element,
                       struct err *err)
{
    struct str path = text_of(element, STR("PATH"));
    struct gar_object *object;
    uint32_t parent;
    int64_t id;

    if (!is_set(element, STR("ISACTIVE")) || !is_valid_today(reader, element) ||
        !id_of(element, STR("OBJECTID"), &id))
        return true;
    object = gar_table_find(reader->table, id);
    if (object == NULL || is_mun) {
        if ((!is_mun && reader->place_count > 0) || !is_chosen(reader, element, path))
            if (object == NULL)
                return true;
        if ((reader->place_count > 0 && object == NULL &&
             !put_ancestors(reader, parent_path(path), err)) ||
            !gar_table_put(reader->table, id, &object, err))
            return false;
    }
    parent = gar_table_keep(reader->table, parent_path(path));
    if (is_mun) {
        object->mun_path = parent;
        keep_param(reader, object, PARAM_OKTMO, text_of(element, STR("OKTMO")), false);
    } else {
        object->adm_path = parent;
    }
    return true;
}

static bool on_element(void *data, const struct xml_element *element, struct err *err)
{
    struct gar_file *file = data;

    if (element->depth != 2)
        return element->depth == 1 ||
               err_set(err, ERR_INPUT, "an element inside another: this is no file of the ГАР");
    file->reader->rows++;
    switch (file->kind) {
    case GAR_OBJECTS:
    case GAR_HOUSES:
    case GAR_STEADS:
    case GAR_APARTMENTS:
    case GAR_ROOMS:
    case GAR_CARPLACES:
        return read_object(file->reader, file->kind, element, err);
    case GAR_PARAMS:
        return read_param(file->reader, element, err);
    case GAR_MUN_HIERARCHY:
        return read_place(file->reader, true, element, err);
    case GAR_ADM_HIERARCHY:
        return read_place(file->reader, false, element, err);
    case GAR_OTHER:
        break;
    }
    return true;
}

void gar_read_set_day(struct gar_reader *reader, int64_t day)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct buf text = {.arena = arena};

    time_print_day(&text, day);
    memcpy(reader->today, text.ptr, sizeof reader->today - 1);
}

struct gar_file *gar_read_open(struct arena *arena, struct gar_reader *reader, enum gar_kind kind)
{
    struct gar_file *file = ARENA_NEW(arena, struct gar_file);

    file->reader = reader;
    file->kind = kind;
    file->stream = xml_stream_open(arena, on_element, file);
    return file;
}

bool gar_read_push(struct gar_file *file, struct str bytes, struct err *err)
{
    return xml_stream_push(file->stream, bytes, err);
}

bool gar_read_end(struct gar_file *file, struct err *err)
{
    return xml_stream_end(file->stream, err);
}

void gar_read_close(struct gar_file **file)
{
    if (*file != NULL)
        xml_stream_close(&(*file)->stream);
    *file = NULL;
}

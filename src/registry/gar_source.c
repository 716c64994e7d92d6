#include "registry/gar_source.h"

#include "core/id.h"
#include "core/num.h"

#include <stdlib.h>
#include <string.h>

enum {
    PATH_MAX = 24, /* objects above one another */
};

/* Neighbours have the same parent: what was found for the last one holds for the next. */
struct gar_source_cache {
    struct arena *arena;
    uint32_t path;
    struct buf text;
    struct {
        uint32_t mun, adm;
        int register_index;
        int64_t record;
    } ancestors[4];
};

static size_t path_ids(struct str path, int64_t ids[PATH_MAX])
{
    size_t count = 0;

    while (path.len > 0 && count < PATH_MAX)
        count += num_parse_int(str_cut(&path, '.'), &ids[count]);
    return count;
}

/* Within a level those nearer to the root first, then by number. */
struct sort_key {
    uint32_t index;
    uint32_t rank;
    int64_t id;
};

static int compare_keys(const void *left, const void *right)
{
    const struct sort_key *a = left;
    const struct sort_key *b = right;

    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    return (a->id > b->id) - (a->id < b->id);
}

static uint32_t depth_of(const struct gar_table *table, const struct gar_object *object)
{
    struct str path =
        gar_table_text(table, object->mun_path != 0 ? object->mun_path : object->adm_path);
    uint32_t depth = 0;

    for (size_t i = 0; i < path.len; i++)
        depth += path.ptr[i] == '.';
    return depth;
}

size_t gar_source_sort(struct arena *arena, const struct gar_table *table,
                       const struct gar_section *section, uint32_t **order)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(1024 * 1024);
    struct sort_key *keys = ARENA_ARRAY(scratch, struct sort_key, gar_table_count(table) + 1);
    size_t count = 0;

    for (size_t i = 0; i < gar_table_count(table); i++) {
        const struct gar_object *object = gar_table_at(table, i);

        if (object->level > 0 && (section->levels & 1U << object->level) != 0)
            keys[count++] = (struct sort_key){
                (uint32_t)i, ((uint32_t)object->level << 16) + depth_of(table, object), object->id};
    }
    qsort(keys, count, sizeof *keys, compare_keys);
    *order = ARENA_ARRAY(arena, uint32_t, count + 1);
    for (size_t i = 0; i < count; i++)
        (*order)[i] = keys[i].index;
    return count;
}

void gar_source_options(struct arena *arena, const struct gar_section *section,
                        struct import_options *options)
{
    options->column_count = section->field_count + 1;
    options->columns = ARENA_ARRAY(arena, struct import_column, options->column_count);
    options->columns[0] = (struct import_column){STR("id"), STR("id")};
    for (size_t i = 0; i < section->field_count; i++) {
        struct str name = section->fields[i].field->name;

        options->columns[i + 1] = (struct import_column){name, name};
    }
    options->valid_from = RECORD_ALWAYS;
}

static int64_t nearest(const struct gar_source *rows, struct str path, int register_index)
{
    int64_t ids[PATH_MAX];

    for (size_t i = path_ids(path, ids); i > 0; i--) {
        const struct gar_object *object = gar_table_find(rows->table, ids[i - 1]);
        int section = object != NULL ? rows->plan->section_of[object->level] : -1;

        if (section >= 0 && object->record != 0 && object->level > 0 &&
            rows->plan->sections[section].type->index == register_index)
            return object->record;
    }
    return 0;
}

/* Municipal hierarchy first. */
static int64_t ancestor(const struct gar_source *rows, const struct gar_object *object,
                        int register_index)
{
    struct gar_source_cache *cache = rows->cache;
    size_t place = (size_t)register_index % ARRAY_LEN(cache->ancestors);
    int64_t record;

    if (cache->ancestors[place].register_index == register_index + 1 &&
        cache->ancestors[place].mun == object->mun_path &&
        cache->ancestors[place].adm == object->adm_path)
        return cache->ancestors[place].record;
    record = nearest(rows, gar_table_text(rows->table, object->mun_path), register_index);
    if (record == 0)
        record = nearest(rows, gar_table_text(rows->table, object->adm_path), register_index);
    /* A parent of the same register may get its record while this register is written. */
    cache->ancestors[place].mun = object->mun_path;
    cache->ancestors[place].adm = object->adm_path;
    cache->ancestors[place].register_index = register_index + 1;
    cache->ancestors[place].record = record;
    return record;
}

static void print_above(const struct gar_source *rows, struct str path, struct buf *text)
{
    int64_t ids[PATH_MAX];
    size_t count = path_ids(path, ids);

    for (size_t i = 0; i < count; i++) {
        const struct gar_object *object = gar_table_find(rows->table, ids[i]);

        if (object == NULL || object->level == 0 ||
            (rows->plan->text_levels & 1U << object->level) == 0)
            continue;
        gar_plan_print(text, rows->plan, rows->table, object);
        buf_add(text, STR(", "));
    }
}

/* "г. Зареченск, ул. Мира, д. 12": what is above stands once for all neighbours. */
static struct str full_text(const struct gar_source *rows, struct arena *arena,
                            const struct gar_object *object)
{
    uint32_t path = object->mun_path != 0 ? object->mun_path : object->adm_path;
    struct gar_source_cache *cache = rows->cache;
    struct buf text = {.arena = arena};

    if (cache->path != path) {
        cache->path = path;
        cache->text.len = 0;
        print_above(rows, gar_table_text(rows->table, path), &cache->text);
    }
    if (path != 0)
        buf_add(&text, buf_str(&cache->text));
    gar_plan_print(&text, rows->plan, rows->table, object);
    return buf_str(&text);
}

static struct str type_code(const struct gar_source *rows, const struct gar_plan_field *field,
                            const struct gar_object *object)
{
    struct str name = gar_table_text(rows->table, object->type);
    const struct str *code;

    if (name.len > 0 && name.ptr[name.len - 1] == '.')
        name.len--;
    code = map_find(field->types, name);
    return code != NULL ? *code : name;
}

static struct str number_text(struct arena *arena, int64_t number)
{
    struct buf text = {.arena = arena};

    if (number > 0)
        buf_int(&text, number);
    return buf_str(&text);
}

/* Both hierarchies' paths are kept whole, with the object's own number. */
static struct str path_text(const struct gar_source *rows, struct arena *arena, uint32_t path,
                            int64_t id)
{
    struct str above = gar_table_text(rows->table, path);

    return path == 0 ? (struct str){0}
                     : str_printf(arena, "%.*s.%lld", STR_ARG(above), (long long)id);
}

static struct str value_of(const struct gar_source *rows, struct arena *arena,
                           const struct gar_plan_field *field, const struct gar_object *object)
{
    const struct gar_table *table = rows->table;

    if (field->from >= GAR_FROM_PARAM)
        return gar_table_text(table, object->params[field->from - GAR_FROM_PARAM]);
    switch ((enum gar_from)field->from) {
    case GAR_FROM_ID:
        return number_text(arena, object->id);
    case GAR_FROM_GUID:
        return gar_table_text(table, object->guid);
    case GAR_FROM_LEVEL:
        return number_text(arena, object->level);
    case GAR_FROM_NAME:
        return gar_table_text(table, object->name);
    case GAR_FROM_TYPE:
        return type_code(rows, field, object);
    case GAR_FROM_KIND:
        return number_text(arena, object->kind);
    case GAR_FROM_NUMBER1:
        return gar_table_text(table, object->number1);
    case GAR_FROM_KIND1:
        return number_text(arena, object->kind1);
    case GAR_FROM_NUMBER2:
        return gar_table_text(table, object->number2);
    case GAR_FROM_KIND2:
        return number_text(arena, object->kind2);
    case GAR_FROM_ADM_PATH:
        return path_text(rows, arena, object->adm_path, object->id);
    case GAR_FROM_MUN_PATH:
        return path_text(rows, arena, object->mun_path, object->id);
    case GAR_FROM_TEXT:
        return full_text(rows, arena, object);
    case GAR_FROM_ANCESTOR:
    case GAR_FROM_PARAM:
        break;
    }
    return (struct str){0};
}

static void fill_cell(const struct gar_source *rows, struct arena *arena,
                      const struct gar_plan_field *field, const struct gar_object *object,
                      struct source_cell *cell)
{
    int64_t record;

    /* The ГАР adds and corrects; what it does not know stays. */
    cell->is_absent = true;
    if ((field->levels & 1U << object->level) == 0 || (field->is_first && object->is_there))
        return;
    if (field->from == GAR_FROM_ANCESTOR) {
        record = ancestor(rows, object, field->field->ref_index);
        cell->is_ready = true;
        cell->json = record != 0 ? json_new_text(arena, id_text(arena, record)) : NULL;
        cell->is_absent = record == 0;
        return;
    }
    cell->text = value_of(rows, arena, field, object);
    cell->is_absent = cell->text.len == 0;
}

static bool next_object(struct source *source, struct arena *arena, struct source_row *row,
                        struct err *err)
{
    struct gar_source *rows = source->data;
    const struct gar_section *section = rows->section;
    struct gar_object *object;
    struct source_cell *cells;

    (void)err;
    *row = (struct source_row){0};
    if (rows->at >= rows->count)
        return true;
    object = gar_table_at(rows->table, rows->order[rows->at++]);
    cells = ARENA_ARRAY(arena, struct source_cell, section->field_count + 1);
    if (object->record == 0)
        object->record = id_next(0);
    cells[0].text = id_text(arena, object->record);
    for (size_t i = 0; i < section->field_count; i++)
        fill_cell(rows, arena, &section->fields[i], object, &cells[i + 1]);
    row->cells = cells;
    row->line = object->id;
    source->position++;
    return true;
}

void gar_source_open(struct arena *arena, struct gar_source *rows, struct source *source)
{
    rows->cache = ARENA_NEW(arena, struct gar_source_cache);
    rows->cache->text.arena = arena;
    source->columns = NULL;
    source->column_count = rows->section->field_count + 1;
    source->next = next_object;
    source->data = rows;
    source->fd = -1;
}

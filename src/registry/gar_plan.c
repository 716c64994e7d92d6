#include "registry/gar_plan.h"

#include "core/csv.h"
#include "core/num.h"
#include "core/utf8.h"

enum {
    ABBREVIATION_MAX = 4, /* letters; longer types are words */
};

struct compile {
    struct arena *arena;
    const struct catalog *catalog;
    const struct pack *pack;
    struct gar_plan *plan;
};

static const struct {
    struct str name;
    enum gar_from from;
} FROM[] = {
    {STR_INIT("id"), GAR_FROM_ID},
    {STR_INIT("guid"), GAR_FROM_GUID},
    {STR_INIT("level"), GAR_FROM_LEVEL},
    {STR_INIT("name"), GAR_FROM_NAME},
    {STR_INIT("type"), GAR_FROM_TYPE},
    {STR_INIT("kind"), GAR_FROM_KIND},
    {STR_INIT("add_number1"), GAR_FROM_NUMBER1},
    {STR_INIT("add_kind1"), GAR_FROM_KIND1},
    {STR_INIT("add_number2"), GAR_FROM_NUMBER2},
    {STR_INIT("add_kind2"), GAR_FROM_KIND2},
    {STR_INIT("adm_path"), GAR_FROM_ADM_PATH},
    {STR_INIT("mun_path"), GAR_FROM_MUN_PATH},
    {STR_INIT("ancestor"), GAR_FROM_ANCESTOR},
    {STR_INIT("text"), GAR_FROM_TEXT},
};

static unsigned read_levels(const struct json *list)
{
    unsigned levels = 0;
    int64_t level;

    for (const struct json *item = list != NULL ? list->first : NULL; item != NULL;
         item = item->next)
        if (json_int(item, &level) && level > 0 && level < GAR_LEVELS)
            levels |= 1U << level;
    return levels;
}

static bool find_param(struct compile *compile, struct str name, int *from, struct err *err)
{
    int64_t kind;

    if (!num_parse_int(str_slice(name, sizeof "param." - 1, name.len), &kind) || kind < 1 ||
        kind > 255)
        return err_set(err, ERR_INPUT, "%.*s: there is no such parameter", STR_ARG(name));
    for (int i = 0; i < GAR_TABLE_PARAMS; i++)
        if (compile->plan->params[i] == (int)kind || compile->plan->params[i] == 0) {
            compile->plan->params[i] = (int)kind;
            *from = GAR_FROM_PARAM + i;
            return true;
        }
    return err_set(err, ERR_INPUT, "more than %d kinds of parameters", GAR_TABLE_PARAMS);
}

static bool find_from(struct compile *compile, struct str name, int *from, struct err *err)
{
    if (str_starts(name, STR("param.")))
        return find_param(compile, name, from, err);
    for (size_t i = 0; i < ARRAY_LEN(FROM); i++)
        if (str_equal(FROM[i].name, name)) {
            *from = (int)FROM[i].from;
            return true;
        }
    return err_set(err, ERR_INPUT, "\"%.*s\" is nothing an object of the ГАР has", STR_ARG(name));
}

static void put_type(struct compile *compile, struct map *types, struct str name, struct str code)
{
    struct str *kept = ARENA_NEW(compile->arena, struct str);

    *kept = code;
    if (name.len > 0 && map_find(types, name) == NULL)
        map_put(types, name, kept);
}

/* First the codes of the list, then the other spellings of crosswalks/gar-<list>.csv. */
static bool read_types(struct compile *compile, struct str list_id, const struct map **types,
                       struct err *err)
{
    const struct catalog_list *list = map_find(&compile->catalog->lists, list_id);
    struct map *map = ARENA_NEW(compile->arena, struct map);
    size_t dot = str_find_char(list_id, '.');
    struct str path = str_printf(compile->arena, "crosswalks/gar-%.*s.csv",
                                 STR_ARG(str_slice(list_id, dot + 1, list_id.len)));
    const struct pack_file *file = pack_file_find(compile->pack, path);
    struct csv_row row;

    map->arena = compile->arena;
    for (size_t i = 0; list != NULL && i < list->count; i++)
        put_type(compile, map, list->codes[i].code, list->codes[i].code);
    *types = map;
    if (file == NULL)
        return true;
    struct csv *csv =
        csv_open_text(compile->arena, (struct csv_format){.separator = ','}, file->bytes);
    for (int line = 0;; line++) {
        if (!csv_next(csv, &row, err))
            return err_while(err, "%.*s", STR_ARG(path));
        if (row.fields == NULL)
            return true;
        if (line > 0 && row.count >= 2)
            put_type(compile, map, str_copy(compile->arena, row.fields[0]),
                     str_copy(compile->arena, row.fields[1]));
    }
}

/* A field is a word ("name") or an object ({"from": "name", "levels": [11]}). */
static bool add_field(struct compile *compile, struct gar_section *section,
                      const struct json *member, bool is_first, struct err *err)
{
    struct gar_plan_field *field = &section->fields[section->field_count++];
    const struct json *levels = json_find(member, STR("levels"));
    struct str from =
        member->kind == JSON_OBJECT ? json_find_text(member, STR("from")) : json_text(member);

    field->field = register_type_field(section->type, member->name);
    field->is_first = is_first;
    field->levels = levels != NULL ? read_levels(levels) : UINT32_MAX;
    if (field->field == NULL)
        return err_set(err, ERR_INPUT, "%.*s: the register has no such field",
                       STR_ARG(member->name));
    if (!find_from(compile, from, &field->from, err))
        return false;
    return field->from != GAR_FROM_TYPE ||
           read_types(compile, field->field->list, &field->types, err);
}

static bool add_fields(struct compile *compile, struct gar_section *section,
                       const struct json *object, bool is_first, struct err *err)
{
    for (const struct json *member = object != NULL ? object->first : NULL; member != NULL;
         member = member->next)
        if (!add_field(compile, section, member, is_first, err))
            return false;
    return true;
}

static bool add_section(struct compile *compile, const struct json *json, struct err *err)
{
    struct gar_plan *plan = compile->plan;
    struct gar_section *section = &plan->sections[plan->section_count];
    const struct json *fields = json_find(json, STR("fields"));
    const struct json *create = json_find(json, STR("create"));
    struct str id = json_find_text(json, STR("register"));

    section->type = model_type(compile->catalog->model, id);
    if (section->type == NULL)
        return err_set(err, ERR_INPUT, "%.*s: there is no such register", STR_ARG(id));
    section->levels = read_levels(json_find(json, STR("levels")));
    section->match = register_type_field(section->type, json_find_text(json, STR("match")));
    if (section->match == NULL || section->match->type != FIELD_INT || section->match->slot < 0)
        return err_set(err, ERR_INPUT, "%.*s: \"match\" names an indexed whole number",
                       STR_ARG(id));
    section->fields =
        ARENA_ARRAY(compile->arena, struct gar_plan_field,
                    (fields != NULL ? fields->count : 0) + (create != NULL ? create->count : 0));
    for (int level = 0; level < GAR_LEVELS; level++)
        if ((section->levels & 1U << level) != 0)
            plan->section_of[level] = (int)plan->section_count;
    plan->section_count++;
    return (add_fields(compile, section, create, true, err) &&
            add_fields(compile, section, fields, false, err)) ||
           err_while(err, "%.*s", STR_ARG(id));
}

static const struct pack_file *find_file(const struct model *model, const struct pack **pack)
{
    const struct pack_file *file = NULL;

    for (size_t i = 0; file == NULL && i < model->packs.count; i++) {
        *pack = model->packs.packs[i];
        file = pack_file_find(*pack, STR("imports/gar.json"));
    }
    return file;
}

bool gar_plan_takes(struct arena *arena, const struct model *model,
                    const struct register_type *type)
{
    const struct pack *pack;
    const struct pack_file *file = find_file(model, &pack);
    const struct json *sections;
    struct json *json;
    struct err err;

    if (file == NULL || !json_parse(arena, file->bytes, NULL, &json, &err))
        return false;
    sections = json_find(json, STR("sections"));
    for (const struct json *one = sections != NULL ? sections->first : NULL; one != NULL;
         one = one->next)
        if (str_equal(json_find_text(one, STR("register")), type->id))
            return true;
    return false;
}

bool gar_plan_compile(struct arena *arena, const struct catalog *catalog, struct gar_plan *plan,
                      struct err *err)
{
    struct compile compile = {arena, catalog, NULL, plan};
    const struct pack_file *file = find_file(catalog->model, &compile.pack);
    const struct json *sections;
    struct json *json;

    *plan = (struct gar_plan){0};
    for (int level = 0; level < GAR_LEVELS; level++)
        plan->section_of[level] = -1;
    if (file == NULL)
        return err_set(err, ERR_ABSENT, "no installed pack says how the ГАР becomes records");
    if (!json_parse(arena, file->bytes, NULL, &json, err))
        return err_while(err, "imports/gar.json");
    plan->text_levels = read_levels(json_at(json, STR("text.levels")));
    plan->words = json_at(json, STR("text.words"));
    plan->whole = json_at(json, STR("text.whole"));
    sections = json_find(json, STR("sections"));
    if (sections == NULL || sections->kind != JSON_ARRAY)
        return err_set(err, ERR_INPUT, "imports/gar.json: no sections");
    plan->sections = ARENA_ARRAY(arena, struct gar_section, sections->count + 1);
    for (const struct json *section = sections->first; section != NULL; section = section->next)
        if (!add_section(&compile, section, err))
            return err_while(err, "imports/gar.json");
    return true;
}

static struct str word_of(const struct gar_plan *plan, struct str group, int kind)
{
    char digits[8] = {0};
    size_t len = 0;

    if (kind >= 100)
        digits[len++] = (char)('0' + kind / 100);
    if (kind >= 10)
        digits[len++] = (char)('0' + kind / 10 % 10);
    digits[len++] = (char)('0' + kind % 10);
    return json_find_text(json_find(plan->words, group), (struct str){digits, len});
}

static void print_part(struct buf *buf, struct str word, struct str number, bool *has_begun)
{
    if (number.len == 0)
        return;
    if (*has_begun)
        buf_add(buf, STR(", "));
    *has_begun = true;
    if (word.len > 0) {
        buf_add(buf, word);
        buf_char(buf, ' ');
    }
    buf_add(buf, number);
}

static bool is_whole(const struct gar_plan *plan, struct str type)
{
    const struct json *word = plan->whole != NULL ? plan->whole->first : NULL;

    while (word != NULL && !str_equal(word->text, type))
        word = word->next;
    return word != NULL || utf8_length(type) > ABBREVIATION_MAX;
}

/* "ул" is "ул.", "пр-кт" and "аллея" stay. */
static void print_named(struct buf *buf, const struct gar_plan *plan, struct str type,
                        struct str name)
{
    bool is_plain = type.len == 0 || type.ptr[type.len - 1] == '.' ||
                    str_find_char(type, '-') < type.len || str_find_char(type, '/') < type.len ||
                    is_whole(plan, type);

    buf_add(buf, type);
    if (!is_plain)
        buf_char(buf, '.');
    if (type.len > 0)
        buf_char(buf, ' ');
    buf_add(buf, name);
}

void gar_plan_print(struct buf *buf, const struct gar_plan *plan, const struct gar_table *table,
                    const struct gar_object *object)
{
    static const struct str GROUPS[GAR_LEVELS] = {[9] = STR_INIT("stead"),
                                                  [10] = STR_INIT("house"),
                                                  [11] = STR_INIT("flat"),
                                                  [12] = STR_INIT("room"),
                                                  [17] = STR_INIT("carplace")};
    struct str name = gar_table_text(table, object->name);
    bool has_begun = false;

    if (GROUPS[object->level].len == 0) {
        print_named(buf, plan, gar_table_text(table, object->type), name);
        return;
    }
    print_part(buf, word_of(plan, GROUPS[object->level], object->kind), name, &has_begun);
    print_part(buf, word_of(plan, STR("part"), object->kind1),
               gar_table_text(table, object->number1), &has_begun);
    print_part(buf, word_of(plan, STR("part"), object->kind2),
               gar_table_text(table, object->number2), &has_begun);
}

#include "registry/register_type.h"

#include "core/num.h"
#include "registry/register_rule.h"
#include "registry/workdays.h"

/* Where the next field of each kind goes; a register that asks for more is refused. */
struct slot_plan {
    int text;    /* next free t, from 0 */
    int number;  /* n */
    int measure; /* m */
};

enum {
    SLOTS_A_KIND = 8,
    FIELDS_MAX = 200,
};

struct compile {
    struct arena *arena;
    const struct pack_file *file;
    struct pack_findings *findings;
    struct register_type *type;
    bool has_failed;
};

static int line_of(struct arena *arena, const struct pack_file *file, const char *under,
                   struct str name)
{
    return pack_line(file->bytes, str_printf(arena, "%s/%.*s", under, STR_ARG(name)));
}

static void complain(struct compile *compile, struct str field, const char *what)
{
    const struct pack_file *file = compile->file;

    compile->has_failed = true;
    if (field.len > 0)
        pack_find(compile->findings, file->path,
                  line_of(compile->arena, file, "/properties", field), "field %.*s: %s",
                  STR_ARG(field), what);
    else
        pack_find(compile->findings, file->path, pack_line(file->bytes, STR("/x-uprava")), "%s",
                  what);
}

static const struct json *annotation(const struct json *schema, struct str name)
{
    return json_find(json_find(schema, STR("x-uprava")), name);
}

static enum policy_class read_class(struct compile *compile, struct str field,
                                    const struct json *schema)
{
    struct str access = json_text(annotation(schema, STR("access")));

    if (str_equal(access, STR("public")))
        return POLICY_PUBLIC;
    if (str_equal(access, STR("personal")))
        return POLICY_PERSONAL;
    if (str_equal(access, STR("secret")))
        return POLICY_SECRET;
    if (access.len > 0 && !str_equal(access, STR("internal")))
        complain(compile, field, "access is public, internal, personal or secret");
    return POLICY_INTERNAL;
}

/* "0.01" is two digits behind the point; a number field must say so. */
static int read_scale(struct compile *compile, struct str field, const struct json *schema)
{
    const struct json *step = json_find(schema, STR("multipleOf"));

    for (int scale = 0; step != NULL && scale <= NUM_SCALE_MAX; scale++) {
        int64_t units;

        if (num_parse_scaled(step->text, scale, &units) && units == 1)
            return scale;
    }
    complain(compile, field, "a number needs multipleOf: 1, 0.1, 0.01 …, its smallest step");
    return 0;
}

static enum field_on_delete read_on_delete(struct compile *compile, struct str field,
                                           const struct json *schema)
{
    struct str action = json_text(annotation(schema, STR("on_delete")));

    if (str_equal(action, STR("clear")))
        return FIELD_CLEAR;
    if (action.len > 0 && !str_equal(action, STR("refuse")))
        complain(compile, field, "on_delete is refuse or clear");
    return FIELD_REFUSE;
}

static enum field_type read_string_type(const struct json *schema)
{
    struct str format = json_find_text(schema, STR("format"));

    if (str_equal(format, STR("date")))
        return FIELD_DAY;
    if (str_equal(format, STR("date-time")))
        return FIELD_MOMENT;
    return FIELD_TEXT;
}

static enum field_type read_type(struct compile *compile, struct register_field *field,
                                 const struct json *schema)
{
    struct str type = json_find_text(schema, STR("type"));

    if ((field->ref.len > 0 || field->list.len > 0) && !str_equal(type, STR("string")))
        complain(compile, field->name, "codes and references are texts: \"type\": \"string\"");
    if (field->ref.len > 0)
        return FIELD_REF;
    if (field->list.len > 0)
        return FIELD_CODE;
    if (json_is_true(annotation(schema, STR("geometry"))))
        return FIELD_GEOMETRY;
    if (str_equal(type, STR("string")))
        return read_string_type(schema);
    if (str_equal(type, STR("integer")))
        return FIELD_INT;
    if (str_equal(type, STR("boolean")))
        return FIELD_BOOL;
    if (str_equal(type, STR("number"))) {
        field->scale = read_scale(compile, field->name, schema);
        return FIELD_DECIMAL;
    }
    if (str_equal(type, STR("array")) &&
        str_equal(json_find_text(json_find(schema, STR("items")), STR("type")), STR("string")))
        return FIELD_TEXTS;
    if (type.len == 0)
        complain(compile, field->name, "says no type");
    return FIELD_OTHER;
}

static bool is_text_slot(enum field_type type)
{
    return type == FIELD_TEXT || type == FIELD_CODE;
}

static bool can_have_slot(enum field_type type)
{
    return type != FIELD_GEOMETRY && type != FIELD_TEXTS && type != FIELD_OTHER;
}

static void give_slot(struct compile *compile, struct slot_plan *plan, struct register_field *field,
                      const struct json *schema)
{
    bool wanted = json_is_true(annotation(schema, STR("index"))) ||
                  json_is_true(annotation(schema, STR("sort"))) || field->type == FIELD_REF;
    bool measured = json_is_true(annotation(schema, STR("measure")));

    if (field->slot >= 0)
        return;
    if ((wanted || measured) && !can_have_slot(field->type)) {
        complain(compile, field->name, "only single values can be indexed or measured");
        return;
    }
    if (wanted && is_text_slot(field->type) && plan->text < SLOTS_A_KIND)
        field->slot = QUERY_T1 + plan->text++;
    else if (wanted && !is_text_slot(field->type) && plan->number < SLOTS_A_KIND)
        field->slot = QUERY_N1 + plan->number++;
    else if (wanted)
        complain(compile, field->name,
                 "is one indexed field too many: a register has 8 for texts and codes (one of "
                 "them for its key) and 8 for numbers, days and references");
    else if (measured && plan->measure < SLOTS_A_KIND)
        field->slot = QUERY_M1 + plan->measure++;
    else if (measured)
        complain(compile, field->name, "is one measure too many: a register has 8");
    field->is_indexed = wanted && field->slot >= 0;
}

static void read_field(struct compile *compile, struct register_field *field,
                       const struct json *schema)
{
    struct register_type *type = compile->type;

    field->schema = schema;
    field->slot = -1;
    field->ref_index = -1;
    field->title = json_find_text(schema, STR("title"));
    field->help = json_find_text(schema, STR("description"));
    field->format = json_find_text(schema, STR("format"));
    field->unit = json_text(annotation(schema, STR("unit")));
    field->tags = annotation(schema, STR("tags"));
    field->example = json_text(annotation(schema, STR("example")));
    field->ref = json_text(annotation(schema, STR("ref")));
    field->list = json_text(annotation(schema, STR("list")));
    field->max_length = json_find_int(schema, STR("maxLength"), 0);
    field->on_delete = read_on_delete(compile, field->name, schema);
    field->access = read_class(compile, field->name, schema);
    field->type = read_type(compile, field, schema);
    if (field->title.len == 0)
        complain(compile, field->name, "has no title");
    if (field->type == FIELD_TEXT && field->max_length == 0 &&
        json_find(schema, STR("format")) == NULL && json_find(schema, STR("enum")) == NULL)
        complain(compile, field->name, "a text needs maxLength");
    type->classes |= field->access;
    if (field->type == FIELD_GEOMETRY) {
        if (type->geometry >= 0)
            complain(compile, field->name, "is a second geometry: a register has one");
        type->geometry = (int)(field - type->fields);
    }
}

static int find_index(const struct register_type *type, struct str name)
{
    for (size_t i = 0; i < type->field_count; i++)
        if (str_equal(type->fields[i].name, name))
            return (int)i;
    return -1;
}

const struct register_field *register_type_field(const struct register_type *type, struct str name)
{
    int index = find_index(type, name);

    return index < 0 ? NULL : &type->fields[index];
}

static void read_names(struct compile *compile, const char *what, int **indexes, size_t *count)
{
    const struct json *names = annotation(compile->type->document, str_from_z(what));

    if (names == NULL)
        return;
    *indexes = ARENA_ARRAY(compile->arena, int, names->count);
    for (const struct json *name = names->first; name != NULL; name = name->next) {
        int index = find_index(compile->type, name->text);

        if (index >= 0) {
            (*indexes)[(*count)++] = index;
        } else {
            compile->has_failed = true;
            pack_find(compile->findings, compile->file->path,
                      line_of(compile->arena, compile->file, "/x-uprava", str_from_z(what)),
                      "x-uprava.%s names the field %.*s, which the register does not have", what,
                      STR_ARG(name->text));
        }
    }
}

static void mark_required(struct register_type *type)
{
    const struct json *required = json_find(type->document, STR("required"));

    for (const struct json *name = required == NULL ? NULL : required->first; name != NULL;
         name = name->next) {
        int index = find_index(type, name->text);

        if (index >= 0)
            type->fields[index].is_required = true;
    }
}

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

/* Whole names only: "short_name" does not mention "name". */
static bool mentions(struct str line, struct str name)
{
    for (size_t at = 0; at + name.len <= line.len; at++) {
        size_t end = at + name.len;

        if (str_equal(str_slice(line, at, name.len), name) &&
            (at == 0 || !is_name_char(line.ptr[at - 1])) &&
            (end == line.len || !is_name_char(line.ptr[end])))
            return true;
    }
    return false;
}

static void read_title(struct compile *compile)
{
    struct register_type *type = compile->type;
    struct str line = json_text(annotation(type->document, STR("title")));
    struct err err;

    if (line.len == 0) {
        complain(compile, (struct str){0}, "x-uprava.title is missing: a line that names a record");
        return;
    }
    if (!template_compile_line(compile->arena, line, &type->title_line, &err)) {
        compile->has_failed = true;
        pack_find(compile->findings, compile->file->path,
                  pack_line(compile->file->bytes, STR("/x-uprava/title")), "x-uprava.title: %s",
                  err.text);
    }
    for (size_t i = 0; i < type->field_count; i++) {
        struct register_field *field = &type->fields[i];

        /* Any mention counts: too many classes hide a title, too few would show it. */
        field->is_in_title = mentions(line, field->name);
        if (field->is_in_title)
            type->title_classes |= field->access;
        type->has_title_refs |= field->is_in_title && field->type == FIELD_REF;
    }
}

static void read_fields(struct compile *compile)
{
    struct register_type *type = compile->type;
    const struct json *properties = json_find(type->document, STR("properties"));

    type->geometry = type->sort = -1;
    if (properties == NULL || properties->count == 0 || properties->count > FIELDS_MAX) {
        complain(compile, (struct str){0}, "a register has 1 to 200 fields in \"properties\"");
        return;
    }
    type->fields = ARENA_ARRAY(compile->arena, struct register_field, properties->count);
    for (const struct json *schema = properties->first; schema != NULL; schema = schema->next) {
        struct register_field *field = &type->fields[type->field_count++];

        field->name = schema->name;
        read_field(compile, field, schema);
    }
}

static void plan_slots(struct compile *compile)
{
    struct register_type *type = compile->type;
    struct slot_plan plan = {.text = type->key_count > 0 ? 1 : 0};

    if (type->key_count == 1 && type->fields[type->key[0]].type == FIELD_TEXT) {
        type->fields[type->key[0]].slot = QUERY_T1;
        type->fields[type->key[0]].is_indexed = true;
    }
    for (size_t i = 0; i < type->field_count; i++)
        give_slot(compile, &plan, &type->fields[i], type->fields[i].schema);
}

static const struct {
    struct str word;
    const char *plural;
} MEANINGS[REGISTER_TYPE_MEANINGS] = {
    [REGISTER_TYPE_ANYTHING] = {STR_INIT(""), "anything"},
    [REGISTER_TYPE_PERSONS] = {STR_INIT("person"), "persons"},
    [REGISTER_TYPE_DAYS] = {STR_INIT("calendar_day"), "days of calendars"},
};

const char *register_type_plural(enum register_type_meaning meaning)
{
    return MEANINGS[meaning].plural;
}

static void read_meaning(struct compile *compile)
{
    const struct json *said = annotation(compile->type->document, STR("means"));
    const char *lack;

    for (int i = 1; i < REGISTER_TYPE_MEANINGS; i++)
        if (str_equal(json_text(said), MEANINGS[i].word))
            compile->type->meaning = (enum register_type_meaning)i;
    if (said != NULL && compile->type->meaning == REGISTER_TYPE_ANYTHING)
        complain(compile, (struct str){0},
                 "x-uprava.means is person or calendar_day, or is not there");
    lack = compile->type->meaning == REGISTER_TYPE_DAYS ? workdays_lack(compile->type) : NULL;
    if (lack != NULL)
        complain(compile, (struct str){0}, lack);
}

static void read_annotations(struct compile *compile)
{
    struct register_type *type = compile->type;
    const struct json *document = type->document;

    read_names(compile, "key", &type->key, &type->key_count);
    read_names(compile, "search", &type->search, &type->search_count);
    read_names(compile, "list", &type->list, &type->list_count);
    type->title = json_find_text(document, STR("title"));
    type->description = json_find_text(document, STR("description"));
    type->one = json_text(annotation(document, STR("one")));
    type->group = json_text(annotation(document, STR("group")));
    type->is_temporal = json_is_true(annotation(document, STR("temporal")));
    type->is_public = json_is_true(annotation(document, STR("public")));
    if (type->title.len == 0)
        complain(compile, (struct str){0}, "the register has no title");
    if (json_is_true(json_find(document, STR("additionalProperties"))) ||
        json_find(document, STR("additionalProperties")) == NULL)
        complain(compile, (struct str){0},
                 "a register says \"additionalProperties\": false, so that nothing is kept unseen");
}

static void read_sort(struct compile *compile)
{
    struct register_type *type = compile->type;
    struct str name = json_text(annotation(type->document, STR("sort")));

    if (name.len == 0)
        return;
    type->sort = find_index(type, name);
    if (type->sort < 0 || !type->fields[type->sort].is_indexed) {
        type->sort = -1;
        complain(compile, name, "is named by x-uprava.sort: it must be a field with index or sort");
    }
}

static struct str stem(struct str path)
{
    size_t slash = str_find_char(path, '/');
    struct str name = str_slice(path, slash + 1, path.len);

    return str_slice(name, 0, name.len - MIN(name.len, sizeof ".json" - 1));
}

static bool is_identifier(struct str name)
{
    if (name.len == 0 || name.len > 60 || name.ptr[0] < 'a' || name.ptr[0] > 'z')
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];

        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'))
            return false;
    }
    return true;
}

static void check_names(struct compile *compile)
{
    const struct register_type *type = compile->type;

    if (!is_identifier(type->name))
        complain(compile, (struct str){0}, "the file's name is made of a-z, 0-9 and _");
    for (size_t i = 0; i < type->field_count; i++)
        if (!is_identifier(type->fields[i].name))
            complain(compile, type->fields[i].name, "a field's name is made of a-z, 0-9 and _");
}

/* NULL: it is no schema. */
static struct register_type *read_document(struct arena *arena, const struct pack *pack,
                                           const struct pack_file *file,
                                           struct pack_findings *findings)
{
    struct register_type *type = ARENA_NEW(arena, struct register_type);
    struct json *document;
    struct err err;

    if (!json_parse(arena, file->bytes, NULL, &document, &err)) {
        pack_find(findings, file->path, 0, "%s", err.text); /* it tells the line itself */
        return NULL;
    }
    if (!schema_compile(arena, document, &type->schema, &err)) {
        struct str text = str_from_z(err.text); /* "/properties/a/type: …" */

        pack_find(findings, file->path,
                  pack_line(file->bytes, str_slice(text, 0, str_find(text, STR(": ")))), "%s",
                  err.text);
        return NULL;
    }
    type->document = document;
    type->pack = pack;
    type->name = stem(file->path);
    type->id = str_printf(arena, "%.*s.%.*s", STR_ARG(pack->id), STR_ARG(type->name));
    return type;
}

struct register_type *register_type_compile(struct arena *arena, const struct pack *pack,
                                            const struct pack_file *file,
                                            struct pack_findings *findings)
{
    struct register_type *type = read_document(arena, pack, file, findings);
    struct compile compile = {arena, file, findings, type, false};

    if (type == NULL)
        return NULL;
    read_fields(&compile);
    if (!compile.has_failed) {
        read_annotations(&compile);
        plan_slots(&compile);
        mark_required(type);
        read_meaning(&compile);
        read_sort(&compile);
        read_title(&compile);
        check_names(&compile);
        compile.has_failed |= !register_rule_read(arena, type, file, findings);
    }
    return compile.has_failed ? NULL : type;
}

struct register_type *register_type_compile_form(struct arena *arena, const struct pack *pack,
                                                 const struct pack_file *file,
                                                 struct pack_findings *findings)
{
    struct register_type *type = read_document(arena, pack, file, findings);
    struct compile compile = {arena, file, findings, type, false};

    if (type == NULL)
        return NULL;
    read_fields(&compile);
    if (!compile.has_failed) {
        type->title = json_find_text(type->document, STR("title"));
        if (type->title.len == 0)
            complain(&compile, (struct str){0}, "the form has no title");
        mark_required(type);
        check_names(&compile);
    }
    for (size_t i = 0; i < type->field_count; i++)
        type->fields[i].slot = -1;
    return compile.has_failed ? NULL : type;
}

static bool has_list(const struct pack_set *set, struct arena *arena, struct str id)
{
    size_t dot = str_find_char(id, '.');
    const struct pack *pack = pack_set_find(set, str_slice(id, 0, dot));
    struct str path = str_printf(arena, "lists/%.*s.csv", STR_ARG(str_slice(id, dot + 1, id.len)));

    return pack != NULL && pack_file_find(pack, path) != NULL;
}

static bool has_register(const struct pack_set *set, struct arena *arena, struct str id)
{
    size_t dot = str_find_char(id, '.');
    const struct pack *pack = pack_set_find(set, str_slice(id, 0, dot));
    struct str path =
        str_printf(arena, "registers/%.*s.json", STR_ARG(str_slice(id, dot + 1, id.len)));

    return pack != NULL && pack_file_find(pack, path) != NULL;
}

struct rivals {
    enum register_type_meaning meaning;
    const struct pack_file *file; /* of the register itself */
    const struct pack *pack;      /* looked through */
    struct pack_findings *findings;
};

static bool check_rival(void *data, const struct pack_file *file)
{
    struct rivals *rivals = data;
    struct json *document;
    struct err err;

    if (file != rivals->file &&
        json_parse(rivals->findings->arena, file->bytes, NULL, &document, &err) &&
        str_equal(json_text(annotation(document, STR("means"))), MEANINGS[rivals->meaning].word))
        pack_find(rivals->findings, rivals->file->path,
                  pack_line(rivals->file->bytes, STR("/x-uprava/means")),
                  "x-uprava.means: %.*s/%.*s is of %s, too: one register can be",
                  STR_ARG(rivals->pack->id), STR_ARG(file->path), MEANINGS[rivals->meaning].plural);
    return true;
}

/* One register of all that are installed together is of persons, one of days. */
static void check_meaning(const struct pack_set *set, struct rivals *rivals)
{
    for (size_t i = 0; i < set->count; i++) {
        rivals->pack = set->packs[i];
        pack_each_file(rivals->pack, STR("registers"), STR(".json"), check_rival, rivals);
    }
}

static void check_fields(const struct pack_set *set, const struct register_type *type,
                         const struct pack_file *file, struct pack_findings *findings)
{
    for (size_t i = 0; i < type->field_count; i++) {
        const struct register_field *field = &type->fields[i];
        int line = line_of(findings->arena, file, "/properties", field->name);

        if (field->list.len > 0 && !has_list(set, findings->arena, field->list))
            pack_find(findings, file->path, line, "field %.*s: there is no code list %.*s",
                      STR_ARG(field->name), STR_ARG(field->list));
        if (field->ref.len > 0 && !has_register(set, findings->arena, field->ref))
            pack_find(findings, file->path, line, "field %.*s: there is no register %.*s",
                      STR_ARG(field->name), STR_ARG(field->ref));
    }
}

void register_type_check_file(const struct pack_set *set, const struct pack *pack,
                              const struct pack_file *file, struct pack_findings *findings)
{
    struct register_type *type = register_type_compile(findings->arena, pack, file, findings);

    if (type != NULL && type->meaning != REGISTER_TYPE_ANYTHING)
        check_meaning(
            set, &(struct rivals){.meaning = type->meaning, .file = file, .findings = findings});
    if (type != NULL)
        check_fields(set, type, file, findings);
}

void register_type_check_form(const struct pack_set *set, const struct pack *pack,
                              const struct pack_file *file, struct pack_findings *findings)
{
    struct register_type *type = register_type_compile_form(findings->arena, pack, file, findings);

    if (type != NULL)
        check_fields(set, type, file, findings);
}

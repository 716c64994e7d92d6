#include "registry/register_rule.h"

#include "core/arena.h"
#include "core/time.h"
#include "lang/feel_time.h"

struct reading {
    struct arena *arena;
    struct register_type *type;
    const struct pack_file *file;
    struct pack_findings *findings;
    bool is_good;
};

static bool complain(struct reading *reading, struct str pointer, const char *what)
{
    pack_find(reading->findings, reading->file->path, pack_line(reading->file->bytes, pointer),
              "%s", what);
    reading->is_good = false;
    return false;
}

/* A name that is a function's own where no field is called so. */
static bool names(const struct register_type *type, const struct feel_node *node, struct str name)
{
    if (node->kind == FEEL_NODE_NAME && str_equal(node->name, name))
        return true;
    for (size_t i = 0; i < node->count; i++)
        if (names(type, node->items[i], name))
            return true;
    return false;
}

static unsigned classes_of(const struct register_type *type, const struct feel_node *node)
{
    unsigned classes = 0;

    for (size_t i = 0; i < type->field_count; i++)
        if (names(type, node, type->fields[i].name))
            classes |= type->fields[i].access;
    return classes;
}

static bool parse(struct reading *reading, struct str pointer, struct str text,
                  struct feel_node **tree)
{
    struct err err = {0};

    return record_feel_parse(reading->arena, reading->type, text, tree, &err) ||
           complain(reading, pointer, err.text);
}

/* Public is the lowest bit: what is made of a secret is one. */
static bool is_opener(const struct register_field *field, unsigned classes)
{
    return (classes & ~((unsigned)field->access * 2 - 1)) != 0;
}

static void read_computed(struct reading *reading, size_t index)
{
    struct register_type *type = reading->type;
    struct register_field *field = &type->fields[index];
    const struct json *computed =
        json_find(json_find(field->schema, STR("x-uprava")), STR("computed"));
    struct str pointer =
        str_printf(reading->arena, "/properties/%.*s/x-uprava/computed", STR_ARG(field->name));
    struct feel_node *tree;

    if (computed == NULL)
        return;
    if (computed->kind != JSON_STRING || !parse(reading, pointer, computed->text, &tree)) {
        reading->is_good = false;
        return;
    }
    field->computed = tree;
    type->has_computed = true;
    for (size_t i = index; i < type->field_count; i++)
        if (names(type, tree, type->fields[i].name))
            complain(reading, pointer, "it is computed from fields that stand before it");
    if (record_feel_names_clock(type, tree))
        complain(reading, pointer,
                 "today() and now() cannot stand in it: it would be of the day of the last change");
    if (is_opener(field, classes_of(type, tree)))
        complain(reading, pointer,
                 "its access is more open than that of a field it is computed from");
    if (field->type == FIELD_GEOMETRY || field->type == FIELD_REF)
        complain(reading, pointer, "places and references cannot be computed");
}

static void read_rule(struct reading *reading, const struct json *json, size_t index)
{
    struct register_rule *rule = &reading->type->rules[reading->type->rule_count];
    struct str pointer = str_printf(reading->arena, "/x-uprava/quality/%zu", index);
    struct feel_node *tree;

    rule->id = json_find_text(json, STR("id"));
    rule->title = json_find_text(json, STR("title"));
    rule->text = json_find_text(json, STR("rule"));
    if (rule->id.len == 0 || rule->title.len == 0 || rule->text.len == 0) {
        complain(reading, pointer,
                 "a rule of quality has an id, a rule in FEEL, and a title that says what is wrong "
                 "when the rule is false");
        return;
    }
    for (size_t i = 0; i < reading->type->rule_count; i++)
        if (str_equal(reading->type->rules[i].id, rule->id))
            complain(reading, pointer, "another rule has that id");
    if (!parse(reading, str_printf(reading->arena, "%.*s/rule", STR_ARG(pointer)), rule->text,
               &tree))
        return;
    rule->tree = tree;
    rule->classes = classes_of(reading->type, tree);
    reading->type->rule_count++;
}

bool register_rule_read(struct arena *arena, struct register_type *type,
                        const struct pack_file *file, struct pack_findings *findings)
{
    struct reading reading = {arena, type, file, findings, true};
    const struct json *quality =
        json_find(json_find(type->document, STR("x-uprava")), STR("quality"));
    size_t index = 0;

    for (size_t i = 0; i < type->field_count; i++)
        read_computed(&reading, i);
    if (quality == NULL)
        return reading.is_good;
    if (quality->kind != JSON_ARRAY || quality->count > REGISTER_RULE_MAX)
        return complain(&reading, STR("/x-uprava/quality"),
                        "quality is a list of at most 50 rules");
    type->rules = ARENA_ARRAY(arena, struct register_rule, quality->count);
    for (const struct json *json = quality->first; json != NULL; json = json->next)
        read_rule(&reading, json, index++);
    return reading.is_good;
}

static struct json *number_json(struct arena *arena, const struct register_field *field,
                                struct feel_number number)
{
    struct json *json = json_new(arena, JSON_NUMBER);
    struct buf text = {.arena = arena};
    struct feel_number rounded;

    if (!feel_number_round(number, field->type == FIELD_INT ? 0 : field->scale, FEEL_ROUND_HALF_UP,
                           &rounded))
        return NULL;
    feel_number_print(&text, rounded);
    json->text = buf_str(&text);
    return json;
}

static bool is_kind(const struct register_field *field, const struct feel_value *value)
{
    switch (field->type) {
    case FIELD_INT:
    case FIELD_DECIMAL:
        return value->kind == FEEL_NUMBER;
    case FIELD_TEXT:
    case FIELD_CODE:
        return value->kind == FEEL_STRING;
    case FIELD_BOOL:
        return value->kind == FEEL_BOOLEAN;
    case FIELD_DAY:
        return value->kind == FEEL_DATE;
    case FIELD_MOMENT:
        return value->kind == FEEL_DATE_TIME && value->moment.zone.kind == FEEL_ZONE_OFFSET;
    case FIELD_TEXTS:
        return value->kind == FEEL_LIST;
    case FIELD_OTHER:
        return value->kind != FEEL_NULL && value->kind != FEEL_FUNCTION;
    case FIELD_REF:
    case FIELD_GEOMETRY:
        break;
    }
    return false;
}

/* As the field's type writes it; NULL: it has no value. */
static struct json *to_json(struct arena *arena, const struct register_field *field,
                            const struct feel_value *value)
{
    if (!is_kind(field, value))
        return NULL;
    return value->kind == FEEL_NUMBER && field->type != FIELD_OTHER
               ? number_json(arena, field, value->number)
               : feel_to_json(arena, value);
}

const struct json *register_rule_strip(struct arena *arena, const struct register_type *type,
                                       const struct json *value)
{
    struct json *made;

    if (!type->has_computed)
        return value;
    made = json_copy(arena, value);
    for (size_t i = 0; i < type->field_count; i++)
        if (type->fields[i].computed != NULL)
            json_drop(made, type->fields[i].name);
    return made;
}

const struct json *register_rule_compute(struct arena *arena, const struct register_type *type,
                                         const struct json *value, int64_t now)
{
    struct json *made;

    if (!type->has_computed)
        return value;
    made = json_copy(arena, register_rule_strip(arena, type, value));
    for (size_t i = 0; i < type->field_count; i++) {
        const struct register_field *field = &type->fields[i];
        struct json *computed;

        if (field->computed == NULL)
            continue;
        computed = to_json(arena, field,
                           record_feel_eval(feel_run_new(arena, now), type, field->computed, made));
        if (computed != NULL)
            json_set(made, field->name, computed);
    }
    return made;
}

bool register_rule_is_broken(struct feel_run *run, const struct register_type *type,
                             const struct register_rule *rule, const struct json *value)
{
    const struct feel_value *result = record_feel_eval(run, type, rule->tree, value);

    return result->kind == FEEL_BOOLEAN && !result->boolean;
}

#include "lang/schema_keyword.h"

#include <string.h>

#include "core/num.h"
#include "lang/schema_apply.h"
#include "lang/schema_rule.h"

enum {
    DIGITS_MAX = 17, /* of multipleOf: ten times it fits an int64 */

    ANY = (1 << (JSON_OBJECT + 1)) - 1,
    NUMBER = 1 << JSON_NUMBER,
    TEXT = 1 << JSON_STRING,
    ARRAY = 1 << JSON_ARRAY,
    OBJECT = 1 << JSON_OBJECT,
};

static bool parse_anything(struct schema_reader *reader, struct schema_rule *rule)
{
    (void)reader, (void)rule;
    return true;
}

static bool parse_text(struct schema_reader *reader, struct schema_rule *rule)
{
    return rule->argument->kind == JSON_STRING || schema_node_fail(reader, "a text is expected");
}

static bool parse_flag(struct schema_reader *reader, struct schema_rule *rule)
{
    return rule->argument->kind == JSON_TRUE || rule->argument->kind == JSON_FALSE ||
           schema_node_fail(reader, "true or false is expected");
}

static bool parse_array(struct schema_reader *reader, struct schema_rule *rule)
{
    return rule->argument->kind == JSON_ARRAY || schema_node_fail(reader, "a list is expected");
}

static bool parse_number(struct schema_reader *reader, struct schema_rule *rule)
{
    return rule->argument->kind == JSON_NUMBER || schema_node_fail(reader, "a number is expected");
}

static bool parse_count(struct schema_reader *reader, struct schema_rule *rule)
{
    return (json_int(rule->argument, &rule->count) && rule->count >= 0) ||
           schema_node_fail(reader, "a whole number from 0 is expected");
}

/* "0.25" as 25 and 2. */
static bool parse_multiple(struct schema_reader *reader, struct schema_rule *rule)
{
    struct buf plain = {.arena = reader->arena};

    if (!parse_number(reader, rule))
        return false;
    if (!num_canonical(&plain, rule->argument->text) || plain.len > DIGITS_MAX)
        return schema_node_fail(reader, "this number has too many digits");
    for (size_t i = 0; i < plain.len; i++)
        if (plain.ptr[i] >= '0' && plain.ptr[i] <= '9')
            rule->count = rule->count * 10 + (plain.ptr[i] - '0');
    if (rule->count == 0 || plain.ptr[0] == '-')
        return schema_node_fail(reader, "a number above 0 is expected");
    size_t point = str_find_char(buf_str(&plain), '.');
    rule->scale = point < plain.len ? (int64_t)(plain.len - point - 1) : 0;
    return true;
}

static bool add_kind(struct schema_reader *reader, const struct json *name)
{
    static const struct {
        const char *name;
        unsigned kinds;
    } KINDS[] = {
        {"array", ARRAY},
        {"boolean", 1 << JSON_TRUE | 1 << JSON_FALSE},
        {"integer", SCHEMA_NODE_INTEGER},
        {"null", 1 << JSON_NULL},
        {"number", NUMBER},
        {"object", OBJECT},
        {"string", TEXT},
    };

    for (size_t i = 0; name->kind == JSON_STRING && i < ARRAY_LEN(KINDS); i++) {
        if (str_equal(name->text, str_from_z(KINDS[i].name))) {
            reader->parent->kinds |= KINDS[i].kinds;
            return true;
        }
    }
    return schema_node_fail(reader, "a type is array, boolean, integer, null, number, object or "
                                    "string");
}

static bool parse_type(struct schema_reader *reader, struct schema_rule *rule)
{
    if (rule->argument->kind != JSON_ARRAY)
        return add_kind(reader, rule->argument);
    if (rule->argument->first == NULL)
        return schema_node_fail(reader, "the list is empty");
    for (const struct json *item = rule->argument->first; item != NULL; item = item->next)
        if (!add_kind(reader, item))
            return false;
    return true;
}

static bool compile_pattern(struct schema_reader *reader, struct str text,
                            const struct pattern **pattern)
{
    struct pattern *made;
    struct err err;

    if (!pattern_compile(reader->arena, text, &made, &err))
        return schema_node_fail(reader, err.text);
    *pattern = made;
    return true;
}

static bool parse_pattern(struct schema_reader *reader, struct schema_rule *rule)
{
    return parse_text(reader, rule) &&
           compile_pattern(reader, rule->argument->text, &rule->pattern);
}

static bool parse_format(struct schema_reader *reader, struct schema_rule *rule)
{
    rule->format = format_find(json_text(rule->argument));
    return rule->format != NULL || schema_node_fail(reader, "this format is not known");
}

static bool are_names(struct schema_reader *reader, const struct json *array)
{
    for (const struct json *item = array->first; item != NULL; item = item->next)
        if (item->kind != JSON_STRING)
            return schema_node_fail(reader, "a list of names is expected");
    return array->kind == JSON_ARRAY || schema_node_fail(reader, "a list of names is expected");
}

static bool parse_names(struct schema_reader *reader, struct schema_rule *rule)
{
    return are_names(reader, rule->argument);
}

static bool is_object(struct schema_reader *reader, const struct schema_rule *rule)
{
    return rule->argument->kind == JSON_OBJECT || schema_node_fail(reader, "an object is expected");
}

static bool parse_name_lists(struct schema_reader *reader, struct schema_rule *rule)
{
    if (!is_object(reader, rule))
        return false;
    for (const struct json *names = rule->argument->first; names != NULL; names = names->next)
        if (!are_names(reader, names))
            return false;
    return true;
}

static bool parse_schema(struct schema_reader *reader, struct schema_rule *rule)
{
    rule->subs = ARENA_NEW(reader->arena, struct schema *);
    rule->sub_count = 1;
    return schema_node_read(reader, rule->argument, &rule->subs[0]);
}

/* The items of a list or the members of an object, each a schema. */
static bool read_subs(struct schema_reader *reader, struct schema_rule *rule)
{
    const struct json *sub = rule->argument->first;

    rule->sub_count = rule->argument->count;
    rule->subs = ARENA_ARRAY(reader->arena, struct schema *, rule->sub_count);
    for (size_t i = 0; sub != NULL; sub = sub->next, i++)
        if (!schema_node_read_in(reader, sub, sub->name, i, &rule->subs[i]))
            return false;
    return true;
}

static bool parse_schemas(struct schema_reader *reader, struct schema_rule *rule)
{
    if (!parse_array(reader, rule))
        return false;
    if (rule->argument->first == NULL)
        return schema_node_fail(reader, "the list is empty");
    return read_subs(reader, rule);
}

/* $defs, dependentSchemas */
static bool parse_named_schemas(struct schema_reader *reader, struct schema_rule *rule)
{
    return is_object(reader, rule) && read_subs(reader, rule);
}

/* One rule checks properties, patternProperties and additionalProperties. */
static void share_members_rule(struct schema *parent, struct schema_rule *rule)
{
    rule->is_done = parent->has_members_rule;
    parent->has_members_rule = true;
}

static bool parse_properties(struct schema_reader *reader, struct schema_rule *rule)
{
    struct schema *parent = reader->parent;
    const struct json *member = rule->argument->first;

    share_members_rule(parent, rule);
    if (!is_object(reader, rule) || !read_subs(reader, rule))
        return false;
    for (size_t i = 0; member != NULL; member = member->next, i++)
        map_put(&parent->properties, member->name, rule->subs[i]);
    return true;
}

static bool parse_pattern_properties(struct schema_reader *reader, struct schema_rule *rule)
{
    struct schema *parent = reader->parent;
    const struct json *member = rule->argument->first;

    share_members_rule(parent, rule);
    if (!is_object(reader, rule) || !read_subs(reader, rule))
        return false;
    for (size_t i = 0; member != NULL; member = member->next, i++) {
        struct schema_pattern pattern = {.schema = rule->subs[i]};

        if (!compile_pattern(reader, member->name, &pattern.pattern))
            return false;
        VEC_PUSH(reader->arena, &parent->patterns, pattern);
    }
    return true;
}

static bool parse_additional(struct schema_reader *reader, struct schema_rule *rule)
{
    share_members_rule(reader->parent, rule);
    return schema_node_read(reader, rule->argument, &reader->parent->additional);
}

static bool parse_unevaluated(struct schema_reader *reader, struct schema_rule *rule)
{
    return rule->argument->kind == JSON_FALSE ||
           schema_node_fail(reader, "only false is understood here");
}

static void share_items_rule(struct schema *parent, struct schema_rule *rule)
{
    rule->is_done = parent->has_items_rule;
    parent->has_items_rule = true;
}

static bool parse_items(struct schema_reader *reader, struct schema_rule *rule)
{
    share_items_rule(reader->parent, rule);
    return schema_node_read(reader, rule->argument, &reader->parent->items);
}

static bool parse_prefix(struct schema_reader *reader, struct schema_rule *rule)
{
    struct schema *parent = reader->parent;

    share_items_rule(parent, rule);
    if (!parse_schemas(reader, rule))
        return false;
    parent->prefix.items = rule->subs;
    parent->prefix.count = rule->sub_count;
    return true;
}

static bool has_beside(struct schema_reader *reader, struct str name)
{
    if (json_find(reader->parent->document, name) != NULL)
        return true;
    struct str what =
        str_printf(reader->arena, "this means nothing without %.*s beside it", STR_ARG(name));
    return schema_node_fail(reader, what.ptr);
}

static bool parse_contains_bound(struct schema_reader *reader, struct schema_rule *rule)
{
    return parse_count(reader, rule) && has_beside(reader, STR("contains"));
}

static bool parse_contains(struct schema_reader *reader, struct schema_rule *rule)
{
    const struct json *document = reader->parent->document;

    rule->count = json_find_int(document, STR("minContains"), 1);
    rule->scale = json_find_int(document, STR("maxContains"), INT64_MAX);
    return parse_schema(reader, rule);
}

static bool parse_if(struct schema_reader *reader, struct schema_rule *rule)
{
    return schema_node_read(reader, rule->argument, &reader->parent->condition);
}

static bool parse_then(struct schema_reader *reader, struct schema_rule *rule)
{
    return has_beside(reader, STR("if")) &&
           schema_node_read(reader, rule->argument, &reader->parent->then);
}

static bool parse_else(struct schema_reader *reader, struct schema_rule *rule)
{
    return has_beside(reader, STR("if")) &&
           schema_node_read(reader, rule->argument, &reader->parent->otherwise);
}

static bool parse_ref(struct schema_reader *reader, struct schema_rule *rule)
{
    struct str target = json_text(rule->argument);
    struct schema_ref ref = {.where = schema_node_where(reader->arena, reader->place)};

    if (!str_equal(target, STR("#")) && !str_starts(target, STR("#/")))
        return schema_node_fail(reader, "only places within the document can be named: "
                                        "\"#/$defs/name\"");
    rule->subs = ARENA_NEW(reader->arena, struct schema *);
    rule->sub_count = 1;
    ref.pointer = str_slice(target, 1, target.len);
    ref.schema = &rule->subs[0];
    VEC_PUSH(reader->arena, &reader->refs, ref);
    return true;
}

static bool parse_dialect(struct schema_reader *reader, struct schema_rule *rule)
{
    struct str dialect = json_text(rule->argument);

    return str_equal(dialect, STR("https://json-schema.org/draft/2020-12/schema")) ||
           schema_node_fail(reader, "only https://json-schema.org/draft/2020-12/schema is known");
}

static bool parse_id(struct schema_reader *reader, struct schema_rule *rule)
{
    if (reader->parent->document != reader->root)
        return schema_node_fail(reader, "only the whole document may have an $id");
    return parse_text(reader, rule);
}

/* In the order in which they are checked: what is cheap or bounds the rest comes first. */
static const struct schema_keyword KEYWORDS[] = {
    {"$schema", ANY, parse_dialect, NULL},
    {"$id", ANY, parse_id, NULL},
    {"$comment", ANY, parse_text, NULL},
    {"$defs", ANY, parse_named_schemas, NULL},
    {"title", ANY, parse_text, NULL},
    {"description", ANY, parse_text, NULL},
    {"default", ANY, parse_anything, NULL},
    {"examples", ANY, parse_array, NULL},
    {"deprecated", ANY, parse_flag, NULL},
    {"readOnly", ANY, parse_flag, NULL},
    {"writeOnly", ANY, parse_flag, NULL},
    {"type", ANY, parse_type, NULL},
    {"const", ANY, parse_anything, schema_rule_const},
    {"enum", ANY, parse_array, schema_rule_enum},
    {"minimum", NUMBER, parse_number, schema_rule_minimum},
    {"exclusiveMinimum", NUMBER, parse_number, schema_rule_above},
    {"maximum", NUMBER, parse_number, schema_rule_maximum},
    {"exclusiveMaximum", NUMBER, parse_number, schema_rule_below},
    {"multipleOf", NUMBER, parse_multiple, schema_rule_multiple},
    {"minLength", TEXT, parse_count, schema_rule_min_length},
    {"maxLength", TEXT, parse_count, schema_rule_max_length},
    {"format", TEXT, parse_format, schema_rule_format},
    {"pattern", TEXT, parse_pattern, schema_rule_pattern},
    {"minItems", ARRAY, parse_count, schema_rule_min_count},
    {"maxItems", ARRAY, parse_count, schema_rule_max_count},
    {"uniqueItems", ARRAY, parse_flag, schema_rule_unique},
    {"minProperties", OBJECT, parse_count, schema_rule_min_count},
    {"maxProperties", OBJECT, parse_count, schema_rule_max_count},
    {"required", OBJECT, parse_names, schema_rule_required},
    {"dependentRequired", OBJECT, parse_name_lists, schema_rule_dependent},
    {"propertyNames", OBJECT, parse_schema, schema_apply_names},
    {"properties", OBJECT, parse_properties, schema_apply_members},
    {"patternProperties", OBJECT, parse_pattern_properties, schema_apply_members},
    {"additionalProperties", OBJECT, parse_additional, schema_apply_members},
    {"prefixItems", ARRAY, parse_prefix, schema_apply_items},
    {"items", ARRAY, parse_items, schema_apply_items},
    {"minContains", ARRAY, parse_contains_bound, NULL},
    {"maxContains", ARRAY, parse_contains_bound, NULL},
    {"contains", ARRAY, parse_contains, schema_apply_contains},
    {"$ref", ANY, parse_ref, schema_apply_all},
    {"allOf", ANY, parse_schemas, schema_apply_all},
    {"anyOf", ANY, parse_schemas, schema_apply_any},
    {"oneOf", ANY, parse_schemas, schema_apply_one},
    {"not", ANY, parse_schema, schema_apply_not},
    {"if", ANY, parse_if, schema_apply_if},
    {"then", ANY, parse_then, NULL},
    {"else", ANY, parse_else, NULL},
    {"dependentSchemas", OBJECT, parse_named_schemas, schema_apply_dependent},
    {"unevaluatedProperties", OBJECT, parse_unevaluated, schema_apply_unevaluated},
};

const struct schema_keyword *schema_keyword_find(struct str name)
{
    for (size_t i = 0; i < ARRAY_LEN(KEYWORDS); i++)
        if (str_equal(str_from_z(KEYWORDS[i].name), name))
            return &KEYWORDS[i];
    return NULL;
}

#include "lang/schema_node.h"

#include "core/num.h"
#include "lang/schema_keyword.h"

/* JSON Pointer (RFC 6901). */
static void print_place(struct buf *buf, const struct schema_place *place)
{
    if (place == NULL)
        return;
    print_place(buf, place->up);
    buf_char(buf, '/');
    if (place->name.ptr == NULL) {
        buf_int(buf, (int64_t)place->index);
        return;
    }
    for (size_t i = 0; i < place->name.len; i++) {
        char c = place->name.ptr[i];

        if (c == '~' || c == '/')
            buf_add(buf, c == '~' ? STR("~0") : STR("~1"));
        else
            buf_char(buf, c);
    }
}

struct str schema_node_where(struct arena *arena, const struct schema_place *place)
{
    struct buf where = {.arena = arena};

    print_place(&where, place);
    return buf_str(&where);
}

bool schema_node_fail(struct schema_reader *reader, const char *what)
{
    struct str where = schema_node_where(reader->arena, reader->place);

    if (where.len == 0)
        where = STR("the schema");
    return err_set(reader->err, ERR_INPUT, "%.*s: %s", STR_ARG(where), what);
}

static bool read_member(struct schema_reader *reader, struct schema *schema,
                        const struct json *member)
{
    const struct schema_keyword *keyword = schema_keyword_find(member->name);
    struct schema_rule rule = {.keyword = keyword, .argument = member};

    if (keyword == NULL)
        return str_starts(member->name, STR("x-")) ||
               schema_node_fail(reader, "this keyword is not known");
    reader->parent = schema;
    if (!keyword->parse(reader, &rule))
        return false;
    if (keyword->check == NULL || rule.is_done)
        return true;
    /* In the table's order, whatever the document's: cheap rules guard the dear ones. */
    VEC_PUSH(reader->arena, &schema->rules, rule);
    for (size_t i = schema->rules.count - 1; i > 0; i--) {
        struct schema_rule *before = &schema->rules.items[i - 1];

        if (before->keyword <= keyword)
            break;
        schema->rules.items[i] = *before;
        *before = rule;
    }
    return true;
}

static bool read_members(struct schema_reader *reader, struct schema *schema)
{
    for (const struct json *member = schema->document->first; member != NULL;
         member = member->next) {
        struct schema_place place = {.up = reader->place, .name = member->name};

        reader->place = &place;
        bool ok = read_member(reader, schema, member);
        reader->place = place.up;
        if (!ok)
            return false;
    }
    return true;
}

bool schema_node_read(struct schema_reader *reader, const struct json *json, struct schema **schema)
{
    struct schema *parent = reader->parent;

    if (json->kind != JSON_OBJECT && json->kind != JSON_TRUE && json->kind != JSON_FALSE)
        return schema_node_fail(reader, "a schema is an object, true or false");
    if (++reader->depth > SCHEMA_NODE_DEPTH_MAX)
        return schema_node_fail(reader, "schemas are nested too deep");

    struct schema *draft = ARENA_NEW(reader->arena, struct schema);
    draft->document = json;
    draft->is_never = json->kind == JSON_FALSE;
    draft->properties.arena = reader->arena;
    map_put(&reader->by_json, (struct str){(const char *)&draft->document, sizeof json}, draft);
    VEC_PUSH(reader->arena, &reader->all, draft);
    if (json->kind == JSON_OBJECT && !read_members(reader, draft))
        return false;
    reader->depth--;
    reader->parent = parent;
    *schema = draft;
    return true;
}

bool schema_node_read_in(struct schema_reader *reader, const struct json *json, struct str name,
                         size_t index, struct schema **schema)
{
    struct schema_place place = {.up = reader->place, .name = name, .index = index};

    reader->place = &place;
    bool ok = schema_node_read(reader, json, schema);
    reader->place = place.up;
    return ok;
}

bool schema_node_flaw(struct schema_walk *walk, const struct schema_place *place, const char *id,
                      struct str detail)
{
    if (walk->flaws != NULL && walk->flaws->count < FLAWS_MAX)
        flaws_add(walk->flaws, walk->arena, schema_node_where(walk->arena, place), id, detail);
    return false;
}

static bool is_whole(struct schema_walk *walk, struct str number)
{
    struct buf plain = {.arena = walk->arena};

    if (num_parse_int(number, &(int64_t){0}))
        return true;
    return num_canonical(&plain, number) && str_find_char(buf_str(&plain), '.') == plain.len;
}

bool schema_node_takes_kind(struct schema_walk *walk, const struct schema *schema,
                            const struct json *value)
{
    return schema->kinds == 0 || (schema->kinds & (1U << value->kind)) != 0 ||
           ((schema->kinds & SCHEMA_NODE_INTEGER) != 0 && value->kind == JSON_NUMBER &&
            is_whole(walk, value->text));
}

/* In a word: "integer, null". */
static struct str list_kinds(struct schema_walk *walk, const struct schema *schema)
{
    const struct json *type = json_find(schema->document, STR("type"));
    struct buf list = {.arena = walk->arena};

    if (type->kind == JSON_STRING)
        return type->text;
    for (const struct json *item = type->first; item != NULL; item = item->next) {
        if (list.len > 0)
            buf_add(&list, STR(", "));
        buf_add(&list, item->text);
    }
    return buf_str(&list);
}

/* One flaw is enough for a single value. */
static bool check_rules(struct schema_walk *walk, const struct schema *schema,
                        const struct json *value, const struct schema_place *place)
{
    bool is_single = value->kind != JSON_OBJECT && value->kind != JSON_ARRAY;
    bool fits = true;

    for (size_t i = 0; i < schema->rules.count; i++) {
        const struct schema_rule *rule = &schema->rules.items[i];
        struct schema_case at = {walk, schema, rule, value, place};

        if ((rule->keyword->applies & (1U << value->kind)) == 0)
            continue;
        fits &= rule->keyword->check(&at);
        if (!fits && (is_single || walk->flaws == NULL || walk->is_stopped))
            return false;
    }
    return fits;
}

bool schema_node_check(struct schema_walk *walk, const struct schema *schema,
                       const struct json *value, const struct schema_place *place)
{
    if (walk->is_stopped)
        return false;
    if (walk->depth == SCHEMA_NODE_WALK_MAX || ++walk->steps > SCHEMA_NODE_STEPS_MAX) {
        walk->is_stopped = true;
        return false;
    }
    if (schema->is_never)
        return schema_node_flaw(walk, place, "false", (struct str){0});
    if (!schema_node_takes_kind(walk, schema, value))
        return schema_node_flaw(walk, place, "type",
                                walk->flaws != NULL ? list_kinds(walk, schema) : (struct str){0});
    walk->depth++;
    bool fits = check_rules(walk, schema, value, place);
    walk->depth--;
    return fits;
}

bool schema_node_fits(struct schema_walk *walk, const struct schema *schema,
                      const struct json *value, const struct schema_place *place)
{
    struct flaws *flaws = walk->flaws;

    walk->flaws = NULL;
    bool fits = schema_node_check(walk, schema, value, place);
    walk->flaws = flaws;
    return fits;
}

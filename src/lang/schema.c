#include "lang/schema.h"

#include "core/num.h"
#include "lang/schema_apply.h"
#include "lang/schema_keyword.h"
#include "lang/schema_node.h"

enum {
    CHAIN_MAX = 200, /* schemas tried on one value in a row: references and the like */
};

/* "a~1b" is the member "a/b" (RFC 6901); nothing is percent-coded in our documents. */
static struct str unescape(struct arena *arena, struct str token)
{
    struct buf name = {.arena = arena};

    for (size_t i = 0; i < token.len; i++) {
        bool is_escape = token.ptr[i] == '~' && i + 1 < token.len;

        if (is_escape)
            i++;
        buf_char(&name, !is_escape ? token.ptr[i] : token.ptr[i] == '1' ? '/' : '~');
    }
    return buf_str(&name);
}

static const struct json *find_item(const struct json *array, struct str token)
{
    const struct json *item = array->first;
    int64_t index;

    if (!num_parse_int(token, &index) || index < 0)
        return NULL;
    for (; item != NULL && index > 0; index--)
        item = item->next;
    return item;
}

static const struct json *find_place(struct arena *arena, const struct json *root,
                                     struct str pointer)
{
    const struct json *at = root;

    pointer = str_slice(pointer, 1, pointer.len);
    while (pointer.len > 0 && at != NULL) {
        struct str token = unescape(arena, str_cut(&pointer, '/'));

        at = at->kind == JSON_ARRAY ? find_item(at, token) : json_find(at, token);
    }
    return at;
}

/* A reference must meet a schema; other places of the document mean nothing as one. */
static bool resolve(struct schema_reader *reader, const struct schema_ref *ref)
{
    const struct json *target = find_place(reader->arena, reader->root, ref->pointer);
    struct str key = {(const char *)&target, sizeof target};

    *ref->schema = map_find(&reader->by_json, key);
    return *ref->schema != NULL ||
           err_set(reader->err, ERR_INPUT, "%.*s: there is no schema at #%.*s", STR_ARG(ref->where),
                   STR_ARG(ref->pointer));
}

/* Names the reference that leads to the schema. */
static bool fail_at(struct schema_reader *reader, const struct schema *schema, const char *what)
{
    struct str where = STR("the schema");

    for (size_t i = 0; i < reader->refs.count; i++)
        if (*reader->refs.items[i].schema == schema)
            where = reader->refs.items[i].where;
    return err_set(reader->err, ERR_INPUT, "%.*s: %s", STR_ARG(where), what);
}

static bool visit(struct schema_reader *reader, struct schema *schema, int depth);

static bool visit_rule(struct schema_reader *reader, const struct schema_rule *rule, int depth)
{
    bool (*apply)(const struct schema_case *) = rule->keyword->check;

    if (apply != schema_apply_all && apply != schema_apply_any && apply != schema_apply_one &&
        apply != schema_apply_not && apply != schema_apply_dependent)
        return true;
    for (size_t i = 0; i < rule->sub_count; i++)
        if (!visit(reader, rule->subs[i], depth))
            return false;
    return true;
}

/* A schema that comes back to itself on the same value would never end. */
static bool visit(struct schema_reader *reader, struct schema *schema, int depth)
{
    if (schema == NULL || schema->seen == DONE)
        return true;
    if (schema->seen == OPEN)
        return fail_at(reader, schema, "this goes round in a circle");
    if (depth > CHAIN_MAX)
        return fail_at(reader, schema, "too many schemas are applied to one value in a row");
    schema->seen = OPEN;
    for (size_t i = 0; i < schema->rules.count; i++)
        if (!visit_rule(reader, &schema->rules.items[i], depth + 1))
            return false;
    if (!visit(reader, schema->condition, depth + 1) || !visit(reader, schema->then, depth + 1) ||
        !visit(reader, schema->otherwise, depth + 1))
        return false;
    schema->seen = DONE;
    return true;
}

bool schema_compile(struct arena *arena, const struct json *document, struct schema **schema,
                    struct err *err)
{
    struct schema_reader reader = {
        .arena = arena, .root = document, .by_json = {.arena = arena}, .err = err};
    struct schema *root;

    if (!schema_node_read(&reader, document, &root))
        return false;
    for (size_t i = 0; i < reader.refs.count; i++)
        if (!resolve(&reader, &reader.refs.items[i]))
            return false;
    for (size_t i = 0; i < reader.all.count; i++)
        if (!visit(&reader, reader.all.items[i], 0))
            return false;
    *schema = root;
    return true;
}

bool schema_check(const struct schema *schema, const struct json *value, struct arena *arena,
                  struct flaws *flaws)
{
    struct schema_walk walk = {.arena = arena, .flaws = flaws};

    bool fits = schema_node_check(&walk, schema, value, NULL);
    if (walk.is_stopped)
        flaws_add(flaws, arena, (struct str){0}, "limit", (struct str){0});
    return fits && !walk.is_stopped;
}

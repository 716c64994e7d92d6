/* Item definitions as types of FEEL. */
#include "core/arena.h"
#include "core/map.h"
#include "core/vec.h"
#include "workflow/dmn_read.h"

enum {
    CHAIN_MAX = 100, /* names of types that stand for one another */
    DEPTH_MAX = 50,  /* components within each other */
};

/* What a model's scope asks for types by name. */
static const struct feel_type *find_type(const void *data, struct str name)
{
    const struct dmn_model *model = data;
    const struct map *types = model->types;
    const struct feel_type *type = map_find(types, name);
    size_t point = str_find_char(name, '.');

    if (type != NULL)
        return type;
    for (size_t i = 0; i < model->import_count; i++) {
        struct str prefix = model->imports[i].name;
        struct str rest = str_slice(name, prefix.len + 1, name.len);
        if (prefix.len > 0 && point < name.len && str_starts(name, prefix) &&
            name.len > prefix.len && name.ptr[prefix.len] == '.')
            type = find_type(model->imports[i].model, rest);
        if (type != NULL)
            return type;
    }
    for (size_t i = 0; i < model->nameless_count && type == NULL; i++)
        type = map_find(model->nameless[i]->types, name);
    return type;
}

/* "feel:string", "ns1:tPrice": models of DMN 1.1 have prefixes. */
static struct str without_prefix(struct str name)
{
    size_t colon = str_find_char(name, ':');

    return colon < name.len ? str_slice(name, colon + 1, name.len) : name;
}

static const struct feel_type *find_imported(const struct dmn_model *model, struct str name)
{
    const struct feel_type *type = NULL;

    for (size_t i = 0; i < model->import_count && type == NULL; i++)
        type = map_find(model->imports[i].model->types, name);
    return type;
}

const struct feel_type *dmn_read_type(const struct dmn_model *model, const struct xml_tree *at,
                                      struct str name)
{
    struct arena *arena = model->library->arena;
    struct str local = feel_scope_normalize(arena, without_prefix(name));
    const struct feel_type *type = find_type(model, feel_scope_normalize(arena, name));
    struct err err = {0};

    if (name.len == 0)
        return NULL;
    if (type == NULL)
        type = find_type(model, local);
    if (type == NULL)
        type = feel_type_find(local);
    if (type == NULL)
        type = find_imported(model, local);
    if (type == NULL && str_find_char(local, '<') < local.len &&
        !feel_parse_type(model->scope, local, &type, &err))
        type = NULL;
    if (type == NULL)
        dmn_read_fault(model, at, "there is no type \"%.*s\"", STR_ARG(name));
    return type;
}

const struct feel_type *dmn_read_type_of(const struct dmn_model *model, const struct xml_tree *at)
{
    return dmn_read_type(model, at, xml_tree_value(at, "typeRef"));
}

static struct feel_type *new_type(const struct dmn_model *model, enum feel_type_kind kind)
{
    struct feel_type *type = ARENA_NEW(model->library->arena, struct feel_type);

    type->kind = kind;
    type->item = feel_type_any();
    return type;
}

static void fill(const struct dmn_model *model, const struct xml_tree *at, struct feel_type *type,
                 int depth);

/* "<itemComponent>"s of at. */
static const struct feel_type *read_components(const struct dmn_model *model,
                                               const struct xml_tree *at, int depth)
{
    struct feel_type *type = new_type(model, FEEL_TYPE_CONTEXT);
    VEC(struct feel_member) members = {0};

    for (const struct xml_tree *it = xml_tree_find(at, "itemComponent"); it != NULL;
         it = xml_tree_next(it, "itemComponent")) {
        struct feel_type *member = new_type(model, FEEL_TYPE_ALIAS);
        fill(model, it, member, depth + 1);
        VEC_PUSH(model->library->arena, &members,
                 (struct feel_member){dmn_read_name(model, it), member});
    }
    type->members = members.items;
    type->count = members.count;
    return type;
}

static const struct feel_type *any_if_none(const struct feel_type *type)
{
    return type != NULL ? type : feel_type_any();
}

static const struct feel_type *read_function(const struct dmn_model *model,
                                             const struct xml_tree *at)
{
    struct feel_type *type = new_type(model, FEEL_TYPE_FUNCTION);
    VEC(struct feel_member) members = {0};

    for (const struct xml_tree *it = xml_tree_find(at, "parameters"); it != NULL;
         it = xml_tree_next(it, "parameters"))
        VEC_PUSH(model->library->arena, &members,
                 (struct feel_member){dmn_read_name(model, it),
                                      any_if_none(dmn_read_type_of(model, it))});
    type->members = members.items;
    type->count = members.count;
    type->item = any_if_none(dmn_read_type(model, at, xml_tree_value(at, "outputTypeRef")));
    return type;
}

static const struct feel_node *read_allowed(const struct dmn_model *model,
                                            const struct xml_tree *at, const char *name)
{
    const struct xml_tree *allowed = xml_tree_find(at, name);

    if (allowed == NULL || dmn_read_text(allowed).len == 0)
        return NULL;
    return dmn_read_tests(model, feel_scope_new(model->library->arena, model->scope), allowed);
}

/* The type an item definition or component stands for, before it is made a list of. */
static const struct feel_type *read_base(const struct dmn_model *model, const struct xml_tree *at,
                                         int depth)
{
    const struct xml_tree *named = xml_tree_find(at, "typeRef");
    const struct xml_tree *function = xml_tree_find(at, "functionItem");
    struct str name = named != NULL ? str_trim(named->text) : xml_tree_value(at, "typeRef");

    if (depth > DEPTH_MAX) {
        dmn_read_fault(model, at, "components nest deeper than %d", DEPTH_MAX);
        return feel_type_any();
    }
    if (xml_tree_find(at, "itemComponent") != NULL)
        return read_components(model, at, depth);
    if (function != NULL)
        return read_function(model, function);
    return any_if_none(dmn_read_type(model, at, name));
}

/* An alias that leads back to itself would never end. */
static bool is_circle(const struct feel_type *type)
{
    int count = 0;

    for (; type->kind == FEEL_TYPE_ALIAS || type->kind == FEEL_TYPE_LIST; type = type->item)
        if (++count > CHAIN_MAX)
            return true;
    return false;
}

static void fill(const struct dmn_model *model, const struct xml_tree *at, struct feel_type *type,
                 int depth)
{
    bool is_list = str_equal(xml_tree_value(at, "isCollection"), STR("true"));
    struct feel_type *list;

    type->name = dmn_read_name(model, at);
    type->item = read_base(model, at, depth);
    if (is_list) {
        list = new_type(model, FEEL_TYPE_LIST);
        list->item = type->item;
        type->item = list;
    }
    if (is_circle(type)) {
        dmn_read_fault(model, at, "the type is defined by itself");
        type->item = feel_type_any();
    }
    type->allowed = read_allowed(model, at, "allowedValues");
    type->constraint = read_allowed(model, at, "typeConstraint");
}

void dmn_read_types(struct dmn_model *model)
{
    struct map *types = ARENA_NEW(model->library->arena, struct map);

    types->arena = model->library->arena;
    for (const struct xml_tree *at = xml_tree_find(model->xml, "itemDefinition"); at != NULL;
         at = xml_tree_next(at, "itemDefinition"))
        if (dmn_read_name(model, at).len > 0)
            map_put(types, dmn_read_name(model, at), new_type(model, FEEL_TYPE_ALIAS));
    model->types = types;
    model->scope->find_type = find_type;
    model->scope->data = model;
}

void dmn_read_type_bodies(struct dmn_model *model)
{
    for (const struct xml_tree *at = xml_tree_find(model->xml, "itemDefinition"); at != NULL;
         at = xml_tree_next(at, "itemDefinition")) {
        struct feel_type *type = map_find(model->types, dmn_read_name(model, at));
        if (type != NULL)
            fill(model, at, type, 0);
    }
}

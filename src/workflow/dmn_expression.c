/* Boxed expressions as nodes of FEEL's tree. */
#include "core/arena.h"
#include "core/vec.h"
#include "workflow/dmn_read.h"

enum {
    DEPTH_MAX = 60, /* boxes within each other */
};

struct box {
    const struct dmn_model *model;
    struct feel_scope *scope;
    const struct xml_tree *at;
};

typedef struct feel_node *read_box(const struct box *box);

static struct feel_node *new_node(const struct box *box, enum feel_node_kind kind, size_t count)
{
    struct feel_node *node = feel_node_new(box->model->library->arena, kind, count);

    node->place = dmn_read_id(box->at);
    return node;
}

static const struct feel_value *say_broken(struct feel_run *run, const struct feel_node *node,
                                           const struct feel_frame *frame)
{
    (void)frame;
    return feel_run_null(run, "%.*s", STR_ARG(node->name));
}

/* A name that is nowhere is null whenever it is asked: it was hardly meant so. */
static void check_names(const struct dmn_model *model, const struct feel_scope *scope,
                        const struct xml_tree *at)
{
    if (scope->root->unknown.name.len > 0)
        dmn_read_fault(model, at,
                       "line %d, column %d: there is no name \"%.*s\" here: require the element "
                       "of that name, or mend the name",
                       scope->root->unknown.line, scope->root->unknown.column,
                       STR_ARG(str_slice(scope->root->unknown.name, 0, 80)));
}

/* What cannot be read is null, and says why whenever it is asked for. */
static struct feel_node *broken(const struct dmn_model *model, const struct xml_tree *at,
                                const char *why)
{
    struct feel_node *node = feel_node_new(model->library->arena, FEEL_NODE_NATIVE, 0);

    dmn_read_fault(model, at, "%s", why);
    node->place = dmn_read_id(at);
    node->name = str_copy(model->library->arena, str_from_z(why));
    node->evaluate = say_broken;
    return node;
}

typedef bool parse_text(struct feel_scope *scope, struct str text, struct feel_node **node,
                        struct err *err);

static struct feel_node *read_text(const struct dmn_model *model, struct feel_scope *scope,
                                   const struct xml_tree *at, struct str text, parse_text *parse)
{
    struct feel_scope *inner = feel_scope_new(model->library->arena, scope);
    struct feel_node *node;
    struct err err = {0};

    inner->place = dmn_read_id(at);
    if (!parse(inner, text, &node, &err))
        return broken(model, at, err.text);
    check_names(model, inner, at);
    return node;
}

struct feel_node *dmn_read_feel(const struct dmn_model *model, struct feel_scope *scope,
                                const struct xml_tree *at, struct str text)
{
    return read_text(model, scope, at, text, feel_parse);
}

struct feel_node *dmn_read_tests(const struct dmn_model *model, struct feel_scope *scope,
                                 const struct xml_tree *at)
{
    struct feel_scope *inner = feel_scope_new(model->library->arena, scope);
    struct str text = dmn_read_text(at);
    struct feel_node *node;
    struct err err = {0};

    inner->place = dmn_read_id(at);
    if (text.len == 0)
        text = STR("-");
    if (!feel_parse_tests(inner, text, &node, &err))
        return broken(model, at, err.text);
    check_names(model, inner, at);
    return node;
}

static bool is_list(const struct feel_type *type)
{
    while (type->kind == FEEL_TYPE_ALIAS)
        type = type->item;
    return type->kind == FEEL_TYPE_LIST;
}

struct feel_node *dmn_read_typed(const struct dmn_model *model, struct feel_node *node,
                                 const struct feel_type *type)
{
    struct feel_node *typed;

    if (type == NULL || type->kind == FEEL_TYPE_ANY)
        return node;
    if (node->is_series && !is_list(type)) {
        for (size_t i = 0; i < node->count; i++)
            node->items[i] = dmn_read_typed(model, node->items[i], type);
        return node;
    }
    typed = feel_node_new(model->library->arena, FEEL_NODE_TYPED, 1);
    typed->place = node->place;
    typed->line = node->line;
    typed->column = node->column;
    typed->type = type;
    typed->items[0] = node;
    return typed;
}

/* The expression in the first child of that name. */
static struct feel_node *read_part(const struct box *box, struct feel_scope *scope,
                                   const char *name)
{
    const struct xml_tree *part = xml_tree_find(box->at, name);
    const struct xml_tree *inner = dmn_read_expression_in(part);
    struct feel_node *node;

    if (inner == NULL)
        return broken(box->model, box->at, "a part of the expression is missing");
    node = dmn_read_expression(box->model, scope, inner);
    return dmn_read_typed(box->model, node, dmn_read_type_of(box->model, part));
}

static struct feel_node *read_literal(const struct box *box)
{
    struct str language = xml_tree_value(box->at, "expressionLanguage");
    struct str text = dmn_read_text(box->at);

    if (language.len > 0 && str_find(language, STR("FEEL")) == language.len &&
        str_find(language, STR("feel")) == language.len)
        return broken(box->model, box->at, "expressions are written in FEEL");
    if (text.len == 0) {
        struct feel_node *node = new_node(box, FEEL_NODE_LITERAL, 0);
        node->value = &feel_null;
        return node;
    }
    return read_text(box->model, box->scope, box->at, text, feel_parse_series);
}

struct entries {
    VEC(struct feel_node *) items;
    VEC(struct str) names;
};

static void push(const struct box *box, struct entries *entries, struct str name,
                 struct feel_node *node)
{
    VEC_PUSH(box->model->library->arena, &entries->items, node);
    VEC_PUSH(box->model->library->arena, &entries->names, name);
}

static struct feel_node *entries_node(const struct box *box, enum feel_node_kind kind,
                                      const struct entries *entries)
{
    struct feel_node *node = new_node(box, kind, 0);

    node->items = entries->items.items;
    node->names = entries->names.items;
    node->count = entries->items.count;
    return node;
}

/* The type of a variable that holds a function is, in many models, that of what it gives. */
static struct feel_node *typed_entry(const struct box *box, const struct xml_tree *variable,
                                     struct feel_node *node)
{
    const struct feel_type *type = dmn_read_type_of(box->model, variable);
    const struct feel_type *plain = type;

    while (plain != NULL && plain->kind == FEEL_TYPE_ALIAS)
        plain = plain->item;
    if (plain == NULL || plain->kind == FEEL_TYPE_FUNCTION || node->kind != FEEL_NODE_FUNCTION)
        return dmn_read_typed(box->model, node, type);
    if (node->type == NULL)
        node->type = type;
    return node;
}

static struct feel_node *read_context(const struct box *box)
{
    struct feel_scope *scope = feel_scope_new(box->model->library->arena, box->scope);
    struct entries entries = {0};
    bool has_result = false;

    for (const struct xml_tree *it = xml_tree_find(box->at, "contextEntry"); it != NULL;
         it = xml_tree_next(it, "contextEntry")) {
        const struct xml_tree *variable = xml_tree_find(it, "variable");
        const struct xml_tree *inner = dmn_read_expression_in(it);
        struct str name = variable != NULL ? dmn_read_name(box->model, variable) : (struct str){0};
        struct feel_node *node;
        if (variable != NULL) /* functions may name themselves */
            feel_scope_add(scope, name);
        node = inner != NULL ? dmn_read_expression(box->model, scope, inner)
                             : broken(box->model, it, "the entry has no expression");
        if (variable != NULL)
            node = typed_entry(box, variable, node);
        has_result = variable == NULL;
        push(box, &entries, name, node);
    }
    return entries_node(box, has_result ? FEEL_NODE_RESULT : FEEL_NODE_CONTEXT, &entries);
}

static struct feel_node *read_list(const struct box *box)
{
    struct entries entries = {0};

    for (const struct xml_tree *it = dmn_read_expression_in(box->at); it != NULL; it = it->next) {
        struct feel_node *node = dmn_read_expression(box->model, box->scope, it);
        if (node != NULL)
            push(box, &entries, (struct str){0}, node);
    }
    return entries_node(box, FEEL_NODE_LIST, &entries);
}

static struct feel_node *read_row(const struct box *box, const struct xml_tree *row)
{
    const struct xml_tree *column = xml_tree_find(box->at, "column");
    struct entries entries = {0};

    for (const struct xml_tree *it = row->first; it != NULL && column != NULL; it = it->next) {
        struct feel_node *node = dmn_read_expression(box->model, box->scope, it);
        if (node == NULL)
            continue;
        node = dmn_read_typed(box->model, node, dmn_read_type_of(box->model, column));
        push(box, &entries, dmn_read_name(box->model, column), node);
        column = xml_tree_next(column, "column");
    }
    return entries_node(box, FEEL_NODE_CONTEXT, &entries);
}

static struct feel_node *read_relation(const struct box *box)
{
    struct entries entries = {0};

    for (const struct xml_tree *it = xml_tree_find(box->at, "row"); it != NULL;
         it = xml_tree_next(it, "row"))
        push(box, &entries, (struct str){0}, read_row(box, it));
    return entries_node(box, FEEL_NODE_LIST, &entries);
}

static struct feel_node *read_invocation(const struct box *box)
{
    const struct xml_tree *callee = dmn_read_expression_in(box->at);
    struct entries entries = {0};
    struct feel_node *node;

    if (callee == NULL)
        return broken(box->model, box->at, "it is not said what is called");
    push(box, &entries, (struct str){0}, dmn_read_expression(box->model, box->scope, callee));
    for (const struct xml_tree *it = xml_tree_find(box->at, "binding"); it != NULL;
         it = xml_tree_next(it, "binding")) {
        const struct xml_tree *parameter = xml_tree_find(it, "parameter");
        const struct xml_tree *inner = dmn_read_expression_in(it);
        struct feel_node *argument;
        if (parameter == NULL || inner == NULL) {
            dmn_read_fault(box->model, it, "a binding has a parameter and an expression");
            continue;
        }
        argument = dmn_read_expression(box->model, box->scope, inner);
        argument = dmn_read_typed(box->model, argument, dmn_read_type_of(box->model, parameter));
        push(box, &entries, dmn_read_name(box->model, parameter), argument);
    }
    node = entries_node(box, FEEL_NODE_CALL, &entries);
    if (node->count == 1)
        node->names = NULL;
    return node;
}

static struct feel_node *read_function(const struct box *box)
{
    struct str kind = xml_tree_value(box->at, "kind");
    struct feel_node *node = new_node(box, FEEL_NODE_FUNCTION, 1);
    struct feel_scope *scope = feel_scope_new(box->model->library->arena, box->scope);
    const struct xml_tree *inner = dmn_read_expression_in(box->at);

    if (kind.len > 0 && !str_equal(kind, STR("FEEL"))) {
        dmn_read_fault(box->model, box->at, "functions in Java or PMML are not run here");
        node->count = 0;
        return node;
    }
    node->formals = dmn_read_formals(box->model, box->at, &node->formal_count);
    for (size_t i = 0; i < node->formal_count; i++)
        feel_scope_add(scope, node->formals[i].name);
    node->items[0] = inner != NULL ? dmn_read_expression(box->model, scope, inner)
                                   : broken(box->model, box->at, "the function has no body");
    return node;
}

static struct feel_node *read_conditional(const struct box *box)
{
    struct feel_node *node = new_node(box, FEEL_NODE_IF, 3);

    node->is_boxed = true;
    node->items[0] = read_part(box, box->scope, "if");
    node->items[1] = read_part(box, box->scope, "then");
    node->items[2] = read_part(box, box->scope, "else");
    return node;
}

static struct feel_node *read_filter(const struct box *box)
{
    struct feel_node *node = new_node(box, FEEL_NODE_FILTER, 2);
    struct feel_scope *scope = feel_scope_new(box->model->library->arena, box->scope);

    feel_scope_add(scope, STR("item"));
    scope->is_open = true;
    /* The members of an item are names there, of several words too. */
    for (size_t i = 0; i < box->model->scope->member_count; i++)
        feel_scope_add(scope, box->model->scope->members[i]);
    node->items[0] = read_part(box, box->scope, "in");
    node->items[1] = read_part(box, scope, "match");
    return node;
}

static struct feel_node *read_loop(const struct box *box, enum feel_node_kind kind,
                                   const char *body)
{
    struct arena *arena = box->model->library->arena;
    struct str name = feel_scope_normalize(arena, xml_tree_value(box->at, "iteratorVariable"));
    struct feel_node *node = new_node(box, kind, 2);
    struct feel_scope *scope = feel_scope_new(arena, box->scope);

    if (name.len == 0)
        return broken(box->model, box->at, "the loop has no iteratorVariable");
    node->names = ARENA_ARRAY(arena, struct str, 2);
    node->names[0] = name;
    node->is_boxed = true;
    node->items[0] = read_part(box, box->scope, "in");
    feel_scope_add(scope, name);
    feel_scope_add(scope, STR("partial"));
    node->items[1] = read_part(box, scope, body);
    return node;
}

static struct feel_node *read_for(const struct box *box)
{
    return read_loop(box, FEEL_NODE_FOR, "return");
}

static struct feel_node *read_some(const struct box *box)
{
    return read_loop(box, FEEL_NODE_SOME, "satisfies");
}

static struct feel_node *read_every(const struct box *box)
{
    return read_loop(box, FEEL_NODE_EVERY, "satisfies");
}

static struct feel_node *read_table(const struct box *box)
{
    return dmn_read_table(box->model, box->scope, box->at);
}

static const struct {
    const char *name;
    read_box *read;
} BOXES[] = {
    {"literalExpression", read_literal},
    {"context", read_context},
    {"invocation", read_invocation},
    {"list", read_list},
    {"relation", read_relation},
    {"functionDefinition", read_function},
    {"conditional", read_conditional},
    {"filter", read_filter},
    {"for", read_for},
    {"some", read_some},
    {"every", read_every},
    {"decisionTable", read_table},
};

static read_box *box_of(const struct xml_tree *at)
{
    for (size_t i = 0; i < ARRAY_LEN(BOXES); i++)
        if (str_equal(at->name, str_from_z(BOXES[i].name)))
            return BOXES[i].read;
    return NULL;
}

const struct xml_tree *dmn_read_expression_in(const struct xml_tree *at)
{
    const struct xml_tree *it = at == NULL ? NULL : at->first;

    while (it != NULL && box_of(it) == NULL)
        it = it->next;
    return it;
}

static int depth_of(const struct xml_tree *at)
{
    int depth = 0;

    for (; at != NULL; at = at->parent)
        depth++;
    return depth;
}

struct feel_node *dmn_read_expression(const struct dmn_model *model, struct feel_scope *scope,
                                      const struct xml_tree *at)
{
    struct box box = {model, scope, at};
    read_box *read = box_of(at);

    if (read == NULL)
        return NULL;
    if (depth_of(at) > DEPTH_MAX)
        return broken(model, at, "boxed expressions nest too deeply");
    return dmn_read_typed(model, read(&box), dmn_read_type_of(model, at));
}

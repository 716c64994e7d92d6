/* What begins with a word or a bracket: if, for, functions, lists, contexts, ranges, calls. */
#include "core/vec.h"
#include "lang/feel_parser.h"
#include "lang/feel_type.h"

struct nodes {
    VEC(struct feel_node *) items;
    VEC(struct str) names;
};

static struct feel_node *gather(struct feel_parser *parser, enum feel_node_kind kind,
                                const struct nodes *nodes, bool with_names)
{
    struct feel_node *node = feel_parser_node(parser, kind, 0);

    node->items = nodes->items.items;
    node->count = nodes->items.count;
    node->names = with_names ? nodes->names.items : NULL;
    return node;
}

/* The node begins where the form began. */
static struct feel_node *put_at(struct feel_node *node, const struct feel_token *token)
{
    node->line = token->line;
    node->column = token->column;
    return node;
}

static struct feel_node *parse_if(struct feel_parser *parser)
{
    struct feel_node *node = feel_parser_node(parser, FEEL_NODE_IF, 3);
    static const char *const BEFORE[] = {"if", "then", "else"};

    for (size_t i = 0; i < 3; i++) {
        if (!feel_parser_expect_word(parser, BEFORE[i]))
            return NULL;
        node->items[i] = feel_parser_expression(parser);
        if (node->items[i] == NULL)
            return NULL;
    }
    return node;
}

bool feel_parser_new_name(struct feel_parser *parser, const char *end_word, struct str *name)
{
    const struct feel_token *first = feel_parser_token(parser), *token = first;

    while (token->kind == FEEL_TOKEN_WORD || token->kind == FEEL_TOKEN_NUMBER ||
           (token->kind == FEEL_TOKEN_SIGN && token != first &&
            strchr(".-+*/'", token->text.ptr[0]) != NULL)) {
        if (token != first && end_word != NULL && str_equal(token->text, str_from_z(end_word)))
            break;
        token++;
    }
    if (token == first || first->kind != FEEL_TOKEN_WORD) {
        feel_parser_fail(parser, "a name is missing");
        return false;
    }
    *name = feel_scope_normalize(
        parser->arena,
        (struct str){first->source.ptr,
                     (size_t)(token[-1].source.ptr + token[-1].source.len - first->source.ptr)});
    parser->at += (size_t)(token - first);
    return true;
}

/* "1..10" of a for, or any list. */
static struct feel_node *parse_domain(struct feel_parser *parser)
{
    struct feel_node *low = feel_parser_expression(parser), *node;

    if (low == NULL || !feel_parser_take_sign(parser, ".."))
        return low;
    node = feel_parser_node(parser, FEEL_NODE_SPAN, 2);
    node->items[0] = low;
    node->items[1] = feel_parser_expression(parser);
    return node->items[1] == NULL ? NULL : node;
}

static bool parse_iterators(struct feel_parser *parser, struct nodes *nodes)
{
    do {
        struct str name;
        struct feel_node *domain;
        if (!feel_parser_new_name(parser, "in", &name) || !feel_parser_expect_word(parser, "in"))
            return false;
        domain = parse_domain(parser);
        if (domain == NULL)
            return false;
        VEC_PUSH(parser->arena, &nodes->items, domain);
        VEC_PUSH(parser->arena, &nodes->names, name);
        feel_scope_add(parser->scope, name);
    } while (feel_parser_take_sign(parser, ","));
    return true;
}

static struct feel_node *parse_loop(struct feel_parser *parser, enum feel_node_kind kind,
                                    const char *before)
{
    const struct feel_token *start = feel_parser_token(parser);
    struct nodes nodes = {0};
    struct feel_node *body = NULL;

    parser->at++;
    feel_parser_push_scope(parser);
    if (kind == FEEL_NODE_FOR)
        feel_scope_add(parser->scope, STR("partial"));
    if (parse_iterators(parser, &nodes) && feel_parser_expect_word(parser, before))
        body = feel_parser_expression(parser);
    feel_parser_pop_scope(parser);
    if (body == NULL)
        return NULL;
    VEC_PUSH(parser->arena, &nodes.items, body);
    return put_at(gather(parser, kind, &nodes, true), start);
}

static bool parse_formals(struct feel_parser *parser, struct feel_node *node)
{
    VEC(struct feel_parameter) formals = {0};

    if (!feel_parser_expect_sign(parser, "("))
        return false;
    while (!feel_parser_is_sign(parser, ")")) {
        struct feel_parameter formal = {0};
        if (formals.count > 0 && !feel_parser_expect_sign(parser, ","))
            return false;
        if (!feel_parser_new_name(parser, NULL, &formal.name))
            return false;
        if (feel_parser_take_sign(parser, ":")) {
            formal.type = feel_parser_type(parser);
            if (formal.type == NULL)
                return false;
        }
        feel_scope_add(parser->scope, formal.name);
        VEC_PUSH(parser->arena, &formals, formal);
    }
    node->formals = formals.items;
    node->formal_count = formals.count;
    return feel_parser_expect_sign(parser, ")");
}

static struct feel_node *parse_function(struct feel_parser *parser)
{
    struct feel_node *node = feel_parser_node(parser, FEEL_NODE_FUNCTION, 1), *body = NULL;

    parser->at++;
    feel_parser_push_scope(parser);
    if (parse_formals(parser, node)) {
        bool is_external = feel_parser_take_word(parser, "external");
        body = feel_parser_expression(parser);
        node->items[0] = body;
        node->count = is_external ? 0 : 1;
        if (body != NULL)
            node->shown = feel_type_infer(parser->arena, body);
    }
    feel_parser_pop_scope(parser);
    return body == NULL ? NULL : node;
}

/* "function(" begins a definition, but "function" alone may be a name. */
struct feel_node *feel_parser_special(struct feel_parser *parser, bool *is_special)
{
    const struct feel_token *next = feel_parser_token(parser) + 1;

    *is_special = false;
    if (feel_parser_token(parser)->kind != FEEL_TOKEN_WORD || next->kind == FEEL_TOKEN_END)
        return NULL;
    *is_special = true;
    if (feel_parser_is_word(parser, "if"))
        return parse_if(parser);
    if (feel_parser_is_word(parser, "for"))
        return parse_loop(parser, FEEL_NODE_FOR, "return");
    if (feel_parser_is_word(parser, "some"))
        return parse_loop(parser, FEEL_NODE_SOME, "satisfies");
    if (feel_parser_is_word(parser, "every"))
        return parse_loop(parser, FEEL_NODE_EVERY, "satisfies");
    if (feel_parser_is_word(parser, "function") && next->kind == FEEL_TOKEN_SIGN &&
        next->text.ptr[0] == '(')
        return parse_function(parser);
    *is_special = false;
    return NULL;
}

/* Behind ".." up to the bracket that ends the range. */
static struct feel_node *parse_range(struct feel_parser *parser, struct feel_node *low,
                                     bool has_low)
{
    struct feel_node *node = feel_parser_node(parser, FEEL_NODE_RANGE, 2);

    node->has_low = has_low;
    node->items[0] = low;
    node->items[1] = feel_parser_sum(parser);
    if (node->items[1] == NULL)
        return NULL;
    node->has_high = feel_parser_is_sign(parser, "]");
    if (!node->has_high && !feel_parser_is_sign(parser, ")") && !feel_parser_is_sign(parser, "["))
        return feel_parser_fail(parser, "\"]\", \")\" or \"[\" is missing");
    parser->at++;
    return node;
}

static struct feel_node *parse_list(struct feel_parser *parser)
{
    const struct feel_token *start = feel_parser_token(parser);
    struct nodes nodes = {0};

    parser->at++;
    while (!feel_parser_is_sign(parser, "]")) {
        struct feel_node *item;
        if (nodes.items.count > 0 && !feel_parser_expect_sign(parser, ","))
            return NULL;
        item = feel_parser_test(parser);
        if (item == NULL)
            return NULL;
        if (nodes.items.count == 0 && feel_parser_take_sign(parser, ".."))
            return parse_range(parser, item, true);
        VEC_PUSH(parser->arena, &nodes.items, item);
    }
    parser->at++;
    return put_at(gather(parser, FEEL_NODE_LIST, &nodes, false), start);
}

/* "(1 + 2)", "(1..5]", "(< 5)". */
static struct feel_node *parse_round(struct feel_parser *parser)
{
    struct feel_node *inner;

    parser->at++;
    inner = feel_parser_test(parser);
    if (inner == NULL)
        return NULL;
    if (feel_parser_take_sign(parser, ".."))
        return parse_range(parser, inner, false);
    return feel_parser_expect_sign(parser, ")") ? inner : NULL;
}

/* A text, or any tokens up to the colon: "foo+bar". */
static bool parse_key(struct feel_parser *parser, struct str *name)
{
    const struct feel_token *token = feel_parser_token(parser);

    if (token->kind != FEEL_TOKEN_STRING)
        return feel_parser_new_name(parser, NULL, name);
    *name = token->text;
    parser->at++;
    return true;
}

static struct feel_node *parse_context(struct feel_parser *parser)
{
    const struct feel_token *start = feel_parser_token(parser);
    struct nodes nodes = {0};
    bool is_good = true;

    parser->at++;
    feel_parser_push_scope(parser);
    while (is_good && !feel_parser_is_sign(parser, "}")) {
        struct str name;
        struct feel_node *value = NULL;
        is_good = (nodes.items.count == 0 || feel_parser_expect_sign(parser, ",")) &&
                  parse_key(parser, &name) && feel_parser_expect_sign(parser, ":") &&
                  (value = feel_parser_expression(parser)) != NULL;
        if (is_good) {
            VEC_PUSH(parser->arena, &nodes.items, value);
            VEC_PUSH(parser->arena, &nodes.names, name);
            feel_scope_add(parser->scope, name);
            feel_scope_add_member(parser->scope, name);
        }
    }
    feel_parser_pop_scope(parser);
    if (!is_good)
        return NULL;
    parser->at++;
    return put_at(gather(parser, FEEL_NODE_CONTEXT, &nodes, true), start);
}

struct feel_node *feel_parser_bracket(struct feel_parser *parser)
{
    struct feel_node *low;

    if (feel_parser_is_sign(parser, "["))
        return parse_list(parser);
    if (feel_parser_is_sign(parser, "("))
        return parse_round(parser);
    if (feel_parser_is_sign(parser, "{"))
        return parse_context(parser);
    if (!feel_parser_take_sign(parser, "]"))
        return feel_parser_fail(parser, "a value is missing");
    low = feel_parser_sum(parser);
    if (low == NULL || !feel_parser_expect_sign(parser, ".."))
        return NULL;
    return parse_range(parser, low, false);
}

/* "name:" in front of an argument. */
static bool is_named(const struct feel_parser *parser)
{
    const struct feel_token *token = feel_parser_token(parser);

    if (token->kind != FEEL_TOKEN_WORD)
        return false;
    while (token->kind == FEEL_TOKEN_WORD || token->kind == FEEL_TOKEN_NUMBER ||
           (token->kind == FEEL_TOKEN_SIGN && strchr(".-+*/'", token->text.ptr[0]) != NULL))
        token++;
    return token->kind == FEEL_TOKEN_SIGN && str_equal(token->text, STR(":"));
}

struct feel_node *feel_parser_call(struct feel_parser *parser, struct feel_node *function)
{
    const struct feel_token *start = feel_parser_token(parser);
    struct nodes nodes = {0};
    bool has_names = false;

    parser->at++;
    VEC_PUSH(parser->arena, &nodes.items, function);
    VEC_PUSH(parser->arena, &nodes.names, (struct str){0});
    while (!feel_parser_is_sign(parser, ")")) {
        struct str name = {0};
        struct feel_node *argument;
        if (nodes.items.count > 1 && !feel_parser_expect_sign(parser, ","))
            return NULL;
        if (nodes.items.count == 1)
            has_names = is_named(parser);
        if (has_names &&
            (!feel_parser_new_name(parser, NULL, &name) || !feel_parser_expect_sign(parser, ":")))
            return NULL;
        argument = feel_parser_test(parser);
        if (argument == NULL)
            return NULL;
        VEC_PUSH(parser->arena, &nodes.items, argument);
        VEC_PUSH(parser->arena, &nodes.names, name);
    }
    parser->at++;
    return put_at(gather(parser, FEEL_NODE_CALL, &nodes, has_names), start);
}

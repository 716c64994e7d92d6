/* Unary tests and types, and the ways into the parser that feel.h promises. */
#include "core/vec.h"
#include "lang/feel.h"
#include "lang/feel_parser.h"
#include "lang/feel_type.h"

static const struct {
    const char *sign;
    enum feel_operator operator;
} SIGNS[] = {
    {"<", FEEL_LESS},    {"<=", FEEL_LESS_OR_EQUAL},
    {">", FEEL_GREATER}, {">=", FEEL_GREATER_OR_EQUAL},
    {"=", FEEL_EQUAL},   {"!=", FEEL_UNEQUAL},
};

/* "< 5", or any expression. */
struct feel_node *feel_parser_test(struct feel_parser *parser)
{
    int questions = parser->questions;
    struct feel_node *node;

    for (size_t i = 0; i < ARRAY_LEN(SIGNS); i++) {
        if (!feel_parser_is_sign(parser, SIGNS[i].sign))
            continue;
        node = feel_parser_node(parser, FEEL_NODE_UNARY, 1);
        node->operator= SIGNS[i].operator;
        parser->at++;
        node->items[0] = feel_parser_sum(parser);
        return node->items[0] == NULL ? NULL : node;
    }
    node = feel_parser_expression(parser);
    if (node != NULL && parser->questions > questions)
        node->is_test = true;
    return node;
}

static bool is_end(const struct feel_parser *parser, const char *end)
{
    if (end[0] == '\0')
        return feel_parser_token(parser)->kind == FEEL_TOKEN_END;
    return feel_parser_is_sign(parser, end);
}

struct feel_node *feel_parser_tests(struct feel_parser *parser, const char *end)
{
    struct feel_node *node = feel_parser_node(parser, FEEL_NODE_TESTS, 0);
    VEC(struct feel_node *) tests = {0};

    do {
        struct feel_node *test = feel_parser_test(parser);
        if (test == NULL)
            return NULL;
        VEC_PUSH(parser->arena, &tests, test);
    } while (feel_parser_take_sign(parser, ","));
    node->items = tests.items;
    node->count = tests.count;
    return is_end(parser, end) ? node : feel_parser_fail(parser, "a comma is missing");
}

/* "not(…)" around all of it; a call of not() that goes on is an ordinary test. */
static struct feel_node *parse_not(struct feel_parser *parser)
{
    struct err ignored = {0}, *err = parser->err;
    size_t start = parser->at;
    struct feel_node *node;

    parser->at += 2;
    parser->err = &ignored;
    node = feel_parser_tests(parser, ")");
    parser->err = err;
    if (node != NULL && feel_parser_take_sign(parser, ")") && is_end(parser, "")) {
        node->is_negated = true;
        return node;
    }
    parser->at = start;
    return feel_parser_tests(parser, "");
}

static struct feel_node *parse_entry(struct feel_parser *parser)
{
    const struct feel_token *token = feel_parser_token(parser);

    if (feel_parser_is_sign(parser, "-") && token[1].kind == FEEL_TOKEN_END) {
        parser->at++;
        return feel_parser_node(parser, FEEL_NODE_ANY, 0);
    }
    if (feel_parser_is_word(parser, "not") && token[1].kind == FEEL_TOKEN_SIGN &&
        str_equal(token[1].text, STR("(")))
        return parse_not(parser);
    return feel_parser_tests(parser, "");
}

static struct feel_type *new_type(struct feel_parser *parser, enum feel_type_kind kind)
{
    struct feel_type *type = ARENA_NEW(parser->arena, struct feel_type);

    type->kind = kind;
    type->item = feel_type_any();
    return type;
}

static const struct feel_type *type_fail(struct feel_parser *parser, const char *what)
{
    feel_parser_fail(parser, what);
    return NULL;
}

/* "<number>" */
static const struct feel_type *parse_item_type(struct feel_parser *parser, enum feel_type_kind kind)
{
    struct feel_type *type = new_type(parser, kind);

    if (!feel_parser_expect_sign(parser, "<"))
        return NULL;
    type->item = feel_parser_type(parser);
    return type->item == NULL || !feel_parser_expect_sign(parser, ">") ? NULL : type;
}

/* "<a: number, b: string>" of a context, "<number, string>" of a function. */
static bool parse_members(struct feel_parser *parser, struct feel_type *type, bool has_names)
{
    VEC(struct feel_member) members = {0};

    if (!feel_parser_expect_sign(parser, "<"))
        return false;
    while (!feel_parser_is_sign(parser, ">")) {
        struct feel_member member = {0};
        if (members.count > 0 && !feel_parser_expect_sign(parser, ","))
            return false;
        if (has_names && (!feel_parser_new_name(parser, NULL, &member.name) ||
                          !feel_parser_expect_sign(parser, ":")))
            return false;
        member.type = feel_parser_type(parser);
        if (member.type == NULL)
            return false;
        VEC_PUSH(parser->arena, &members, member);
    }
    parser->at++;
    type->members = members.items;
    type->count = members.count;
    return true;
}

static const struct feel_type *parse_function_type(struct feel_parser *parser)
{
    struct feel_type *type = new_type(parser, FEEL_TYPE_FUNCTION);

    if (!parse_members(parser, type, false) || !feel_parser_expect_sign(parser, "->"))
        return NULL;
    type->item = feel_parser_type(parser);
    return type->item == NULL ? NULL : type;
}

static const struct feel_type *parse_context_type(struct feel_parser *parser)
{
    struct feel_type *type = new_type(parser, FEEL_TYPE_CONTEXT);

    return parse_members(parser, type, true) ? type : NULL;
}

/* One of FEEL's own, of several words perhaps; then those of the model, the longest first. */
static const struct feel_type *parse_named_type(struct feel_parser *parser)
{
    const struct feel_token *tokens = feel_parser_token(parser);
    const struct feel_scope *root = parser->scope->root;
    const struct feel_type *type = NULL;
    size_t count, best = 0, length = 0;
    const struct str *names = feel_type_names(&count);

    for (size_t i = 0; i < count; i++) {
        size_t taken = feel_scope_match_one(tokens, names[i]);
        if (taken > best) {
            best = taken;
            type = feel_type_find(names[i]);
        }
    }
    while (tokens[length].kind == FEEL_TOKEN_WORD || tokens[length].kind == FEEL_TOKEN_NUMBER ||
           (tokens[length].kind == FEEL_TOKEN_SIGN &&
            strchr(".-'", tokens[length].text.ptr[0]) != NULL))
        length++;
    for (; root->find_type != NULL && length > best; length--) {
        const struct feel_token *last = &tokens[length - 1];
        struct str text = {tokens->source.ptr,
                           (size_t)(last->source.ptr + last->source.len - tokens->source.ptr)};
        const struct feel_type *found =
            root->find_type(root->data, feel_scope_normalize(parser->arena, text));
        if (found != NULL) {
            parser->at += length;
            return found;
        }
    }
    if (type == NULL)
        return type_fail(parser, "the name of a type is missing");
    parser->at += best;
    return type;
}

const struct feel_type *feel_parser_type(struct feel_parser *parser)
{
    const struct feel_type *type;
    const struct feel_token *next = feel_parser_token(parser) + 1;
    bool has_arguments = feel_parser_token(parser)->kind == FEEL_TOKEN_WORD &&
                         next->kind == FEEL_TOKEN_SIGN && str_equal(next->text, STR("<"));

    if (parser->depth == FEEL_PARSER_DEPTH_MAX)
        return type_fail(parser, "less nesting is possible");
    parser->depth++;
    if (has_arguments && feel_parser_take_word(parser, "list"))
        type = parse_item_type(parser, FEEL_TYPE_LIST);
    else if (has_arguments && feel_parser_take_word(parser, "range"))
        type = parse_item_type(parser, FEEL_TYPE_RANGE);
    else if (has_arguments && feel_parser_take_word(parser, "context"))
        type = parse_context_type(parser);
    else if (has_arguments && feel_parser_take_word(parser, "function"))
        type = parse_function_type(parser);
    else
        type = parse_named_type(parser);
    parser->depth--;
    return type;
}

static bool begin(struct feel_parser *parser, struct feel_scope *scope, struct str text)
{
    struct feel_token *tokens;
    size_t count;

    parser->scope = feel_scope_new(scope->arena, scope);
    parser->scope->root->unknown.name = (struct str){0};
    if (!feel_lexer_run(scope->arena, text, &tokens, &count, parser->err))
        return false;
    parser->arena = scope->arena;
    parser->tokens = tokens;
    return true;
}

static bool finish(struct feel_parser *parser, bool is_good)
{
    if (is_good && feel_parser_token(parser)->kind != FEEL_TOKEN_END)
        feel_parser_fail(parser, "an operator is missing, or a name is not known,");
    return parser->err->code == ERR_NONE;
}

/* The err of the caller stays as it is unless something fails. */
static bool hand_on(const struct err *from, struct err *err)
{
    *err = *from;
    return false;
}

bool feel_parse(struct feel_scope *scope, struct str text, struct feel_node **node, struct err *err)
{
    struct err fault = {0};
    struct feel_parser parser = {.err = &fault};
    struct feel_node *made = NULL;

    if (begin(&parser, scope, text))
        made = feel_parser_test(&parser);
    if (!finish(&parser, made != NULL))
        return hand_on(&fault, err);
    *node = made;
    return true;
}

/* What stands behind a first expression: more of them, which make a list of all. */
static struct feel_node *parse_more(struct feel_parser *parser, struct feel_node *first)
{
    VEC(struct feel_node *) items = {0};
    struct feel_node *list = feel_parser_node(parser, FEEL_NODE_LIST, 0);

    VEC_PUSH(parser->arena, &items, first);
    while (feel_parser_take_sign(parser, ",")) {
        struct feel_node *item = feel_parser_expression(parser);
        if (item == NULL)
            return NULL;
        VEC_PUSH(parser->arena, &items, item);
    }
    list->items = items.items;
    list->count = items.count;
    list->is_series = true;
    return list;
}

bool feel_parse_series(struct feel_scope *scope, struct str text, struct feel_node **node,
                       struct err *err)
{
    struct err fault = {0};
    struct feel_parser parser = {.err = &fault};
    struct feel_node *made = NULL;

    if (begin(&parser, scope, text))
        made = feel_parser_test(&parser);
    if (made != NULL && feel_parser_is_sign(&parser, ","))
        made = parse_more(&parser, made);
    if (!finish(&parser, made != NULL))
        return hand_on(&fault, err);
    *node = made;
    return true;
}

bool feel_parse_tests(struct feel_scope *scope, struct str text, struct feel_node **node,
                      struct err *err)
{
    struct err fault = {0};
    struct feel_parser parser = {.err = &fault};
    struct feel_node *made = NULL;

    if (begin(&parser, scope, text)) {
        feel_scope_add(parser.scope, STR("?"));
        made = parse_entry(&parser);
    }
    if (!finish(&parser, made != NULL))
        return hand_on(&fault, err);
    *node = made;
    return true;
}

bool feel_parse_type(struct feel_scope *scope, struct str text, const struct feel_type **type,
                     struct err *err)
{
    struct err fault = {0};
    struct feel_parser parser = {.err = &fault};
    const struct feel_type *made = NULL;

    if (begin(&parser, scope, text))
        made = feel_parser_type(&parser);
    if (!finish(&parser, made != NULL))
        return hand_on(&fault, err);
    *type = made;
    return true;
}

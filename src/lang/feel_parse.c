/* Expressions: operators, operands, what follows an operand. */
#include <stdio.h>

#include "core/vec.h"
#include "lang/feel_builtin.h"
#include "lang/feel_parser.h"
#include "lang/feel_run.h"
#include "lang/feel_time.h"

enum level {
    LEVEL_OR = 1,
    LEVEL_AND,
    LEVEL_COMPARISON,
    LEVEL_SUM,
    LEVEL_PRODUCT,
    LEVEL_POWER,
};

struct operator_row {
    const char *sign;
    enum level level;
    enum feel_node_kind kind;
    enum feel_operator operator;
};

static const struct operator_row OPERATORS[] = {
    {"or", LEVEL_OR, FEEL_NODE_OR, 0},
    {"and", LEVEL_AND, FEEL_NODE_AND, 0},
    {"=", LEVEL_COMPARISON, FEEL_NODE_COMPARE, FEEL_EQUAL},
    {"!=", LEVEL_COMPARISON, FEEL_NODE_COMPARE, FEEL_UNEQUAL},
    {"<", LEVEL_COMPARISON, FEEL_NODE_COMPARE, FEEL_LESS},
    {"<=", LEVEL_COMPARISON, FEEL_NODE_COMPARE, FEEL_LESS_OR_EQUAL},
    {">", LEVEL_COMPARISON, FEEL_NODE_COMPARE, FEEL_GREATER},
    {">=", LEVEL_COMPARISON, FEEL_NODE_COMPARE, FEEL_GREATER_OR_EQUAL},
    {"+", LEVEL_SUM, FEEL_NODE_ADD, 0},
    {"-", LEVEL_SUM, FEEL_NODE_SUBTRACT, 0},
    {"*", LEVEL_PRODUCT, FEEL_NODE_MULTIPLY, 0},
    {"/", LEVEL_PRODUCT, FEEL_NODE_DIVIDE, 0},
    {"**", LEVEL_POWER, FEEL_NODE_POWER, 0},
};

static struct feel_node *parse_level(struct feel_parser *parser, int least);

struct feel_node *feel_parser_fail(struct feel_parser *parser, const char *what)
{
    const struct feel_token *token = feel_parser_token(parser);

    if (parser->err->code == ERR_NONE && token->kind == FEEL_TOKEN_END)
        (void)err_set(parser->err, ERR_INPUT, "line %d, column %d: %s at the end of the text",
                      token->line, token->column, what);
    else if (parser->err->code == ERR_NONE)
        (void)err_set(parser->err, ERR_INPUT, "line %d, column %d: %s before \"%.*s\"", token->line,
                      token->column, what, STR_ARG(str_slice(token->source, 0, 40)));
    return NULL;
}

bool feel_parser_is_sign(const struct feel_parser *parser, const char *sign)
{
    const struct feel_token *token = feel_parser_token(parser);

    return token->kind == FEEL_TOKEN_SIGN && str_equal(token->text, str_from_z(sign));
}

bool feel_parser_is_word(const struct feel_parser *parser, const char *word)
{
    const struct feel_token *token = feel_parser_token(parser);

    return token->kind == FEEL_TOKEN_WORD && str_equal(token->text, str_from_z(word));
}

bool feel_parser_take_sign(struct feel_parser *parser, const char *sign)
{
    bool is_there = feel_parser_is_sign(parser, sign);

    parser->at += is_there ? 1 : 0;
    return is_there;
}

bool feel_parser_take_word(struct feel_parser *parser, const char *word)
{
    bool is_there = feel_parser_is_word(parser, word);

    parser->at += is_there ? 1 : 0;
    return is_there;
}

bool feel_parser_expect_sign(struct feel_parser *parser, const char *sign)
{
    char what[40];

    if (feel_parser_take_sign(parser, sign))
        return true;
    (void)snprintf(what, sizeof what, "\"%s\" is missing", sign);
    feel_parser_fail(parser, what);
    return false;
}

bool feel_parser_expect_word(struct feel_parser *parser, const char *word)
{
    char what[40];

    if (feel_parser_take_word(parser, word))
        return true;
    (void)snprintf(what, sizeof what, "\"%s\" is missing", word);
    feel_parser_fail(parser, what);
    return false;
}

struct feel_node *feel_parser_node(struct feel_parser *parser, enum feel_node_kind kind,
                                   size_t count)
{
    const struct feel_token *token = feel_parser_token(parser);
    struct feel_node *node = feel_node_new(parser->arena, kind, count);

    node->line = token->line;
    node->column = token->column;
    node->place = parser->scope->place;
    return node;
}

bool feel_parser_push_scope(struct feel_parser *parser)
{
    parser->scope = feel_scope_new(parser->arena, parser->scope);
    return true;
}

void feel_parser_pop_scope(struct feel_parser *parser)
{
    /* It was made from a scope that may be added to; outer is const for all others. */
    parser->scope = (struct feel_scope *)(uintptr_t)parser->scope->outer;
}

/* The row of the operator that stands here and binds at least so; NULL: none. */
static const struct operator_row *find_operator(const struct feel_parser *parser, int least)
{
    const struct feel_token *token = feel_parser_token(parser);

    if (token->kind != FEEL_TOKEN_SIGN && token->kind != FEEL_TOKEN_WORD)
        return NULL;
    for (size_t i = 0; i < ARRAY_LEN(OPERATORS); i++)
        if ((int)OPERATORS[i].level >= least &&
            str_equal(token->text, str_from_z(OPERATORS[i].sign)))
            return &OPERATORS[i];
    return NULL;
}

static struct feel_node *parse_between(struct feel_parser *parser, struct feel_node *value)
{
    struct feel_node *node = feel_parser_node(parser, FEEL_NODE_BETWEEN, 3);

    parser->at++;
    node->items[0] = value;
    node->items[1] = feel_parser_sum(parser);
    if (node->items[1] == NULL || !feel_parser_expect_word(parser, "and"))
        return NULL;
    node->items[2] = feel_parser_sum(parser);
    return node->items[2] == NULL ? NULL : node;
}

/* "x in [1, 2] and y" is of and: only what binds more than a comparison belongs to in. */
static struct feel_node *parse_domain(struct feel_parser *parser)
{
    int questions = parser->questions;
    struct feel_node *node;

    if (feel_parser_is_sign(parser, "=") || feel_parser_is_sign(parser, "!="))
        return feel_parser_test(parser);
    node = feel_parser_sum(parser);
    if (node != NULL && parser->questions > questions)
        node->is_test = true;
    return node;
}

/* "x in (a, < b, [c..d])" or "x in < b"; a range in round brackets is tried as one first. */
static struct feel_node *parse_in(struct feel_parser *parser, struct feel_node *value)
{
    struct feel_node *node = feel_parser_node(parser, FEEL_NODE_IN, 2), *tests;
    size_t start = ++parser->at;

    node->items[0] = value;
    if (feel_parser_take_sign(parser, "(")) {
        struct err ignored = {0}, *err = parser->err;
        parser->err = &ignored;
        tests = feel_parser_tests(parser, ")");
        parser->err = err;
        if (tests != NULL && feel_parser_take_sign(parser, ")") &&
            !find_operator(parser, LEVEL_SUM)) {
            node->items[1] = tests;
            return node;
        }
        parser->at = start;
    }
    node->items[1] = parse_domain(parser);
    return node->items[1] == NULL ? NULL : node;
}

static struct feel_node *parse_instance(struct feel_parser *parser, struct feel_node *value)
{
    struct feel_node *node = feel_parser_node(parser, FEEL_NODE_INSTANCE, 1);

    parser->at++;
    if (!feel_parser_expect_word(parser, "of"))
        return NULL;
    node->items[0] = value;
    node->type = feel_parser_type(parser);
    return node->type == NULL ? NULL : node;
}

static struct feel_node *parse_number(struct feel_parser *parser)
{
    struct feel_node *node = feel_parser_node(parser, FEEL_NODE_LITERAL, 0);
    struct feel_number number;

    if (!feel_number_parse(feel_parser_token(parser)->text, &number))
        return feel_parser_fail(parser, "a number that can be kept is missing");
    node->value = feel_value_number(parser->arena, number);
    parser->at++;
    return node;
}

/* @"2026-03-09": a call of the function that reads such a text, for a zone needs the run. */
static struct feel_node *parse_at(struct feel_parser *parser)
{
    struct feel_node *node = feel_parser_node(parser, FEEL_NODE_CALL, 2);
    struct feel_node *function = feel_parser_node(parser, FEEL_NODE_LITERAL, 0);
    struct feel_node *text = feel_parser_node(parser, FEEL_NODE_LITERAL, 0);

    function->value = feel_builtin_find(parser->arena, STR("@"));
    text->value = feel_value_text(parser->arena, feel_parser_token(parser)->text);
    node->items[0] = function;
    node->items[1] = text;
    parser->at++;
    return node;
}

static struct feel_node *literal(struct feel_parser *parser, const struct feel_value *value)
{
    struct feel_node *node = feel_parser_node(parser, FEEL_NODE_LITERAL, 0);

    node->value = value;
    parser->at++;
    return node;
}

static bool is_open(const struct feel_parser *parser)
{
    for (const struct feel_scope *scope = parser->scope; scope != NULL; scope = scope->outer)
        if (scope->is_open)
            return true;
    return parser->filters > 0;
}

/* It will be null, with a note: whoever checks wants to know before. */
static void keep_unknown(struct feel_parser *parser, const struct feel_node *node)
{
    struct feel_scope *root = parser->scope->root;

    if (root->unknown.name.len > 0 || str_equal(node->name, STR("?")) || is_open(parser))
        return;
    root->unknown.name = node->name;
    root->unknown.line = node->line;
    root->unknown.column = node->column;
}

static struct feel_node *parse_name(struct feel_parser *parser)
{
    struct feel_node *node = feel_parser_node(parser, FEEL_NODE_NAME, 0);
    const struct feel_token *tokens = feel_parser_token(parser);
    struct str name = tokens[0].text, other;
    size_t count = feel_scope_match(parser->scope, tokens, parser->filters > 0, &name);
    size_t own = feel_builtin_match(tokens, &other);

    if (own > MAX(count, 1) || (own == 1 && count == 0)) {
        count = own;
        name = other;
    }
    parser->at += MAX(count, 1);
    node->name = name;
    node->value = feel_builtin_find(parser->arena, name);
    parser->questions += str_equal(name, STR("?")) ? 1 : 0;
    if (count == 0 && node->value == NULL)
        keep_unknown(parser, node);
    return node;
}

static bool is_reserved(const struct feel_parser *parser)
{
    static const char *const WORDS[] = {"then", "else",      "return",  "in",
                                        "and",  "or",        "between", "instance",
                                        "of",   "satisfies", "external"};

    for (size_t i = 0; i < ARRAY_LEN(WORDS); i++)
        if (feel_parser_is_word(parser, WORDS[i]))
            return true;
    return false;
}

static struct feel_node *parse_operand(struct feel_parser *parser)
{
    const struct feel_token *token = feel_parser_token(parser);
    struct str name;

    if (token->kind == FEEL_TOKEN_NUMBER)
        return parse_number(parser);
    if (token->kind == FEEL_TOKEN_STRING)
        return literal(parser, feel_value_text(parser->arena, token->text));
    if (token->kind == FEEL_TOKEN_AT)
        return parse_at(parser);
    if (token->kind != FEEL_TOKEN_WORD)
        return feel_parser_bracket(parser);
    if (feel_scope_match(parser->scope, token, false, &name) <= 1) {
        if (feel_parser_is_word(parser, "true"))
            return literal(parser, &feel_true);
        if (feel_parser_is_word(parser, "false"))
            return literal(parser, &feel_false);
        if (feel_parser_is_word(parser, "null"))
            return literal(parser, &feel_null);
        if (is_reserved(parser))
            return feel_parser_fail(parser, "a value is missing");
    }
    return parse_name(parser);
}

static struct feel_node *parse_path(struct feel_parser *parser, struct feel_node *of)
{
    struct feel_node *node = feel_parser_node(parser, FEEL_NODE_PATH, 1);
    const struct feel_token *tokens = ++parser->at + parser->tokens;
    size_t count;

    if (tokens[0].kind != FEEL_TOKEN_WORD)
        return feel_parser_fail(parser, "a name is missing");
    node->name = tokens[0].text;
    count = feel_scope_match_member(parser->scope, tokens, &node->name);
    parser->at += MAX(count, 1);
    node->items[0] = of;
    return node;
}

static struct feel_node *parse_filter(struct feel_parser *parser, struct feel_node *of)
{
    struct feel_node *node = feel_parser_node(parser, FEEL_NODE_FILTER, 2);

    parser->at++;
    node->items[0] = of;
    feel_parser_push_scope(parser);
    feel_scope_add(parser->scope, STR("item"));
    parser->filters++;
    node->items[1] = feel_parser_expression(parser);
    parser->filters--;
    feel_parser_pop_scope(parser);
    return node->items[1] == NULL || !feel_parser_expect_sign(parser, "]") ? NULL : node;
}

/* "[1..2[": the bracket behind an end opens no filter when nothing could stand in it. */
static bool is_end_of_range(const struct feel_parser *parser)
{
    const struct feel_token *next = feel_parser_token(parser) + 1;
    static const char *const WORDS[] = {"and",       "or",       "then", "else",   "return",
                                        "satisfies", "instance", "in",   "between"};

    if (next->kind == FEEL_TOKEN_END)
        return true;
    if (next->kind == FEEL_TOKEN_SIGN)
        return strchr(")],}.=!:*/", next->text.ptr[0]) != NULL;
    for (size_t i = 0; i < ARRAY_LEN(WORDS) && next->kind == FEEL_TOKEN_WORD; i++)
        if (str_equal(next->text, str_from_z(WORDS[i])))
            return true;
    return false;
}

static struct feel_node *parse_postfix(struct feel_parser *parser, struct feel_node *node)
{
    while (node != NULL) {
        if (feel_parser_is_sign(parser, "."))
            node = parse_path(parser, node);
        else if (feel_parser_is_sign(parser, "[") && !is_end_of_range(parser))
            node = parse_filter(parser, node);
        else if (feel_parser_is_sign(parser, "("))
            node = feel_parser_call(parser, node);
        else if (feel_parser_is_word(parser, "instance"))
            node = parse_instance(parser, node);
        else
            return node;
    }
    return NULL;
}

/* A number with its sign is one value: "-1 instance of number". */
static struct feel_node *parse_unary(struct feel_parser *parser)
{
    struct feel_node *node;
    bool is_special;

    if (feel_parser_is_sign(parser, "<") || feel_parser_is_sign(parser, "<=") ||
        feel_parser_is_sign(parser, ">") || feel_parser_is_sign(parser, ">="))
        return feel_parser_test(parser); /* a range open to one side */
    if (!feel_parser_is_sign(parser, "-")) {
        node = feel_parser_special(parser, &is_special);
        return is_special ? node : parse_postfix(parser, parse_operand(parser));
    }
    if (feel_parser_token(parser)[1].kind == FEEL_TOKEN_NUMBER) {
        parser->at++;
        node = parse_number(parser);
        if (node == NULL)
            return NULL;
        node->value = feel_value_number(parser->arena, feel_number_negate(node->value->number));
        return parse_postfix(parser, node);
    }
    if (parser->depth == FEEL_PARSER_DEPTH_MAX)
        return feel_parser_fail(parser, "less nesting is possible");
    node = feel_parser_node(parser, FEEL_NODE_NEGATE, 1);
    parser->at++;
    parser->depth++;
    node->items[0] = parse_unary(parser);
    parser->depth--;
    return node->items[0] == NULL ? NULL : node;
}

static struct feel_node *parse_binary(struct feel_parser *parser, struct feel_node *left,
                                      const struct operator_row *row)
{
    struct feel_node *node = feel_parser_node(parser, row->kind, 2);

    parser->at++;
    node->operator= row->operator;
    node->items[0] = left;
    node->items[1] = parse_level(parser, (int)row->level + 1);
    return node->items[1] == NULL ? NULL : node;
}

static struct feel_node *parse_level(struct feel_parser *parser, int least)
{
    struct feel_node *left = parse_unary(parser);

    while (left != NULL) {
        const struct operator_row *row = find_operator(parser, least);
        if (row != NULL)
            left = parse_binary(parser, left, row);
        else if (least <= LEVEL_COMPARISON && feel_parser_is_word(parser, "between"))
            left = parse_between(parser, left);
        else if (least <= LEVEL_COMPARISON && feel_parser_is_word(parser, "in"))
            left = parse_in(parser, left);
        else
            return left;
    }
    return NULL;
}

struct feel_node *feel_parser_sum(struct feel_parser *parser)
{
    return parse_level(parser, LEVEL_SUM);
}

struct feel_node *feel_parser_expression(struct feel_parser *parser)
{
    struct feel_node *node;

    if (parser->depth == FEEL_PARSER_DEPTH_MAX)
        return feel_parser_fail(parser, "less nesting is possible");
    parser->depth++;
    node = parse_level(parser, LEVEL_OR);
    parser->depth--;
    return node;
}

/*
 * The parser of FEEL, by recursive descent with a table of operators.  Private to feel_parse*.c;
 * what others call is in feel.h.
 *
 * A function gives NULL when it has failed; the first fault is in parser->err.
 */
#pragma once

#include "core/err.h"
#include "lang/feel_lexer.h"
#include "lang/feel_node.h"
#include "lang/feel_scope.h"

enum {
    FEEL_PARSER_DEPTH_MAX = 100, /* expressions within each other */
};

struct feel_parser {
    struct arena *arena;
    const struct feel_token *tokens;
    size_t at;
    struct feel_scope *scope;
    int depth;
    int filters;   /* how many filters we are in: members are names there */
    int questions; /* how often "?" was named */
    struct err *err;
};

static inline const struct feel_token *feel_parser_token(const struct feel_parser *parser)
{
    return &parser->tokens[parser->at];
}

/* Fails at the present token; what: "a ) is missing". */
struct feel_node *feel_parser_fail(struct feel_parser *parser, const char *what);
bool feel_parser_is_sign(const struct feel_parser *parser, const char *sign);
bool feel_parser_is_word(const struct feel_parser *parser, const char *word);
/* Takes it when it is there. */
bool feel_parser_take_sign(struct feel_parser *parser, const char *sign);
bool feel_parser_take_word(struct feel_parser *parser, const char *word);
/* Fails when it is not there. */
bool feel_parser_expect_sign(struct feel_parser *parser, const char *sign);
bool feel_parser_expect_word(struct feel_parser *parser, const char *word);
struct feel_node *feel_parser_node(struct feel_parser *parser, enum feel_node_kind kind,
                                   size_t count);
bool feel_parser_push_scope(struct feel_parser *parser);
void feel_parser_pop_scope(struct feel_parser *parser);

struct feel_node *feel_parser_expression(struct feel_parser *parser);
/* Without and, or and comparisons: the ends of ranges and of between. */
struct feel_node *feel_parser_sum(struct feel_parser *parser);
/* What begins with if, for, some, every or function; NULL without a fault: it does not. */
struct feel_node *feel_parser_special(struct feel_parser *parser, bool *is_special);
/* "{…}", "[…]", "(…)" and ranges. */
struct feel_node *feel_parser_bracket(struct feel_parser *parser);
struct feel_node *feel_parser_test(struct feel_parser *parser);
/* Tests with commas between, up to end ("" for the end of the text). */
struct feel_node *feel_parser_tests(struct feel_parser *parser, const char *end);
const struct feel_type *feel_parser_type(struct feel_parser *parser);
/* A name being made: all words up to a sign or word that ends it. */
bool feel_parser_new_name(struct feel_parser *parser, const char *end_word, struct str *name);
/* The arguments behind "(", names too. */
struct feel_node *feel_parser_call(struct feel_parser *parser, struct feel_node *function);

/*
 * The tree of a parsed expression: immutable, shared by threads, in the arena it was parsed
 * into.  Boxed expressions of DMN become the same nodes.
 */
#pragma once

#include "lang/feel_value.h"

struct feel_frame;
struct feel_run;
struct feel_type;

enum feel_node_kind {
    FEEL_NODE_LITERAL, /* value */
    FEEL_NODE_NAME,    /* name */
    FEEL_NODE_PATH,    /* items[0].name */
    FEEL_NODE_FILTER,  /* items[0][items[1]] */
    FEEL_NODE_CALL,    /* items[0](items[1]…), names[i] when they are named */
    FEEL_NODE_NEGATE,  /* -items[0] */
    FEEL_NODE_ADD,     /* items[0] + items[1], and so on */
    FEEL_NODE_SUBTRACT,
    FEEL_NODE_MULTIPLY,
    FEEL_NODE_DIVIDE,
    FEEL_NODE_POWER,
    FEEL_NODE_AND,
    FEEL_NODE_OR,
    FEEL_NODE_COMPARE,  /* operator */
    FEEL_NODE_BETWEEN,  /* items[0] between items[1] and items[2] */
    FEEL_NODE_IN,       /* items[0] in any of the tests items[1]… */
    FEEL_NODE_INSTANCE, /* items[0] instance of type */
    FEEL_NODE_IF,       /* items[0], items[1], items[2] */
    FEEL_NODE_FOR,      /* names[i] in items[i], …, return the last item */
    FEEL_NODE_SOME,     /* likewise */
    FEEL_NODE_EVERY,
    FEEL_NODE_FUNCTION, /* parameters, items[0] the body; none: an external one */
    FEEL_NODE_LIST,
    FEEL_NODE_CONTEXT, /* names[i]: items[i] */
    FEEL_NODE_RESULT,  /* a boxed context whose last item is what it is worth */
    FEEL_NODE_RANGE,   /* items[0] .. items[1], has_low, has_high */
    FEEL_NODE_SPAN,    /* items[0] .. items[1] of a for: numbers or dates, up or down */
    FEEL_NODE_UNARY,   /* a range open to one side, or = and !=: operator, items[0] */
    FEEL_NODE_TESTS,   /* any of the unary tests; is_negated */
    FEEL_NODE_ANY,     /* the test "-" */
    FEEL_NODE_TYPED,   /* items[0] made to be of the type, or null */
    FEEL_NODE_NATIVE,  /* evaluate(run, node, frame) */
    FEEL_NODE_KINDS,
};

enum feel_operator {
    FEEL_EQUAL,
    FEEL_UNEQUAL,
    FEEL_LESS,
    FEEL_LESS_OR_EQUAL,
    FEEL_GREATER,
    FEEL_GREATER_OR_EQUAL,
};

struct feel_parameter {
    struct str name;
    const struct feel_type *type; /* NULL: any */
};

struct feel_node {
    enum feel_node_kind kind;
    enum feel_operator operator;
    int line, column;
    struct str place; /* the element it stands in */
    struct str name;
    const struct feel_value *value;
    const struct feel_type *type;
    const struct feel_type *shown; /* of a function: what its body shows to give */
    struct feel_node **items;
    size_t count;
    struct str *names;                    /* of items; NULL: none */
    const struct feel_parameter *formals; /* of a function */
    size_t formal_count;
    bool has_low, has_high;
    bool is_negated;
    bool is_test;   /* of a test: it speaks of the value tested ("?") */
    bool is_series; /* of a list without brackets: a type is that of its items */
    bool is_boxed;  /* of if, some, every: a condition that is no boolean gives null */
    const struct feel_value *(*evaluate)(struct feel_run *run, const struct feel_node *node,
                                         const struct feel_frame *frame);
    const void *data; /* of what evaluates itself */
};

/* A node with room for so many items. */
struct feel_node *feel_node_new(struct arena *arena, enum feel_node_kind kind, size_t count);

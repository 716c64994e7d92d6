/*
 * FEEL, the expression language of DMN 1.5: parsed once into an immutable tree, evaluated in
 * an arena with bounds on steps, depth and memory.  An expression that cannot be computed is
 * null, and the run's notes say why (feel_run.h); there is no other failure.
 *
 * External functions (Java, PMML) are refused.
 */
#pragma once

#include "core/err.h"
#include "lang/feel_node.h"
#include "lang/feel_run.h"
#include "lang/feel_scope.h"
#include "lang/feel_type.h"

struct json;

/* The values of names while a part of a tree is evaluated. */
struct feel_frame {
    const struct feel_frame *outer;
    const struct feel_entry *entries;
    size_t count;
    const struct feel_value *item; /* a context whose members are names too; NULL: none */
};

struct feel_function {
    struct str name;
    const struct feel_parameter *formals;
    size_t formal_count;
    bool is_variadic;             /* the last one takes all that follow */
    const struct feel_node *body; /* of a definition; NULL: call does it */
    const struct feel_frame *frame;
    const struct feel_type *result;   /* NULL: any */
    const struct feel_type *inferred; /* of the body, when it shows; NULL: unknown */
    const struct feel_value *(*call)(struct feel_run *run, const struct feel_function *function,
                                     const struct feel_value *const *arguments);
    const void *data; /* of call */
};

/* err: "line 1, column 7: …".  The tree lives in the scope's arena. */
MUST_CHECK bool feel_parse(struct feel_scope *scope, struct str text, struct feel_node **node,
                           struct err *err);
/* The same; several expressions with commas between are a list without its brackets. */
MUST_CHECK bool feel_parse_series(struct feel_scope *scope, struct str text,
                                  struct feel_node **node, struct err *err);
/* Unary tests: "-", "< 5, [7..9]", "not(\"a\")". */
MUST_CHECK bool feel_parse_tests(struct feel_scope *scope, struct str text, struct feel_node **node,
                                 struct err *err);
MUST_CHECK bool feel_parse_type(struct feel_scope *scope, struct str text,
                                const struct feel_type **type, struct err *err);

/* Never NULL. */
const struct feel_value *feel_eval(struct feel_run *run, const struct feel_node *node,
                                   const struct feel_frame *frame);
/* Does the value pass the tests?  1, 0, or -1: null. */
int feel_test(struct feel_run *run, const struct feel_node *tests, const struct feel_value *value,
              const struct feel_frame *frame);
const struct feel_value *feel_call(struct feel_run *run, const struct feel_function *function,
                                   const struct feel_value *const *arguments, size_t count);
const struct feel_value *feel_lookup(const struct feel_frame *frame, struct str name);
/* A frame with one name more. */
const struct feel_frame *feel_frame_with(struct feel_run *run, const struct feel_frame *outer,
                                         struct str name, const struct feel_value *value);

/* JSON to values and back: texts stay texts, moments become texts, functions null. */
const struct feel_value *feel_from_json(struct arena *arena, const struct json *json);
/* Texts in a value that came as JSON become the moments the type asks for. */
const struct feel_value *feel_read_texts(struct feel_run *run, const struct feel_type *type,
                                         const struct feel_value *value);
struct json *feel_to_json(struct arena *arena, const struct feel_value *value);

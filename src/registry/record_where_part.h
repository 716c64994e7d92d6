/*
 * What a FEEL filter is compiled to.  A part holds or it does not: there is no not and no null in
 * it, so that what SQL makes of null can only be "does not hold".  Private to record_where*.c.
 */
#pragma once

#include "lang/feel.h"
#include "registry/record_where.h"

enum {
    RECORD_WHERE_PART_DEPTH_MAX = 40, /* parts within each other */
};

enum record_where_part_kind {
    RECORD_WHERE_PART_ALWAYS,
    RECORD_WHERE_PART_NEVER,
    RECORD_WHERE_PART_ALL, /* items */
    RECORD_WHERE_PART_ANY,
    RECORD_WHERE_PART_VALUE, /* field op value; op also QUERY_IS_NULL, QUERY_NOT_NULL */
    RECORD_WHERE_PART_AMONG, /* field is one of values; no texts */
    RECORD_WHERE_PART_FIELD, /* field op other */
};

struct record_where_part {
    enum record_where_part_kind kind;
    enum query_op op;
    const struct register_field *field, *other;
    struct store_arg value; /* of a text as it is */
    struct str key;         /* and as a slot has it */
    const struct store_arg *values;
    struct record_where_part **items;
    size_t count; /* of items or values */
    int depth;
};

struct record_where_compiler {
    struct arena *arena;
    const struct register_type *type;
    struct feel_run *run;    /* of constants */
    struct feel_entry given; /* of struct record_where */
    size_t count;            /* of comparisons */
    struct err *err;
};

/* One side of a comparison: a field, or a value. */
struct record_where_term {
    const struct register_field *field;
    const struct feel_value *value;
    const struct feel_node *node;
};

/* ERR_INPUT at the node; NULL, as all that follow when something is refused. */
struct record_where_part *record_where_part_refuse(struct record_where_compiler *compiler,
                                                   const struct feel_node *node, const char *format,
                                                   ...) PRINTF(3);
struct record_where_part *record_where_part_constant(struct record_where_compiler *compiler,
                                                     bool holds);
/* All or any of the two; NULL when one of them is. */
struct record_where_part *record_where_part_join(struct record_where_compiler *compiler,
                                                 bool is_any, struct record_where_part *one,
                                                 struct record_where_part *other);
/* Whether the term is null; or, !is_null, is not. */
struct record_where_part *record_where_part_null(struct record_where_compiler *compiler,
                                                 const struct record_where_term *term,
                                                 bool is_null);
/* Whether FEEL says true (want) or false of the comparison.  One side at least is a field. */
struct record_where_part *record_where_part_compare(struct record_where_compiler *compiler,
                                                    enum query_op op,
                                                    const struct record_where_term *one,
                                                    const struct record_where_term *other,
                                                    bool want);
/* A part for any of these values, none of them null; no texts and no moments. */
struct record_where_part *record_where_part_among(struct record_where_compiler *compiler,
                                                  const struct record_where_term *field,
                                                  const struct feel_value *const *values,
                                                  size_t count);

/*
 * Types of FEEL: of parameters, of item definitions, behind "instance of".  A type never
 * changes once the model is read.
 */
#pragma once

#include "lang/feel_value.h"

struct feel_frame;
struct feel_node;
struct feel_run;

enum feel_type_kind {
    FEEL_TYPE_ANY,
    FEEL_TYPE_PLAIN,    /* of the kind in plain */
    FEEL_TYPE_DURATION, /* either */
    FEEL_TYPE_LIST,     /* of item */
    FEEL_TYPE_RANGE,    /* of item */
    FEEL_TYPE_CONTEXT,  /* with members */
    FEEL_TYPE_FUNCTION, /* of members (their types) giving item */
    FEEL_TYPE_ALIAS,    /* item, perhaps with fewer values */
};

struct feel_member {
    struct str name;
    const struct feel_type *type;
};

struct feel_type {
    enum feel_type_kind kind;
    enum feel_kind plain;
    struct str name; /* of an item definition */
    const struct feel_type *item;
    const struct feel_member *members;
    size_t count;
    const struct feel_node *allowed;    /* unary tests every value (every item) must pass */
    const struct feel_node *constraint; /* unary tests the value as a whole must pass */
};

/* "number", "date and time", "feel:dateTime", …; NULL: none of FEEL's own. */
const struct feel_type *feel_type_find(struct str name);
const struct feel_type *feel_type_any(void);
/* How many tokens of a text a builtin type's name takes is the parser's matter: all the names. */
const struct str *feel_type_names(size_t *count);

/* "instance of": nothing is converted, what is allowed plays no part. */
bool feel_type_holds(const struct feel_type *type, const struct feel_value *value);
/*
 * The value as one of the type: an item for a list of one, a list for an item, midnight for a
 * date; null, with a note, when it cannot be.
 */
const struct feel_value *feel_type_convert(struct feel_run *run, const struct feel_type *type,
                                           const struct feel_value *value);
/* What can be said of an expression's values without evaluating it; NULL: nothing. */
const struct feel_type *feel_type_infer(struct arena *arena, const struct feel_node *node);
/* Whether one type's values are all of the other. */
bool feel_type_conforms(const struct feel_type *type, const struct feel_type *to);

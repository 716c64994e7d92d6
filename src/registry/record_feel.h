/*
 * A record as FEEL sees it: its fields are names, days are dates, numbers are decimals, codes and
 * references are texts.  What is absent, or cannot be read as its field's type, is null; so it
 * is what the slots hold (slot.h), and a rule means the same in C and in SQL.
 */
#pragma once

#include "lang/feel.h"
#include "registry/register_type.h"

/* The names of all fields; a rule is parsed in it. */
struct feel_scope *record_feel_scope(struct arena *arena, const struct register_type *type);
/* ERR_INPUT also for a name that is no field: "line 1, column 4: there is no field …". */
MUST_CHECK bool record_feel_parse(struct arena *arena, const struct register_type *type,
                                  struct str text, struct feel_node **tree, struct err *err);
/* The same where more names are known than the fields. */
MUST_CHECK bool record_feel_parse_in(struct feel_scope *scope, const struct register_type *type,
                                     struct str text, struct feel_node **tree, struct err *err);
/* A context with all fields. value: the record's body. */
const struct feel_value *record_feel_values(struct arena *arena, const struct register_type *type,
                                            const struct json *value);
/* What the expression says of a record. */
const struct feel_value *record_feel_eval(struct feel_run *run, const struct register_type *type,
                                          const struct feel_node *tree, const struct json *value);
/* Whether a part of a tree names a field. */
bool record_feel_names(const struct register_type *type, const struct feel_node *node);
/* Whether it asks what day or moment it is: today(), now(), where no field is called so. */
bool record_feel_names_clock(const struct register_type *type, const struct feel_node *node);

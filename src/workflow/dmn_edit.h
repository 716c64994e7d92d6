/*
 * The decision tables of a DMN model, changed cell by cell in its text; all else stays as it is
 * written (xml/xml_edit.h).
 */
#pragma once

#include "core/err.h"
#include "core/str.h"

struct dmn_edit_column {
    struct str title; /* its label, else the expression or the name of the output */
    bool is_output;
};

struct dmn_edit_table {
    struct str id, name; /* of the decision */
    struct str policy;   /* "FIRST" */
    struct dmn_edit_column *columns;
    size_t column_count;
    struct str *cells; /* rule after rule */
    size_t rule_count;
};

struct dmn_edit_change {
    struct str id;           /* of the decision */
    const struct str *cells; /* as those of the table */
    int remove;              /* a rule; -1: none */
    bool adds;               /* an empty rule at the end */
};

/* Decisions whose logic is a table. */
MUST_CHECK bool dmn_edit_read(struct arena *arena, struct str text, struct dmn_edit_table **tables,
                              size_t *count, struct err *err);
/* ERR_ABSENT: there is no such table. */
MUST_CHECK bool dmn_edit_write(struct arena *arena, struct str text,
                               const struct dmn_edit_change *change, struct str *changed,
                               struct err *err);

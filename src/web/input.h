/*
 * The component "field" for forms that are no record's: settings, users, imports.  Labels,
 * hints and titles of options come translated.  What stands in a form after an error is
 * put in again by the page; input_error names what is wrong, at the field and on top.
 */
#pragma once

#include "web/view.h"

/* kind: "is_text", "is_select", "is_radio", … (ui/README.md). A required field. */
struct json *input_add(struct request *request, struct json *fields, const char *kind,
                       const char *name, struct str label);
void input_optional(struct request *request, struct json *field);
void input_hint(struct request *request, struct json *field, struct str hint);
void input_value(struct request *request, struct json *field, struct str value);
void input_option(struct request *request, struct json *field, struct str value, struct str label,
                  bool is_selected);
/* view.has_errors and view.errors, empty so far. */
void input_errors_begin(struct request *request, struct json *view);
void input_error(struct request *request, struct json *view, struct json *field, struct str text);
/* In a view's facts: a label with one value, or with none. */
void input_fact(struct request *request, struct json *facts, struct str label, struct str text);
/* The same, and the value leads somewhere; not where href is empty. */
void input_fact_link(struct request *request, struct json *facts, struct str label, struct str text,
                     struct str href);

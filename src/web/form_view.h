/*
 * The fields of a form as component/field wants them; a sent form as a record again:
 * form_read.h.
 */
#pragma once

#include "registry/record_list.h"
#include "web/display.h"

struct form_view {
    struct display *display;
    const struct register_type *type;
    const struct json *value;     /* the record's data; NULL for a new one */
    const struct url_form *typed; /* a form that came back; NULL: show value */
    const struct flaws *flaws;    /* of it; paths end in "/field" */
    struct str find;              /* the reference whose Find was pressed */
};

/* Fills view.groups, errors, has_errors. */
MUST_CHECK bool form_view_fill(const struct form_view *form, struct json *view, struct err *err);
/* Records of a reference's register whose words fit, at most 20. */
MUST_CHECK bool form_view_options(struct display *display, const struct register_field *field,
                                  struct str words, struct record_page *page, struct err *err);

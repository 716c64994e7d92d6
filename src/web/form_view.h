/*
 * The fields of a form as component/field wants them; a sent form as a record again:
 * form_read.h.
 */
#pragma once

#include "registry/record_list.h"
#include "web/display.h"

struct subscribed;

struct form_view {
    struct display *display;
    const struct register_type *type;
    const struct json *value;     /* the record's data; NULL for a new one */
    const struct url_form *typed; /* a form that came back; NULL: show value */
    const struct flaws *flaws;    /* of it; paths end in "/field" */
    struct str find;              /* the reference whose Find was pressed */
    bool is_part;                 /* nothing is required, and there is no place */
    const bool *shows;            /* by field: only these; NULL: all */
    /* Whose codes and records are to be chosen from; NULL: our own. */
    struct subscribed *published;
};

/* Fills view.groups, errors, has_errors. */
MUST_CHECK bool form_view_fill(const struct form_view *form, struct json *view, struct err *err);

enum {
    FORM_VIEW_OPTIONS_MAX = 20,
};

/* What a reference may lead to: our own records first, then those of one above (note: whose). */
struct form_view_options {
    struct form_view_option {
        int64_t id;
        struct str title;
        struct str note;
    } items[FORM_VIEW_OPTIONS_MAX];
    size_t count;
    bool has_more;
};
/* Records of a reference's register whose words fit. */
MUST_CHECK bool form_view_find(struct display *display, const struct register_type *type,
                               struct str words, struct form_view_options *options,
                               struct err *err);
/* The same of records that the publisher publishes beside that register. */
MUST_CHECK bool form_view_find_published(struct display *display, struct subscribed *published,
                                         const struct register_field *field, struct str words,
                                         struct form_view_options *options, struct err *err);

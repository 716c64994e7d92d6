/* Values of records as people read them on pages: codes by title, references as links. */
#pragma once

#include "core/map.h"
#include "registry/record.h"
#include "web/view.h"

struct display {
    struct request *request;
    struct tx *tx;
    unsigned classes;  /* of the register whose fields are shown */
    struct map titles; /* id → what references on this page are named */
};

struct display_value {
    struct str text;
    struct str href; /* of a reference this person may open; else empty */
    struct str tag;  /* "ok", "warn", "bad" where the pack says so; else empty */
};

struct display display_start(struct request *request, struct tx *tx, unsigned classes);
MUST_CHECK bool display_field(struct display *display, const struct register_field *field,
                              const struct json *value, struct display_value *shown,
                              struct err *err);
/*
 * The same of a value this person gave: a record out of their reach is named where another refers
 * to it, not to whoever types its id.
 */
MUST_CHECK bool display_typed(struct display *display, const struct register_field *field,
                              const struct json *value, struct display_value *shown,
                              struct err *err);
/* Whether this person sees the field at all. */
bool display_sees(const struct display *display, const struct register_field *field);
struct str display_title(const struct request *request, const struct register_field *field);
struct str display_record_href(const struct request *request, const struct register_type *type,
                               int64_t id);
/* The same of a record that one of those above publishes. */
struct str display_borrowed_href(const struct request *request, const struct register_type *type,
                                 int64_t id);
/* A record's title, or its id when the title holds what this person may not see. */
struct str display_record_title(const struct request *request, const struct register_type *type,
                                unsigned classes, const struct record *record);
/* A text to be read: no line ends at the hyphen of "пр-кт", nor between "д." and its number. */
struct str display_unbroken(struct arena *arena, struct str text);

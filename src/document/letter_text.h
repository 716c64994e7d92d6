/*
 * One XML file of a letter with {{fields}} in its paragraphs: read once, then filled with values.
 *
 *     {{name}} {{a.b}} {{.}}  the value's text; nothing when there is none
 *     {{#list}} … {{/list}}   in the first and the last cell of a table row: the row, for each
 *                             item; in paragraphs, rows or list items of their own: what stands
 *                             between these, which go
 *
 * Office suites break what people type over several spans, so a field is looked for in the text of
 * its whole paragraph.  Everything else stays as it is, byte for byte.
 */
#pragma once

#include "core/buf.h"
#include "core/err.h"
#include "core/json.h"

enum {
    LETTER_TEXT_BYTES_MAX = 8 * 1024 * 1024,   /* of a file as it is read */
    LETTER_TEXT_FILLED_MAX = 16 * 1024 * 1024, /* and filled */
    LETTER_TEXT_SLOTS_MAX = 10000,             /* fields, pieces of broken ones */
    LETTER_TEXT_DEPTH_MAX = 8,                 /* lists in lists */
    LETTER_TEXT_REPEATS_MAX = 100000,          /* of anything, together */
};

enum letter_text_kind {
    LETTER_TEXT_GONE, /* a further piece of a field: it goes */
    LETTER_TEXT_FIELD,
    LETTER_TEXT_OPEN,
    LETTER_TEXT_CLOSE,
};

struct letter_text_range {
    size_t from, to;
};

/* Bytes of the file that give way to something. */
struct letter_text_slot {
    enum letter_text_kind kind;
    size_t from, to;
    struct str name;
    struct str raw;                 /* "{{#list}}", as it reads in the paragraph */
    struct str prefix;              /* of the paragraph's element: "text:" */
    int paragraph;                  /* its number among the elements, while reading */
    size_t end;                     /* of an OPEN: the slot behind all of its CLOSE */
    struct letter_text_range whole; /* of an OPEN: what gives way … */
    struct letter_text_range body;  /* … to this, for each item */
};

struct letter_text {
    struct str xml;
    const struct letter_text_slot *slots; /* in their order */
    size_t count;
};

/* ERR_INPUT: what is wrong with the XML or a field, for whoever wrote the letter. */
MUST_CHECK bool letter_text_read(struct arena *arena, struct str xml, struct letter_text *text,
                                 struct err *err);
/* values: an object.  ERR_LIMIT: it grows too large. */
MUST_CHECK bool letter_text_fill(const struct letter_text *text, const struct json *values,
                                 struct buf *out, struct err *err);

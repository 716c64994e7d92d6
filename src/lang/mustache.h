/*
 * A Mustache text as a flat array of nodes: what template.c renders.
 *
 * Everything that does not depend on the view is done here, once: tags are read, names
 * are split, lines with nothing but a tag are taken out, translations are looked up and
 * escaped.  The source is borrowed.
 */
#pragma once

#include "core/err.h"
#include "core/vec.h"
#include "lang/messages.h"

enum {
    MUSTACHE_DEPTH_MAX = 64, /* sections within sections */
};

enum mustache_kind {
    MUSTACHE_TEXT,
    MUSTACHE_VALUE,
    MUSTACHE_SECTION,
    MUSTACHE_INVERTED,
    MUSTACHE_ELSE, /* an inverted section right behind the section of its name */
    MUSTACHE_PARTIAL,
    MUSTACHE_PLURAL,
};

struct template;

struct mustache_node {
    enum mustache_kind kind;
    uint32_t end;                   /* a section's: the node behind its last one */
    uint32_t line;                  /* of the source, from 1 */
    uint32_t parts;                 /* of the name; 0 is the present value itself */
    const struct str *path;         /* its parts */
    struct str text;                /* a text; a partial's or section's name */
    const struct str *forms;        /* of a plural: MESSAGES_FORMS of them, ready but for %d */
    const struct template *partial; /* set by template_check */
};

struct mustache_message {
    struct str id;
    struct str plural; /* empty when it has none */
};

struct mustache {
    VEC(struct mustache_node) nodes;
    VEC(struct mustache_message) messages; /* what is to be translated */
};

struct mustache_rules {
    const struct messages *messages; /* may be NULL */
    bool is_html;                    /* translations are escaped */
    bool is_line;                    /* one line, without partials */
};

/* err names the line. */
MUST_CHECK bool mustache_compile(struct arena *arena, const struct mustache_rules *rules,
                                 struct str source, struct mustache *mustache, struct err *err);
/* With & < > " ' as character references. */
void mustache_escape(struct buf *buf, struct str text);

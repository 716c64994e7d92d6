/*
 * Mustache templates, compiled once, rendered from a JSON value and nothing else.
 *
 *   {{name}} {{a.b}} {{.}}   the value, HTML-escaped (a number or text; nothing when absent)
 *   {{#list}}…{{/list}}      for each item; once for an object or a true value
 *   {{^list}}…{{/list}}      when absent, false, null, empty text or empty list
 *   {{>component/button}}    another template of the set, in the present context
 *   {{!…}}                   comment
 *   {{_ Sign in}}            the translation of that text, fixed when compiled
 *   {{_n count|%d record|%d records}}   its plural form for the number at count
 * {{{raw}}} and {{&raw}} are refused.  A tag alone on its line leaves no line.
 * A template set is compiled per language; a compiled set is immutable and shared.
 * Context lookup goes outward through the sections, as Mustache does.
 */
#pragma once

#include "core/buf.h"
#include "core/err.h"
#include "core/json.h"

enum template_escape {
    TEMPLATE_HTML,
    TEMPLATE_TEXT, /* e-mail and SMS: nothing is escaped */
};

struct template_set;
struct messages;

/* messages may be NULL: texts stay as they are. */
struct template_set *template_set_new(struct arena *arena, enum template_escape escape,
                                      const struct messages *messages);
/* The source is borrowed. err names the template and the line. */
MUST_CHECK bool template_add(struct template_set *set, struct str name, struct str source,
                             struct err *err);
/* Every partial that is named must exist, and none may include itself. */
MUST_CHECK bool template_check(struct template_set *set, struct err *err);
/* ERR_ABSENT when there is no such template; ERR_LIMIT over 16 MiB of output. */
MUST_CHECK bool template_render(const struct template_set *set, struct str name,
                                const struct json *view, struct buf *out, struct err *err);
/* Calls back with every text that is to be translated (plural NULL when it has none). */
void template_each_message(const struct template_set *set,
                           void (*found)(void *data, struct str id, struct str plural), void *data);
/* A schema title or record title: a single Mustache line, rendered with TEMPLATE_TEXT. */
struct template;
MUST_CHECK bool template_compile_line(struct arena *arena, struct str source,
                                      struct template **line, struct err *err);
void template_render_line(const struct template *line, const struct json *view, struct buf *out);

/*
 * Changes an XML document in its text: whatever is not changed stays byte for byte as it was
 * written, with its comments, order, quotes, white space and the attributes of others.  Changes are
 * collected and made at once, so elements stay what they were until then; each place is changed
 * once.
 */
#pragma once

#include "core/err.h"
#include "core/str.h"

struct xml_edit;

struct xml_edit_attribute {
    struct str name;   /* without its prefix */
    struct str prefix; /* "" without one */
    struct str raw;    /* the value as it is written, without its quotes */
    size_t begin, end; /* with the white space before it */
};

struct xml_edit_element {
    struct str name; /* without its prefix */
    struct str prefix;
    struct str space; /* its namespace's URI */
    struct xml_edit_attribute *attributes;
    size_t count;
    size_t begin, end;    /* all of it */
    size_t tag;           /* behind its name in the start tag */
    size_t inside, close; /* what stands in it; of <a/> both are where /> begins */
    bool is_empty;        /* <a/> */
    struct xml_edit_element *parent, *first, *last, *next;
};

/* What xml_tree_parse reads, in UTF-8. ERR_INPUT, ERR_LIMIT. */
MUST_CHECK bool xml_edit_open(struct arena *arena, struct str text, struct xml_edit **edit,
                              struct err *err);
struct xml_edit_element *xml_edit_root(const struct xml_edit *edit);
/* The element with that attribute id; NULL. */
struct xml_edit_element *xml_edit_find(const struct xml_edit *edit, struct str id);
/* The first child of the parent's namespace and that name; NULL. */
struct xml_edit_element *xml_edit_child(const struct xml_edit_element *parent, const char *name);
/* The value as it is meant; ptr is NULL when there is none.  space "": without a namespace. */
struct str xml_edit_value(const struct xml_edit *edit, const struct xml_edit_element *element,
                          struct str space, const char *name);
/* The text in it, CDATA too, without what stands in elements. */
struct str xml_edit_content(const struct xml_edit *edit, const struct xml_edit_element *element);

/* Sets an attribute; value.ptr NULL takes it away.  Of a namespace that has no prefix there,
 * "prefix" becomes one. */
struct xml_edit_name {
    struct str space; /* "": none */
    const char *prefix;
    const char *name;
};
void xml_edit_set(struct xml_edit *edit, const struct xml_edit_element *element,
                  struct xml_edit_name name, struct str value);
/* All that stands in it becomes this text. */
void xml_edit_put_text(struct xml_edit *edit, const struct xml_edit_element *element,
                       struct str text);
/* A new child with that text, in the parent's namespace; first, else at the end. attributes: as
 * they are written, "" or ` a="b"`. */
void xml_edit_add(struct xml_edit *edit, const struct xml_edit_element *parent, bool is_first,
                  const char *name, struct str attributes, struct str text);
/* The same from XML that is well-formed; before NULL: at the end. */
void xml_edit_insert(struct xml_edit *edit, const struct xml_edit_element *parent,
                     const struct xml_edit_element *before, struct str xml);
/* With the white space before it. */
void xml_edit_remove(struct xml_edit *edit, const struct xml_edit_element *element);
/* "bpmn:x" as it is called in the place of that element. */
struct str xml_edit_qualify(const struct xml_edit *edit, const struct xml_edit_element *like,
                            const char *name);
/* < & > and quotes. */
struct str xml_edit_escape(struct arena *arena, struct str text);
/* The document with all changes. */
struct str xml_edit_print(struct xml_edit *edit);

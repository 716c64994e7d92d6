/*
 * A whole XML document as a tree in an arena: for models and messages, which are small.
 * The same set-up as xml_stream: no network, no document types and so no entities but the
 * five of XML.  Everything that grows is bounded.  Comments and processing instructions are
 * passed over.  Any encoding libxml2 reads; what comes out is UTF-8.
 */
#pragma once

#include "core/err.h"
#include "core/str.h"

struct xml_tree_attribute {
    struct str name;  /* without a prefix */
    struct str space; /* its namespace's URI; empty: none, as most attributes have */
    struct str value;
};

/* An element. */
struct xml_tree {
    struct str name;  /* without a prefix */
    struct str space; /* its namespace's URI */
    struct str text;  /* what stands directly in it, pieces joined, CDATA too */
    const struct xml_tree_attribute *attributes;
    size_t count;
    int line;
    struct xml_tree *parent;
    struct xml_tree *first; /* elements in it, in their order */
    struct xml_tree *last;
    struct xml_tree *next;
};

struct xml_tree_limits {
    size_t bytes;    /* 0: 16 MiB */
    size_t elements; /* 0: 200,000 */
    int depth;       /* 0: 64 */
};

/* limits may be NULL.  ERR_INPUT and ERR_LIMIT name the line. */
MUST_CHECK bool xml_tree_parse(struct arena *arena, struct str text,
                               const struct xml_tree_limits *limits, struct xml_tree **root,
                               struct err *err);
/* The value of an attribute without a namespace; empty when absent. */
struct str xml_tree_value(const struct xml_tree *element, const char *name);
/* Of one with a namespace; ptr is NULL when absent. */
struct str xml_tree_value_in(const struct xml_tree *element, struct str space, const char *name);
/* Is it the element of that namespace and name? */
bool xml_tree_is(const struct xml_tree *element, struct str space, const char *name);
/* The first element in it of the same namespace and that name; NULL when there is none. */
const struct xml_tree *xml_tree_find(const struct xml_tree *element, const char *name);
/* The next one beside it, of the same namespace, of that name; NULL. */
const struct xml_tree *xml_tree_next(const struct xml_tree *element, const char *name);

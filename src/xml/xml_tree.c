#include "xml/xml_tree.h"

#include "core/arena.h"
#include "core/buf.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <pthread.h>
#include <string.h>

enum {
    PUSH_MAX = 1 << 20, /* libxml2 takes an int */
    PARTS = 5,          /* pointers an attribute comes in: name, prefix, URI, begin, end */
    BYTES_MAX = 16 << 20,
    ELEMENTS_MAX = 200000,
    ATTRIBUTES_MAX = 200, /* of one element */
    DEPTH_MAX = 64,
    KNOWN = 64, /* copies of names that are remembered */
};

struct builder {
    struct arena *arena;
    xmlParserCtxtPtr parser;
    struct xml_tree_limits limits;
    struct xml_tree *root;
    struct xml_tree *at; /* the open element */
    struct buf *texts;   /* of the open elements, by depth */
    size_t elements;
    int depth;
    struct err err; /* of the first fault; its code says whether there was one */
    struct {
        const xmlChar *from;
        struct str to;
    } known[KNOWN];
};

static void stop(struct builder *builder)
{
    xmlStopParser(builder->parser);
}

/*
 * Names and namespaces are few and come from libxml2's dictionary, where equal texts have
 * one address: the last copies are remembered by it.
 */
static struct str name_of(struct builder *builder, const xmlChar *text)
{
    size_t place = ((uintptr_t)text >> 3) % KNOWN;

    if (text == NULL)
        return (struct str){0};
    if (builder->known[place].from != text) {
        builder->known[place].from = text;
        builder->known[place].to = str_copy(builder->arena, str_from_z((const char *)text));
    }
    return builder->known[place].to;
}

static void put_attributes(struct builder *builder, struct xml_tree *element, size_t count,
                           const xmlChar **attributes)
{
    struct xml_tree_attribute *copies =
        ARENA_ARRAY(builder->arena, struct xml_tree_attribute, count);

    for (size_t i = 0; i < count; i++) {
        const xmlChar **part = attributes + i * PARTS;
        struct str value = {(const char *)part[3], (size_t)(part[4] - part[3])};

        copies[i] = (struct xml_tree_attribute){
            name_of(builder, part[0]), name_of(builder, part[2]), str_copy(builder->arena, value)};
    }
    element->attributes = copies;
    element->count = count;
}

static bool has_room(struct builder *builder, int line, int count)
{
    if (builder->depth >= builder->limits.depth)
        return err_set(&builder->err, ERR_LIMIT, "line %d: nested deeper than %d elements", line,
                       builder->limits.depth);
    if (count > ATTRIBUTES_MAX)
        return err_set(&builder->err, ERR_LIMIT, "line %d: more than %d attributes", line,
                       ATTRIBUTES_MAX);
    if (builder->elements >= builder->limits.elements)
        return err_set(&builder->err, ERR_LIMIT, "line %d: more than %zu elements", line,
                       builder->limits.elements);
    return true;
}

static void start_element(void *context, const xmlChar *name, const xmlChar *prefix,
                          const xmlChar *uri, int namespace_count, const xmlChar **namespaces,
                          int count, int defaulted, const xmlChar **attributes)
{
    struct builder *builder = context;
    int line = xmlSAX2GetLineNumber(builder->parser);

    (void)prefix, (void)namespace_count, (void)namespaces, (void)defaulted;
    if (builder->err.code != ERR_NONE)
        return;
    if (!has_room(builder, line, count)) {
        stop(builder);
        return;
    }
    struct xml_tree *element = ARENA_NEW(builder->arena, struct xml_tree);
    *element = (struct xml_tree){.name = name_of(builder, name),
                                 .space = name_of(builder, uri),
                                 .line = line,
                                 .parent = builder->at};
    put_attributes(builder, element, (size_t)count, attributes);
    if (builder->at == NULL)
        builder->root = element;
    else if (builder->at->last == NULL)
        builder->at->first = builder->at->last = element;
    else
        builder->at->last = builder->at->last->next = element;
    builder->at = element;
    builder->texts[builder->depth].len = 0;
    builder->elements++;
    builder->depth++;
}

static void end_element(void *context, const xmlChar *name, const xmlChar *prefix,
                        const xmlChar *uri)
{
    struct builder *builder = context;

    (void)name, (void)prefix, (void)uri;
    if (builder->err.code != ERR_NONE || builder->at == NULL)
        return;
    builder->depth--;
    builder->at->text = str_copy(builder->arena, buf_str(&builder->texts[builder->depth]));
    builder->at = builder->at->parent;
}

static void add_text(void *context, const xmlChar *text, int len)
{
    struct builder *builder = context;

    if (builder->err.code == ERR_NONE && builder->depth > 0)
        buf_add(&builder->texts[builder->depth - 1], (struct str){(const char *)text, (size_t)len});
}

/* Document types bring entities, and those bring bombs: what we read has none. */
static void refuse_doctype(void *context, const xmlChar *name, const xmlChar *public_id,
                           const xmlChar *system_id)
{
    struct builder *builder = context;

    (void)name, (void)public_id, (void)system_id;
    if (builder->err.code == ERR_NONE)
        (void)err_set(&builder->err, ERR_INPUT, "a document type (DOCTYPE) is not accepted");
    stop(builder);
}

static void note_error(void *context, xmlErrorPtr error)
{
    struct builder *builder = context;
    struct str text = error->message != NULL ? str_from_z(error->message) : STR("an error");

    if (builder->err.code != ERR_NONE || error->level < XML_ERR_ERROR)
        return;
    text = str_trim(text);
    (void)err_set(&builder->err, ERR_INPUT, "line %d: %.*s", error->line, STR_ARG(text));
}

static void free_parser(xmlParserCtxtPtr *parser)
{
    if (*parser != NULL)
        xmlFreeParserCtxt(*parser);
}

static void init_library(void)
{
    xmlInitParser();
}

static bool run_parser(struct builder *builder, struct str text, struct err *err)
{
    xmlSAXHandler handler = {
        .initialized = XML_SAX2_MAGIC,
        .startElementNs = start_element,
        .endElementNs = end_element,
        .characters = add_text,
        .cdataBlock = add_text,
        .ignorableWhitespace = add_text,
        .internalSubset = refuse_doctype,
        .serror = note_error,
    };
    CLEANUP(free_parser)
    xmlParserCtxtPtr parser = xmlCreatePushParserCtxt(&handler, builder, NULL, 0, NULL);
    bool is_whole = true;

    if (parser == NULL)
        return err_set(err, ERR_BROKEN, "the XML parser could not be started");
    builder->parser = parser;
    xmlCtxtUseOptions(parser, XML_PARSE_NONET);
    for (size_t at = 0; at < text.len && is_whole; at += PUSH_MAX)
        is_whole =
            xmlParseChunk(parser, text.ptr + at, (int)MIN(text.len - at, (size_t)PUSH_MAX), 0) == 0;
    is_whole = is_whole && xmlParseChunk(parser, "", 0, 1) == 0;
    if (builder->err.code != ERR_NONE) {
        *err = builder->err;
        return false;
    }
    return (is_whole && builder->root != NULL) || err_set(err, ERR_INPUT, "the XML cannot be read");
}

bool xml_tree_parse(struct arena *arena, struct str text, const struct xml_tree_limits *limits,
                    struct xml_tree **root, struct err *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct builder *builder = ARENA_NEW(arena, struct builder);

    pthread_once(&once, init_library);
    *builder = (struct builder){.arena = arena};
    if (limits != NULL)
        builder->limits = *limits;
    if (builder->limits.bytes == 0)
        builder->limits.bytes = BYTES_MAX;
    if (builder->limits.elements == 0)
        builder->limits.elements = ELEMENTS_MAX;
    if (builder->limits.depth == 0)
        builder->limits.depth = DEPTH_MAX;
    builder->texts = ARENA_ARRAY(arena, struct buf, (size_t)builder->limits.depth);
    for (int i = 0; i < builder->limits.depth; i++)
        builder->texts[i].arena = arena;
    if (text.len > builder->limits.bytes)
        return err_set(err, ERR_LIMIT, "the XML has more than %zu bytes", builder->limits.bytes);
    if (!run_parser(builder, text, err))
        return false;
    *root = builder->root;
    return true;
}

struct str xml_tree_value_in(const struct xml_tree *element, struct str space, const char *name)
{
    struct str wanted = str_from_z(name);

    for (size_t i = 0; i < element->count; i++)
        if (str_equal(element->attributes[i].name, wanted) &&
            str_equal(element->attributes[i].space, space))
            return element->attributes[i].value;
    return (struct str){0};
}

struct str xml_tree_value(const struct xml_tree *element, const char *name)
{
    return xml_tree_value_in(element, (struct str){0}, name);
}

bool xml_tree_is(const struct xml_tree *element, struct str space, const char *name)
{
    return str_equal(element->name, str_from_z(name)) && str_equal(element->space, space);
}

const struct xml_tree *xml_tree_find(const struct xml_tree *element, const char *name)
{
    for (const struct xml_tree *one = element->first; one != NULL; one = one->next)
        if (xml_tree_is(one, element->space, name))
            return one;
    return NULL;
}

const struct xml_tree *xml_tree_next(const struct xml_tree *element, const char *name)
{
    for (const struct xml_tree *one = element->next; one != NULL; one = one->next)
        if (xml_tree_is(one, element->space, name))
            return one;
    return NULL;
}

#include "xml/xml_stream.h"

#include "core/arena.h"
#include "core/buf.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <pthread.h>
#include <string.h>

enum {
    PUSH_MAX = 1 << 20, /* libxml2 takes an int */
    PARTS = 5,          /* pointers an attribute comes in: name, prefix, URI, begin, end */
};

struct xml_stream {
    xmlParserCtxtPtr parser;
    xml_stream_element *on_element;
    xml_stream_text *on_text; /* NULL: texts are passed over */
    void *data;
    int depth;
    bool is_leaf; /* no element has ended since the last began */
    struct buf text;
    bool has_failed;
    struct err err;
    struct xml_attribute attributes[XML_STREAM_ATTRIBUTES_MAX];
};

static struct str text_of(const xmlChar *text)
{
    return (struct str){(const char *)text, strlen((const char *)text)};
}

static void stop(struct xml_stream *stream)
{
    stream->has_failed = true;
    xmlStopParser(stream->parser);
}

static void start_element(void *context, const xmlChar *name, const xmlChar *prefix,
                          const xmlChar *uri, int namespace_count, const xmlChar **namespaces,
                          int count, int defaulted, const xmlChar **attributes)
{
    struct xml_stream *stream = context;
    struct xml_element element = {text_of(name), stream->attributes, (size_t)count, 0};

    (void)prefix, (void)uri, (void)namespace_count, (void)namespaces, (void)defaulted;
    if (stream->has_failed)
        return;
    element.depth = ++stream->depth;
    stream->is_leaf = true;
    stream->text.len = 0;
    if (stream->depth > XML_STREAM_DEPTH_MAX || count > XML_STREAM_ATTRIBUTES_MAX) {
        (void)err_set(&stream->err, ERR_LIMIT, "line %d: nested too deep, or too many attributes",
                      xmlSAX2GetLineNumber(stream->parser));
        stop(stream);
        return;
    }
    for (int i = 0; i < count; i++) {
        const xmlChar **part = attributes + (ptrdiff_t)i * PARTS;

        stream->attributes[i] = (struct xml_attribute){
            text_of(part[0]), {(const char *)part[3], (size_t)(part[4] - part[3])}};
    }
    if (!stream->on_element(stream->data, &element, &stream->err))
        stop(stream);
}

static void end_element(void *context, const xmlChar *name, const xmlChar *prefix,
                        const xmlChar *uri)
{
    struct xml_stream *stream = context;

    (void)prefix, (void)uri;
    if (stream->on_text != NULL && stream->is_leaf && !stream->has_failed &&
        !stream->on_text(stream->data, text_of(name), buf_str(&stream->text), stream->depth,
                         &stream->err))
        stop(stream);
    stream->is_leaf = false;
    stream->depth--;
}

static void add_text(void *context, const xmlChar *text, int len)
{
    struct xml_stream *stream = context;

    if (stream->has_failed || !stream->is_leaf)
        return;
    if (stream->text.len + (size_t)len > XML_STREAM_TEXT_MAX) {
        (void)err_set(&stream->err, ERR_LIMIT, "line %d: a text is too long",
                      xmlSAX2GetLineNumber(stream->parser));
        stop(stream);
        return;
    }
    buf_add(&stream->text, (struct str){(const char *)text, (size_t)len});
}

/* Document types bring entities, and those bring bombs: what we read has none. */
static void refuse_doctype(void *context, const xmlChar *name, const xmlChar *public_id,
                           const xmlChar *system_id)
{
    struct xml_stream *stream = context;

    (void)name, (void)public_id, (void)system_id;
    if (!stream->has_failed)
        (void)err_set(&stream->err, ERR_INPUT, "a document type (DOCTYPE) is not accepted");
    stop(stream);
}

static void note_error(void *context, xmlErrorPtr error)
{
    struct xml_stream *stream = context;

    if (stream->has_failed || error->level < XML_ERR_ERROR)
        return;
    stream->has_failed = true;
    struct str text = error->message != NULL ? str_from_z(error->message) : STR("an error");
    text = str_trim(text);
    (void)err_set(&stream->err, ERR_INPUT, "line %d: %.*s", error->line, STR_ARG(text));
}

static void init_library(void)
{
    xmlInitParser();
}

struct xml_stream *xml_stream_open(struct arena *arena, xml_stream_element *on_element, void *data)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct xml_stream *stream = ARENA_NEW(arena, struct xml_stream);
    xmlSAXHandler handler = {
        .initialized = XML_SAX2_MAGIC,
        .startElementNs = start_element,
        .endElementNs = end_element,
        .internalSubset = refuse_doctype,
        .serror = note_error,
    };

    pthread_once(&once, init_library);
    stream->on_element = on_element;
    stream->data = data;
    stream->text.arena = arena;
    stream->parser = xmlCreatePushParserCtxt(&handler, stream, NULL, 0, NULL);
    if (stream->parser != NULL)
        xmlCtxtUseOptions(stream->parser, XML_PARSE_NONET);
    return stream;
}

void xml_stream_read_text(struct xml_stream *stream, xml_stream_text *on_text)
{
    stream->on_text = on_text;
    if (stream->parser != NULL) {
        stream->parser->sax->characters = add_text;
        stream->parser->sax->cdataBlock = add_text;
    }
}

static bool pass_on(const struct xml_stream *stream, struct err *err)
{
    if (stream->err.code == ERR_NONE)
        return err_set(err, ERR_INPUT, "the XML cannot be read");
    *err = stream->err;
    return false;
}

bool xml_stream_push(struct xml_stream *stream, struct str bytes, struct err *err)
{
    if (stream->parser == NULL)
        return err_set(err, ERR_BROKEN, "the XML parser could not be started");
    while (bytes.len > 0 && !stream->has_failed) {
        int len = (int)MIN(bytes.len, (size_t)PUSH_MAX);

        if (xmlParseChunk(stream->parser, bytes.ptr, len, 0) != 0)
            stream->has_failed = true;
        bytes = str_slice(bytes, (size_t)len, bytes.len);
    }
    return !stream->has_failed || pass_on(stream, err);
}

bool xml_stream_end(struct xml_stream *stream, struct err *err)
{
    if (stream->parser == NULL)
        return err_set(err, ERR_BROKEN, "the XML parser could not be started");
    if (!stream->has_failed && xmlParseChunk(stream->parser, "", 0, 1) != 0)
        stream->has_failed = true;
    return !stream->has_failed || pass_on(stream, err);
}

void xml_stream_close(struct xml_stream **stream)
{
    if (*stream == NULL)
        return;
    if ((*stream)->parser != NULL)
        xmlFreeParserCtxt((*stream)->parser);
    *stream = NULL;
}

/*
 * The one safe set-up of libxml2 for reading XML as it comes: bytes are pushed in, each
 * element is told with its attributes, nothing is kept.  No network, no document types
 * and so no entities but the five of XML; bounded depth and attributes.  Text is passed
 * over, as the large files we read keep everything in attributes, unless it is asked for.
 */
#pragma once

#include "core/err.h"
#include "core/str.h"

enum {
    XML_STREAM_DEPTH_MAX = 64,
    XML_STREAM_ATTRIBUTES_MAX = 100,
    XML_STREAM_TEXT_MAX = 4096,
};

struct xml_attribute {
    struct str name; /* without a namespace's prefix */
    struct str value;
};

struct xml_element {
    struct str name;
    const struct xml_attribute *attributes;
    size_t count;
    int depth; /* 1: the root */
};

/* What is told lives until it returns; false stops the reading with its err. */
typedef bool xml_stream_element(void *data, const struct xml_element *element, struct err *err);

/* The text of an element without others in it; depth as above. */
typedef bool xml_stream_text(void *data, struct str name, struct str text, int depth,
                             struct err *err);

struct xml_stream;

struct xml_stream *xml_stream_open(struct arena *arena, xml_stream_element *on_element, void *data);
/* Before the first push: short texts are told too; a longer one is ERR_LIMIT. */
void xml_stream_read_text(struct xml_stream *stream, xml_stream_text *on_text);
/* ERR_INPUT names line and fault. */
MUST_CHECK bool xml_stream_push(struct xml_stream *stream, struct str bytes, struct err *err);
/* There is nothing more: is the document whole? */
MUST_CHECK bool xml_stream_end(struct xml_stream *stream, struct err *err);
/* Frees the parser; accepts NULL inside, may be called twice. */
void xml_stream_close(struct xml_stream **stream);

/*
 * The one safe set-up of libxml2 for reading XML as it comes: bytes are pushed in, each
 * element is told with its attributes, nothing is kept.  No network, no document types
 * and so no entities but the five of XML; bounded depth and attributes.  Text between
 * elements is passed over: the files we read keep everything in attributes.
 */
#pragma once

#include "core/err.h"
#include "core/str.h"

enum {
    XML_STREAM_DEPTH_MAX = 64,
    XML_STREAM_ATTRIBUTES_MAX = 100,
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

struct xml_stream;

struct xml_stream *xml_stream_open(struct arena *arena, xml_stream_element *on_element, void *data);
/* ERR_INPUT names line and fault. */
MUST_CHECK bool xml_stream_push(struct xml_stream *stream, struct str bytes, struct err *err);
/* There is nothing more: is the document whole? */
MUST_CHECK bool xml_stream_end(struct xml_stream *stream, struct err *err);
/* Frees the parser; accepts NULL inside, may be called twice. */
void xml_stream_close(struct xml_stream **stream);

/* Decodes a chunked body (RFC 9112 7.1) piece by piece, strictly; trailers are thrown away. */
#pragma once

#include "core/str.h"

enum http_chunk_state {
    HTTP_CHUNK_MORE, /* all input is used up */
    HTTP_CHUNK_DATA, /* *data is some of the body */
    HTTP_CHUNK_DONE, /* the body has ended; *rest is behind it */
    HTTP_CHUNK_BAD,
};

enum {
    HTTP_CHUNK_EXTRA_MAX = 4096, /* bytes of extensions and trailers in a body */
};

/* Start with {0}. */
struct http_chunk {
    int place;
    int digits;
    uint64_t left;
    size_t extra;
    bool line_has_text;
};

/* Takes something off *rest; to be called until it says other than data. */
enum http_chunk_state http_chunk_next(struct http_chunk *chunk, struct str *rest, struct str *data);

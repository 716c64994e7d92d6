/*
 * Reads the head of a request (RFC 9112), strictly: what two programs might read in two
 * ways is refused, because a proxy in front may have read it the other way.
 *
 * Works on bytes only, no I/O; the results are slices of those bytes.
 */
#pragma once

#include "core/str.h"
#include "net/http.h"

enum http_parse_state {
    HTTP_PARSE_MORE, /* not all of it is here */
    HTTP_PARSE_DONE,
    HTTP_PARSE_BAD,
};

struct http_parse {
    enum http_method method;
    int minor;         /* HTTP/1.minor: 0 or 1 */
    struct str target; /* origin form */
    struct str path;   /* of the target, still percent-encoded */
    struct str query;
    struct str host; /* without the port */
    bool keeps_alive;
    bool is_chunked;
    bool expects_continue;
    int64_t length;              /* Content-Length; -1: none */
    struct http_header *headers; /* room for HTTP_HEADERS_MAX, given by the caller */
    size_t header_count;
    int status;      /* when bad: the answer's status */
    const char *why; /* and a sentence for its detail */
};

/*
 * Looks for the end of the head.  *seen is 0 at first and holds what was looked at; when
 * done it is the size of the head with its empty line.  Bad: a line that ends in LF only,
 * a first byte no method has, or a head over HTTP_HEAD_MAX (status and why are set).
 */
enum http_parse_state http_parse_end(struct http_parse *parse, struct str bytes, size_t *seen);

/* A whole head as found by http_parse_end.  False: status and why are set. */
MUST_CHECK bool http_parse_head(struct http_parse *parse, struct str head);

/* Equal but for ASCII case; lower must be in lower case. */
bool http_parse_is(struct str text, struct str lower);

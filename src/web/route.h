/*
 * The table of everything the server answers.  A pattern is compared part by part; * stands
 * for one part, which becomes request->parts[0…].
 */
#pragma once

#include "web/request.h"

enum route_kind {
    ROUTE_PAGE, /* errors are pages, sessions are cookies, forms carry a token */
    ROUTE_API,  /* errors are problem documents (RFC 9457) */
};

enum route_flag {
    ROUTE_LOOP = 1 << 0,     /* may run on a network loop */
    ROUTE_NODE = 1 << 1,     /* of the node, not of a tenant */
    ROUTE_OPERATOR = 1 << 5, /* of the node's operators: below /node */
    ROUTE_SIGNED = 1 << 2,   /* only for those who have signed in */
    ROUTE_FILE = 1 << 3,     /* takes a large body (uploads) */
    ROUTE_NO_CSRF = 1 << 4,
    ROUTE_NDJSON = 1 << 6, /* takes a large body when it is NDJSON */
    ROUTE_LETTER = 1 << 7, /* takes a body with one file of a record in it */
};

typedef bool route_handler(struct request *request, struct err *err);

struct route {
    enum http_method method;
    struct str pattern;
    route_handler *handle;
    enum route_kind kind;
    unsigned flags;
};

/*
 * The route for a path, its parts filled; NULL when there is none.  scope: ROUTE_NODE,
 * ROUTE_OPERATOR, or 0 for a tenant's.  *is_other_method: the path is known, the method is not.
 */
const struct route *route_find(enum http_method method, struct str path, unsigned scope,
                               struct str parts[REQUEST_PARTS_MAX], bool *is_other_method);
/* The methods a path understands, as the header Allow has them. */
void route_methods(struct buf *buf, struct str path, unsigned scope);
/* All rows as JSON, so that a test can ask every one of them. */
void route_list(struct buf *json);

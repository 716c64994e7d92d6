/* A request's body as it comes in: small ones in memory, others in an unlinked file. */
#pragma once

#include "net/http_conn.h"

enum http_body_state {
    HTTP_BODY_MORE,
    HTTP_BODY_DONE,
    HTTP_BODY_BAD,     /* not chunked as it should be */
    HTTP_BODY_LARGE,   /* over the limit */
    HTTP_BODY_NO_FILE, /* the disk is full, or so */
};

/* Takes what it can off the connection's input. */
enum http_body_state http_body_take(struct http_conn *conn);

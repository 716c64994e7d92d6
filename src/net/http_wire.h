/* Sends bytes over a connection, plain or through TLS. */
#pragma once

#include "net/http_conn.h"

/* As much as the kernel takes at once; 0 with TLS. Only while nothing else is being sent. */
size_t http_wire_try(struct http_conn *conn, struct str bytes);
/* A few bytes, at once or not at all. */
MUST_CHECK bool http_wire_say(struct http_conn *conn, struct str bytes);
/*
 * Both parts must stay where they are until on_sent; it may be called before this returns.
 * The first is smaller than 1 GiB.
 */
void http_wire_send(struct http_conn *conn, struct str first, struct str second,
                    void (*on_sent)(struct http_conn *conn));
/* Sends what TLS itself has to say. */
void http_wire_flush(struct http_conn *conn);
/* When the present sending must have ended at the pace asked for. */
int64_t http_wire_due(const struct http_conn *conn);

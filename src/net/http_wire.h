/* Sends bytes over a connection, plain or through TLS. */
#pragma once

#include "net/http_conn.h"

/* As much as the kernel takes at once; 0 with TLS. Only while nothing else is being sent. */
size_t http_wire_try(struct http_conn *conn, struct str bytes);
/* Both parts must stay where they are until on_sent; it may be called before this returns. */
void http_wire_send(struct http_conn *conn, struct str first, struct str second,
                    void (*on_sent)(struct http_conn *conn));
/* Since when, at the pace asked for, the present sending should have ended. */
bool http_wire_is_late(const struct http_conn *conn, int64_t now, int64_t *due);

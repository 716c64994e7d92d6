/*
 * How connections come and go: from the listening socket, from the process that served before
 * this one, and to the one that comes after it.
 */
#pragma once

#include "net/http_conn.h"

/* A new connection waits at the loop's listener. */
void http_entry_accept(struct http_loop *loop);
/* One that another process had, and what it has read of the next request. */
void http_entry_take(struct http_loop *loop, int fd, struct str bytes);
/* To the server's heir, if there is one and it can go: no request of it is running. */
bool http_entry_give(struct http_conn *conn);

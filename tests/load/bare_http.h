/*
 * The least of an HTTP server, for what our own is measured against: one thread, epoll,
 * keep-alive, well-behaved clients only.  Never to be seen by a network.
 */
#pragma once

#include "core/buf.h"

/* request: head and body whole.  Adds the whole answer, head included, to out. */
typedef void bare_http_answer(void *data, struct str request, struct buf *out);

/* Serves 127.0.0.1:port until it is killed.  False: the port cannot be had. */
bool bare_http_serve(int port, bare_http_answer *answer, void *data);
/* The part between two marks, the first after the other; empty when one is missing. */
struct str bare_http_between(struct str text, struct str before, struct str after);
/* Head and body. */
void bare_http_head(struct buf *out, struct str status, struct str more, size_t body_len);

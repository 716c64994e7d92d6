/* Answers of unknown length: what a thread writes, and how the loop sends it. */
#pragma once

#include "net/http_conn.h"

/* The loop has been told that there is something to send. */
void http_stream_flush(struct http_request *request);
/* Nothing more will be written. On the loop. */
void http_stream_end(struct http_request *request);
/* The client has gone: wakes the writer, ends the ticking. On the loop. */
void http_stream_on_gone(struct http_request *request);
bool http_stream_is_sending(const struct http_request *request);
void http_stream_done(struct http_request *request);

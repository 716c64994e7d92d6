/* Writes answers: the status line, the fields the server adds, errors of the server itself. */
#pragma once

#include "net/http_conn.h"

/* The whole head of a request's answer; length -1: chunked, or until the end in HTTP/1.0. */
void http_answer_head(struct http_request *request, struct buf *buf, struct str date,
                      int64_t length);
/* "Date: ...\r\n" */
void http_answer_date(struct buf *buf, int64_t now);
/* Sends the answer the exchange holds. On the loop. */
void http_answer_send(struct http_request *request);
/* Fills the exchange with application/problem+json. */
void http_answer_fill(struct http_exchange *exchange, int status, const char *why);
/* Both, on the loop. */
void http_answer_problem(struct http_request *request, int status, const char *why);

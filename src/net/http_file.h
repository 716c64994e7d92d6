/* Answers out of a file, a piece at a time: memory does not grow with the file. */
#pragma once

#include "net/http_conn.h"

/*
 * Sends the exchange's out_fd with its length. On the loop, which reads the pieces: the file
 * should be in the system's cache.  A file that turns out shorter ends the connection.
 */
void http_file_send(struct http_request *request);
/* The loop has come back to it. */
void http_file_go_on(struct http_request *request);

/*
 * A connection and the request it is at: one at a time; what the client sends meanwhile
 * stays in the input buffer.
 *
 * 1. Only the loop's thread touches a connection.  Of a request whose is_held is set, the
 *    loop touches only next, wants, is_queued (under its lock), is_gone and stream (after
 *    a FLUSH); all else, the arena too, belongs to the holder until http_finish.
 * 2. The arena is the request's: the input buffer, the exchange and the answer are in it.
 *    An idle connection has none.
 * 3. Input from input_at to input_len is not used yet.  Slices of the request point into
 *    the buffer before that, so it is never moved while a request is there.
 * 4. A closed connection lives on while its request is held, or waits in the loop's queue.
 */
#pragma once

#include "net/http_chunk.h"
#include "net/http_loop.h"
#include "net/http_parse.h"
#include "net/tls.h"

struct http_file;
struct http_stream;

enum http_conn_state {
    HTTP_CONN_IDLE,    /* waits for the first byte of a request */
    HTTP_CONN_HEAD,    /* some of it is here */
    HTTP_CONN_BODY,    /* the head is here */
    HTTP_CONN_HANDLED, /* the handler, or whoever it gave it to, has it */
    HTTP_CONN_SENDING,
    HTTP_CONN_STREAMING,
    HTTP_CONN_DRAINING, /* all is sent; waits for the client to close */
};

struct http_request {
    struct http_exchange exchange; /* the first, so that one is the other */
    struct http_conn *conn;
    struct http_parse parse;
    bool keeps_alive;
    bool is_held;
    atomic_bool is_gone;

    struct buf body; /* as it comes in, while small */
    size_t body_limit;
    struct http_chunk chunk;

    struct http_request *next; /* in the loop's queue */
    unsigned wants;
    bool is_queued;

    struct http_file *file; /* what is being sent out of out_fd */
    struct http_stream *stream;
    bool is_streaming; /* the loop knows of the stream */
    bool (*tick)(struct http_exchange *exchange, bool is_gone, void *data);
    void *tick_data;
    int interval_ms;
    struct http_wheel_node tick_node;

    struct http_request *next_job; /* in the pool's queue */
    void (*run)(struct http_exchange *exchange);
};

struct http_conn {
    uv_tcp_t tcp;
    struct http_loop *loop;
    struct http_conn *next, *previous;
    enum http_conn_state state;
    int64_t since; /* when it came into that state */
    struct http_wheel_node deadline;
    struct http_request *request;
    struct arena *arena;

    char *input;
    size_t input_at, input_len, input_cap;
    size_t seen; /* of the head: http_parse_end */

    bool is_reading, is_eof, is_closing, is_closed, is_running;

    struct str out[2]; /* what is still to be sent */
    size_t out_size;   /* when it began */
    int64_t out_since;
    void (*on_sent)(struct http_conn *conn);
    uv_write_t write;
    uv_shutdown_t shutdown;
    size_t writing; /* bytes libuv has; 0: none */
    struct tls tls;

    uint32_t peer_slot;
    char peer[46];
};

/* In the loop's list, without a socket yet. */
struct http_conn *http_conn_new(struct http_loop *loop);
/* As if an idle one had just received this. */
void http_conn_feed(struct http_conn *conn, struct str bytes);
/* Goes on with whatever is in the input buffer. */
void http_conn_run(struct http_conn *conn);
void http_conn_set_state(struct http_conn *conn, enum http_conn_state state);
/* Sets the deadline and the reading after the state has changed. */
void http_conn_settle(struct http_conn *conn);
/* After its answer: the server stops, and nobody goes on with it. */
bool http_conn_shall_end(const struct http_conn *conn);
/* The answer is with the kernel: the request ends, the connection goes on or ends. */
void http_conn_answered(struct http_conn *conn);
/* Answers with a problem document, then closes. */
void http_conn_refuse(struct http_conn *conn, int status, const char *why);
/* At once. Held requests come back later and are dropped. */
void http_conn_close(struct http_conn *conn);
/* Frees a closed connection when nobody needs its request any more. */
void http_conn_reap(struct http_conn *conn);

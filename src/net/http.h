/*
 * An HTTP/1.1 server (RFC 9112), strict: what is ambiguous is refused.  One libuv loop a
 * thread, each with its own listening socket (SO_REUSEPORT).
 *
 * An exchange (one request and its answer) belongs to one thread at a time.  The handler
 * gets it on a loop and must not wait there.  It may answer at once and call
 * http_finish, or hand the exchange to another thread which calls http_finish later;
 * http_finish may be called from any thread, exactly once, and ends its ownership.
 * A client that goes away meanwhile changes nothing: the answer is thrown away.
 *
 * Deadlines are absolute: head 10 s, body 10 s + size at 16 KiB/s, answer likewise, idle
 * 60 s.  A body over HTTP_BODY_MEMORY is streamed to an unlinked temporary file.
 */
#pragma once

#include "core/arena.h"
#include "core/buf.h"
#include "core/err.h"
#include "net/http_options.h"

enum {
    HTTP_HEAD_MAX = 16 * 1024,
    HTTP_HEADERS_MAX = 64,
    HTTP_BODY_MEMORY = 64 * 1024,
};

enum http_method {
    HTTP_GET,
    HTTP_HEAD,
    HTTP_POST,
    HTTP_PUT,
    HTTP_PATCH,
    HTTP_DELETE,
    HTTP_OPTIONS,
    HTTP_OTHER, /* answered 501 by the server itself */
};

struct http_header {
    struct str name; /* as sent */
    struct str value;
};

struct http_server;
struct http_loop;

/* What is public of an exchange; the rest is behind it in http_conn.h. */
struct http_exchange {
    struct arena *arena; /* the request's: freed when the answer is sent */
    enum http_method method;
    struct str target; /* as sent, origin form */
    struct str path;   /* percent-decoded and checked: UTF-8, no NUL, no //, no . or .. parts */
    struct str query;  /* raw, without ? */
    struct str host;   /* without the port, lower case */
    const struct http_header *headers;
    size_t header_count;
    struct str body;  /* when it fits in memory */
    int body_fd;      /* else the file, at offset 0; -1 when there is none */
    size_t body_size; /* either way */
    struct str peer;  /* the client's address; from X-Forwarded-For of a trusted proxy */
    bool is_tls;      /* here or at a trusted proxy */
    int64_t now;      /* when the head was complete */
    int64_t began_us; /* the same on the monotonic clock */
    struct http_loop *loop;
    void *data; /* the handler's */

    /* The answer. */
    int status;
    struct buf head; /* header lines, filled by http_add */
    struct buf out;  /* the body; or … */
    int out_fd;      /* … the file that is sent instead, and closed by the server; -1: none */
    int64_t out_size;
};

/* The first header of that name (given in lower case), or an empty text. */
struct str http_header(const struct http_exchange *exchange, struct str name);
/* The first value of that cookie, as sent; names are case-sensitive. */
struct str http_cookie(const struct http_exchange *exchange, struct str name);

/* Adds a header line to the answer.  Date, Content-Length, Connection are added by the server.
 * CR and LF in a value are a wrong program (assert). */
void http_add(struct http_exchange *exchange, struct str name, struct str value);
/* Hands the finished answer to the exchange's loop. Any thread. */
void http_finish(struct http_exchange *exchange);

/*
 * Answers of unknown length, chunked.  From a thread that is not the loop's:
 * http_stream sends the head; http_stream_write waits while more than 256 KiB are unsent
 * and returns false when the client has gone; then http_finish ends it.
 */
void http_stream(struct http_exchange *exchange);
MUST_CHECK bool http_stream_write(struct http_exchange *exchange, struct str bytes);
/* Before http_finish, when the rest cannot be had: a client of HTTP/1.1 sees that it is cut off. */
void http_stream_break(struct http_exchange *exchange);

/*
 * Server-sent events: after http_stream on the loop; ends the handler's ownership.  tick is
 * called on the loop every interval_ms (rounded up to 0.1 s) and once at start.  It appends to
 * exchange->out, which is then sent, and returns false when it is over; nothing is called after the
 * client has gone except tick with is_gone true, once, in which it must free what it holds.
 */
void http_every(struct http_exchange *exchange, int interval_ms,
                bool (*tick)(struct http_exchange *exchange, bool is_gone, void *data), void *data);

/*
 * A bounded pool for what must not run on a loop; run gets the exchange and finishes it.
 * When too many wait the answer is 503 with Retry-After, given by the server itself.
 */
void http_offload(struct http_exchange *exchange, void (*run)(struct http_exchange *exchange));

/* Listens and starts the loops' threads. */
MUST_CHECK bool http_start(struct arena *arena, const struct http_options *options,
                           struct http_server **server, struct err *err);
int http_port(const struct http_server *server);
/*
 * Stops accepting, lets running exchanges end for grace_ms, then cuts the connections and
 * joins the threads.  It waits for whoever still holds an exchange to call http_finish.
 */
void http_stop(struct http_server *server, int grace_ms);
/* Copies of the listening sockets, one a loop, for a heir; max: room. Their number. */
int http_sockets(const struct http_server *server, int *fds, int max);
/*
 * As http_stop, but connections without TLS are not closed: each goes to the heir as soon as no
 * request of it is running.  So nobody loses a request that was sent just now.
 */
void http_hand_over(struct http_server *server, int grace_ms, const struct http_heir *heir);
/* Counters for the operator, from 0 at start. */
struct http_counters {
    int64_t requests, connections, refused, bytes_out;
    int64_t open; /* connections just now */
};
struct http_counters http_counters(const struct http_server *server);
/* "Not Found"; "" for an unknown status. */
const char *http_reason(int status);

/* What http_start is told: where to listen, the limits, and who handles requests. */
#pragma once

#include "core/str.h"

struct http_exchange;
struct http_loop;

/* Milliseconds; 0: as http.h says. */
struct http_deadlines {
    int head_ms, body_ms, answer_ms, idle_ms;
    int bytes_per_s; /* the pace of bodies and answers beyond body_ms and answer_ms */
};

/* How a request ended. */
struct http_ending {
    int64_t took_us; /* from the end of its head until the kernel had the answer */
    int loop;        /* the number of its loop, from 0 */
    bool is_gone;    /* the client left before that */
    bool is_events;  /* a stream that goes on for as long as the client stays */
};

/* A connection that another process had, with what it has read of the next request. */
struct http_taken {
    int fd;
    struct str bytes;
};

/*
 * Who goes on with the connections when this server stops.  take is called on the loops' threads,
 * also at once from several; it owns fd.
 */
struct http_heir {
    void (*take)(void *data, int fd, struct str bytes);
    void *data;
};

struct http_options {
    struct str address; /* "127.0.0.1", "::" */
    int port;           /* 0: any free one */
    int loops;          /* 0: one per core */
    const int *sockets; /* that listen already; then address, port, loops are theirs */
    size_t socket_count;
    const struct http_taken *taken; /* not with TLS, whose state stays in its process */
    size_t taken_count;
    size_t body_max;             /* for routes that name none */
    size_t connections_max;      /* 0: 10,000 */
    size_t connections_per_peer; /* 0: no limit */
    struct str trusted_proxy;    /* an address whose X-Forwarded-* count; may be empty */
    struct str certificate, key; /* PEM files: then TLS is spoken */
    struct str folder;           /* for big bodies; empty: $TMPDIR or /tmp */
    int offload_threads;         /* 0: 4 */
    int offload_queue;           /* waiting at most; 0: 1,024 */
    struct http_deadlines deadlines;
    /* Largest body this request may have; called when there is one. NULL: body_max. */
    size_t (*body_limit)(const struct http_exchange *exchange, void *data);
    /* On the loop. Must not wait. */
    void (*handle)(struct http_exchange *exchange, void *data);
    /* On the loop, once for each request whose head was read, handled or refused; may be NULL. */
    void (*on_end)(const struct http_exchange *exchange, const struct http_ending *ending,
                   void *data);
    /* On each loop's thread when it starts and ends; may be NULL. */
    void (*on_loop)(struct http_loop *loop, bool starts, void *data);
    void *data;
};

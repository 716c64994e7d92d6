/* What the loops of one server share; immutable after http_start but for the atomics. */
#pragma once

#include <stdatomic.h>

#include "net/http.h"

struct http_pool;
struct ssl_ctx_st;

enum {
    HTTP_SERVER_PEERS = 1 << 16,
};

struct http_server {
    struct http_options options; /* with the defaults filled in */
    struct http_loop *loops;     /* an array */
    int loop_count;
    int port;
    int grace_ms;                 /* set before is_stopping */
    const struct http_heir *heir; /* likewise; NULL: none */
    atomic_bool is_stopping;
    struct http_pool *pool;
    struct ssl_ctx_st *tls; /* NULL: plain */
    _Atomic size_t open;    /* connections */
    uint64_t seed;
    _Atomic uint32_t *peers; /* connections by hash of their address; NULL: not limited */
};

/* Counts a connection of that address (its /64 when IPv6) in; false when there are too many. */
bool http_server_let_in(struct http_server *server, const void *address, size_t len,
                        uint32_t *slot);
void http_server_let_out(struct http_server *server, uint32_t slot);

enum {
    HTTP_SERVER_NO_SLOT = HTTP_SERVER_PEERS, /* not counted */
};

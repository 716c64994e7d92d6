/*
 * One event loop and its thread: accepts connections, keeps their deadlines, pools their
 * memory, and takes back exchanges from other threads.
 *
 * Only the loop's own thread touches a loop, but for lock, first, last and wake.
 */
#pragma once

#include "net/http.h"
#include "net/http_wheel.h"

#include <pthread.h>
#include <stdatomic.h>
#include <uv.h>

struct http_conn;
struct http_request;

enum {
    HTTP_LOOP_ARENAS_MAX = 256,
    HTTP_LOOP_ARENA_SIZE = 12 * 1024,
    HTTP_LOOP_SCRATCH = 64 * 1024,
};

/* What another thread asks of the loop for a request; may be or-ed. */
enum http_loop_want {
    HTTP_LOOP_FLUSH = 1,
    HTTP_LOOP_FINISH = 2,
    HTTP_LOOP_FILE = 4,
};

struct http_loop {
    uv_loop_t uv;
    uv_tcp_t listener;
    uv_async_t wake;
    uv_timer_t timer;
    pthread_t thread;
    pthread_t joined; /* the same, as the starter knows it */
    struct http_server *server;
    struct arena *arena; /* lives as long as the loop */
    struct http_wheel wheel;

    struct http_conn *conns; /* all open ones */
    struct http_conn *free_conns;
    size_t conn_count;
    struct arena *arenas[HTTP_LOOP_ARENAS_MAX]; /* of requests, resting */
    size_t arena_count;
    char *scratch;  /* HTTP_LOOP_SCRATCH bytes, for the length of one call */
    char date[64];  /* "Date: ...\r\n" */
    int64_t dated;  /* the second it was made in; by the loop's clock */
    int64_t cut_at; /* when stopping: when what is still open is cut; else 0 */

    pthread_mutex_t lock;
    struct http_request *first, *last; /* coming from other threads */

    _Atomic int64_t requests, connections, refused, bytes_out;
};

/* With a socket that listens. */
MUST_CHECK bool http_loop_init(struct http_loop *loop, struct http_server *server, int socket,
                               struct err *err);
MUST_CHECK bool http_loop_start(struct http_loop *loop, struct err *err);
void http_loop_join(struct http_loop *loop);
/* After its thread has ended, or before it was started. */
void http_loop_done(struct http_loop *loop);
/* From any thread: look at the server's state, or at what was posted. */
void http_loop_wake(struct http_loop *loop);
/* From any thread. */
void http_loop_post(struct http_loop *loop, struct http_request *request, unsigned wants);
bool http_loop_is_mine(const struct http_loop *loop);

struct arena *http_loop_take_arena(struct http_loop *loop);
void http_loop_give_arena(struct http_loop *loop, struct arena *arena);
/* Zeroed but for its list; in the list of open ones. */
struct http_conn *http_loop_take_conn(struct http_loop *loop);
void http_loop_give_conn(struct http_loop *loop, struct http_conn *conn);
int64_t http_loop_now(const struct http_loop *loop);
/* "Date: ...\r\n" of this second. */
struct str http_loop_date(struct http_loop *loop);

#include "net/http_loop.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "core/time.h"
#include "net/http_answer.h"
#include "net/http_conn.h"
#include "net/http_entry.h"
#include "net/http_file.h"
#include "net/http_pool.h"
#include "net/http_server.h"
#include "net/http_stream.h"

enum {
    BACKLOG = 1024,
};

int64_t http_loop_now(const struct http_loop *loop)
{
    return (int64_t)uv_now(&loop->uv);
}

bool http_loop_is_mine(const struct http_loop *loop)
{
    return pthread_equal(loop->thread, pthread_self()) != 0;
}

struct str http_loop_date(struct http_loop *loop)
{
    int64_t second = http_loop_now(loop) / 1000 + 1;

    if (loop->dated != second) {
        struct buf buf = {.ptr = loop->date, .cap = sizeof loop->date};

        http_answer_date(&buf, time_now());
        loop->date[buf.len] = '\0';
        loop->dated = second;
    }
    return str_from_z(loop->date);
}

struct arena *http_loop_take_arena(struct http_loop *loop)
{
    return loop->arena_count > 0 ? loop->arenas[--loop->arena_count]
                                 : arena_open(HTTP_LOOP_ARENA_SIZE);
}

void http_loop_give_arena(struct http_loop *loop, struct arena *arena)
{
    if (loop->arena_count == HTTP_LOOP_ARENAS_MAX) {
        arena_close(&arena);
        return;
    }
    arena_reset(arena);
    loop->arenas[loop->arena_count++] = arena;
}

struct http_conn *http_loop_take_conn(struct http_loop *loop)
{
    struct http_conn *conn = loop->free_conns;

    if (conn != NULL)
        loop->free_conns = conn->next;
    else
        conn = ARENA_NEW(loop->arena, struct http_conn);
    *conn = (struct http_conn){.next = loop->conns};
    if (loop->conns != NULL)
        loop->conns->previous = conn;
    loop->conns = conn;
    loop->conn_count++;
    atomic_fetch_add(&loop->server->open, 1);
    return conn;
}

static void end(struct http_loop *loop)
{
    uv_close((uv_handle_t *)&loop->timer, NULL);
    uv_close((uv_handle_t *)&loop->wake, NULL);
}

void http_loop_give_conn(struct http_loop *loop, struct http_conn *conn)
{
    if (conn->previous != NULL)
        conn->previous->next = conn->next;
    else
        loop->conns = conn->next;
    if (conn->next != NULL)
        conn->next->previous = conn->previous;
    conn->next = loop->free_conns;
    loop->free_conns = conn;
    loop->conn_count--;
    atomic_fetch_sub(&loop->server->open, 1);
    if (loop->cut_at != 0 && loop->conn_count == 0)
        end(loop);
}

static void on_timer(uv_timer_t *timer)
{
    struct http_loop *loop = timer->data;

    http_wheel_turn(&loop->wheel, http_loop_now(loop));
    if (loop->cut_at == 0 || http_loop_now(loop) < loop->cut_at)
        return;
    http_pool_drain(loop->server->pool); /* what has not begun is not begun any more */
    for (struct http_conn *conn = loop->conns; conn != NULL; conn = conn->next)
        http_conn_close(conn);
}

static void on_connection(uv_stream_t *listener, int status)
{
    if (status == 0)
        http_entry_accept(listener->data);
}

/* Idle connections end now, and so do streams without an end. */
static void begin_to_stop(struct http_loop *loop)
{
    loop->cut_at = http_loop_now(loop) + loop->server->grace_ms + 1;
    uv_close((uv_handle_t *)&loop->listener, NULL);
    for (struct http_conn *conn = loop->conns; conn != NULL; conn = conn->next)
        if (!http_entry_give(conn) && (conn->state == HTTP_CONN_IDLE ||
                                       (conn->request != NULL && conn->request->tick != NULL)))
            http_conn_close(conn);
    if (loop->conn_count == 0)
        end(loop);
}

static struct http_request *take_posted(struct http_loop *loop, unsigned *wants)
{
    pthread_mutex_lock(&loop->lock);
    struct http_request *request = loop->first;
    if (request != NULL) {
        loop->first = request->next;
        *wants = request->wants;
        request->wants = 0;
        request->is_queued = false;
    }
    pthread_mutex_unlock(&loop->lock);
    return request;
}

static void on_wake(uv_async_t *wake)
{
    struct http_loop *loop = wake->data;
    struct http_request *request;
    unsigned wants;

    while ((request = take_posted(loop, &wants)) != NULL) {
        /* A request that is finished here is still held, so the flush does not end it. */
        if ((wants & HTTP_LOOP_FLUSH) != 0)
            http_stream_flush(request);
        if ((wants & HTTP_LOOP_FINISH) != 0)
            http_finish(&request->exchange);
        else if ((wants & HTTP_LOOP_FILE) != 0)
            http_file_go_on(request);
    }
    if (loop->cut_at == 0 && atomic_load(&loop->server->is_stopping))
        begin_to_stop(loop);
}

void http_loop_post(struct http_loop *loop, struct http_request *request, unsigned wants)
{
    pthread_mutex_lock(&loop->lock);
    bool was_empty = loop->first == NULL;
    request->wants |= wants;
    if (!request->is_queued) {
        request->is_queued = true;
        request->next = NULL;
        if (was_empty)
            loop->first = request;
        else
            loop->last->next = request;
        loop->last = request;
    }
    /* Under the lock: once it is taken off, the loop may end and its handle with it. */
    if (was_empty)
        uv_async_send(&loop->wake);
    pthread_mutex_unlock(&loop->lock);
}

void http_loop_wake(struct http_loop *loop)
{
    uv_async_send(&loop->wake);
}

/* Connections of a server before this one, each loop its share. */
static void take_over(struct http_loop *loop)
{
    const struct http_server *server = loop->server;

    for (size_t i = (size_t)(loop - server->loops); i < server->options.taken_count;
         i += (size_t)server->loop_count)
        http_entry_take(loop, server->options.taken[i].fd, server->options.taken[i].bytes);
}

static void *run(void *data)
{
    struct http_loop *loop = data;
    const struct http_options *options = &loop->server->options;

    loop->thread = pthread_self(); /* pthread_create may store it later than we run */
    if (options->on_loop != NULL)
        options->on_loop(loop, true, options->data);
    take_over(loop);
    uv_run(&loop->uv, UV_RUN_DEFAULT);
    if (options->on_loop != NULL)
        options->on_loop(loop, false, options->data);
    return NULL;
}

bool http_loop_init(struct http_loop *loop, struct http_server *server, int socket, struct err *err)
{
    loop->server = server;
    loop->arena = arena_open(HTTP_LOOP_SCRATCH * 2);
    loop->scratch = arena_alloc(loop->arena, HTTP_LOOP_SCRATCH);
    pthread_mutex_init(&loop->lock, NULL);
    uv_loop_init(&loop->uv);
    http_wheel_init(&loop->wheel, http_loop_now(loop));
    uv_tcp_init(&loop->uv, &loop->listener);
    uv_timer_init(&loop->uv, &loop->timer);
    uv_async_init(&loop->uv, &loop->wake, on_wake);
    loop->listener.data = loop->timer.data = loop->wake.data = loop;
    uv_timer_start(&loop->timer, on_timer, HTTP_WHEEL_TICK_MS, HTTP_WHEEL_TICK_MS);

    int status = uv_tcp_open(&loop->listener, socket);
    if (status < 0)
        close(socket);
    else
        status = uv_listen((uv_stream_t *)&loop->listener, BACKLOG, on_connection);
    return status == 0 || err_set(err, ERR_BROKEN, "cannot listen: %s", uv_strerror(status));
}

bool http_loop_start(struct http_loop *loop, struct err *err)
{
    sigset_t all, old;

    /* Signals are for the main thread; without SIGPIPE a broken pipe is an error of write. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    int failed = pthread_create(&loop->joined, NULL, run, loop);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (failed != 0)
        return err_set(err, ERR_BROKEN, "cannot start a thread: %s", strerror(failed));
    return true;
}

void http_loop_join(struct http_loop *loop)
{
    pthread_join(loop->joined, NULL);
}

static void close_handle(uv_handle_t *handle, void *data)
{
    (void)data;
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

void http_loop_done(struct http_loop *loop)
{
    if (loop->server == NULL)
        return;
    uv_walk(&loop->uv, close_handle, NULL);
    uv_run(&loop->uv, UV_RUN_DEFAULT);
    uv_loop_close(&loop->uv);
    pthread_mutex_destroy(&loop->lock);
    while (loop->arena_count > 0)
        arena_close(&loop->arenas[--loop->arena_count]);
    arena_close(&loop->arena);
    loop->server = NULL;
}

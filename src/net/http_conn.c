#include "net/http_conn.h"

#include <string.h>
#include <unistd.h>

#include "core/time.h"
#include "net/http_answer.h"
#include "net/http_body.h"
#include "net/http_entry.h"
#include "net/http_exchange.h"
#include "net/http_server.h"
#include "net/http_stream.h"
#include "net/http_wire.h"

enum {
    INPUT_FIRST = 4 * 1024,
    INPUT_BODY = 16 * 1024,
    INPUT_BIG_BODY = 64 * 1024,
    DRAIN_MS = 2000,
};

static void take_input(struct http_conn *conn, size_t cap)
{
    /* Not zeroed: it is written by the kernel. */
    conn->input = arena_grow(conn->arena, NULL, 0, cap);
    conn->input_cap = cap;
    conn->input_at = conn->input_len = conn->seen = 0;
}

static void take_memory(struct http_conn *conn)
{
    if (conn->arena != NULL)
        return;
    conn->arena = http_loop_take_arena(conn->loop);
    take_input(conn, INPUT_FIRST);
}

static void grow_input(struct http_conn *conn, size_t cap)
{
    conn->input = arena_grow(conn->arena, conn->input, conn->input_cap, cap);
    conn->input_cap = cap;
}

/* Never over INPUT_BIG_BODY, since what is left is less than the buffer it was in. */
static size_t cap_for(size_t rest, size_t least)
{
    while (least <= rest)
        least *= 2;
    return least;
}

/* A new buffer for the body, as the head's slices must stay where they are (invariant 3). */
static void take_body_input(struct http_conn *conn)
{
    bool is_big = conn->request->parse.length > HTTP_BODY_MEMORY;
    const char *old = conn->input + conn->input_at;
    size_t rest = conn->input_len - conn->input_at;

    take_input(conn, cap_for(rest, is_big ? INPUT_BIG_BODY : INPUT_BODY));
    memcpy(conn->input, old, rest);
    conn->input_len = rest;
}

void http_conn_set_state(struct http_conn *conn, enum http_conn_state state)
{
    conn->state = state;
    conn->since = http_loop_now(conn->loop);
}

/* When the present state must have ended; 0: no deadline. */
static int64_t due_of(const struct http_conn *conn)
{
    const struct http_deadlines *deadlines = &conn->loop->server->options.deadlines;

    switch (conn->state) {
    case HTTP_CONN_IDLE:
        /* A handshake has as long as a head. */
        if (tls_is_open(&conn->tls) && !tls_is_ready(&conn->tls))
            return conn->since + deadlines->head_ms;
        return conn->since + deadlines->idle_ms;
    case HTTP_CONN_HEAD:
        return conn->since + deadlines->head_ms;
    case HTTP_CONN_BODY:
        return conn->since + deadlines->body_ms +
               (int64_t)conn->request->exchange.body_size * 1000 / deadlines->bytes_per_s;
    case HTTP_CONN_SENDING:
        return http_wire_due(conn);
    case HTTP_CONN_STREAMING:
        return http_stream_is_sending(conn->request) ? http_wire_due(conn) : 0;
    case HTTP_CONN_DRAINING:
        return conn->since + DRAIN_MS;
    case HTTP_CONN_HANDLED:
        break;
    }
    return 0;
}

static void on_deadline(struct http_wheel_node *node)
{
    struct http_conn *conn =
        (struct http_conn *)((char *)node - offsetof(struct http_conn, deadline));
    int64_t due = due_of(conn);

    if (due == 0 || due > http_loop_now(conn->loop))
        http_conn_settle(conn); /* it has moved: what was sent has earned more time */
    else if (conn->state == HTTP_CONN_HEAD)
        http_conn_refuse(conn, 408, "The head of the request took too long to arrive.");
    else if (conn->state == HTTP_CONN_BODY)
        http_conn_refuse(conn, 408, "The body of the request took too long to arrive.");
    else
        http_conn_close(conn);
}

static void on_alloc(uv_handle_t *handle, size_t wanted, uv_buf_t *buf)
{
    struct http_conn *conn = handle->data;

    (void)wanted;
    if (conn->state == HTTP_CONN_DRAINING) {
        *buf = uv_buf_init(conn->loop->scratch, HTTP_LOOP_SCRATCH);
        return;
    }
    if (tls_is_open(&conn->tls)) {
        buf->len = tls_room(&conn->tls, &buf->base);
        return;
    }
    take_memory(conn);
    *buf =
        uv_buf_init(conn->input + conn->input_len, (unsigned)(conn->input_cap - conn->input_len));
}

static void on_end_of_input(struct http_conn *conn, ssize_t status)
{
    conn->is_eof = true;
    /* A client that has sent all may still wait for its answer. */
    bool waits = conn->state == HTTP_CONN_HANDLED || conn->state == HTTP_CONN_SENDING ||
                 (conn->state == HTTP_CONN_STREAMING && conn->request->tick == NULL);

    if (status != UV_EOF || !waits)
        http_conn_close(conn);
    else
        http_conn_settle(conn);
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buf)
{
    struct http_conn *conn = stream->data;

    (void)buf;
    if (count < 0) {
        on_end_of_input(conn, count);
        return;
    }
    if (count > 0 && conn->state != HTTP_CONN_DRAINING) {
        if (tls_is_open(&conn->tls))
            tls_received(&conn->tls, (size_t)count);
        else
            conn->input_len += (size_t)count;
    }
    http_conn_run(conn);
}

static bool has_room(struct http_conn *conn)
{
    char *room;

    if (conn->state == HTTP_CONN_DRAINING)
        return true;
    if (tls_is_open(&conn->tls))
        return tls_room(&conn->tls, &room) > 0;
    return conn->arena == NULL || conn->input_len < conn->input_cap;
}

/* Reads while there is room, so that a client that goes away is noticed. */
static void set_reading(struct http_conn *conn)
{
    bool should = !conn->is_eof && has_room(conn);

    if (should == conn->is_reading)
        return;
    conn->is_reading = should;
    if (!should)
        uv_read_stop((uv_stream_t *)&conn->tcp);
    else if (uv_read_start((uv_stream_t *)&conn->tcp, on_alloc, on_read) < 0)
        http_conn_close(conn);
}

void http_conn_settle(struct http_conn *conn)
{
    if (conn->is_closing)
        return;
    int64_t due = due_of(conn);

    if (due != 0)
        http_wheel_set(&conn->loop->wheel, &conn->deadline, due);
    else
        http_wheel_clear(&conn->loop->wheel, &conn->deadline);
    set_reading(conn);
}

static struct http_request *begin_request(struct http_conn *conn)
{
    struct http_request *request = ARENA_NEW(conn->arena, struct http_request);

    request->conn = conn;
    request->exchange.arena = conn->arena;
    request->exchange.loop = conn->loop;
    request->exchange.peer = str_from_z(conn->peer);
    request->exchange.body_fd = -1;
    request->exchange.out_fd = -1;
    request->exchange.status = 200;
    request->exchange.began_us = time_monotonic_us();
    request->exchange.head.arena = conn->arena;
    request->exchange.out.arena = conn->arena;
    request->body.arena = conn->arena;
    conn->request = request;
    return request;
}

static void tell_end(struct http_conn *conn, bool is_gone)
{
    const struct http_options *options = &conn->loop->server->options;
    const struct http_exchange *exchange = &conn->request->exchange;
    struct http_ending ending = {
        .took_us = time_monotonic_us() - exchange->began_us,
        .loop = (int)(conn->loop - conn->loop->server->loops),
        .is_gone = is_gone,
        .is_events = conn->request->interval_ms != 0,
    };

    if (options->on_end != NULL)
        options->on_end(exchange, &ending, options->data);
}

static void end_request(struct http_conn *conn, bool is_gone)
{
    struct http_request *request = conn->request;

    tell_end(conn, is_gone);
    conn->request = NULL;
    if (request->exchange.body_fd >= 0)
        close(request->exchange.body_fd);
    if (request->exchange.out_fd >= 0)
        close(request->exchange.out_fd);
    if (request->stream != NULL)
        http_stream_done(request);
}

static void hand_over(struct http_conn *conn)
{
    struct http_request *request = conn->request;
    const struct http_options *options = &conn->loop->server->options;

    atomic_fetch_add_explicit(&conn->loop->requests, 1, memory_order_relaxed);
    http_conn_set_state(conn, HTTP_CONN_HANDLED);
    request->is_held = true;
    options->handle(&request->exchange, options->data);
}

static void send_continue(struct http_conn *conn)
{
    static const struct str LINE = {"HTTP/1.1 100 Continue\r\n\r\n", 25};

    if (!http_wire_say(conn, LINE))
        http_conn_close(conn); /* a socket that has not 25 bytes of room is of no use */
}

static bool take_body(struct http_conn *conn)
{
    switch (http_body_take(conn)) {
    case HTTP_BODY_MORE:
        conn->input_at = conn->input_len = 0;
        return false;
    case HTTP_BODY_DONE:
        hand_over(conn);
        return true;
    case HTTP_BODY_BAD:
        http_conn_refuse(conn, 400, "The body is not well-formed chunked coding.");
        return true;
    case HTTP_BODY_LARGE:
        http_conn_refuse(conn, 413, "The body is larger than this address takes.");
        return true;
    case HTTP_BODY_NO_FILE:
        http_conn_refuse(conn, 503, "The server has no room for the body now.");
        return true;
    }
    return false;
}

/* The head is complete: makes the exchange, and hands it over unless there is a body. */
static bool on_head(struct http_conn *conn)
{
    struct http_request *request = begin_request(conn);
    struct str head = {conn->input + conn->input_at, conn->seen};
    int status = 0;
    const char *why = NULL;

    conn->input_at += conn->seen;
    conn->seen = 0;
    request->parse.headers =
        arena_grow(conn->arena, NULL, 0, HTTP_HEADERS_MAX * sizeof *request->parse.headers);
    if (!http_parse_head(&request->parse, head)) {
        http_conn_refuse(conn, request->parse.status, request->parse.why);
        return true;
    }
    if (!http_exchange_init(request, &status, &why)) {
        http_conn_refuse(conn, status, why);
        return true;
    }
    if (request->parse.length <= 0 && !request->parse.is_chunked) {
        hand_over(conn);
        return true;
    }

    size_t here = conn->input_len - conn->input_at;
    http_conn_set_state(conn, HTTP_CONN_BODY);
    if (request->parse.expects_continue && here == 0)
        send_continue(conn);
    if (request->parse.is_chunked || here < (size_t)request->parse.length)
        take_body_input(conn);
    return true;
}

static bool take_head(struct http_conn *conn)
{
    struct http_parse parse = {0};
    struct str bytes = {conn->input + conn->input_at, conn->input_len - conn->input_at};

    switch (http_parse_end(&parse, bytes, &conn->seen)) {
    case HTTP_PARSE_DONE:
        return on_head(conn);
    case HTTP_PARSE_BAD:
        begin_request(conn);
        http_conn_refuse(conn, parse.status, parse.why);
        return true;
    case HTTP_PARSE_MORE:
        break;
    }
    if (conn->input_len == conn->input_cap)
        grow_input(conn, conn->input_cap * 2);
    return false;
}

/* An idle connection keeps no memory (invariant 2). */
static bool begin_head(struct http_conn *conn)
{
    if (conn->arena == NULL)
        return false;
    if (conn->input_len > conn->input_at) {
        http_conn_set_state(conn, HTTP_CONN_HEAD);
        return true;
    }
    http_loop_give_arena(conn->loop, conn->arena);
    conn->arena = NULL;
    return false;
}

/* One step; false when it has to wait for something. */
static bool advance(struct http_conn *conn)
{
    switch (conn->state) {
    case HTTP_CONN_IDLE:
        return begin_head(conn);
    case HTTP_CONN_HEAD:
        return take_head(conn);
    case HTTP_CONN_BODY:
        return take_body(conn);
    case HTTP_CONN_HANDLED:
    case HTTP_CONN_SENDING:
    case HTTP_CONN_STREAMING:
    case HTTP_CONN_DRAINING:
        break;
    }
    return false;
}

/* Takes what TLS has unpacked into the input buffer; false when there is nothing. */
static bool pull(struct http_conn *conn)
{
    bool wants = conn->state == HTTP_CONN_IDLE || conn->state == HTTP_CONN_HEAD ||
                 conn->state == HTTP_CONN_BODY;

    if (conn->is_closing || !tls_is_open(&conn->tls) || !wants)
        return false;
    take_memory(conn);
    size_t room = conn->input_cap - conn->input_len;
    int count = room > 0 ? tls_read(&conn->tls, conn->input + conn->input_len, room) : 0;
    if (count > 0) {
        conn->input_len += (size_t)count;
        return true;
    }
    http_wire_flush(conn); /* the handshake's answers, or an alert */
    if (count < 0)
        http_conn_close(conn);
    else if (conn->state == HTTP_CONN_IDLE)
        begin_head(conn); /* nothing came: gives the memory back */
    return false;
}

void http_conn_run(struct http_conn *conn)
{
    /* A handler that answers at once ends in http_conn_answered, which calls this. */
    if (conn->is_running)
        return;
    conn->is_running = true;
    while (!conn->is_closing && (advance(conn) || pull(conn)))
        continue;
    conn->is_running = false;
    http_conn_settle(conn);
}

void http_conn_refuse(struct http_conn *conn, int status, const char *why)
{
    if (conn->request == NULL)
        begin_request(conn);
    conn->request->keeps_alive = false;
    atomic_fetch_add_explicit(&conn->loop->refused, 1, memory_order_relaxed);
    http_answer_problem(conn->request, status, why);
}

static void on_shut_down(uv_shutdown_t *shutdown, int status)
{
    struct http_conn *conn = shutdown->handle->data;

    if (status < 0)
        http_conn_close(conn);
}

/*
 * Closing while the client still sends would make the kernel throw away our answer (RST);
 * so we say that we are done and read on for a while.
 */
static void drain(struct http_conn *conn)
{
    http_conn_set_state(conn, HTTP_CONN_DRAINING);
    http_loop_give_arena(conn->loop, conn->arena);
    conn->arena = NULL;
    if (tls_is_open(&conn->tls)) {
        tls_finish(&conn->tls);
        http_wire_flush(conn);
    }
    if (conn->is_eof || uv_shutdown(&conn->shutdown, (uv_stream_t *)&conn->tcp, on_shut_down) < 0)
        http_conn_close(conn);
}

/* Moves what is left of the input to the front of a fresh buffer. */
static void renew_input(struct http_conn *conn)
{
    size_t rest = conn->input_len - conn->input_at;

    memcpy(conn->loop->scratch, conn->input + conn->input_at, rest);
    arena_reset(conn->arena);
    take_input(conn, cap_for(rest, INPUT_FIRST));
    memcpy(conn->input, conn->loop->scratch, rest);
    conn->input_len = rest;
}

static bool is_stopping(const struct http_conn *conn)
{
    return atomic_load_explicit(&conn->loop->server->is_stopping, memory_order_relaxed);
}

bool http_conn_shall_end(const struct http_conn *conn)
{
    return is_stopping(conn) && (conn->loop->server->heir == NULL || tls_is_open(&conn->tls));
}

void http_conn_answered(struct http_conn *conn)
{
    bool goes_on = conn->request->keeps_alive && !conn->is_eof && !http_conn_shall_end(conn);

    end_request(conn, false);
    if (!goes_on) {
        drain(conn);
    } else {
        if (conn->input_len > conn->input_at)
            renew_input(conn);
        else
            conn->input_at = conn->input_len = 0;
        http_conn_set_state(conn, HTTP_CONN_IDLE);
        /* Not within its own loop over the input: that would go on with what is not ours. */
        if (is_stopping(conn) && http_entry_give(conn))
            return;
    }
    http_conn_run(conn);
}

static void free_conn(struct http_conn *conn)
{
    if (conn->request != NULL)
        end_request(conn, true);
    if (conn->arena != NULL)
        http_loop_give_arena(conn->loop, conn->arena);
    tls_close(&conn->tls);
    http_server_let_out(conn->loop->server, conn->peer_slot);
    http_loop_give_conn(conn->loop, conn);
}

void http_conn_reap(struct http_conn *conn)
{
    const struct http_request *request = conn->request;

    if (conn->is_closed && (request == NULL || !(request->is_held || request->is_queued)))
        free_conn(conn); /* else invariant 4 */
}

static void on_closed(uv_handle_t *handle)
{
    struct http_conn *conn = handle->data;

    conn->is_closed = true;
    http_conn_reap(conn);
}

void http_conn_close(struct http_conn *conn)
{
    if (conn->is_closing)
        return;
    conn->is_closing = true;
    http_wheel_clear(&conn->loop->wheel, &conn->deadline);
    if (conn->request != NULL)
        http_stream_on_gone(conn->request);
    uv_close((uv_handle_t *)&conn->tcp, on_closed);
}

struct http_conn *http_conn_new(struct http_loop *loop)
{
    struct http_conn *conn = http_loop_take_conn(loop);

    conn->loop = loop;
    conn->deadline.ring = on_deadline;
    conn->peer_slot = HTTP_SERVER_NO_SLOT;
    uv_tcp_init(&loop->uv, &conn->tcp);
    conn->tcp.data = conn;
    http_conn_set_state(conn, HTTP_CONN_IDLE);
    return conn;
}

void http_conn_feed(struct http_conn *conn, struct str bytes)
{
    take_memory(conn);
    if (bytes.len > conn->input_cap)
        grow_input(conn, cap_for(bytes.len, INPUT_FIRST));
    memcpy(conn->input, bytes.ptr, bytes.len);
    conn->input_len = bytes.len;
    http_conn_run(conn);
}

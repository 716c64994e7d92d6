#include "net/http_stream.h"

#include <assert.h>

#include "core/time.h"
#include "net/http_answer.h"
#include "net/http_wire.h"

enum {
    UNSENT_MAX = 256 * 1024,
    PIECE_MAX = 64 * 1024,
    ROUNDS_MAX = 8, /* of one stream before the loop's other connections have a turn */
};

/* Two buffers that change places: the writer fills one while the loop sends the other. */
struct http_stream {
    pthread_mutex_t lock;
    pthread_cond_t drained;
    struct buf pending; /* under lock */
    size_t unsent;      /* under lock: in both */
    struct buf sending; /* the loop's; the ones below too */
    bool is_sending, is_flushing, has_ended;
    bool is_broken; /* the writer's, until it ends */
    struct arena *arenas[2];
};

static bool is_chunked(const struct http_request *request)
{
    return request->parse.minor == 1;
}

static bool has_no_body(const struct http_request *request)
{
    int status = request->exchange.status;

    return request->exchange.method == HTTP_HEAD || status == 204 || status == 304;
}

static size_t put(struct http_request *request, struct str bytes, bool is_last)
{
    struct http_stream *stream = request->stream;

    pthread_mutex_lock(&stream->lock);
    size_t before = stream->pending.len;
    if (!is_chunked(request)) {
        buf_add(&stream->pending, bytes);
    } else if (bytes.len > 0) {
        buf_printf(&stream->pending, "%zx\r\n", bytes.len);
        buf_add(&stream->pending, bytes);
        buf_add(&stream->pending, STR("\r\n"));
    }
    if (is_last && is_chunked(request))
        buf_add(&stream->pending, STR("0\r\n\r\n"));
    stream->unsent += stream->pending.len - before;
    size_t unsent = stream->unsent;
    pthread_mutex_unlock(&stream->lock);
    return unsent;
}

static void tell_loop(struct http_request *request)
{
    if (http_loop_is_mine(request->exchange.loop))
        http_stream_flush(request);
    else
        http_loop_post(request->exchange.loop, request, HTTP_LOOP_FLUSH);
}

void http_stream(struct http_exchange *exchange)
{
    struct http_request *request = (struct http_request *)exchange;
    struct http_stream *stream = ARENA_NEW(exchange->arena, struct http_stream);
    struct buf date = {.arena = exchange->arena};

    assert(request->stream == NULL);
    pthread_mutex_init(&stream->lock, NULL);
    pthread_cond_init(&stream->drained, NULL);
    for (size_t i = 0; i < ARRAY_LEN(stream->arenas); i++)
        stream->arenas[i] = arena_open(0);
    stream->pending.arena = stream->arenas[0];
    stream->sending.arena = stream->arenas[1];
    request->stream = stream;
    http_answer_date(&date, time_now());
    http_answer_head(request, &stream->pending, buf_str(&date), -1);
    stream->unsent = stream->pending.len;
    tell_loop(request);
}

/* Waits until there is room; false when the client has gone. */
static bool wait_for_room(struct http_request *request)
{
    struct http_stream *stream = request->stream;

    pthread_mutex_lock(&stream->lock);
    while (stream->unsent > UNSENT_MAX && !atomic_load(&request->is_gone))
        pthread_cond_wait(&stream->drained, &stream->lock);
    pthread_mutex_unlock(&stream->lock);
    return !atomic_load(&request->is_gone);
}

bool http_stream_write(struct http_exchange *exchange, struct str bytes)
{
    struct http_request *request = (struct http_request *)exchange;

    assert(request->stream != NULL && !http_loop_is_mine(exchange->loop));
    if (has_no_body(request))
        return !atomic_load(&request->is_gone);
    while (bytes.len > 0) {
        struct str piece = str_slice(bytes, 0, PIECE_MAX);

        if (!wait_for_room(request))
            return false;
        put(request, piece, false);
        tell_loop(request);
        bytes = str_slice(bytes, piece.len, bytes.len);
    }
    return !atomic_load(&request->is_gone);
}

static void on_sent(struct http_conn *conn)
{
    struct http_request *request = conn->request;
    struct http_stream *stream = request->stream;

    pthread_mutex_lock(&stream->lock);
    stream->unsent -= stream->sending.len;
    stream->sending.len = 0;
    pthread_cond_signal(&stream->drained);
    pthread_mutex_unlock(&stream->lock);
    stream->is_sending = false;
    if (!stream->is_flushing)
        http_stream_flush(request);
}

/* Sends one buffer; false when there is nothing to send, or the kernel is full. */
static bool send_one(struct http_request *request)
{
    struct http_stream *stream = request->stream;

    if (stream->is_sending || request->conn->is_closing)
        return false;
    pthread_mutex_lock(&stream->lock);
    struct buf full = stream->pending;
    stream->pending = stream->sending;
    stream->sending = full;
    pthread_mutex_unlock(&stream->lock);
    if (stream->sending.len == 0)
        return false;
    stream->is_sending = true;
    atomic_fetch_add_explicit(&request->conn->loop->bytes_out, (int64_t)stream->sending.len,
                              memory_order_relaxed);
    http_wire_send(request->conn, buf_str(&stream->sending), (struct str){0}, on_sent);
    return !stream->is_sending;
}

void http_stream_flush(struct http_request *request)
{
    struct http_stream *stream = request->stream;
    struct http_conn *conn = request->conn;
    int rounds = 0;
    bool is_new = !request->is_streaming;

    request->is_streaming = true; /* from now on the writer may wait */
    if (conn->is_closing) {
        http_stream_on_gone(request);
        http_conn_reap(conn);
        return;
    }
    if (is_new)
        http_conn_set_state(conn, HTTP_CONN_STREAMING);
    stream->is_flushing = true;
    while (rounds < ROUNDS_MAX && send_one(request))
        rounds++;
    stream->is_flushing = false;
    if (conn->is_closing)
        return;
    if (rounds == ROUNDS_MAX)
        http_loop_post(conn->loop, request, HTTP_LOOP_FLUSH);
    else if (!stream->is_sending && stream->has_ended && !request->is_queued)
        http_conn_answered(conn);
    else
        http_conn_settle(conn);
}

void http_stream_break(struct http_exchange *exchange)
{
    ((struct http_request *)exchange)->stream->is_broken = true;
}

/* Without the last chunk, and with the connection closed, no client takes it for whole. */
void http_stream_end(struct http_request *request)
{
    if (request->stream->is_broken)
        request->keeps_alive = false;
    else if (!has_no_body(request))
        put(request, (struct str){0}, true);
    request->stream->has_ended = true;
    http_stream_flush(request);
}

bool http_stream_is_sending(const struct http_request *request)
{
    return request->stream->is_sending;
}

void http_stream_on_gone(struct http_request *request)
{
    atomic_store(&request->is_gone, true);
    if (request->is_held) {
        /* Before the first flush nobody waits, and the writer will see is_gone. */
        if (!request->is_streaming)
            return;
        pthread_mutex_lock(&request->stream->lock);
        pthread_cond_broadcast(&request->stream->drained);
        pthread_mutex_unlock(&request->stream->lock);
    } else if (request->tick != NULL) {
        bool (*tick)(struct http_exchange *, bool, void *) = request->tick;

        request->tick = NULL;
        http_wheel_clear(&request->exchange.loop->wheel, &request->tick_node);
        (void)tick(&request->exchange, true, request->tick_data);
    }
}

void http_stream_done(struct http_request *request)
{
    struct http_stream *stream = request->stream;

    pthread_mutex_destroy(&stream->lock);
    pthread_cond_destroy(&stream->drained);
    for (size_t i = 0; i < ARRAY_LEN(stream->arenas); i++)
        arena_close(&stream->arenas[i]);
    request->stream = NULL;
}

static void on_tick(struct http_wheel_node *node)
{
    struct http_request *request =
        (struct http_request *)((char *)node - offsetof(struct http_request, tick_node));
    struct http_exchange *exchange = &request->exchange;
    int64_t due = http_loop_now(exchange->loop) + request->interval_ms;

    /* A client that does not read gets no more until it has read. */
    if (put(request, (struct str){0}, false) > UNSENT_MAX) {
        http_wheel_set(&exchange->loop->wheel, node, due);
        return;
    }
    bool goes_on = request->tick(exchange, false, request->tick_data);
    if (!has_no_body(request))
        put(request, buf_str(&exchange->out), false);
    exchange->out.len = 0;
    if (goes_on) {
        http_wheel_set(&exchange->loop->wheel, node, due);
        http_stream_flush(request);
    } else {
        request->tick = NULL;
        http_stream_end(request);
    }
}

void http_every(struct http_exchange *exchange, int interval_ms,
                bool (*tick)(struct http_exchange *exchange, bool is_gone, void *data), void *data)
{
    struct http_request *request = (struct http_request *)exchange;

    assert(request->stream != NULL && http_loop_is_mine(exchange->loop));
    request->tick = tick;
    request->tick_data = data;
    request->interval_ms = interval_ms;
    request->tick_node.ring = on_tick;
    request->is_held = false;
    if (request->conn->is_closing) {
        http_stream_on_gone(request);
        return;
    }
    on_tick(&request->tick_node);
}

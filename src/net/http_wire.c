#include "net/http_wire.h"

#include "net/http_server.h"

static uv_buf_t to_uv(struct str bytes)
{
    return uv_buf_init((char *)bytes.ptr, (unsigned)MIN(bytes.len, (size_t)1 << 30));
}

static uv_stream_t *stream_of(struct http_conn *conn)
{
    return (uv_stream_t *)&conn->tcp;
}

/* Takes off what was sent. */
static void skip(struct http_conn *conn, size_t count)
{
    for (size_t i = 0; i < ARRAY_LEN(conn->out); i++) {
        size_t part = MIN(count, conn->out[i].len);

        conn->out[i] = str_slice(conn->out[i], part, conn->out[i].len);
        count -= part;
    }
}

static unsigned list_bufs(const struct http_conn *conn, uv_buf_t bufs[2])
{
    unsigned count = 0;

    for (size_t i = 0; i < ARRAY_LEN(conn->out); i++)
        if (conn->out[i].len > 0)
            bufs[count++] = to_uv(conn->out[i]);
    return count;
}

static void tell_sent(struct http_conn *conn)
{
    void (*on_sent)(struct http_conn *) = conn->on_sent;

    conn->on_sent = NULL;
    if (on_sent != NULL)
        on_sent(conn);
}

static void on_written(uv_write_t *write, int status)
{
    struct http_conn *conn = write->data;
    size_t count = conn->writing;

    conn->writing = 0;
    if (status < 0) {
        http_conn_close(conn);
        return;
    }
    if (tls_is_open(&conn->tls))
        tls_sent(&conn->tls, count);
    else
        skip(conn, count);
    http_wire_flush(conn);
}

/* Leaves it to libuv to wait for the socket. */
static void write_later(struct http_conn *conn, const uv_buf_t *bufs, unsigned count)
{
    conn->write.data = conn;
    conn->writing = 0;
    for (unsigned i = 0; i < count; i++)
        conn->writing += bufs[i].len;
    if (uv_write(&conn->write, stream_of(conn), bufs, count, on_written) < 0)
        http_conn_close(conn);
}

static void flush_plain(struct http_conn *conn)
{
    uv_buf_t bufs[2];
    unsigned count = list_bufs(conn, bufs);

    if (count > 0) {
        int sent = uv_try_write(stream_of(conn), bufs, count);

        if (sent > 0)
            skip(conn, (size_t)sent);
        count = list_bufs(conn, bufs);
    }
    if (count > 0)
        write_later(conn, bufs, count); /* an error of the try comes again there */
    else
        tell_sent(conn);
}

/* Sends encrypted bytes that wait; false when the socket is full. */
static bool drain_tls(struct http_conn *conn)
{
    struct str waiting;

    while ((waiting = tls_waiting(&conn->tls)).len > 0) {
        uv_buf_t buf = to_uv(waiting);
        int sent = uv_try_write(stream_of(conn), &buf, 1);

        if (sent <= 0) {
            write_later(conn, &buf, 1);
            return false;
        }
        tls_sent(&conn->tls, (size_t)sent);
    }
    return true;
}

static void flush_tls(struct http_conn *conn)
{
    while (drain_tls(conn)) {
        struct str part = conn->out[0].len > 0 ? conn->out[0] : conn->out[1];

        if (part.len == 0) {
            tell_sent(conn);
            return;
        }
        int count = tls_write(&conn->tls, part);
        if (count < 0) {
            http_conn_close(conn);
            return;
        }
        skip(conn, (size_t)count);
        if (count == 0 && tls_waiting(&conn->tls).len == 0)
            return; /* it has to read first */
    }
}

void http_wire_flush(struct http_conn *conn)
{
    if (conn->is_closing || conn->writing > 0)
        return;
    if (tls_is_open(&conn->tls))
        flush_tls(conn);
    else
        flush_plain(conn);
}

size_t http_wire_try(struct http_conn *conn, struct str bytes)
{
    uv_buf_t buf = to_uv(bytes);

    if (tls_is_open(&conn->tls))
        return 0;
    int count = uv_try_write(stream_of(conn), &buf, 1);
    return count > 0 ? (size_t)count : 0; /* an error comes again with the next write */
}

bool http_wire_say(struct http_conn *conn, struct str bytes)
{
    if (!tls_is_open(&conn->tls))
        return http_wire_try(conn, bytes) == bytes.len;
    if (tls_write(&conn->tls, bytes) != (int)bytes.len)
        return false;
    http_wire_flush(conn);
    return true;
}

void http_wire_send(struct http_conn *conn, struct str first, struct str second,
                    void (*on_sent)(struct http_conn *conn))
{
    conn->out[0] = first;
    conn->out[1] = second;
    conn->out_size = first.len + second.len;
    conn->out_since = http_loop_now(conn->loop);
    conn->on_sent = on_sent;
    http_wire_flush(conn);
}

int64_t http_wire_due(const struct http_conn *conn)
{
    const struct http_deadlines *deadlines = &conn->loop->server->options.deadlines;
    /* What libuv holds is still in out when plain; its own queue says how much has gone. */
    size_t queued = uv_stream_get_write_queue_size((const uv_stream_t *)&conn->tcp);
    size_t left = conn->out[0].len + conn->out[1].len;

    if (!tls_is_open(&conn->tls) && conn->writing > queued)
        left -= MIN(left, conn->writing - queued);
    return conn->out_since + deadlines->answer_ms +
           (int64_t)(conn->out_size - MIN(left, conn->out_size)) * 1000 / deadlines->bytes_per_s;
}

#include "net/http_wire.h"

#include "net/http_server.h"

static uv_buf_t to_uv(struct str bytes)
{
    return uv_buf_init((char *)bytes.ptr, (unsigned)MIN(bytes.len, (size_t)1 << 30));
}

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

static void flush(struct http_conn *conn);

static void on_written(uv_write_t *write, int status)
{
    struct http_conn *conn = write->data;

    if (status < 0)
        http_conn_close(conn);
    else
        flush(conn);
}

/* Hands all that is left to libuv; what is over 1 GiB a part waits for the next round. */
static void flush(struct http_conn *conn)
{
    uv_buf_t bufs[2];
    unsigned count = list_bufs(conn, bufs);
    size_t size = 0;

    if (conn->is_closing)
        return;
    if (count == 0) {
        conn->on_sent(conn);
        return;
    }
    for (unsigned i = 0; i < count; i++)
        size += bufs[i].len;
    conn->write.data = conn;
    if (uv_write(&conn->write, (uv_stream_t *)&conn->tcp, bufs, count, on_written) < 0)
        http_conn_close(conn);
    else
        skip(conn, size);
}

size_t http_wire_try(struct http_conn *conn, struct str bytes)
{
    uv_buf_t buf = to_uv(bytes);

    if (conn->tls != NULL)
        return 0;
    int count = uv_try_write((uv_stream_t *)&conn->tcp, &buf, 1);
    return count > 0 ? (size_t)count : 0; /* an error comes again with the next write */
}

void http_wire_send(struct http_conn *conn, struct str first, struct str second,
                    void (*on_sent)(struct http_conn *conn))
{
    uv_buf_t bufs[2];

    conn->out[0] = first;
    conn->out[1] = second;
    conn->out_size = first.len + second.len;
    conn->out_since = http_loop_now(conn->loop);
    conn->on_sent = on_sent;
    if (conn->out_size > 0) {
        int count = uv_try_write((uv_stream_t *)&conn->tcp, bufs, list_bufs(conn, bufs));

        if (count > 0)
            skip(conn, (size_t)count);
    }
    flush(conn);
}

bool http_wire_is_late(const struct http_conn *conn, int64_t now, int64_t *due)
{
    const struct http_deadlines *deadlines = &conn->loop->server->options.deadlines;
    size_t left = conn->out[0].len + conn->out[1].len +
                  uv_stream_get_write_queue_size((const uv_stream_t *)&conn->tcp);
    size_t sent = conn->out_size - MIN(left, conn->out_size);

    *due = conn->out_since + deadlines->answer_ms + (int64_t)sent * 1000 / deadlines->bytes_per_s;
    return *due <= now;
}

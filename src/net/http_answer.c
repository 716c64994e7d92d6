#include "net/http_answer.h"

#include <assert.h>
#include <string.h>

#include "core/time.h"
#include "net/http_file.h"
#include "net/http_server.h"
#include "net/http_stream.h"
#include "net/http_wire.h"

enum {
    COPY_MAX = 16 * 1024, /* a body up to this is sent in one piece with the head */
};

struct reason {
    int status;
    const char *text;
};

static const struct reason REASONS[] = {
    {100, "Continue"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {206, "Partial Content"},
    {207, "Multi-Status"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {402, "Payment Required"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Content"},
    {423, "Locked"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {451, "Unavailable For Legal Reasons"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
    {507, "Insufficient Storage"},
};

const char *http_reason(int status)
{
    for (size_t i = 0; i < ARRAY_LEN(REASONS); i++)
        if (REASONS[i].status == status)
            return REASONS[i].text;
    return "";
}

void http_add(struct http_exchange *exchange, struct str name, struct str value)
{
    assert(name.len > 0);
    assert(value.len == 0 || (memchr(value.ptr, '\r', value.len) == NULL &&
                              memchr(value.ptr, '\n', value.len) == NULL &&
                              memchr(value.ptr, '\0', value.len) == NULL));
    buf_room(&exchange->head, name.len + value.len + 4);
    buf_add(&exchange->head, name);
    buf_add(&exchange->head, STR(": "));
    buf_add(&exchange->head, value);
    buf_add(&exchange->head, STR("\r\n"));
}

void http_answer_date(struct buf *buf, int64_t now)
{
    buf_add(buf, STR("Date: "));
    time_print_http(buf, now);
    buf_add(buf, STR("\r\n"));
}

/* 1xx, 204 and 304 end with their head (RFC 9112 6.3). */
static bool has_no_body(int status)
{
    return status < 200 || status == 204 || status == 304;
}

static void add_status(struct buf *buf, int status)
{
    if (status == 200) {
        buf_add(buf, STR("HTTP/1.1 200 OK\r\n"));
        return;
    }
    buf_add(buf, STR("HTTP/1.1 "));
    buf_int(buf, status);
    buf_char(buf, ' ');
    buf_add(buf, str_from_z(http_reason(status)));
    buf_add(buf, STR("\r\n"));
}

void http_answer_head(struct http_request *request, struct buf *buf, struct str date,
                      int64_t length)
{
    const struct http_exchange *exchange = &request->exchange;
    int minor = request->parse.minor;

    assert(exchange->status >= 200 && exchange->status <= 599);
    if (http_conn_shall_end(request->conn) || (length < 0 && minor == 0))
        request->keeps_alive = false;
    add_status(buf, exchange->status);
    buf_add(buf, date);
    if (!has_no_body(exchange->status) && length >= 0) {
        buf_add(buf, STR("Content-Length: "));
        buf_int(buf, length);
        buf_add(buf, STR("\r\n"));
    } else if (!has_no_body(exchange->status) && minor == 1) {
        buf_add(buf, STR("Transfer-Encoding: chunked\r\n"));
    }
    if (!request->keeps_alive)
        buf_add(buf, STR("Connection: close\r\n"));
    else if (minor == 0)
        buf_add(buf, STR("Connection: keep-alive\r\n"));
    buf_add(buf, buf_str(&exchange->head));
    buf_add(buf, STR("\r\n"));
}

static void on_sent(struct http_conn *conn)
{
    http_conn_answered(conn);
}

void http_answer_send(struct http_request *request)
{
    struct http_conn *conn = request->conn;
    struct http_exchange *exchange = &request->exchange;
    struct str body = buf_str(&exchange->out);
    /* On the scratch memory; a head that does not fit there moves to the arena. */
    struct buf head = {
        .ptr = conn->loop->scratch, .cap = HTTP_LOOP_SCRATCH, .arena = exchange->arena};

    http_answer_head(request, &head, http_loop_date(conn->loop), (int64_t)body.len);
    if (exchange->method == HTTP_HEAD || has_no_body(exchange->status))
        body = (struct str){0};
    if (body.len <= COPY_MAX) {
        buf_add(&head, body);
        body = (struct str){0};
    }

    size_t size = head.len + body.len;
    atomic_fetch_add_explicit(&conn->loop->bytes_out, (int64_t)size, memory_order_relaxed);
    http_conn_set_state(conn, HTTP_CONN_SENDING);
    size_t sent = http_wire_try(conn, buf_str(&head));
    struct str rest = str_slice(buf_str(&head), sent, head.len);
    if (rest.len == 0 && body.len == 0) {
        http_conn_answered(conn);
        return;
    }
    http_wire_send(conn, str_copy(exchange->arena, rest), body, on_sent);
    http_conn_settle(conn);
}

void http_answer_fill(struct http_exchange *exchange, int status, const char *why)
{
    exchange->status = status;
    exchange->head.len = exchange->out.len = 0;
    http_add(exchange, STR("Content-Type"), STR("application/problem+json"));
    /* why is one of our sentences: nothing in it needs escaping but the quotes below. */
    buf_printf(&exchange->out, "{\"title\":\"%s\",\"status\":%d,\"detail\":\"", http_reason(status),
               status);
    for (; *why != '\0'; why++) {
        if (*why == '"')
            buf_char(&exchange->out, '\\');
        buf_char(&exchange->out, *why);
    }
    buf_add(&exchange->out, STR("\"}"));
}

void http_answer_problem(struct http_request *request, int status, const char *why)
{
    http_answer_fill(&request->exchange, status, why);
    http_answer_send(request);
}

static void finish_here(struct http_request *request)
{
    struct http_conn *conn = request->conn;

    assert(request->is_held); /* once only */
    request->is_held = false;
    if (conn->is_closing)
        http_conn_reap(conn);
    else if (request->stream != NULL)
        http_stream_end(request);
    else if (request->exchange.out_fd >= 0)
        http_file_send(request);
    else
        http_answer_send(request);
}

void http_finish(struct http_exchange *exchange)
{
    struct http_request *request = (struct http_request *)exchange;

    if (http_loop_is_mine(exchange->loop))
        finish_here(request);
    else
        http_loop_post(exchange->loop, request, HTTP_LOOP_FINISH);
}

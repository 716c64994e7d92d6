#include "net/http_body.h"

#include "net/http_server.h"
#include "net/spool.h"

static enum http_body_state add(struct http_request *request, struct str data)
{
    struct http_exchange *exchange = &request->exchange;
    bool is_small = exchange->body_size + data.len <= HTTP_BODY_MEMORY;

    if (data.len > request->body_limit - exchange->body_size)
        return HTTP_BODY_LARGE;
    exchange->body_size += data.len;
    if (exchange->body_fd < 0 && is_small && request->parse.length <= HTTP_BODY_MEMORY) {
        buf_add(&request->body, data);
        return HTTP_BODY_MORE;
    }
    if (exchange->body_fd < 0) {
        exchange->body_fd = spool_open(exchange->loop->server->options.folder);
        if (exchange->body_fd < 0 || !spool_write(exchange->body_fd, buf_str(&request->body)))
            return HTTP_BODY_NO_FILE;
    }
    return spool_write(exchange->body_fd, data) ? HTTP_BODY_MORE : HTTP_BODY_NO_FILE;
}

static enum http_body_state finish(struct http_request *request)
{
    struct http_exchange *exchange = &request->exchange;

    if (exchange->body_fd < 0) {
        if (request->body.len > 0)
            exchange->body = buf_str(&request->body);
        return HTTP_BODY_DONE;
    }
    return spool_rewind(exchange->body_fd) ? HTTP_BODY_DONE : HTTP_BODY_NO_FILE;
}

static enum http_body_state take_chunked(struct http_request *request, struct str *rest)
{
    enum http_body_state state = HTTP_BODY_MORE;
    struct str data;

    while (state == HTTP_BODY_MORE) {
        switch (http_chunk_next(&request->chunk, rest, &data)) {
        case HTTP_CHUNK_MORE:
            return HTTP_BODY_MORE;
        case HTTP_CHUNK_DATA:
            state = add(request, data);
            break;
        case HTTP_CHUNK_DONE:
            return finish(request);
        case HTTP_CHUNK_BAD:
            return HTTP_BODY_BAD;
        }
    }
    return state;
}

static enum http_body_state take_counted(struct http_request *request, struct str *rest)
{
    struct http_exchange *exchange = &request->exchange;
    size_t missing = (size_t)request->parse.length - exchange->body_size;
    struct str data = str_slice(*rest, 0, missing);

    *rest = str_slice(*rest, data.len, rest->len);
    if (data.len == missing && exchange->body_size == 0 && missing <= HTTP_BODY_MEMORY) {
        exchange->body = data; /* all of it came with the head: no copy */
        exchange->body_size = data.len;
        return HTTP_BODY_DONE;
    }

    enum http_body_state state = add(request, data);
    return state == HTTP_BODY_MORE && data.len == missing ? finish(request) : state;
}

enum http_body_state http_body_take(struct http_conn *conn)
{
    struct http_request *request = conn->request;
    struct str rest = {conn->input + conn->input_at, conn->input_len - conn->input_at};
    enum http_body_state state =
        request->parse.is_chunked ? take_chunked(request, &rest) : take_counted(request, &rest);

    conn->input_at = conn->input_len - rest.len;
    return state;
}

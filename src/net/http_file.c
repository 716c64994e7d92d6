#include "net/http_file.h"

#include <errno.h>
#include <unistd.h>

#include "net/http_answer.h"
#include "net/http_wire.h"

enum {
    PIECE = 64 * 1024,
    ROUNDS_MAX = 8, /* of one file before the loop's other connections have a turn */
};

struct http_file {
    struct buf head;
    char *piece;
    int64_t at;
    bool is_sending, is_pumping;
};

/* -1 when nothing can be read where something should be. */
static ssize_t read_piece(struct http_request *request)
{
    const struct http_exchange *exchange = &request->exchange;
    struct http_file *file = request->file;
    size_t size = (size_t)MIN((int64_t)PIECE, exchange->out_size - file->at);
    ssize_t got;

    if (exchange->method == HTTP_HEAD || size == 0)
        return 0;
    do
        got = pread(exchange->out_fd, file->piece, size, (off_t)file->at);
    while (got < 0 && errno == EINTR);
    return got > 0 ? got : -1;
}

static bool is_over(const struct http_request *request)
{
    const struct http_exchange *exchange = &request->exchange;

    return request->file->head.len == 0 &&
           (exchange->method == HTTP_HEAD || request->file->at == exchange->out_size);
}

static void on_sent(struct http_conn *conn)
{
    struct http_file *file = conn->request->file;

    file->is_sending = false;
    file->head.len = 0;
    if (!file->is_pumping)
        http_file_go_on(conn->request);
}

static void send_piece(struct http_request *request)
{
    struct http_file *file = request->file;
    struct http_conn *conn = request->conn;
    ssize_t got = read_piece(request);

    if (got < 0) {
        http_conn_close(conn);
        return;
    }
    file->at += got;
    file->is_sending = true;
    atomic_fetch_add_explicit(&conn->loop->bytes_out, (int64_t)file->head.len + got,
                              memory_order_relaxed);
    http_wire_send(conn, buf_str(&file->head), (struct str){file->piece, (size_t)got}, on_sent);
}

void http_file_go_on(struct http_request *request)
{
    struct http_conn *conn = request->conn;
    struct http_file *file = request->file;

    if (conn->is_closing) {
        http_conn_reap(conn);
        return;
    }
    if (file->is_sending)
        return;
    file->is_pumping = true;
    for (int round = 0; round < ROUNDS_MAX; round++)
        if (!conn->is_closing && !file->is_sending && !is_over(request))
            send_piece(request);
    file->is_pumping = false;
    if (conn->is_closing)
        return;
    if (file->is_sending)
        http_conn_settle(conn);
    else if (is_over(request))
        http_conn_answered(conn);
    else
        http_loop_post(conn->loop, request, HTTP_LOOP_FILE);
}

void http_file_send(struct http_request *request)
{
    struct http_exchange *exchange = &request->exchange;
    struct http_file *file = ARENA_NEW(exchange->arena, struct http_file);

    *file = (struct http_file){.head = {.arena = exchange->arena},
                               .piece = arena_alloc(exchange->arena, PIECE)};
    request->file = file;
    http_answer_head(request, &file->head, http_loop_date(exchange->loop), exchange->out_size);
    http_conn_set_state(request->conn, HTTP_CONN_SENDING);
    http_file_go_on(request);
}

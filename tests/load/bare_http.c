#include "bare_http.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "core/arena.h"
#include "core/num.h"
#include "core/time.h"

enum {
    IN_MAX = 16 * 1024,
    EVENTS = 64,
};

struct connection {
    int fd;
    size_t in_len;
    size_t sent;
    struct buf out;
    char in[IN_MAX];
};

struct server {
    int epoll;
    int listener;
    bare_http_answer *answer;
    void *data;
    struct arena *arena;
};

struct str bare_http_between(struct str text, struct str before, struct str after)
{
    struct str rest = str_slice(text, str_find(text, before) + before.len, text.len);

    return str_slice(rest, 0, str_find(rest, after));
}

void bare_http_head(struct buf *out, struct str status, struct str more, size_t body_len)
{
    buf_add(out, STR("HTTP/1.1 "));
    buf_add(out, status);
    buf_add(out, STR("\r\nDate: "));
    time_print_http(out, time_now());
    buf_add(out, STR("\r\nContent-Length: "));
    buf_int(out, (int64_t)body_len);
    buf_add(out, STR("\r\n"));
    buf_add(out, more);
    buf_add(out, STR("Content-Type: application/json\r\nX-Content-Type-Options: nosniff\r\n"
                     "Cache-Control: private, no-cache\r\n\r\n"));
}

static bool listen_on(struct server *server, int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    struct epoll_event event = {.events = EPOLLIN};
    int on = 1;

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    server->epoll = epoll_create1(0);
    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    setsockopt(server->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    return bind(server->listener, (struct sockaddr *)&address, sizeof address) == 0 &&
           listen(server->listener, 512) == 0 &&
           epoll_ctl(server->epoll, EPOLL_CTL_ADD, server->listener, &event) == 0;
}

static void accept_all(struct server *server)
{
    int fd;
    int on = 1;

    while ((fd = accept4(server->listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        struct connection *connection = ARENA_NEW(server->arena, struct connection);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};

        connection->fd = fd;
        connection->out.arena = server->arena;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        epoll_ctl(server->epoll, EPOLL_CTL_ADD, fd, &event);
    }
}

/* The length of a whole request at the start of in; 0: some of it has yet to come. */
static size_t request_len(struct str in)
{
    size_t head = str_find(in, STR("\r\n\r\n"));
    int64_t body = 0;

    if (head == in.len)
        return 0;
    if (in.ptr[0] == 'P' &&
        !num_parse_int(bare_http_between(in, STR("Content-Length: "), STR("\r\n")), &body))
        return 0;
    return head + 4 + (size_t)body <= in.len ? head + 4 + (size_t)body : 0;
}

static void want(struct server *server, struct connection *connection, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = connection};

    epoll_ctl(server->epoll, EPOLL_CTL_MOD, connection->fd, &event);
}

static void send_some(struct server *server, struct connection *connection, bool was_waiting)
{
    struct buf *out = &connection->out;
    ssize_t sent = write(connection->fd, out->ptr + connection->sent, out->len - connection->sent);

    connection->sent += sent > 0 ? (size_t)sent : 0;
    if (connection->sent < out->len) {
        if (!was_waiting)
            want(server, connection, EPOLLOUT);
        return;
    }
    out->len = connection->sent = 0;
    if (was_waiting)
        want(server, connection, EPOLLIN);
}

static void on_event(struct server *server, struct connection *connection, uint32_t events)
{
    if (events & EPOLLOUT) {
        send_some(server, connection, true);
        return;
    }
    ssize_t got = read(connection->fd, connection->in + connection->in_len,
                       sizeof connection->in - connection->in_len);
    if (got <= 0) {
        close(connection->fd);
        return;
    }
    connection->in_len += (size_t)got;
    struct str in = {connection->in, connection->in_len};
    size_t len = request_len(in);
    if (len == 0)
        return;
    server->answer(server->data, str_slice(in, 0, len), &connection->out);
    connection->in_len = 0; /* our clients do not pipeline */
    send_some(server, connection, false);
}

bool bare_http_serve(int port, bare_http_answer *answer, void *data)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct server server = {.answer = answer, .data = data, .arena = arena};
    struct epoll_event events[EVENTS];

    if (!listen_on(&server, port))
        return false;
    for (;;) {
        int count = epoll_wait(server.epoll, events, EVENTS, -1);

        for (int i = 0; i < count; i++)
            if (events[i].data.ptr == NULL)
                accept_all(&server);
            else
                on_event(&server, events[i].data.ptr, events[i].events);
    }
}

#include "net/http_entry.h"

#include <fcntl.h>
#include <unistd.h>

#include "net/http_server.h"

static bool set_peer(struct http_conn *conn)
{
    struct http_server *server = conn->loop->server;
    struct sockaddr_storage name;
    int len = sizeof name;
    struct in6_addr *six = &((struct sockaddr_in6 *)&name)->sin6_addr;
    const void *address = six;
    size_t size = 8; /* a /64 is one customer */

    conn->peer_slot = HTTP_SERVER_NO_SLOT;
    if (uv_tcp_getpeername(&conn->tcp, (struct sockaddr *)&name, &len) < 0)
        return false;
    if (name.ss_family == AF_INET) {
        address = &((struct sockaddr_in *)&name)->sin_addr;
        size = 4;
    } else if (IN6_IS_ADDR_V4MAPPED(six)) {
        address = &six->s6_addr[12];
        size = 4;
    }
    uv_inet_ntop(size == 4 ? AF_INET : AF_INET6, address, conn->peer, sizeof conn->peer);
    if (str_equal(str_from_z(conn->peer), server->options.trusted_proxy))
        return true;
    return http_server_let_in(server, address, size, &conn->peer_slot);
}

/* status: whether libuv has it. */
static void begin(struct http_conn *conn, int status)
{
    struct http_server *server = conn->loop->server;

    atomic_fetch_add_explicit(&conn->loop->connections, 1, memory_order_relaxed);
    if (status < 0 || atomic_load(&server->open) > server->options.connections_max ||
        !set_peer(conn) || (server->tls != NULL && !tls_open(&conn->tls, server->tls))) {
        atomic_fetch_add_explicit(&conn->loop->refused, 1, memory_order_relaxed);
        http_conn_close(conn);
        return;
    }
    http_conn_settle(conn);
}

void http_entry_accept(struct http_loop *loop)
{
    struct http_conn *conn = http_conn_new(loop);

    begin(conn, uv_accept((uv_stream_t *)&loop->listener, (uv_stream_t *)&conn->tcp));
}

void http_entry_take(struct http_loop *loop, int fd, struct str bytes)
{
    struct http_conn *conn = http_conn_new(loop);
    int status = uv_tcp_open(&conn->tcp, fd);

    if (status < 0)
        close(fd);
    begin(conn, status);
    if (!conn->is_closing && bytes.len > 0)
        http_conn_feed(conn, bytes);
}

bool http_entry_give(struct http_conn *conn)
{
    const struct http_heir *heir = conn->loop->server->heir;
    int fd;

    if (heir == NULL || conn->is_closing || conn->is_eof || tls_is_open(&conn->tls) ||
        (conn->state != HTTP_CONN_IDLE && conn->state != HTTP_CONN_HEAD) ||
        uv_fileno((uv_handle_t *)&conn->tcp, &fd) < 0 || (fd = fcntl(fd, F_DUPFD_CLOEXEC, 0)) < 0)
        return false;
    heir->take(heir->data, fd,
               (struct str){conn->input + conn->input_at, conn->input_len - conn->input_at});
    http_conn_close(conn);
    return true;
}

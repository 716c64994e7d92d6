#include "net/http_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "net/http_loop.h"
#include "net/http_pool.h"
#include "net/spool.h"
#include "net/tls.h"

static void set_defaults(struct http_options *options)
{
    struct http_deadlines *deadlines = &options->deadlines;
    struct {
        int *value;
        int standard;
    } rows[] = {
        {&options->loops, (int)uv_available_parallelism()},
        {&options->offload_threads, 4},
        {&options->offload_queue, 1024},
        {&deadlines->head_ms, 10 * 1000},
        {&deadlines->body_ms, 10 * 1000},
        {&deadlines->answer_ms, 10 * 1000},
        {&deadlines->idle_ms, 60 * 1000},
        {&deadlines->bytes_per_s, 16 * 1024},
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (*rows[i].value == 0)
            *rows[i].value = rows[i].standard;
    if (options->connections_max == 0)
        options->connections_max = 10000;
    if (options->folder.len == 0)
        options->folder = spool_folder();
}

static bool parse_address(struct str address, int port, struct sockaddr_storage *name,
                          struct err *err)
{
    char text[INET6_ADDRSTRLEN];

    if (address.len < sizeof text) {
        memcpy(text, address.ptr, address.len);
        text[address.len] = '\0';
        if (uv_ip4_addr(text, port, (struct sockaddr_in *)name) == 0 ||
            uv_ip6_addr(text, port, (struct sockaddr_in6 *)name) == 0)
            return true;
    }
    return err_set(err, ERR_INPUT, "%.*s is not an address to listen on, such as 127.0.0.1 or ::",
                   STR_ARG(address));
}

/* With a port of 0 the one that was given comes back in name. */
static bool bind_socket(struct sockaddr_storage *name, bool is_shared, int *fd, struct err *err)
{
    static const int ON = 1;
    socklen_t len =
        name->ss_family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
    int made = socket(name->ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (made < 0)
        return err_set(err, ERR_BROKEN, "cannot make a socket: %s", strerror(errno));
    setsockopt(made, SOL_SOCKET, SO_REUSEADDR, &ON, sizeof ON);
    if (is_shared)
        setsockopt(made, SOL_SOCKET, SO_REUSEPORT, &ON, sizeof ON);
    setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &ON, sizeof ON); /* connections inherit it */
    if (bind(made, (struct sockaddr *)name, len) < 0 ||
        getsockname(made, (struct sockaddr *)name, &len) < 0) {
        int code = errno;

        close(made);
        return err_set(err, ERR_UNAVAILABLE, "cannot take port %d: %s",
                       ntohs(((struct sockaddr_in *)name)->sin_port), strerror(code));
    }
    *fd = made;
    return true;
}

/*
 * SO_REUSEPORT would let a second server of the same user share the port in silence; a
 * socket without it is refused, so one is tried first.
 */
static bool probe_port(struct sockaddr_storage name, struct err *err)
{
    int fd;

    if (!bind_socket(&name, false, &fd, err))
        return false;
    /* Two sockets with SO_REUSEADDR may be bound, but only one of them may listen. */
    bool is_free = listen(fd, 1) == 0;
    int code = errno;
    close(fd);
    return is_free || err_set(err, ERR_UNAVAILABLE, "cannot take port %d: %s",
                              ntohs(((struct sockaddr_in *)&name)->sin_port), strerror(code));
}

/* A socket a loop, as the server before had them: what waits at one may not be forgotten. */
static bool take_sockets(struct http_server *server, struct err *err)
{
    const struct http_options *options = &server->options;
    struct sockaddr_storage name = {0};
    socklen_t len = sizeof name;

    if (getsockname(options->sockets[0], (struct sockaddr *)&name, &len) < 0)
        return err_set(err, ERR_BROKEN, "the sockets that were handed over: %s", strerror(errno));
    server->port = ntohs(((struct sockaddr_in *)&name)->sin_port);
    for (int i = 0; i < server->loop_count; i++)
        if (!http_loop_init(&server->loops[i], server, options->sockets[i], err))
            return false;
    return true;
}

static bool init_loops(struct http_server *server, struct err *err)
{
    const struct http_options *options = &server->options;
    struct sockaddr_storage name = {0};

    if (options->socket_count > 0)
        return take_sockets(server, err);
    if (!parse_address(options->address, options->port, &name, err) ||
        (options->port != 0 && !probe_port(name, err)))
        return false;
    for (int i = 0; i < server->loop_count; i++) {
        int fd;

        if (!bind_socket(&name, server->loop_count > 1, &fd, err) ||
            !http_loop_init(&server->loops[i], server, fd, err))
            return false;
    }
    server->port = ntohs(((struct sockaddr_in *)&name)->sin_port);
    return true;
}

static bool start_loops(struct http_server *server, int *started, struct err *err)
{
    for (*started = 0; *started < server->loop_count; ++*started)
        if (!http_loop_start(&server->loops[*started], err))
            return false;
    return true;
}

static void stop_loops(struct http_server *server, int started, int grace_ms)
{
    server->grace_ms = grace_ms;
    atomic_store(&server->is_stopping, true);
    for (int i = 0; i < started; i++)
        http_loop_wake(&server->loops[i]);
    for (int i = 0; i < started; i++)
        http_loop_join(&server->loops[i]);
    for (int i = 0; i < server->loop_count; i++)
        http_loop_done(&server->loops[i]);
    tls_unload(&server->tls);
}

bool http_start(struct arena *arena, const struct http_options *options,
                struct http_server **server, struct err *err)
{
    struct http_server *made = ARENA_NEW(arena, struct http_server);
    int started = 0;

    made->options = *options;
    set_defaults(&made->options);
    made->loop_count = options->socket_count > 0 ? (int)options->socket_count : made->options.loops;
    made->loops = ARENA_ARRAY(arena, struct http_loop, (size_t)made->loop_count);
    if (made->options.connections_per_peer > 0)
        made->peers = arena_alloc(arena, HTTP_SERVER_PEERS * sizeof *made->peers);
    if (getrandom(&made->seed, sizeof made->seed, 0) != sizeof made->seed)
        return err_set(err, ERR_BROKEN, "the system gives no random numbers");
    if (options->certificate.len > 0 &&
        !tls_load(options->certificate, options->key, &made->tls, err))
        return false;
    if (!http_pool_start(arena, made->options.offload_threads, made->options.offload_queue,
                         &made->pool, err)) {
        tls_unload(&made->tls);
        return false;
    }
    if (init_loops(made, err) && start_loops(made, &started, err)) {
        *server = made;
        return true;
    }
    stop_loops(made, started, 0);
    http_pool_stop(made->pool);
    return false;
}

int http_port(const struct http_server *server)
{
    return server->port;
}

void http_stop(struct http_server *server, int grace_ms)
{
    stop_loops(server, server->loop_count, grace_ms);
    http_pool_stop(server->pool);
}

int http_sockets(const struct http_server *server, int *fds, int max)
{
    int count = 0;

    for (int i = 0; i < server->loop_count && count < max; i++) {
        int fd;

        if (uv_fileno((const uv_handle_t *)&server->loops[i].listener, &fd) == 0 &&
            (fds[count] = fcntl(fd, F_DUPFD_CLOEXEC, 0)) >= 0)
            count++;
    }
    return count;
}

void http_hand_over(struct http_server *server, int grace_ms, const struct http_heir *heir)
{
    server->heir = heir;
    http_stop(server, grace_ms);
}

struct http_counters http_counters(const struct http_server *server)
{
    struct http_counters sum = {.open = (int64_t)atomic_load(&server->open)};

    for (int i = 0; i < server->loop_count; i++) {
        const struct http_loop *loop = &server->loops[i];

        sum.requests += atomic_load_explicit(&loop->requests, memory_order_relaxed);
        sum.connections += atomic_load_explicit(&loop->connections, memory_order_relaxed);
        sum.refused += atomic_load_explicit(&loop->refused, memory_order_relaxed);
        sum.bytes_out += atomic_load_explicit(&loop->bytes_out, memory_order_relaxed);
    }
    return sum;
}

bool http_server_let_in(struct http_server *server, const void *address, size_t len, uint32_t *slot)
{
    uint64_t hash = server->seed;
    uint64_t bytes = 0;

    *slot = HTTP_SERVER_NO_SLOT;
    if (server->peers == NULL)
        return true;
    /* Two addresses in one slot share its limit: rare, and the seed hides which. */
    memcpy(&bytes, address, len);
    hash = (hash ^ bytes) * 0x9e3779b97f4a7c15U;
    hash = (hash ^ (hash >> 32)) * 0xd6e8feb86659fd93U;
    uint32_t at = (uint32_t)(hash >> 40) % HTTP_SERVER_PEERS;
    if (atomic_fetch_add(&server->peers[at], 1) >= server->options.connections_per_peer) {
        atomic_fetch_sub(&server->peers[at], 1);
        return false;
    }
    *slot = at;
    return true;
}

void http_server_let_out(struct http_server *server, uint32_t slot)
{
    if (slot != HTTP_SERVER_NO_SLOT)
        atomic_fetch_sub(&server->peers[slot], 1);
}

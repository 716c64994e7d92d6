#include "cli/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/file.h"
#include "core/json.h"

enum {
    LINE_MAX_BYTES = 64 * 1024,
    CALLERS_MAX = 8,
    WORDS_MAX = 64,
    PAUSE_MS = 200, /* when the process has no descriptor left for a caller */
    LINE_S = 5,     /* a caller who says nothing must not keep the server from ending */
};

struct socket_server {
    struct node *node;
    int fd;
    int wake[2]; /* written to when it is time to stop */
    char path[108];
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t left;
    int callers;
};

struct call {
    struct socket_server *server;
    int fd;
};

bool socket_send(int fd, const void *bytes, size_t size)
{
    const char *at = bytes;

    while (size > 0) {
        ssize_t sent = send(fd, at, size, MSG_NOSIGNAL);

        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return false;
        at += sent;
        size -= (size_t)sent;
    }
    return true;
}

static bool send_frame(int fd, char kind, int code, struct str text)
{
    char head[64];
    int len = kind == 'O' ? snprintf(head, sizeof head, "O%zu\n", text.len)
                          : snprintf(head, sizeof head, "E%d %zu\n", code, text.len);

    return socket_send(fd, head, (size_t)len) && socket_send(fd, text.ptr, text.len);
}

static bool write_frame(void *data, struct str text)
{
    const struct call *call = data;

    return send_frame(call->fd, 'O', 0, text);
}

/* One line, at most LINE_MAX_BYTES. */
static bool read_line(int fd, struct buf *line)
{
    while (line->len < LINE_MAX_BYTES) {
        ssize_t got = recv(fd, buf_room(line, 4096), 4096, 0);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        line->len += (size_t)got;
        if (line->ptr[line->len - 1] == '\n') {
            line->len--;
            return true;
        }
    }
    return false;
}

/* The main thread goes on with the caller: it is told by a signal, since it waits for those. */
static bool give_heir(struct call *call, struct err *err)
{
    int none = -1;

    if (!atomic_compare_exchange_strong(&call->server->node->heir, &none, call->fd))
        return err_set(err, ERR_CONFLICT, "another process is taking over already");
    call->fd = -1;
    kill(getpid(), SIGUSR2);
    return true;
}

static bool run_call(struct call *call, struct arena *arena, struct str line, struct err *err)
{
    struct command_run run = {.node = call->server->node,
                              .home = call->server->node->data,
                              .write = write_frame,
                              .data = (void *)call};
    struct str words[WORDS_MAX];
    struct str data = {0};
    struct json *json;
    size_t count = 0;

    if (!json_parse(arena, line, NULL, &json, err))
        return false;
    if (json_is_true(json_find(json, STR("take_over"))))
        return give_heir(call, err);
    const struct json *list = json_find(json, STR("words"));
    if (list != NULL && list->count > ARRAY_LEN(words))
        return err_set(err, ERR_LIMIT, "a command has at most %zu words", ARRAY_LEN(words));
    for (const struct json *word = list == NULL ? NULL : list->first; word != NULL;
         word = word->next)
        words[count++] = word->text;
    run.folder = json_find_text(json, STR("folder"));
    return command_parse(arena, words, count, &run, &data, err) &&
           (run.command->place == COMMAND_DATA || run.command->place == COMMAND_TRY ||
            err_set(err, ERR_CONFLICT, "a server is running in this data directory already")) &&
           run.command->run(&run, err);
}

static void *serve_call(void *data)
{
    struct call *call = data;
    struct socket_server *server = call->server;
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct buf line = {.arena = arena};
    struct err err = {0};

    if (read_line(call->fd, &line)) {
        bool ok = run_call(call, arena, buf_str(&line), &err);

        if (call->fd >= 0)
            send_frame(call->fd, 'E', ok ? ERR_NONE : (int)err.code,
                       ok ? STR("") : str_from_z(err.text));
    }
    file_close(&call->fd);
    free(call); /* outlives every arena of the accepting thread */
    pthread_mutex_lock(&server->lock);
    server->callers--;
    pthread_cond_signal(&server->left);
    pthread_mutex_unlock(&server->lock);
    return NULL;
}

/* False: nobody could be taken, and whoever knocks goes on knocking. */
static bool take_call(struct socket_server *server)
{
    static const struct timeval PATIENCE = {.tv_sec = LINE_S};
    struct call *call = calloc(1, sizeof *call);
    pthread_attr_t attributes;
    pthread_t thread;

    if (call == NULL)
        return false;
    *call = (struct call){server, accept4(server->fd, NULL, NULL, SOCK_CLOEXEC)};
    if (call->fd < 0) {
        bool has_gone = errno == ECONNABORTED || errno == EINTR;

        free(call);
        return has_gone;
    }
    setsockopt(call->fd, SOL_SOCKET, SO_RCVTIMEO, &PATIENCE, sizeof PATIENCE);
    pthread_mutex_lock(&server->lock);
    while (server->callers == CALLERS_MAX)
        pthread_cond_wait(&server->left, &server->lock);
    server->callers++;
    pthread_mutex_unlock(&server->lock);
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    if (pthread_create(&thread, &attributes, serve_call, call) != 0)
        abort();
    pthread_attr_destroy(&attributes);
    return true;
}

static void *accept_calls(void *data)
{
    struct socket_server *server = data;
    struct pollfd fds[2] = {{server->wake[0], POLLIN, 0}, {server->fd, POLLIN, 0}};
    bool is_full = false;

    for (;;) {
        /* Whom there was no descriptor for is not looked at for a while. */
        if (poll(fds, is_full ? 1 : 2, is_full ? PAUSE_MS : -1) < 0) {
            if (errno == EINTR)
                continue; /* what stands in fds is of the time before */
            return NULL;
        }
        if (fds[0].revents != 0)
            return NULL;
        if (is_full || fds[1].revents != 0)
            is_full = !is_full && !take_call(server);
    }
}

static bool set_address(struct sockaddr_un *address, struct str data)
{
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    return snprintf(address->sun_path, sizeof address->sun_path, "%.*s/uprava.sock",
                    STR_ARG(data)) < (int)sizeof address->sun_path;
}

bool socket_start(struct node *node, struct socket_server **server, struct err *err)
{
    struct socket_server *made = ARENA_NEW(node->arena, struct socket_server);
    struct sockaddr_un address;

    made->node = node;
    if (!set_address(&address, node->data))
        return err_set(err, ERR_INPUT, "the path of the data directory is too long for a socket");
    memcpy(made->path, address.sun_path, sizeof address.sun_path);
    unlink(made->path); /* left by a server that was killed; the directory's lock is ours */
    made->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    mode_t mask = umask(0177);
    bool is_bound = made->fd >= 0 &&
                    bind(made->fd, (struct sockaddr *)&address, sizeof address) == 0 &&
                    listen(made->fd, 16) == 0 && pipe2(made->wake, O_CLOEXEC) == 0;
    umask(mask);
    if (!is_bound)
        return err_set(err, ERR_BROKEN, "%s: %s", made->path, strerror(errno));
    pthread_mutex_init(&made->lock, NULL);
    pthread_cond_init(&made->left, NULL);
    if (pthread_create(&made->thread, NULL, accept_calls, made) != 0)
        return err_set(err, ERR_BROKEN, "no thread for the command line's socket");
    *server = made;
    return true;
}

void socket_stop(struct socket_server *server)
{
    if (server == NULL)
        return;
    while (write(server->wake[1], "x", 1) < 0 && errno == EINTR)
        continue;
    pthread_join(server->thread, NULL);
    pthread_mutex_lock(&server->lock);
    while (server->callers > 0)
        pthread_cond_wait(&server->left, &server->lock);
    pthread_mutex_unlock(&server->lock);
    close(server->fd);
    close(server->wake[0]);
    close(server->wake[1]);
    unlink(server->path);
}

bool socket_receive(int fd, char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t got = recv(fd, bytes, size, 0);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        bytes += got;
        size -= (size_t)got;
    }
    return true;
}

int socket_connect(struct str data)
{
    struct sockaddr_un address;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || !set_address(&address, data) ||
        connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
        file_close(&fd);
    return fd;
}

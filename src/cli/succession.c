#include "cli/succession.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cli/socket.h"
#include "core/vec.h"

enum {
    GO_MS = 30 * 1000, /* until the heir is ready */
    BYTES_MAX = 1024 * 1024,
};

enum kind {
    KIND_LISTENER = 'L',
    KIND_READY = 'R', /* that were all listeners */
    KIND_CONNECTION = 'C',
    KIND_LOCK = 'K',
};

struct head {
    char kind;
    char zero[3];
    uint32_t size;
};

struct frame {
    enum kind kind;
    int fd; /* -1: none came */
    struct str bytes;
};

/* Room for one descriptor, aligned as the kernel wants it. */
union control {
    char bytes[CMSG_SPACE(sizeof(int))];
    struct cmsghdr align;
};

static bool send_head(int fd, struct head *head, int passed)
{
    union control control = {0};
    struct iovec piece = {head, sizeof *head};
    struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1};
    ssize_t sent;

    if (passed >= 0) {
        message.msg_control = control.bytes;
        message.msg_controllen = sizeof control.bytes;
        struct cmsghdr *part = CMSG_FIRSTHDR(&message);
        part->cmsg_level = SOL_SOCKET;
        part->cmsg_type = SCM_RIGHTS;
        part->cmsg_len = CMSG_LEN(sizeof passed);
        memcpy(CMSG_DATA(part), &passed, sizeof passed);
    }
    do
        sent = sendmsg(fd, &message, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent == (ssize_t)sizeof *head;
}

/* Closes what it passes on: it is the other one's now. */
static bool send_frame(int fd, enum kind kind, int passed, struct str bytes)
{
    struct head head = {.kind = (char)kind, .size = (uint32_t)bytes.len};
    bool ok = send_head(fd, &head, passed) && socket_send(fd, bytes.ptr, bytes.len);

    if (passed >= 0)
        close(passed);
    return ok;
}

static bool receive_head(int fd, struct head *head, int *passed)
{
    union control control = {0};
    struct iovec piece = {head, sizeof *head};
    struct msghdr message = {.msg_iov = &piece,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    ssize_t got;

    *passed = -1;
    do
        got = recvmsg(fd, &message, MSG_CMSG_CLOEXEC | MSG_WAITALL);
    while (got < 0 && errno == EINTR);
    struct cmsghdr *part = got > 0 ? CMSG_FIRSTHDR(&message) : NULL;
    if (part != NULL && part->cmsg_type == SCM_RIGHTS)
        memcpy(passed, CMSG_DATA(part), sizeof *passed);
    return got == (ssize_t)sizeof *head;
}

static bool receive_frame(struct arena *arena, int fd, struct frame *frame, struct err *err)
{
    struct head head;

    if (!receive_head(fd, &head, &frame->fd))
        return err_set(err, ERR_UNAVAILABLE, "the running server ended before it had handed over");
    frame->kind = (enum kind)head.kind;
    if (strchr("LRCK", head.kind) == NULL || head.size > BYTES_MAX)
        return err_set(err, ERR_CONFLICT,
                       "the running server does not know how to hand over: stop it first");
    char *bytes = arena_alloc(arena, head.size + 1);
    frame->bytes = (struct str){bytes, head.size};
    return socket_receive(fd, bytes, head.size) ||
           err_set(err, ERR_UNAVAILABLE, "the running server ended before it had handed over");
}

bool succession_ask(struct arena *arena, struct str data, struct succession *succession,
                    struct err *err)
{
    static const struct str LINE = {"{\"take_over\":true}\n", 19};
    struct frame frame = {.fd = -1};

    *succession = (struct succession){.fd = socket_connect(data), .lock = -1};
    if (succession->fd < 0)
        return true;
    if (!socket_send(succession->fd, LINE.ptr, LINE.len))
        return err_set(err, ERR_UNAVAILABLE, "the running server does not listen");
    while (succession->socket_count < SUCCESSION_LOOPS_MAX) {
        if (!receive_frame(arena, succession->fd, &frame, err))
            return false;
        if (frame.kind == KIND_READY)
            return succession->socket_count > 0 ||
                   err_set(err, ERR_BROKEN, "the running server has no listening socket");
        if (frame.kind != KIND_LISTENER || frame.fd < 0)
            return err_set(err, ERR_UNAVAILABLE, "the running server is stopping");
        succession->sockets[succession->socket_count++] = frame.fd;
    }
    return err_set(err, ERR_LIMIT, "the running server has too many listening sockets");
}

bool succession_wait(struct arena *arena, struct succession *succession, struct err *err)
{
    VEC(struct http_taken) taken = {0};
    struct frame frame = {.fd = -1};

    if (!socket_send(succession->fd, "g", 1))
        return err_set(err, ERR_UNAVAILABLE, "the running server has gone");
    while (receive_frame(arena, succession->fd, &frame, err)) {
        if (frame.kind == KIND_LOCK) {
            succession->taken = taken.items;
            succession->taken_count = taken.count;
            succession->lock = frame.fd;
            close(succession->fd);
            return true;
        }
        if (frame.kind == KIND_CONNECTION && frame.fd >= 0)
            VEC_PUSH(arena, &taken, ((struct http_taken){frame.fd, frame.bytes}));
    }
    return false;
}

bool succession_offer(int fd, const struct http_server *server)
{
    int sockets[SUCCESSION_LOOPS_MAX];
    int count = http_sockets(server, sockets, SUCCESSION_LOOPS_MAX);
    struct pollfd answer = {fd, POLLIN, 0};
    bool ok = true;
    char go;

    for (int i = 0; i < count; i++)
        ok &= send_frame(fd, KIND_LISTENER, sockets[i], (struct str){0});
    ok = ok && send_frame(fd, KIND_READY, -1, (struct str){0}) && poll(&answer, 1, GO_MS) > 0 &&
         socket_receive(fd, &go, 1) && go == 'g';
    if (!ok)
        close(fd);
    return ok;
}

struct succession_giver {
    pthread_mutex_t mutex; /* loops give at once, a frame is one */
    int fd;
};

struct succession_giver *succession_giver_new(struct arena *arena, int fd)
{
    struct succession_giver *giver = ARENA_NEW(arena, struct succession_giver);

    pthread_mutex_init(&giver->mutex, NULL);
    giver->fd = fd;
    return giver;
}

void succession_give(void *data, int fd, struct str bytes)
{
    struct succession_giver *giver = data;

    pthread_mutex_lock(&giver->mutex);
    (void)send_frame(giver->fd, KIND_CONNECTION, fd, bytes); /* no heir any more: it is closed */
    pthread_mutex_unlock(&giver->mutex);
}

void succession_end(int fd, int lock)
{
    (void)send_frame(fd, KIND_LOCK, lock, (struct str){0});
    close(fd);
}

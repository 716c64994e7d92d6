#include "client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "core/num.h"
#include "core/time.h"

static const struct str END = STR_INIT("\r\n\r\n");

void client_fail(const char *what)
{
    fprintf(stderr, "client: %s: %s\n", what, strerror(errno));
    exit(1);
}

void client_dial(struct client *client, int port, int poll, void *data)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data = {.ptr = data}};

    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    client->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (client->fd < 0 || connect(client->fd, (struct sockaddr *)&to, sizeof to) != 0 ||
        fcntl(client->fd, F_SETFL, O_NONBLOCK) != 0 ||
        epoll_ctl(poll, EPOLL_CTL_ADD, client->fd, &event) != 0)
        client_fail("connect");
}

static void send_some(struct client *client)
{
    while (client->left > 0) {
        ssize_t put = send(client->fd, client->out, client->left, MSG_NOSIGNAL);

        if (put < 0 && errno == EAGAIN)
            return;
        if (put < 0)
            client_fail("send");
        client->out += put;
        client->left -= (size_t)put;
    }
}

void client_ask(struct client *client, const char *out, size_t len)
{
    client->len = 0;
    client->out = out;
    client->left = len;
    client->asked_us = time_monotonic_us();
    send_some(client);
}

static struct str heard(const struct client *client)
{
    return (struct str){client->answer, client->len};
}

static bool is_whole(const struct client *client)
{
    struct str all = heard(client);
    size_t end = str_find(all, END);
    int64_t size = 0;

    if (end == all.len)
        return false;
    /* A redirect has no body, and may have no length. */
    (void)num_parse_int(client_header(client, STR("\r\nContent-Length: ")), &size);
    return all.len >= end + END.len + (size_t)size;
}

bool client_go_on(struct client *client)
{
    send_some(client);
    for (;;) {
        size_t room = CLIENT_ANSWER_MAX - client->len;
        ssize_t got = recv(client->fd, client->answer + client->len, room, 0);

        if (got < 0 && errno == EAGAIN)
            return false;
        if (got <= 0)
            client_fail("the server hung up");
        client->len += (size_t)got;
        if (is_whole(client))
            return true;
    }
}

int client_status(const struct client *client)
{
    return client->len > 12 ? atoi(client->answer + 9) : 0;
}

struct str client_body(const struct client *client)
{
    struct str all = heard(client);

    return str_slice(all, str_find(all, END) + END.len, all.len);
}

struct str client_header(const struct client *client, struct str name)
{
    struct str all = heard(client);
    struct str head = str_slice(all, 0, str_find(all, END));
    size_t at = str_find(head, name);
    struct str rest = str_slice(head, at + name.len, head.len);

    return at == head.len ? (struct str){0} : str_slice(rest, 0, str_find_char(rest, '\r'));
}

static int by_size(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;

    return (a > b) - (a < b);
}

int64_t client_thousandth(int64_t *values, size_t count, size_t of)
{
    qsort(values, count, sizeof *values, by_size);
    return count == 0 ? 0 : values[count * of / 1000];
}

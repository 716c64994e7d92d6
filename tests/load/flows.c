/*
 * Clients that play flows of the pack caseload over HTTP, each one after the other from begin to
 * end: begins one about a tree, answers its tasks as they come, begins the next.  One thread,
 * epoll, keep-alive.  Prints flows, steps (answers), errors, the 50th and 99th percentile of a
 * step in microseconds and the seconds it took.
 *
 *     build/tests/load/flows PORT TENANT TOKEN CLIENTS SECONDS <ids-of-trees
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/arena.h"
#include "core/num.h"
#include "core/str.h"
#include "core/time.h"

enum {
    CLIENTS_MAX = 1000,
    TREES_MAX = 1000 * 1000,
    STEPS_MAX = 16 * 1000 * 1000,
    ANSWER_MAX = 64 * 1024,
    ID_LEN = 13,
    TASKS = 3, /* of a flow */
};

struct client {
    int fd;
    char answer[ANSWER_MAX];
    size_t len;
    char flow[ID_LEN + 1];
    int task; /* the next one; 0: a flow is to begin */
    int done; /* tasks of this flow */
    int64_t asked_us;
};

struct load {
    int port;
    const char *tenant, *token;
    char (*trees)[ID_LEN + 1];
    size_t tree_count, next_tree;
    int64_t *took_us;
    size_t steps, flows, errors;
};

static void fail(const char *what)
{
    fprintf(stderr, "flows: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void dial(const struct load *load, struct client *client)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)load->port)};

    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    client->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (client->fd < 0 || connect(client->fd, (struct sockaddr *)&to, sizeof to) != 0)
        fail("connect");
}

static void ask(struct load *load, struct client *client)
{
    char body[256], text[1024];
    int len;

    if (client->task == 0)
        len = snprintf(body, sizeof body,
                       "{\"process\":\"caseload.felling\",\"data\":{\"tree\":\"%s\"}}",
                       load->trees[load->next_tree++ % load->tree_count]);
    else
        len = snprintf(body, sizeof body, "{\"data\":{\"kind\":\"oak\",\"girth\":%zu}}",
                       10 + load->steps % 90);
    char path[128] = "";

    if (client->task != 0)
        snprintf(path, sizeof path, "/%s/tasks/%d/answer", client->flow, client->task);
    len = snprintf(text, sizeof text,
                   "POST /%s/api/v1/flows%s HTTP/1.1\r\nHost: localhost\r\n"
                   "Authorization: Bearer %s\r\nContent-Type: application/json\r\n"
                   "Content-Length: %d\r\n\r\n%s",
                   load->tenant, path, load->token, len, body);
    client->len = 0;
    client->asked_us = time_monotonic_us();
    if (send(client->fd, text, (size_t)len, MSG_NOSIGNAL) != len)
        fail("send");
}

/* The body of a whole answer, empty while it is not; *status. */
static struct str whole(const struct client *client, int *status)
{
    struct str all = {client->answer, client->len};
    const char *end = memmem(all.ptr, all.len, "\r\n\r\n", 4);
    const char *length = memmem(all.ptr, all.len, "Content-Length: ", 16);

    if (end == NULL || length == NULL)
        return (struct str){0};
    size_t head = (size_t)(end - all.ptr) + 4;
    size_t size = strtoul(length + 16, NULL, 10);

    *status = atoi(all.ptr + 9);
    return all.len < head + size ? (struct str){0} : str_slice(all, head, size);
}

/* The number behind the first "waits":[{"task":; 0: nothing is waited for. */
static int find_task(struct str body)
{
    static const char MARK[] = "\"waits\":[{\"task\":";
    const char *at = memmem(body.ptr, body.len, MARK, sizeof MARK - 1);

    return at == NULL ? 0 : atoi(at + sizeof MARK - 1);
}

static void take(struct load *load, struct client *client, int status, struct str body)
{
    static const char ID[] = "{\"id\":\"";

    if (load->steps < STEPS_MAX)
        load->took_us[load->steps] = time_monotonic_us() - client->asked_us;
    load->steps++;
    if (status != 200 && status != 201) {
        if (load->errors++ == 0)
            fprintf(stderr, "%d %.*s\n", status, STR_ARG(body));
        client->task = 0;
        return;
    }
    if (status == 201) {
        client->done = 0;
        if (body.len > sizeof ID + ID_LEN)
            memcpy(client->flow, body.ptr + sizeof ID - 1, ID_LEN);
    } else {
        client->done++;
    }
    client->task = find_task(body);
    if (client->task == 0 && client->done == TASKS)
        load->flows++;
    else if (client->task == 0)
        load->errors++;
}

static void hear(struct load *load, struct client *client)
{
    ssize_t got = recv(client->fd, client->answer + client->len, ANSWER_MAX - client->len, 0);
    int status = 0;
    struct str body;

    if (got <= 0)
        fail("the server hung up");
    client->len += (size_t)got;
    body = whole(client, &status);
    if (body.len == 0)
        return;
    take(load, client, status, body);
    ask(load, client);
}

static void play(struct load *load, struct client *clients, int count, int64_t until_us)
{
    struct epoll_event events[64];
    int poll = epoll_create1(0);

    for (int i = 0; i < count; i++) {
        dial(load, &clients[i]);
        if (epoll_ctl(poll, EPOLL_CTL_ADD, clients[i].fd,
                      &(struct epoll_event){EPOLLIN, {.ptr = &clients[i]}}) != 0)
            fail("epoll");
        ask(load, &clients[i]);
    }
    while (time_monotonic_us() < until_us) {
        int ready = epoll_wait(poll, events, 64, 100);

        for (int i = 0; i < ready; i++)
            hear(load, events[i].data.ptr);
    }
    close(poll);
}

static void read_trees(struct load *load)
{
    char line[64];

    while (load->tree_count < TREES_MAX && fgets(line, sizeof line, stdin) != NULL)
        memcpy(load->trees[load->tree_count++], line, ID_LEN);
}

static int by_size(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;

    return (a > b) - (a < b);
}

int main(int argc, char **argv)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct load load = {0};

    if (argc != 6) {
        fputs("usage: flows PORT TENANT TOKEN CLIENTS SECONDS <ids\n", stderr);
        return 2;
    }
    load.port = atoi(argv[1]);
    load.tenant = argv[2];
    load.token = argv[3];
    load.trees = arena_alloc(arena, TREES_MAX * (size_t)(ID_LEN + 1));
    load.took_us = ARENA_ARRAY(arena, int64_t, STEPS_MAX);
    read_trees(&load);
    int count = MIN(atoi(argv[4]), CLIENTS_MAX);
    struct client *clients = ARENA_ARRAY(arena, struct client, (size_t)count);
    int64_t start_us = time_monotonic_us();

    if (load.tree_count == 0 || count < 1)
        return 2;
    play(&load, clients, count, start_us + atoi(argv[5]) * INT64_C(1000000));
    double took_s = (double)(time_monotonic_us() - start_us) / 1e6;
    size_t steps = MIN(load.steps, (size_t)STEPS_MAX);

    qsort(load.took_us, steps, sizeof *load.took_us, by_size);
    printf("%zu %zu %zu %lld %lld %.3f\n", load.flows, load.steps, load.errors,
           (long long)load.took_us[steps / 2], (long long)load.took_us[steps * 99 / 100], took_s);
    return 0;
}

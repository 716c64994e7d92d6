/* Clients of one thread: keep-alive connections that send and hear without waiting. */
#pragma once

#include "core/str.h"

struct client {
    int fd;
    char *answer; /* CLIENT_ANSWER_MAX */
    size_t len;
    const char *out; /* what is still to be sent */
    size_t left;
    int64_t asked_us;
};

enum {
    CLIENT_ANSWER_MAX = 128 * 1024,
};

/* Ends the program, with what went wrong. */
_Noreturn void client_fail(const char *what);
/* Connects, and is heard of in the epoll as data. */
void client_dial(struct client *client, int port, int poll, void *data);
/* Begins to send what stands there until it is sent. */
void client_ask(struct client *client, const char *out, size_t len);
/* After an event: sends and hears. True: the answer is whole. */
bool client_go_on(struct client *client);
/* Of a whole answer. */
int client_status(const struct client *client);
struct str client_body(const struct client *client);
/* A header's value, by "\r\nName: "; empty: it is not there. */
struct str client_header(const struct client *client, struct str name);
/* Sorts; the thousandth of them, so 500 is the median. */
int64_t client_thousandth(int64_t *values, size_t count, size_t of);

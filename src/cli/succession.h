/*
 * How a new server process takes over from the one that runs, so that an upgrade refuses nobody:
 *
 * 1. The heir says so at the socket in the data directory.  It is sent the listening sockets.
 * 2. When it is ready but for the data, it says go.  Now the old one stops as always, except that
 *    connections go to the heir as soon as they have no running request; new ones wait at the
 *    listening sockets, which are the same in both.
 * 3. When its data are closed, the old one sends the lock of the data directory, which so is never
 *    free, and ends.  The heir opens the data and goes on.
 *
 * Frames: a head of 8 bytes, what it is and the length of the text behind it, with a descriptor.
 */
#pragma once

#include "core/arena.h"
#include "core/err.h"
#include "net/http.h"

enum {
    SUCCESSION_LOOPS_MAX = 256,
};

/* What the heir gets. */
struct succession {
    int fd; /* to the old server; -1: there was none */
    int sockets[SUCCESSION_LOOPS_MAX];
    size_t socket_count;
    struct http_taken *taken;
    size_t taken_count;
    int lock;
};

/* 1. fd -1: no server listens in that data directory. */
MUST_CHECK bool succession_ask(struct arena *arena, struct str data, struct succession *succession,
                               struct err *err);
/* 2 and 3: returns when the old one has closed the data. */
MUST_CHECK bool succession_wait(struct arena *arena, struct succession *succession,
                                struct err *err);

/* The old one's side: 1, and waits for go. fd: where the heir asked. False: there is no heir. */
bool succession_offer(int fd, const struct http_server *server);
/* 2: as a function of http_heir, data being a struct succession_giver. */
struct succession_giver;
struct succession_giver *succession_giver_new(struct arena *arena, int fd);
void succession_give(void *data, int fd, struct str bytes);
/* 3. Closes both. */
void succession_end(int fd, int lock);

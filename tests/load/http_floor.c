/*
 * The floor under every answer: how fast the bare server is.  One loop, a handler that
 * answers 500 bytes.  Run it on one core and wrk on another:
 *
 *     taskset -c 0 build/tests/load/http_floor 8099 &
 *     taskset -c 1 wrk -c64 -t1 -d5s http://127.0.0.1:8099/
 *
 * With a certificate and a key (PEM files) as two more arguments it speaks TLS.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/http.h"

static char text[500];

static void answer(struct http_exchange *exchange, void *data)
{
    (void)data;
    http_add(exchange, STR("Content-Type"), STR("text/plain"));
    buf_add(&exchange->out, (struct str){text, sizeof text});
    http_finish(exchange);
}

int main(int argc, char **argv)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct http_options options = {.address = STR("127.0.0.1"),
                                   .port = argc > 1 ? atoi(argv[1]) : 0,
                                   .loops = 1,
                                   .certificate = str_from_z(argc > 3 ? argv[2] : NULL),
                                   .key = str_from_z(argc > 3 ? argv[3] : NULL),
                                   .handle = answer};
    struct http_server *server;
    struct err err;
    sigset_t signals;
    int caught;

    memset(text, 'x', sizeof text);
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    if (!http_start(arena, &options, &server, &err)) {
        fprintf(stderr, "http_floor: %s\n", err.text);
        return 1;
    }
    printf("http://127.0.0.1:%d/\n", http_port(server));
    fflush(stdout);
    sigwait(&signals, &caught);
    http_stop(server, 1000);
    return 0;
}

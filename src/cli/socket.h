/*
 * How the command line talks to a running server: a unix socket in the data directory
 * (mode 0600).  The caller sends one line of JSON {"folder": …, "words": [...]} and gets
 * frames back: "O<length>\n<text>" for output, then "E<code> <length>\n<text>" with an
 * err_code and its sentence (code 0: all went well).  {"take_over": true} makes it what
 * succession.h tells.
 */
#pragma once

#include "cli/command.h"

struct socket_server;

/* Runs commands of COMMAND_DATA on threads of its own, a few at a time. */
MUST_CHECK bool socket_start(struct node *node, struct socket_server **server, struct err *err);
void socket_stop(struct socket_server *server);

struct socket_command {
    struct str folder; /* the caller's working directory */
    const struct str *words;
    size_t count;
    bool (*write)(void *data, struct str text); /* gets its output */
    void *data;
};

/* All of it, or false. */
bool socket_send(int fd, const void *bytes, size_t size);
bool socket_receive(int fd, char *bytes, size_t size);
/* To the server of that data directory; -1: none listens. */
int socket_connect(struct str data);

/*
 * The caller's side.  False when no server listens in that data directory; else the
 * command has run there, *ok and *err tell how.
 */
bool socket_ask(struct arena *arena, struct str data, const struct socket_command *command,
                bool *ok, struct err *err);

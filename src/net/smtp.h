/*
 * Handing a message over to a mail server (RFC 5321), by libcurl.
 *
 * A call waits for the server, so it belongs to jobs and commands, never to a loop.  The connection
 * is kept for the next message; one thread at a time.  Without TLS nothing is sent, unless the
 * server is told to be plain, and certificates are always checked.
 */
#pragma once

#include "core/err.h"
#include "core/str.h"

struct smtp_server {
    struct str url; /* "smtp://mail.example.ru:587" (STARTTLS), "smtps://mail.example.ru" */
    struct str login, password; /* empty: without */
    struct str ca_file;         /* of those who may vouch for it, PEM; empty: the system's */
    struct str name;            /* how we call ourselves; a domain */
    bool is_plain;              /* smtp:// without TLS */
    int total_ms;               /* for one message; 0: two minutes */
};

struct smtp {
    void *easy;
};

struct smtp_mail {
    struct str from, to; /* addresses, checked before */
    struct str bytes;    /* the whole message, with CRLF */
};

/* How far it came, for who decides what to do. */
struct smtp_answer {
    int code;        /* the server's last one, as 250; 0: it said nothing */
    bool is_reached; /* it spoke of this recipient: another message may go on */
    struct str text; /* its last line, without addresses */
};

enum {
    SMTP_TEXT_MAX = 200,
};

MUST_CHECK bool smtp_open(struct smtp *smtp, struct err *err);
/* For CLEANUP; accepts {0}. */
void smtp_close(struct smtp *smtp);
/*
 * True: the server took it over.  ERR_INPUT: it refuses this message for good (5xx);
 * ERR_UNAVAILABLE: later perhaps; ERR_DENIED: its certificate is not to be trusted, or login and
 * password are wrong.  *answer is set in any case.
 */
MUST_CHECK bool smtp_send(struct smtp *smtp, struct arena *arena, const struct smtp_server *server,
                          const struct smtp_mail *mail, struct smtp_answer *answer,
                          struct err *err);

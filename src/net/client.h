/*
 * Asking other servers: one request and its answer, over HTTP or HTTPS.
 *
 * A call waits until the answer is there, so it belongs to jobs and commands, never to a loop.
 * A client keeps its connections between requests and belongs to one thread at a time.
 * Certificates are always checked.  Nothing is tried twice, no other scheme is spoken, and a
 * redirection is followed only where the request allows it.
 */
#pragma once

#include "core/buf.h"
#include "core/err.h"

struct client {
    void *easy;
    bool has_sent;      /* of the last request at least a part left */
    struct str ca_file; /* of those who may vouch for others, PEM; empty: the system's */
};

struct client_field {
    struct str name, value;
};

/*
 * A key of S3-compatible stores: requests are signed with it (AWS Signature Version 4).  The names
 * in a query have to be in order; stores want a field x-amz-content-sha256, which is the caller's.
 */
struct client_key {
    struct str id, secret;
    struct str region;
};

enum client_redirect {
    CLIENT_STAY,      /* the answer with the redirection is the answer */
    CLIENT_SAME_HOST, /* followed within the same scheme, host and port, else ERR_DENIED */
    CLIENT_ANY_HOST,  /* another host is asked without the request's fields and key */
};

enum {
    CLIENT_BODY_MAX = 1024 * 1024, /* unless size_max says otherwise */
    CLIENT_FIELDS_MAX = 100,
};

struct client_request {
    struct str method; /* empty: GET */
    struct str url;    /* whole; no user and password in it */
    const struct client_field *fields;
    size_t field_count;
    const struct client_key *key;  /* NULL: not signed */
    enum client_redirect redirect; /* of GET and HEAD */

    /* What is sent: a text, or what give gives from byte at on; got 0 is the end. */
    struct str body;
    bool (*give)(void *data, int64_t at, char *room, size_t size, size_t *got, struct err *err);
    int64_t give_size; /* of all that give gives; -1: not known */

    /* Gets the body of an answer 2xx piece by piece; NULL, and for others: collected. */
    bool (*take)(void *data, struct str bytes, struct err *err);
    void *data;       /* of give, take and go_on */
    int64_t size_max; /* of the answer's body; 0: CLIENT_BODY_MAX; more is ERR_LIMIT */
    bool is_packed;   /* it may come compressed; take gets it as it was; not with from */

    /*
     * Only the rest, from that byte on: what an interrupted answer lacks.  ERR_CONFLICT when
     * the server sends something else; etag: when it is not that state any more.
     */
    int64_t from;
    struct str etag;

    int connect_ms; /* 0: 10 s */
    int stall_s;    /* so long without a byte; 0: 60 s */
    int total_ms;   /* 0: not limited */

    /* Asked at least each second: false ends it. May be NULL. */
    bool (*go_on)(void *data);
};

struct client_answer {
    int status;
    const struct client_field *fields; /* names in lower case */
    size_t field_count;
    struct str body; /* what was collected */
    int64_t size;    /* of the body, taken or collected */
};

/* For client_close (CLEANUP). ca_file as above; the file must be there. */
MUST_CHECK bool client_open(struct client *client, struct arena *arena, struct str ca_file,
                            struct err *err);
void client_close(struct client *client);
/* The file of those who may vouch for servers: that one, or the system's. */
struct str client_authorities(struct arena *arena, struct str ca_file);

/*
 * True with any answer, whatever its status.  ERR_UNAVAILABLE: no answer, or not all of it;
 * ERR_INPUT: no such address; ERR_DENIED: its certificate is not to be trusted; what give and
 * take said when they failed.
 */
MUST_CHECK bool client_send(struct client *client, struct arena *arena,
                            const struct client_request *request, struct client_answer *answer,
                            struct err *err);
/* By its name in lower case; empty when there is none. */
struct str client_field_of(const struct client_answer *answer, struct str name);
/* True for 2xx; else an error that fits the status, with the title of a problem document. */
MUST_CHECK bool client_expect(const struct client_answer *answer, struct arena *arena,
                              struct err *err);

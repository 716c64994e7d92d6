/*
 * One request as the handlers see it: who asks, in which tenant, in which language.
 *
 * A handler is a row in route.c.  It returns true when the answer stands in the exchange
 * (or will: request_later), false with err otherwise; the answer to an err is made in one
 * place (answer.c).  Handlers marked ROUTE_LOOP run on a network loop: they read with
 * request_read only, and when that is interrupted (a slow disk, a large list) the whole
 * handler is run again on a pool thread, so until it succeeds it must change nothing.
 */
#pragma once

#include "net/multipart.h"
#include "net/url.h"
#include "registry/record.h"
#include "web/web.h"

#include <stdatomic.h>

enum {
    REQUEST_PARTS_MAX = 4,
};

struct route;
struct seen;

struct request {
    struct http_exchange *exchange;
    struct web *web;
    struct arena *arena;
    int64_t now;
    int64_t arrived_us; /* monotonic */
    int tries;          /* begun again because the database went away */
    bool has_written;   /* or tried to: it is not begun again */
    bool is_on_loop;
    bool is_counted;  /* among the municipality's requests */
    bool is_waiting;  /* see request_offload */
    bool is_later;    /* someone else calls request_finish */
    atomic_int holds; /* by the handler's thread, and by who answers later: the last one ends it */

    const struct route *route;
    struct str path;                     /* behind the tenant's prefix, with its first / */
    struct str parts[REQUEST_PARTS_MAX]; /* what stood for * in the route's pattern */
    struct url_form query;
    struct url_form form; /* of a urlencoded body, read by request_form */
    bool has_form;

    struct tenant *tenant;         /* NULL: a page of the node; for operators the node itself */
    const struct catalog *catalog; /* NULL with the node */
    struct str place;              /* the tenant's name once it was held: for the log */
    unsigned scope;                /* ROUTE_OPERATOR below /node, else 0 */
    struct str base;               /* "/demo", or "" on a municipality's own domain */
    struct actor actor;
    enum model_language language;
    struct tx tx;             /* of request_read */
    struct registry registry; /* likewise: the registers as it sees them */
    void *later;              /* of who answers on a thread of the pool (flows.c) */
    struct seen *seen;        /* whose personal data the answer shows (seen.h) */
};

/* A handler on a loop that has to wait returns this, false: it is run again on the pool. */
bool request_offload(struct request *request);
/* That media type, whatever its parameters, is what the body is said to be. */
bool request_has_type(const struct http_exchange *exchange, struct str type);
/* "q=0.8" of an Accept header in thousandths; 1000 when it is not said, 0 when it cannot be read.
 */
int request_weight(struct str parameters);
/* After a write that put a job: workers look at once. */
void request_wake_workers(const struct request *request);
/* The read transaction of this request, quick on a loop; ended by the dispatcher. */
MUST_CHECK bool request_read(struct request *request, struct tx **tx, struct err *err);
/* The registers as another transaction sees them: that of a write. */
struct registry request_registry(const struct request *request, struct tx *tx);
/* Query parameter, or an empty text. */
struct str request_query(const struct request *request, struct str name);
/* Reads a form body (urlencoded); ERR_INPUT when it is none. */
MUST_CHECK bool request_form(struct request *request, struct err *err);
struct str request_field(const struct request *request, struct str name);
/*
 * Reads a multipart form, after looking for the session's token in its field "csrf".
 * Ended with multipart_done (CLEANUP), also when this failed.
 */
MUST_CHECK bool request_multipart(struct request *request, struct multipart *multipart,
                                  struct err *err);
/* The body as it came; ERR_LIMIT when it is larger than max. */
MUST_CHECK bool request_bytes(struct request *request, size_t max, struct str *bytes,
                              struct err *err);
/* Reads a JSON body. */
MUST_CHECK bool request_json(struct request *request, size_t max, struct json **json,
                             struct err *err);
/* The register of parts[index], all of it readable by this actor in the given way; *classes the
 * field classes. ERR_ABSENT also when it is there but nothing of it may be seen. */
MUST_CHECK bool request_register(struct request *request, size_t part, enum policy_action action,
                                 const struct register_type **type, unsigned *classes,
                                 struct err *err);
/*
 * The same for handlers that ask about records with request->registry alone, which answers of those
 * they reach (registry/record_reach.h): also for who may do it in a part of the register.
 */
MUST_CHECK bool request_register_some(struct request *request, size_t part,
                                      enum policy_action action, const struct register_type **type,
                                      unsigned *classes, struct err *err);
/* *reads: whether they may read that record; asked of the database only where they reach a part of
 * the register. */
MUST_CHECK bool request_reads(const struct request *request, const struct register_type *type,
                              int64_t id, bool *reads, struct err *err);
MUST_CHECK bool request_id(struct request *request, size_t part, int64_t *id, struct err *err);
/* ERR_DENIED unless the actor has that right over the tenant. */
MUST_CHECK bool request_admin(struct request *request, enum policy_admin right, struct err *err);
/*
 * Runs a write and answers from the writer: run inside the transaction, then reply (on
 * the writer's thread: short) makes the answer when it succeeded.  Returns true at once.
 */
bool request_write(struct request *request, store_run *run,
                   bool (*reply)(struct request *request, void *data, struct err *err), void *data);
/* The same, waiting: for handlers that run on the pool. */
MUST_CHECK bool request_write_wait(struct request *request, store_run *run, void *data,
                                   struct err *err);
/* The handler answers later, from another thread, by request_finish; until the handler
 * returns, the request stays. */
void request_later(struct request *request);
void request_finish(struct request *request);
/* The same from anywhere with an error instead of an answer. */
void request_fail(struct request *request, const struct err *err);
/* The card of who asks, when it is sure who that is; 0 else. What is known of a person is shown
 * to them, and put into their forms, by this alone. */
int64_t request_person(const struct request *request);
bool request_is_signed_in(const struct request *request);
/* The day it is where the municipality is. */
int64_t request_today(const struct request *request);
/* A text in the request's language: id is English (ui/i18n). */
struct str request_text(const struct request *request, struct str id);
/* A text of a pack (titles, help): id is Russian. */
struct str request_pack_text(const struct request *request, struct str id);

/*
 * A mirror and its publisher on another server exchange mail: corrections proposed here go up,
 * what became of them comes back.  Over HTTPS by a job ("link.exchange", put for each proposal, and
 * with each look for editions), or in files that somebody carries.
 *
 * Everything may be done twice: a proposal has a uuid, and is sent until a receipt is here.
 */
#pragma once

#include "link/fetch.h"
#include "link/mail.h"

struct exchange {
    struct tenant *mirror;
    struct model_library *library;
    const struct secret_key *key;
    struct str ca_file;
    int64_t now;
    struct worker_pool *pool; /* to be woken; may be NULL */
};
struct exchange_counts {
    int64_t sent;    /* proposals */
    int64_t answers; /* that came */
};
/* Over HTTPS; does nothing where there is no address. Errors as of client_send. */
MUST_CHECK bool exchange_run(const struct exchange *exchange, struct arena *arena,
                             struct exchange_counts *counts, struct err *err);
/* As a file of what a municipality below the mirror has that is not known to be there: its
 * proposals, and its newest report. As much as fits; again when a reply has come. */
MUST_CHECK bool exchange_write(const struct exchange *exchange, struct tenant *child,
                               struct buf *out, struct exchange_counts *counts, struct err *err);
/* A file that the publisher wrote. ERR_DENIED, ERR_INPUT: it is not from there, or not for here. */
MUST_CHECK bool exchange_read(const struct exchange *exchange, struct arena *arena, struct str text,
                              struct exchange_counts *counts, struct err *err);

/* Its context is a struct fetch_context. */
extern const struct worker_kind exchange_kind;

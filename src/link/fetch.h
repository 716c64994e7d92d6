/*
 * A mirror fetches what its publisher has issued, over HTTPS, by itself.
 *
 * What arrives is kept in a file beside the mirror's database until all of an edition is there; a
 * transfer that was cut goes on behind the last piece that came whole, also after a restart.
 * It asks every few minutes, and more seldom when nobody answers.  Mail (exchange.h) goes along.
 */
#pragma once

#include "link/mirror.h"
#include "queue/worker.h"

/* The context of its jobs. */
struct fetch_context {
    struct model_library *library;
    const struct secret_key *key;
    struct str ca_file; /* of those who vouch for other nodes; empty: the system's */
};

struct fetch {
    struct tenant *mirror;
    struct model_library *library;
    struct str ca_file;
    const struct secret_key *key; /* signs the mail that goes up */
    struct worker_pool *pool;     /* woken when answers came; may be NULL */
    int64_t now;
    /* Asked now and then: false ends it, and it is gone on with later. May be NULL. */
    bool (*go_on)(void *data, struct str register_id, int64_t done, int64_t total);
    void *data;
};
struct fetch_counts {
    int64_t editions; /* that are new here */
    int64_t bytes;    /* that came */
};
/* All registers once. ERR_UNAVAILABLE: nobody answers, or not to the end; others as
 * edition_apply. What happened stands in the peer's row. */
MUST_CHECK bool fetch_all(const struct fetch *fetch, struct arena *arena,
                          struct fetch_counts *counts, struct err *err);
/* The mirror's publisher was asked, and that came of it; empty: it answered. */
MUST_CHECK bool fetch_note(struct tenant *mirror, int64_t now, struct str reason, struct err *err);
/* In a write of a mirror that follows an address: from now on its jobs do it. */
MUST_CHECK bool fetch_start(struct tx *tx, int64_t now, struct err *err);

extern const struct worker_kind fetch_kind;

/*
 * After an upgrade: records are given the slots, places, titles and search words that the
 * new packs ask for (layout.h), in batches, each a transaction that also says in
 * register_no how far it is.  So it goes on from there after a stop, and what is written
 * meanwhile knows on which side it is.
 */
#pragma once

#include "queue/worker.h"
#include "registry/record.h"

/* Register rows of the model's types as they are after this install; *needs: a job was put. */
struct record_reindex_plan {
    const struct model *model;
    const struct str *lists; /* code lists whose titles changed */
    size_t list_count;
    int64_t actor;
    int64_t now;
};
MUST_CHECK bool record_reindex_plan(struct tx *tx, struct arena *arena,
                                    const struct record_reindex_plan *plan, struct err *err);

/* In a write: the search is to be filled anew, by the same job. */
MUST_CHECK bool record_reindex_words(struct tx *tx, int64_t actor, int64_t now, struct err *err);

/* Up to so many batches at once, for towns and for the command line; *is_over: all is done. */
MUST_CHECK bool record_reindex_some(struct tenant *tenant, struct model_library *library,
                                    int batches, bool *is_over, struct err *err);

/* The job "registry.reindex"; its context is the struct model_library. */
extern const struct worker_kind record_reindex_kind;

/*
 * Taking a backup of one municipality (or of the node's own database) into a place.
 *
 * A base is the whole database as at one moment; with a chain, the steps after it hold what
 * was committed since (store/snapshot.h).  A chain belongs to one place: what is taken to
 * another one is a base of its own and leaves the chain alone, unless it is to be chained.
 */
#pragma once

#include "backup/step.h"
#include "sign/secret.h"

struct take {
    struct store *store;
    const struct place *place;
    struct seal *seal; /* NULL: not encrypted */
    const struct secret_key *key;
    int64_t (*clock)(void);
    /* Tells of work that may be long; false to stop. May be NULL. */
    bool (*progress)(void *data, int64_t done, int64_t total);
    void *data;
};

enum take_kind {
    TAKE_BASE,    /* a whole copy; chains stay as they are */
    TAKE_CHAIN,   /* a whole copy that begins a chain */
    TAKE_CHANGES, /* what was committed since; a base where that does not go on */
};

struct take_result {
    bool is_base;
    struct str why;  /* there had to be a base */
    int64_t steps;   /* taken */
    int64_t files;   /* new ones */
    int64_t bytes;   /* written to the place */
    int64_t damaged; /* attachments whose bytes are not what they were: left out */
    struct store_head head;
};

/* tenant: an open one, or the node. */
MUST_CHECK bool take_run(const struct take *take, struct arena *arena, struct tenant *tenant,
                         enum take_kind kind, struct take_result *result, struct err *err);
/* Of the node: its packs, and its key when the backup is encrypted. */
MUST_CHECK bool take_extra(const struct take *take, struct arena *arena, struct take_result *result,
                           struct err *err);

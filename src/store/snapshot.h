/*
 * What a backup takes of a tenant (or of the node) on SQLite, while others write:
 * the whole database as it was at one moment, and then, as long as the chain holds, the pages
 * that were committed since (wal_tap.h).  PostgreSQL has means of its own: ERR_INPUT.
 *
 * Call from a thread of a job: it waits for the writer, never long.
 */
#pragma once

#include "store/store.h"

struct snapshot {
    struct store_head head; /* of the journal at that moment */
    int64_t pages;
    uint32_t page_size;
    int64_t number; /* with a chain: cuts with greater numbers follow this snapshot */
    struct snapshot_inside *inside; /* NULL: not open */
};

struct snapshot_wish {
    /* Kept for snapshot_chain: a chain begins at this very moment, where the one before is cut.
     * Empty: none begins, and one that there is goes on. */
    struct str chain;
    int64_t now;
};

/* A read transaction, held until it is closed. */
MUST_CHECK bool snapshot_open(struct snapshot *snapshot, struct arena *arena, struct tenant *tenant,
                              const struct snapshot_wish *wish, struct err *err);
/* Pages from number first (0) on into room. */
MUST_CHECK bool snapshot_read(struct snapshot *snapshot, int64_t first, size_t count, char *room,
                              struct err *err);
/* For CLEANUP. */
void snapshot_close(struct snapshot *snapshot);

/* What was given when the chain began; ERR_ABSENT when there is none, with why. */
MUST_CHECK bool snapshot_chain(struct tenant *tenant, struct arena *arena, struct str *chain,
                               struct err *err);

/* A file of what was committed; complete. */
struct snapshot_cut {
    int64_t number; /* 0: nothing was written since the last one */
    struct str path;
};
/* Closes the file that grows, unless an older cut is still there: then that one. */
MUST_CHECK bool snapshot_cut(struct tenant *tenant, struct arena *arena, int64_t now,
                             struct snapshot_cut *cut, struct err *err);
/* The oldest one that there is already, of whichever chain. */
MUST_CHECK bool snapshot_cut_waiting(struct tenant *tenant, struct arena *arena,
                                     struct snapshot_cut *cut, struct err *err);
/* The head of the journal at its end, and when it was made. */
MUST_CHECK bool snapshot_cut_look(const struct snapshot_cut *cut, struct store_head *head,
                                  int64_t *at, struct err *err);
/* The backup has it. */
MUST_CHECK bool snapshot_cut_done(const struct snapshot_cut *cut, struct err *err);
/* Whether a backup may find something new, without opening it. name "": the node. */
bool snapshot_is_moved(struct store *store, struct str name);

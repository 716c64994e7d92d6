/*
 * Changes of the search index that wait for the end of the batch.
 *
 * FTS5 writes out what it holds in memory at every savepoint, a segment each time, and
 * merges segments soon after.  Each write of a batch has a savepoint, so entries put at
 * once would cost as much as in transactions of their own.  Put together at the end they
 * make one segment.  Nobody reads the index inside a write.
 *
 * The writer thread's own.
 */
#pragma once

#include "core/vec.h"
#include "store/search.h"

struct search_step {
    struct search_entry entry;
    bool is_out;
    bool is_clear; /* everything goes; no entry */
};

struct search_queue {
    struct arena *arena;
    VEC(struct search_step) steps;
};

/* Copies the entry. */
void search_queue_add(struct search_queue *queue, const struct search_entry *entry, bool is_out);
/* Empties the index: what was added before is gone, what is added after it stays. */
void search_queue_clear(struct search_queue *queue);
/* Forgets the steps from that one on: their write was rolled back. */
void search_queue_cut(struct search_queue *queue, size_t count);
/* Does all of them, in their order, and forgets them. */
MUST_CHECK bool search_queue_run(struct search_queue *queue, struct tx *tx, struct err *err);
void search_queue_done(struct search_queue *queue);

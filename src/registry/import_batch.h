/*
 * A batch of prepared rows on its way through the writer, with the faults found in them,
 * the counts and the mark of the import: all in one transaction.
 */
#pragma once

#include "registry/import_run.h"

#include <pthread.h>

enum {
    IMPORT_BATCH_BYTES = 32 * 1024 * 1024, /* of memory; a batch may be shorter for it */
};

struct import_batch {
    struct import_run *run;
    struct import_rows *rows;
    struct arena *arena;
    struct import_item *items;
    size_t count;
    int64_t position; /* bytes of the source behind it */
    bool is_queued;
    struct import_mark mark;
    struct import_counts counts; /* of the run, this batch included, once it is written */
    struct str first_fault;

    struct store_write write;
    size_t from, to; /* the items the present write is about */
    struct import_counts base, next;
    bool is_written;
    bool is_refused; /* by record_apply: not the queue was full */
    pthread_mutex_t mutex;
    pthread_cond_t written;
};

void import_batch_init(struct import_batch *batch, struct import_run *run,
                       struct import_rows *rows);
/* Waits for what is still on its way. Accepts {0}. */
void import_batch_done(struct import_batch *batch);
void import_batch_reset(struct import_batch *batch);
/* counts: what the import has counted before this batch. */
void import_batch_queue(struct import_batch *batch, const struct import_counts *counts,
                        struct import_mark mark);
/* Until it is written, row by row where the writer refused. */
MUST_CHECK bool import_batch_wait(struct import_batch *batch, struct err *err);

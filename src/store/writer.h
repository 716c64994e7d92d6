/*
 * The threads that write.  Each open tenant belongs to one of them.  It takes the waiting
 * writes of a tenant into one transaction, a savepoint each, commits durably, and only
 * then reports.  It alone does the checkpoints and closes files.
 */
#pragma once

#include "store/store.h"

struct writer;

enum {
    WRITER_BATCH_MAX = 512,
    WRITER_BATCH_US = 4000,      /* of work; then commit what there is */
    WRITER_BATCH_MAX_US = 40000, /* the same where commits are slow */
    WRITER_WAITING_MAX = 20000,  /* writes queued at one thread */
    WRITER_IDLE_MS = 300,        /* without work: checkpoints, merging of the search index */
};

struct writer *writer_start(struct arena *arena);
/* Takes the write (done is called later) or refuses it (done is called at once). */
void writer_put(struct writer *writer, struct tenant *tenant, struct store_write *write);
/*
 * False: something of the tenant waits or runs.  Else nothing of it begins until
 * writer_end_look: who looks meanwhile sees all that was queued before.
 */
bool writer_begin_look(struct writer *writer, struct tenant *tenant);
void writer_end_look(struct writer *writer, struct tenant *tenant);
/* The tenant is held by nobody and marked as closing: the thread closes and forgets it. */
void writer_close_tenant(struct writer *writer, struct tenant *tenant);
/* Adds what this thread did and what waits for it. */
void writer_count(struct writer *writer, struct store_counts *counts);
/* Does what is queued, then ends the thread. */
void writer_stop(struct writer *writer);

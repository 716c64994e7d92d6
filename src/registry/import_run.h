/*
 * Runs rows of a source into a register: in batches, each prepared on this thread while
 * the writer commits the one before it.
 *
 * Where it is (struct import_mark) is written in the transaction of each batch, so after
 * a restart no row is done twice.  A batch the writer refuses is divided until the rows at
 * fault are alone; the others go in.
 */
#pragma once

#include "registry/import_row.h"

enum {
    IMPORT_RUN_ROWS = 500,
    IMPORT_RUN_DEFERRED_MAX = 10000,
};

/* What is left to do. */
struct import_mark {
    int64_t section; /* ГАР: the how manyth register; seeds: not kept */
    int64_t row;     /* rows consumed in the first pass */
    bool is_late;    /* the first pass is over: only the lines named are left */
    int64_t *lines;  /* rows that wait for others, ascending */
    size_t line_count;
};

struct import_run {
    struct tenant *tenant;
    struct arena *arena; /* the run's */
    const struct catalog *catalog;
    const struct register_type *type;
    const struct import_options *options;
    struct source *source;
    int64_t import; /* 0: no row of it is kept (seeds) */
    int64_t actor;
    bool is_dry;
    bool is_new;                 /* the register was empty and nobody else writes to it */
    bool defers_any;             /* rows may wait for records of other registers too (seeds) */
    bool is_gar;                 /* import_row.h */
    bool skips_keyless;          /* rows without a natural key are taken for known ones (seeds) */
    bool is_resumed;             /* this pass begins where an earlier run was interrupted */
    bool is_final;               /* what cannot be resolved now is wrong */
    struct import_seen *claimed; /* import_row.h; NULL where every row is of another record */
    struct import_seen *made;    /* seeds: what this load made, over all files */
    struct import_mark mark;     /* where to begin; then where it is */
    struct import_counts counts;
    struct str first_fault; /* for logs: of the first wrong row */
    /* After each batch. NULL: nobody asks. */
    bool (*report)(struct import_run *run, bool *is_stopping, struct err *err);
    void *context;
};

/*
 * One pass: the rows from mark.row on, or, when mark.is_late, the lines named there.
 * Lines that wait for others are in mark.lines then.  True also when it was stopped.
 */
MUST_CHECK bool import_run_pass(struct import_run *run, bool *is_stopping, struct err *err);

/* Counts and mark as they are kept in the import's row. */
void import_run_print(struct buf *buf, const struct import_counts *counts,
                      const struct import_mark *mark);
void import_run_parse(struct arena *arena, struct str text, struct import_counts *counts,
                      struct import_mark *mark);

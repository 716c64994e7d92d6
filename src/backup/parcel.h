/*
 * A municipality as one file, to be carried to another server or another database: its rows
 * and attachments as lines of JSON, in a crate (compressed, summed, encrypted if asked for).
 *
 *     {"table":"record","columns":["register","id",…]}   what follows replaces its rows
 *     [1,38,…]                                           a row of it
 *     {"file":"<SHA-256>"} "<base64>" "<base64>" …       an attachment
 *     {"end":{"record":[rows,letters],…}}                what there must be in the end
 *
 * A parcel made since an earlier one holds what changed after it.  The head of the crate says
 * whose it is and from which number of the journal to which it goes.
 */
#pragma once

#include "backup/crate.h"
#include "store/carry.h"

struct parcel_pack {
    struct str id, version;
};

struct parcel_label {
    struct store_tenant tenant;
    struct str parent;      /* its name; empty: none */
    struct store_head from; /* seq 0: from the beginning */
    struct store_head head; /* of the journal at its end */
    int64_t at;             /* when it was made */
    const struct parcel_pack *packs;
    size_t pack_count;
    struct str mark; /* drawn for this parcel */
};

struct parcel_count {
    int64_t rows, files;
};

struct parcel_write {
    struct tenant *tenant;
    struct file_draft *draft;
    struct seal *seal;             /* NULL: not encrypted */
    const struct parcel_label *to; /* bring that one up to date; NULL: all */
    int64_t now;
    /* Tells of work that may be long; false to stop. May be NULL. */
    bool (*progress)(void *data, int64_t rows, int64_t files);
    void *data;
};

/* From one snapshot: it may be changed meanwhile. label: what the parcel's head says. */
MUST_CHECK bool parcel_write(const struct parcel_write *write, struct arena *arena,
                             struct parcel_label *label, struct parcel_count *count,
                             struct err *err);

struct parcel_read {
    struct store *store;
    int fd;            /* borrowed */
    struct seal *seal; /* NULL: none */
    struct str name;   /* here; empty: its own */
    int64_t now;
    bool (*progress)(void *data, int64_t rows, int64_t files); /* as above */
    void *data;
};

/* The whole file is looked at first, and refused when it is not as it was written. */
MUST_CHECK bool parcel_open(const struct parcel_read *read, struct arena *arena,
                            struct crate_reader *reader, struct parcel_label *label,
                            struct err *err);
/*
 * Makes the municipality, suspended, or goes on where an earlier try with this file ended.
 * ERR_CONFLICT: it is here already.  When this is true, its rows, sums and journal's head are
 * those of the parcel; the search is empty, and it is suspended until it is settled.
 */
MUST_CHECK bool parcel_read(const struct parcel_read *read, struct arena *arena,
                            struct crate_reader *reader, const struct parcel_label *label,
                            struct parcel_count *count, struct err *err);
/* Whether it came by parcel and is not settled. ERR_CONFLICT: a part of it is missing. */
MUST_CHECK bool parcel_is_arrived(struct tenant *tenant, struct arena *arena, bool *is_arrived,
                                  struct err *err);
/* It was looked at and found good: nothing more is brought to it. */
MUST_CHECK bool parcel_settle(struct tenant *tenant, struct err *err);

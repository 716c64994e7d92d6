/*
 * How much of what all share one tenant may take.  The node has limits for all (its settings);
 * a tenant may have its own, in the node's list of tenants and so in memory wherever the tenant
 * is open: asking costs no statement.  Who counts what is taken, and refuses, is above: requests
 * in web/share, jobs in queue/job, rows and disk in registry/quota.
 */
#pragma once

#include "core/str.h"

#include <stdatomic.h>

struct err;
struct rows;
struct store;
struct tenant;

enum limit_kind {
    LIMIT_REQUESTS, /* a minute */
    LIMIT_JOBS,     /* waiting and running */
    LIMIT_DISK,     /* bytes, with attachments */
    LIMIT_ROWS,     /* records */
    LIMIT_KINDS,
};

enum {
    LIMIT_USUAL = -1, /* of a tenant: as the node has it */
};

#define LIMIT_MAX     (INT64_C(1) << 50)
#define LIMIT_COLUMNS "requests_max, jobs_max, disk_max, rows_max"

/* 0: no limit. */
struct limit_set {
    int64_t values[LIMIT_KINDS];
};

/*
 * What those above counted last, kept with the open tenant so that most writes need not count.
 * All 0 when it is opened.
 */
struct limit_marks {
    atomic_llong rows_limit; /* for which rows_room was counted */
    atomic_llong rows_room;  /* records that may be made before they are counted again */
    atomic_llong disk;       /* bytes, as measured at disk_at */
    atomic_llong disk_more;  /* kept since */
    atomic_llong disk_at;
    atomic_llong disk_took; /* ms: who has many files is measured less often */
};
struct limit_marks *limit_marks(struct tenant *tenant);

/* "requests", "jobs", …: for the command line, addresses and forms. */
const char *limit_name(enum limit_kind kind);
/* What holds for that tenant. Never waits. */
int64_t limit_get(const struct tenant *tenant, enum limit_kind kind);
/* The same by its own limits, for those that are not open. */
int64_t limit_of(const struct store *store, const struct limit_set *own, enum limit_kind kind);
/* Its own limits from now on, here and in the other processes. ERR_ABSENT; ERR_INPUT: beyond
 * LIMIT_MAX. */
MUST_CHECK bool limit_change(struct store *store, struct str name, const struct limit_set *own,
                             struct err *err);
/* For the store: LIMIT_COLUMNS of a row, from that column on. */
struct limit_set limit_read(const struct rows *rows, size_t row, size_t column);
bool limit_equal(const struct limit_set *one, const struct limit_set *other);

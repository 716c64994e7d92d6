/*
 * Whether what is kept beside the bodies of records still follows from them: slots, titles,
 * boxes, cells, totals and the counts of the map.  (journal_verify_bodies tells whether the
 * bodies themselves are what was written.)
 */
#pragma once

#include "registry/record.h"

struct record_report {
    int64_t records; /* slices that were compared */
    int64_t waiting; /* of them not, because an upgrade is still rebuilding them */
    int64_t bad;     /* differences */
    struct str what; /* a sentence about the first */
};

/* Reads the whole tenant. True also when something differs: the report says so. */
MUST_CHECK bool record_verify(struct tx *tx, struct arena *arena, const struct catalog *catalog,
                              struct record_report *report, struct err *err);

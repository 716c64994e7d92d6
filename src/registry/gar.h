/*
 * ГАР, the state address register: a zip of XML files, streamed (docs/reference/import.md).
 *
 * Read in two passes over the zip: both hierarchies first, which say what lies in the
 * chosen municipalities; then objects and their parameters.  What is valid is kept in a
 * compact table (gar_table.h) and written parent first into the registers that the pack's
 * imports/gar.json names, matched by the number in the ГАР, then by the natural key.
 */
#pragma once

#include "registry/import_run.h"

struct gar_job {
    struct tenant *tenant;
    struct arena *arena;
    const struct catalog *catalog;
    struct import *import; /* counts are brought up to date */
    struct import_mark mark;
    int64_t actor;
    bool is_dry;
    bool (*report)(void *context, int64_t done, int64_t total, struct str step, bool *is_stopping,
                   struct err *err);
    void *context;
};

MUST_CHECK bool gar_run(struct gar_job *job, bool *is_stopping, struct err *err);

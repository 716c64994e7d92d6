/* Copying attachments: each once, by its SHA-256, which is its name. */
#pragma once

#include "backup/take.h"

struct take_files {
    const struct take *take;
    struct arena *arena;
    struct tenant *tenant;
    struct str home;
    struct take_result *result;
    bool is_all;   /* lists all; else those that are new since the last step of the chain */
    bool is_chain; /* remembers what the place has, beside the database */
};

/* *digests: those that a step lists, 32 bytes each; all of them are in the place now. */
MUST_CHECK bool take_files_run(const struct take_files *files, struct str *digests,
                               struct err *err);

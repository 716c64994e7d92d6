/*
 * Looks whether a backup is whole: every file of it by its sum, the steps one after another,
 * the files they list.  Without the secret of an encrypted one too; what is inside is then
 * left to a drill.
 */
#pragma once

#include "backup/step.h"

struct check_place {
    const struct place *place;
    struct str only; /* one municipality; empty: all, and the node */
    /* A sentence about what was found, good or bad. */
    void (*tell)(void *data, bool is_good, struct str sentence);
    void *data;
};

/* True also when something is wrong with the backup: *bad counts it. */
MUST_CHECK bool check_place_run(const struct check_place *check, struct arena *arena, int64_t *bad,
                                struct err *err);

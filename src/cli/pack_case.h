/*
 * Cases of a pack, tests/NAME.case: processes played in a municipality made for it, with a clock of
 * its own, people by their roles, and the answers of other systems as they were recorded
 * (docs/reference/packs.md).
 */
#pragma once

#include "workflow/process.h"

struct pack_case_stand {
    struct store *store; /* of its own: every case makes a municipality */
    struct model_library *library;
    struct process_library *processes;
    const struct pack *pack;
    struct pack_ids ids; /* what is installed, in order of requirements */
    struct buf *report;  /* a line for each case: "ok - …", "not ok - …" */
    int passed, failed;
    /* After each case; fault is empty when it passed.  False: no more are played.  May be NULL. */
    bool (*tell)(struct pack_case_stand *stand, struct str title, struct str fault);
    void *data; /* of tell */
    bool is_over;
};

/* One file; its cases begin with lines "# title".  False: it could not be played at all. */
MUST_CHECK bool pack_case_play(struct pack_case_stand *stand, const struct pack_file *file,
                               struct err *err);

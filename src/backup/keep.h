/* Taking away what is older than it is to be kept: whole generations, then files of theirs. */
#pragma once

#include "backup/step.h"

struct keep {
    const struct place *place;
    struct str tenant;   /* empty: the node */
    struct str folder;   /* of its attachments now; empty: none */
    int64_t generations; /* to be kept, at least 1 */
};

struct keep_result {
    int64_t generations, files; /* taken away */
};

MUST_CHECK bool keep_run(const struct keep *keep, struct arena *arena, struct keep_result *result,
                         struct err *err);

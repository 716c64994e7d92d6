/*
 * A file that is written piece by piece, and is there as a whole or not at all: it gets
 * its name only when it is complete.  What a crash leaves begins with FILE_DRAFT_MARK.
 */
#pragma once

#include "core/buf.h"
#include "core/err.h"

#define FILE_DRAFT_MARK ".draft-"

struct file_draft {
    struct str folder;
    char *path; /* NULL: none, or it has its name */
    int fd;
};

/* folder is borrowed; paths come from the arena. */
MUST_CHECK bool file_draft_open(struct file_draft *draft, struct arena *arena, struct str folder,
                                struct err *err);
MUST_CHECK bool file_draft_add(struct file_draft *draft, struct str bytes, struct err *err);
/* Synced, named (in the place of another of that name), and its folder synced. */
MUST_CHECK bool file_draft_keep(struct file_draft *draft, struct arena *arena, struct str name,
                                struct err *err);
/* For CLEANUP: what was not kept is gone. */
void file_draft_drop(struct file_draft *draft);

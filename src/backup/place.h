/*
 * Where backups are kept: a folder (or, with an address "s3://…", a bucket).  Names are paths
 * with "/" in them; a file is there as a whole or not at all.
 */
#pragma once

#include "core/file_draft.h"

struct place {
    struct str name;   /* as it was given, for people */
    struct str folder; /* of a folder */
};

struct place_item {
    struct str name; /* behind the prefix */
    int64_t size;
};

struct place_list {
    struct place_item *items; /* sorted by name */
    size_t count;
};

MUST_CHECK bool place_open(struct place *place, struct arena *arena, struct str target,
                           struct err *err);
/* All whose names begin with the prefix, which ends with "/". */
MUST_CHECK bool place_find(const struct place *place, struct arena *arena, struct str prefix,
                           struct place_list *list, struct err *err);
/* A file to be written; file_draft_drop when it is not kept. */
MUST_CHECK bool place_draft(const struct place *place, struct arena *arena, struct str name,
                            struct file_draft *draft, struct err *err);
MUST_CHECK bool place_keep(const struct place *place, struct arena *arena, struct str name,
                           struct file_draft *draft, struct err *err);
/* Opened for reading. ERR_ABSENT. max: so many of its first bytes will do; 0: all. */
MUST_CHECK bool place_fetch(const struct place *place, struct arena *arena, struct str name,
                            int64_t max, int *fd, struct err *err);
MUST_CHECK bool place_remove(const struct place *place, struct arena *arena, struct str name,
                             struct err *err);

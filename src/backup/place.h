/*
 * Where backups are kept: a folder or, with an address "s3://…", a bucket.  Names are paths with
 * "/" in them; a file is there as a whole or not at all.  What goes to a bucket or comes from it
 * lies for the moment in a file without a name (in $TMPDIR or /var/tmp).  One thread at a time.
 */
#pragma once

#include "backup/bucket.h"
#include "core/file_draft.h"

struct place {
    struct str name;       /* as it was given, for people */
    struct str folder;     /* of a folder; of a bucket: where files wait on their way */
    struct bucket *bucket; /* NULL: a folder */
};

struct place_item {
    struct str name; /* behind the prefix */
    int64_t size;
};

struct place_list {
    struct place_item *items; /* sorted by name */
    size_t count;
};

/* access: read when the target is a bucket (--s3). For place_close. */
MUST_CHECK bool place_open(struct place *place, struct arena *arena, struct str target,
                           struct str access, struct err *err);
void place_close(struct place *place);
/* Ends what waits for a store when it returns false; asked at least each second. */
void place_watch(struct place *place, bool (*go_on)(void *data), void *data);
/* The names of the folders in a folder, sorted. */
MUST_CHECK bool place_folders(const struct place *place, struct arena *arena, struct str prefix,
                              struct str **names, size_t *count, struct err *err);
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

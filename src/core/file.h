/* Files and folders: whole reads with a bound, durable writes, paths. */
#pragma once

#include "core/buf.h"
#include "core/err.h"

/* ERR_ABSENT when there is none, ERR_LIMIT when it is larger than max. */
MUST_CHECK bool file_read(struct arena *arena, struct str path, size_t max, struct str *bytes,
                          struct err *err);
/* Writes beside, syncs, renames, syncs the folder: the file is old or new, never half. */
MUST_CHECK bool file_write(struct str path, struct str bytes, struct err *err);
/* With its parents; true when it was there. Mode 0700. */
MUST_CHECK bool file_make_folder(struct str path, struct err *err);
/* A rename in it lasts only then. */
MUST_CHECK bool file_sync_folder(struct str path, struct err *err);
bool file_exists(struct str path);
/* As if it were written just now; false when it is not there. */
bool file_touch(struct str path);
bool file_is_folder(struct str path);
/* Names in a folder, sorted bytewise, without . and .. */
MUST_CHECK bool file_list(struct arena *arena, struct str path, struct str **names, size_t *count,
                          struct err *err);
/* The same without a list, in any order, with the time each was written; each returns false,
 * err set, to end it. */
MUST_CHECK bool file_each(struct str path,
                          bool (*each)(void *data, struct str name, int64_t at, struct err *err),
                          void *data, struct err *err);
/* To read it piece by piece; ERR_ABSENT when there is none. Closed by file_close (CLEANUP). */
MUST_CHECK bool file_open(struct str path, int *fd, struct err *err);
/* The bytes from at on, as many as there are and fit; 0 at the end. */
MUST_CHECK bool file_pull(int fd, int64_t at, char *room, size_t size, size_t *got,
                          struct err *err);
/* For CLEANUP; -1: none. */
void file_close(int *fd);
MUST_CHECK bool file_remove(struct str path, struct err *err);
/* A folder and all in it. */
MUST_CHECK bool file_remove_tree(struct str path, struct err *err);
struct str file_join(struct arena *arena, struct str folder, struct str name);

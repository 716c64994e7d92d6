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
bool file_exists(struct str path);
bool file_is_folder(struct str path);
/* Names in a folder, sorted bytewise, without . and .. */
MUST_CHECK bool file_list(struct arena *arena, struct str path, struct str **names, size_t *count,
                          struct err *err);
MUST_CHECK bool file_remove(struct str path, struct err *err);
/* A folder and all in it. */
MUST_CHECK bool file_remove_tree(struct str path, struct err *err);
struct str file_join(struct arena *arena, struct str folder, struct str name);

/*
 * A municipality's own versions of packs (decision 0042): what a version that is shipped holds,
 * with some files replaced.  The replaced ones are rows of the municipality, so they travel and are
 * backed up with it; the rest comes from the server's folder of that version.  A version never
 * changes and stays, because flows run on it and people go back to it.
 */
#pragma once

#include "registry/model_library.h"
#include "store/store.h"

enum {
    OWN_PACK_MAX = 100, /* versions of one pack; older ones that no flow runs on go */
};

struct own_pack {
    struct str pack, version; /* "housing", "1.0.0+own.3.x…" */
    int64_t at, actor;
    struct str note;   /* what the one who put it live says of it */
    struct str *paths; /* of what is changed, against the version that is shipped */
    size_t path_count;
};

/* Into the library, unless they are there; one whose shipped version is not here is passed over. */
MUST_CHECK bool own_pack_load(struct tx *tx, struct arena *scratch, struct model_library *library,
                              struct err *err);
/* Of one pack, the newest first. */
MUST_CHECK bool own_pack_list(struct tx *tx, struct arena *arena, struct str pack,
                              struct own_pack **list, size_t *count, struct err *err);
/* What it changes; bytes.ptr is NULL of a file that it takes out.  None of a shipped version. */
MUST_CHECK bool own_pack_changes(struct tx *tx, struct arena *arena, struct model_wish which,
                                 struct pack_file **changes, size_t *count, struct err *err);
/* The number of the next version. */
MUST_CHECK bool own_pack_next(struct tx *tx, struct str pack, int64_t *no, struct err *err);
/* Writes one; the same twice is no fault. */
MUST_CHECK bool own_pack_put(struct tx *tx, const struct own_pack *own,
                             const struct pack_file *changes, size_t count, struct err *err);
/* The oldest of too many that no flow is of; empty: all stay.  Looks through flows: in a read. */
MUST_CHECK bool own_pack_old(struct tx *tx, struct arena *arena, struct str pack,
                             struct str installed, struct str *version, struct err *err);
MUST_CHECK bool own_pack_drop(struct tx *tx, struct str pack, struct str version, struct err *err);

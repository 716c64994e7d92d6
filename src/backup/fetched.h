/*
 * A state of a municipality that was fetched from a backup and waits for somebody to say whether
 * it shall take the place of the present one; and the states that went aside so.
 *
 *     fetched/NAME/tenants/NAME/   as in a data directory, which fetched/NAME is
 *     fetched/NAME/about.json      what it is
 *     replaced/NAME-MOMENT/        one that went aside
 */
#pragma once

#include "store/store.h"

/* What can be counted of a state. */
struct fetched_counts {
    int64_t entry; /* the last of the journal */
    int64_t records, files;
};

struct fetched {
    int64_t at;       /* when it was fetched; 0: there is none */
    struct str asked; /* the moment that was typed; empty: the end of the backup */
    int64_t last_at;  /* the moment of its last entry */
    struct fetched_counts counts, present; /* of it, and of the municipality then */
};

/* The folder of all of it. */
struct str fetched_folder(const struct store *store, struct arena *arena, struct str tenant);
/* The folder of the municipality in it. */
struct str fetched_home(const struct store *store, struct arena *arena, struct str tenant);
void fetched_read(const struct store *store, struct arena *arena, struct str tenant,
                  struct fetched *fetched);
/* Then it is there. */
MUST_CHECK bool fetched_write(const struct store *store, struct arena *arena, struct str tenant,
                              const struct fetched *fetched, struct err *err);
/* True also when there is none. */
MUST_CHECK bool fetched_drop(const struct store *store, struct arena *arena, struct str tenant,
                             struct err *err);
MUST_CHECK bool fetched_count(struct tenant *tenant, struct arena *arena,
                              struct fetched_counts *counts, int64_t *last_at, struct err *err);

/* "NAME-MOMENT": a state that went aside at that moment; false for other folders. */
bool fetched_is_aside(struct str folder, struct str tenant, int64_t *at);
/* The folders in replaced/ of that municipality, the newest first. */
MUST_CHECK bool fetched_list_aside(const struct store *store, struct arena *arena,
                                   struct str tenant, struct str **names, size_t *count,
                                   struct err *err);

/* What is known of the last backup of a municipality, in backup.json beside its database. */
#pragma once

#include "store/store.h"

struct status {
    int64_t at;       /* of the last good one; 0: none yet */
    int64_t base_at;  /* of the last whole copy */
    int64_t seq;      /* the journal's number it goes to */
    struct str place; /* where it lies */
    int64_t fault_at; /* of the last one that failed, 0: none since */
    struct str fault; /* why */
};

/* tenant "": the node. Zeros when nothing is known. */
void status_read(struct store *store, struct arena *arena, struct str tenant,
                 struct status *status);
MUST_CHECK bool status_write(struct store *store, struct arena *arena, struct str tenant,
                             const struct status *status, struct err *err);

/*
 * Whether a municipality has room for more, by its limits of records and of disk (store/limit.h).
 * What has no room is refused before anything of it is written; reading, deleting and exporting
 * go on, and so does upkeep: what the system changes by itself was let in before.
 *
 * Records are counted exactly where there is little room left.  Disk is what was measured last,
 * a minute ago at most where it matters, and what was put since.
 */
#pragma once

#include "store/store.h"

#define QUOTA_ROWS                                                                                 \
    "This municipality has as many records as it may have. Nothing new was saved; what is here "   \
    "can be read, changed, deleted and exported. Ask the operator of the server for more room."
#define QUOTA_DISK                                                                                 \
    "This municipality takes as much disk as it may take. Nothing was saved; what is here can be " \
    "read, deleted and exported. Ask the operator of the server for more room."

/* In a write, before a record is made. ERR_LIMIT with QUOTA_ROWS. */
MUST_CHECK bool quota_need_row(struct tx *tx, struct err *err);
/* Before more bytes are kept, or a record changed. Never waits. ERR_LIMIT with QUOTA_DISK. */
MUST_CHECK bool quota_need_disk(struct tenant *tenant, int64_t more, struct err *err);
/* The same after measuring when that was long ago: not on a loop, not in a write. */
MUST_CHECK bool quota_need_file(struct tenant *tenant, int64_t size, int64_t now, struct err *err);
/* So many bytes were kept. */
void quota_kept(struct tenant *tenant, int64_t bytes);
/* Walks the tenant's folder; quota_need_disk goes by it from now on. */
int64_t quota_measure_disk(struct tenant *tenant, int64_t now);
/* There is no room on the disk by what is known: to be measured again now and then. */
bool quota_is_short(struct tenant *tenant);
/* One of the two above: nothing is wrong with what was to be saved. */
bool quota_is_full(const struct err *err);

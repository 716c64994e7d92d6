/*
 * Takes away bytes in a tenant's folder that no file of a record and no import names: what a
 * refused write or a crash has left.  Files that were removed keep their row, and so their bytes.
 */
#pragma once

#include "store/store.h"

/* Younger ones may belong to a write on its way. */
#define ATTACHMENT_ORPHAN_MS (24 * (int64_t)3600 * 1000)

/* Waits for the disk and the writer. */
MUST_CHECK bool attachment_collect(struct tenant *tenant, int64_t now, int64_t *count,
                                   struct err *err);

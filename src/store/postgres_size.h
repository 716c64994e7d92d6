/*
 * How much of a shared database is a tenant's, estimated: its rows of each table, as a part of
 * what the table and its indexes take.  Rows are not looked at: of the large tables their
 * numbers follow from the totals that the writes keep.
 */
#pragma once

#include "store/store.h"

/* Adds to size->bytes; sets changed_at by the newest entry of the journal. */
MUST_CHECK bool postgres_size(struct tenant *tenant, struct store_size *size, struct err *err);

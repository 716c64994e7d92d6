/*
 * The due-index of a node on SQLite files: which tenant has something to do, and from when on,
 * so that nobody opens thousands of files to find out (table due of node.db).
 *
 * Invariants:
 * 1. A tenant's row is not later than what waits in its file: it is written before the
 *    commit that puts something earlier (due_put).
 * 2. It is made later, or taken away, some time afterwards (due_settle), and only when nothing
 *    was put since the file was looked at.  A false wake costs an opening and no more.
 * 3. While a job of the tenant runs the row stays as it was: so after a crash the tenant is
 *    looked at, at once.
 * A shared database has none: there everybody asks.
 */
#pragma once

#include "store/store.h"

/* Something in the tenant of this write is to be done from that moment on. */
void due_put(struct tx *tx, int64_t due_at);

struct due {
    struct str name; /* of the tenant */
    int64_t due_at;
};
/* By time. In a node of before there was an index all tenants are due. */
MUST_CHECK bool due_list(struct store *store, struct arena *arena, struct due **items,
                         size_t *count, struct err *err);

/* Taken before the tenant is looked at, for due_settle. */
int64_t due_turn(struct tenant *tenant);
/* Nothing waits in it before that moment (INT64_MAX: nothing at all), and nothing runs. */
void due_settle(struct tenant *tenant, int64_t turn, int64_t due_at);
/* Writes what was settled. */
MUST_CHECK bool due_flush(struct store *store, struct err *err);

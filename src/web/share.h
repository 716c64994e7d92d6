/*
 * How much of the server each municipality takes: requests that were answered, those refused
 * because there were more in a minute than it may have (LIMIT_REQUESTS).  Of this process, since
 * it was started.  Each municipality that was asked for has its own counters; there are no more
 * of them than municipalities.
 */
#pragma once

#include "core/str.h"

struct arena;
struct share_table;
struct tenant;

struct share_counts {
    int64_t served, refused;
};

struct share_table *share_new(struct arena *arena);
/* One more request for it. False when it may not have it now; *wait_ms says when. Never waits. */
bool share_take(struct share_table *table, const struct tenant *tenant, int64_t now,
                int64_t *wait_ms);
struct share_counts share_count(struct share_table *table, int64_t tenant);
/* Of all. */
struct share_counts share_sum(struct share_table *table);

/*
 * Rate limits in memory: token buckets by key (address, account, tenant), a fixed number
 * of them, the oldest forgotten.  Any thread.
 */
#pragma once

#include "core/str.h"

struct arena;
struct throttle;

struct throttle *throttle_new(struct arena *arena, size_t buckets);
struct throttle_rule {
    int burst;
    int per_minute;
    int per_hour; /* besides */
};

/*
 * Takes cost from the key's bucket, which holds burst and refills so fast.  True
 * when there was enough; else *wait_ms says when there will be.
 */
bool throttle_take(struct throttle *throttle, struct str key, int cost, struct throttle_rule rule,
                   int64_t now, int64_t *wait_ms);

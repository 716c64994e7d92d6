/*
 * What has been asked and how it ended: counters for the operator, the log of requests, the log of
 * slow ones.  Of a request only its method, the route's pattern, the municipality, the status and
 * the time are kept: what people typed (paths, queries, bodies) and who they are is not.
 *
 * Counting takes no lock: each loop has its own counters.  Of municipalities the first
 * TRAFFIC_TENANTS_MAX that are asked for have counters of their own, the others share one, so the
 * number of series is bounded.
 */
#pragma once

#include "core/arena.h"
#include "net/http_options.h"

#include <pthread.h>
#include <stdatomic.h>

enum {
    TRAFFIC_SHARDS = 16, /* more loops than that share */
    TRAFFIC_STATUSES = 63,
    TRAFFIC_BUCKETS = 13,
    TRAFFIC_TENANTS_MAX = 100,
    TRAFFIC_TENANT_SLOTS = 256, /* a hash table: a power of two, never full */
};

enum traffic_class {
    TRAFFIC_PAGE,
    TRAFFIC_API,
    TRAFFIC_ASSET,
    TRAFFIC_NODE,  /* probes, metrics, pages of the server itself */
    TRAFFIC_OTHER, /* refused or not found before any route was */
    TRAFFIC_CLASSES,
};

struct traffic_shard {
    _Atomic int64_t statuses[TRAFFIC_CLASSES][TRAFFIC_STATUSES];
    _Atomic int64_t buckets[TRAFFIC_CLASSES][TRAFFIC_BUCKETS + 1]; /* the last: longer than all */
    _Atomic int64_t took_us[TRAFFIC_CLASSES];
    _Atomic int64_t gone; /* clients that left before their answer was sent */
    char apart[64];       /* two loops never share a line of the cache */
};

struct traffic_tenant {
    char name[64]; /* "": all that have none of their own */
    _Atomic int64_t requests, failed, took_us;
};

struct traffic {
    bool is_logged; /* each request */
    int slow_ms;    /* 0: slow ones are not logged */
    struct traffic_shard shards[TRAFFIC_SHARDS];
    pthread_mutex_t mutex; /* over the making of tenants */
    int tenant_count;
    struct traffic_tenant own[TRAFFIC_TENANTS_MAX];
    _Atomic(struct traffic_tenant *) tenants[TRAFFIC_TENANT_SLOTS];
    struct traffic_tenant others;
};

/* What stands between the buckets, in microseconds, growing. */
extern const int64_t traffic_bounds_us[TRAFFIC_BUCKETS];

struct traffic *traffic_new(struct arena *arena);
/* The on_end of http_options; data is the struct web. */
void traffic_note(const struct http_exchange *exchange, const struct http_ending *ending,
                  void *data);
const char *traffic_class_name(enum traffic_class which);
/* The status of a column of statuses; 0: one that has none of its own. */
int traffic_status(int column);

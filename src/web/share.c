#include "web/share.h"

#include <pthread.h>
#include <stdatomic.h>

#include "auth/throttle.h"
#include "core/arena.h"
#include "store/store.h"

enum {
    BUCKETS = 4096,
    RATES = 32768,         /* token buckets: those not asked for longest are forgotten */
    RATE_MAX = 1000000000, /* more a minute is no limit */
};

struct share {
    struct share *next; /* in the bucket: never changed once it is there */
    int64_t tenant;
    _Atomic int64_t served, refused;
};

struct share_table {
    struct throttle *rates;
    pthread_mutex_t mutex; /* over the making of shares */
    struct arena *arena;   /* of shares */
    _Atomic int64_t served, refused;
    _Atomic(struct share *) buckets[BUCKETS];
};

struct share_table *share_new(struct arena *arena)
{
    struct share_table *table = ARENA_NEW(arena, struct share_table);

    table->rates = throttle_new(arena, RATES);
    table->arena = arena;
    pthread_mutex_init(&table->mutex, NULL);
    return table;
}

static struct share *find(struct share_table *table, int64_t tenant)
{
    struct share *share = atomic_load(&table->buckets[(uint64_t)tenant % BUCKETS]);

    while (share != NULL && share->tenant != tenant)
        share = share->next;
    return share;
}

static struct share *make(struct share_table *table, int64_t tenant)
{
    _Atomic(struct share *) *bucket = &table->buckets[(uint64_t)tenant % BUCKETS];

    pthread_mutex_lock(&table->mutex);
    struct share *share = find(table, tenant);
    if (share == NULL) {
        share = ARENA_NEW(table->arena, struct share);
        share->tenant = tenant;
        share->next = atomic_load(bucket);
        atomic_store(bucket, share);
    }
    pthread_mutex_unlock(&table->mutex);
    return share;
}

static void count_one(_Atomic int64_t *own, _Atomic int64_t *all)
{
    atomic_fetch_add_explicit(own, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(all, 1, memory_order_relaxed);
}

bool share_take(struct share_table *table, const struct tenant *tenant, int64_t now,
                int64_t *wait_ms)
{
    int64_t id = tenant_info(tenant)->id;
    int64_t limit = limit_get(tenant, LIMIT_REQUESTS);
    struct share *share = find(table, id);
    struct throttle_rule rule = {.burst = (int)MIN(limit, RATE_MAX),
                                 .per_minute = (int)MIN(limit, RATE_MAX)};

    if (share == NULL)
        share = make(table, id);
    if (limit == 0 || throttle_take(table->rates, (struct str){(const char *)&id, sizeof id}, 1,
                                    rule, now, wait_ms)) {
        count_one(&share->served, &table->served);
        return true;
    }
    count_one(&share->refused, &table->refused);
    return false;
}

struct share_counts share_count(struct share_table *table, int64_t tenant)
{
    const struct share *share = find(table, tenant);

    return share == NULL
               ? (struct share_counts){0}
               : (struct share_counts){atomic_load(&share->served), atomic_load(&share->refused)};
}

struct share_counts share_sum(struct share_table *table)
{
    return (struct share_counts){atomic_load(&table->served), atomic_load(&table->refused)};
}

#include "auth/throttle.h"

#include "core/arena.h"
#include "core/hash.h"
#include "core/time.h"

#include <pthread.h>

/*
 * Eight buckets stand side by side (a set); a key belongs to one set, and a new key takes
 * the place of the one in its set that was asked for longest ago.  The keys themselves
 * are not kept: 64 bits of a keyed hash tell them apart well enough that nobody can
 * choose a key to share another's bucket.
 */
enum {
    WAYS = 8,
    MINUTES = 60,
    UNITS = 60000 * MINUTES, /* of one token: so that per_hour units come in a millisecond */
};

struct bucket {
    uint64_t hash; /* 0: free */
    int64_t units;
    int64_t at;
};

struct throttle {
    pthread_mutex_t mutex; /* held for a few dozen nanoseconds */
    struct bucket *buckets;
    size_t sets; /* a power of two */
};

struct throttle *throttle_new(struct arena *arena, size_t buckets)
{
    struct throttle *throttle = ARENA_NEW(arena, struct throttle);

    throttle->sets = 1;
    while (throttle->sets * WAYS < buckets)
        throttle->sets *= 2;
    throttle->buckets = ARENA_ARRAY(arena, struct bucket, throttle->sets * WAYS);
    pthread_mutex_init(&throttle->mutex, NULL);
    return throttle;
}

static struct bucket *find(struct throttle *throttle, uint64_t hash, int64_t full, int64_t now)
{
    struct bucket *set = throttle->buckets + (hash & (throttle->sets - 1)) * WAYS;
    struct bucket *oldest = set;

    for (int i = 0; i < WAYS; i++) {
        if (set[i].hash == hash)
            return &set[i];
        if (set[i].hash == 0 || (oldest->hash != 0 && set[i].at < oldest->at))
            oldest = &set[i];
    }
    *oldest = (struct bucket){hash, full, now};
    return oldest;
}

bool throttle_take(struct throttle *throttle, struct str key, int cost, struct throttle_rule rule,
                   int64_t now, int64_t *wait_ms)
{
    uint64_t hash = hash_bytes(key);
    int64_t full = (int64_t)rule.burst * UNITS;
    int64_t want = (int64_t)MIN(cost, rule.burst) * UNITS;
    int64_t refill = (int64_t)rule.per_minute * MINUTES + rule.per_hour; /* units a millisecond */
    bool is_enough;

    hash += hash == 0; /* 0 is a free bucket */
    pthread_mutex_lock(&throttle->mutex);
    struct bucket *bucket = find(throttle, hash, full, now);
    int64_t elapsed = MIN(MAX(now - bucket->at, 0), TIME_DAY_MS);
    bucket->units = MIN(bucket->units + elapsed * refill, full);
    bucket->at = MAX(bucket->at, now);
    is_enough = bucket->units >= want;
    if (is_enough)
        bucket->units -= want;
    *wait_ms = is_enough ? 0 : (want - bucket->units + refill - 1) / MAX(refill, 1);
    pthread_mutex_unlock(&throttle->mutex);
    return is_enough;
}

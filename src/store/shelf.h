/*
 * The open tenants by name.  A place is taken before the file is opened and given back
 * after it is closed, so a file never has two writers; whoever asks meanwhile waits.
 * What each one takes of memory and descriptors is known here, and who was asked for last.
 */
#pragma once

#include "core/str.h"

#include <pthread.h>
#include <stdatomic.h>

struct tenant;

enum {
    SHELF_BUCKETS = 8192,
};

enum shelf_state {
    SHELF_OPENING,
    SHELF_OPEN,
    SHELF_CLOSING,
};

/* What open tenants take; also how much of it they may take. */
struct shelf_load {
    int64_t tenants;
    int64_t files;
    int64_t bytes;
};

struct shelf_place {
    enum shelf_state state;
    struct tenant *next;          /* in the bucket */
    struct tenant *newer, *older; /* by when they were asked for; of open ones */
    int64_t files, bytes;
};

struct shelf {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    struct shelf_load max;  /* set before the first tenant comes */
    struct shelf_load load; /* those being closed are not counted */
    struct tenant *newest, *oldest;
    atomic_llong evicted_us; /* when the last one was closed to make room; monotonic, 0: never */
    atomic_bool is_over;     /* load is above max: a look without the mutex */
    struct tenant *buckets[SHELF_BUCKETS];
};

void shelf_init(struct shelf *shelf, const struct shelf_load *max);
void shelf_done(struct shelf *shelf);
/* An open one, held once more; NULL when it is not open. Waits for one that is being opened
 * or closed only when is_patient. */
struct tenant *shelf_find(struct shelf *shelf, struct str name, bool is_patient);
/* Takes the place for a tenant that will be opened; false when someone was faster. */
bool shelf_reserve(struct shelf *shelf, struct tenant *tenant);
/* It is open, and held once. */
void shelf_opened(struct shelf *shelf, struct tenant *tenant);
void shelf_remove(struct shelf *shelf, struct tenant *tenant);
/* A tenant on the shelf takes so much more, or less. */
void shelf_weigh(struct shelf *shelf, struct tenant *tenant, int64_t files, int64_t bytes);
/* When the load is above max: the one not asked for longest and not held, now closing. */
struct tenant *shelf_evict(struct shelf *shelf);
/* That one, when it is open and not held, now closing; NULL else. */
struct tenant *shelf_evict_one(struct shelf *shelf, struct str name);
/* Any one, for closing them all. */
struct tenant *shelf_first(struct shelf *shelf);
/* The open ones, each held once more: as many as fit, those last asked for first. */
size_t shelf_hold_all(struct shelf *shelf, struct tenant **tenants, size_t max);
int shelf_holds(struct shelf *shelf);
struct shelf_load shelf_load(struct shelf *shelf);

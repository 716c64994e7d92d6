/*
 * The open tenants by name.  A place is taken before the file is opened and given back
 * after it is closed, so a file never has two writers; whoever asks meanwhile waits.
 */
#pragma once

#include "core/str.h"

#include <pthread.h>

struct tenant;

enum {
    SHELF_BUCKETS = 1024,
};

enum shelf_state {
    SHELF_OPENING,
    SHELF_OPEN,
    SHELF_CLOSING,
};

struct shelf_place {
    enum shelf_state state;
    struct tenant *next; /* in the bucket */
};

struct shelf {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    size_t count; /* those being closed are not counted */
    struct tenant *buckets[SHELF_BUCKETS];
};

void shelf_init(struct shelf *shelf);
void shelf_done(struct shelf *shelf);
/* An open one, held once more; NULL when it is not open. Waits for one that is being opened
 * or closed only when is_patient. */
struct tenant *shelf_find(struct shelf *shelf, struct str name, bool is_patient);
/* Takes the place for a tenant that will be opened; false when someone was faster. */
bool shelf_reserve(struct shelf *shelf, struct tenant *tenant);
/* It is open, and held once. */
void shelf_opened(struct shelf *shelf, struct tenant *tenant);
void shelf_remove(struct shelf *shelf, struct tenant *tenant);
/* When more than max are open: the one not used for longest and not held, now closing. */
struct tenant *shelf_evict(struct shelf *shelf, size_t max);
/* Any one, for closing them all. */
struct tenant *shelf_first(struct shelf *shelf);
int shelf_holds(struct shelf *shelf);

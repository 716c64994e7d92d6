#include "store/shelf.h"

#include "store/state.h"

static struct tenant **bucket_of(struct shelf *shelf, struct str name)
{
    uint32_t hash = 2166136261U; /* FNV-1a: only names of real tenants get here */

    for (size_t i = 0; i < name.len; i++)
        hash = (hash ^ (unsigned char)name.ptr[i]) * 16777619U;
    return &shelf->buckets[hash % SHELF_BUCKETS];
}

void shelf_init(struct shelf *shelf)
{
    pthread_mutex_init(&shelf->mutex, NULL);
    pthread_cond_init(&shelf->changed, NULL);
}

void shelf_done(struct shelf *shelf)
{
    pthread_cond_destroy(&shelf->changed);
    pthread_mutex_destroy(&shelf->mutex);
}

static struct tenant *look(struct shelf *shelf, struct str name)
{
    struct tenant *tenant = *bucket_of(shelf, name);

    while (tenant != NULL && !str_equal(tenant->info.name, name))
        tenant = tenant->place.next;
    return tenant;
}

struct tenant *shelf_find(struct shelf *shelf, struct str name, bool is_patient)
{
    struct tenant *tenant;

    pthread_mutex_lock(&shelf->mutex);
    while ((tenant = look(shelf, name)) != NULL && tenant->place.state != SHELF_OPEN && is_patient)
        pthread_cond_wait(&shelf->changed, &shelf->mutex);
    if (tenant != NULL && tenant->place.state == SHELF_OPEN)
        atomic_fetch_add(&tenant->refs, 1);
    else
        tenant = NULL;
    pthread_mutex_unlock(&shelf->mutex);
    return tenant;
}

bool shelf_reserve(struct shelf *shelf, struct tenant *tenant)
{
    struct tenant **bucket = bucket_of(shelf, tenant->info.name);

    pthread_mutex_lock(&shelf->mutex);
    bool is_free = look(shelf, tenant->info.name) == NULL;
    if (is_free) {
        tenant->place = (struct shelf_place){SHELF_OPENING, *bucket};
        *bucket = tenant;
        shelf->count++;
    }
    pthread_mutex_unlock(&shelf->mutex);
    return is_free;
}

void shelf_opened(struct shelf *shelf, struct tenant *tenant)
{
    pthread_mutex_lock(&shelf->mutex);
    tenant->place.state = SHELF_OPEN;
    atomic_fetch_add(&tenant->refs, 1);
    pthread_cond_broadcast(&shelf->changed);
    pthread_mutex_unlock(&shelf->mutex);
}

void shelf_remove(struct shelf *shelf, struct tenant *tenant)
{
    pthread_mutex_lock(&shelf->mutex);
    struct tenant **at = bucket_of(shelf, tenant->info.name);
    while (*at != tenant)
        at = &(*at)->place.next;
    *at = tenant->place.next;
    shelf->count -= tenant->place.state != SHELF_CLOSING;
    pthread_cond_broadcast(&shelf->changed);
    pthread_mutex_unlock(&shelf->mutex);
}

/* A thousand places are looked at in some microseconds, and only when a file is opened. */
struct tenant *shelf_evict(struct shelf *shelf, size_t max)
{
    struct tenant *oldest = NULL;

    pthread_mutex_lock(&shelf->mutex);
    for (size_t i = 0; shelf->count > max && i < SHELF_BUCKETS; i++)
        for (struct tenant *tenant = shelf->buckets[i]; tenant != NULL; tenant = tenant->place.next)
            if (tenant->place.state == SHELF_OPEN && atomic_load(&tenant->refs) == 0 &&
                (oldest == NULL ||
                 atomic_load(&tenant->released_us) < atomic_load(&oldest->released_us)))
                oldest = tenant;
    if (oldest != NULL) {
        oldest->place.state = SHELF_CLOSING;
        shelf->count--;
    }
    pthread_mutex_unlock(&shelf->mutex);
    return oldest;
}

struct tenant *shelf_first(struct shelf *shelf)
{
    struct tenant *first = NULL;

    pthread_mutex_lock(&shelf->mutex);
    for (size_t i = 0; first == NULL && i < SHELF_BUCKETS; i++)
        first = shelf->buckets[i];
    pthread_mutex_unlock(&shelf->mutex);
    return first;
}

int shelf_holds(struct shelf *shelf)
{
    int holds = 0;

    pthread_mutex_lock(&shelf->mutex);
    for (size_t i = 0; i < SHELF_BUCKETS; i++)
        for (struct tenant *tenant = shelf->buckets[i]; tenant != NULL; tenant = tenant->place.next)
            holds += atomic_load(&tenant->holds);
    pthread_mutex_unlock(&shelf->mutex);
    return holds;
}

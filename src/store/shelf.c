#include "store/shelf.h"

#include "core/time.h"
#include "store/state.h"

static struct tenant **bucket_of(struct shelf *shelf, struct str name)
{
    uint32_t hash = 2166136261U; /* FNV-1a: only names of real tenants get here */

    for (size_t i = 0; i < name.len; i++)
        hash = (hash ^ (unsigned char)name.ptr[i]) * 16777619U;
    return &shelf->buckets[hash % SHELF_BUCKETS];
}

void shelf_init(struct shelf *shelf, const struct shelf_load *max)
{
    shelf->max = *max;
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

/* All of these with the mutex held. */
static void unlink_place(struct shelf *shelf, struct tenant *tenant)
{
    struct shelf_place *place = &tenant->place;

    if (place->newer != NULL)
        place->newer->place.older = place->older;
    else if (shelf->newest == tenant)
        shelf->newest = place->older;
    if (place->older != NULL)
        place->older->place.newer = place->newer;
    else if (shelf->oldest == tenant)
        shelf->oldest = place->newer;
    place->newer = place->older = NULL;
}

static void put_newest(struct shelf *shelf, struct tenant *tenant)
{
    if (shelf->newest == tenant)
        return;
    unlink_place(shelf, tenant);
    tenant->place.older = shelf->newest;
    if (shelf->newest != NULL)
        shelf->newest->place.newer = tenant;
    else
        shelf->oldest = tenant;
    shelf->newest = tenant;
}

static void add_load(struct shelf *shelf, int64_t tenants, int64_t files, int64_t bytes)
{
    struct shelf_load *load = &shelf->load;
    const struct shelf_load *max = &shelf->max;

    load->tenants += tenants;
    load->files += files;
    load->bytes += bytes;
    atomic_store(&shelf->is_over, load->tenants > max->tenants || load->files > max->files ||
                                      load->bytes > max->bytes);
}

struct tenant *shelf_find(struct shelf *shelf, struct str name, bool is_patient)
{
    struct tenant *tenant;

    pthread_mutex_lock(&shelf->mutex);
    while ((tenant = look(shelf, name)) != NULL && tenant->place.state != SHELF_OPEN && is_patient)
        pthread_cond_wait(&shelf->changed, &shelf->mutex);
    if (tenant != NULL && tenant->place.state == SHELF_OPEN) {
        atomic_fetch_add(&tenant->refs, 1);
        put_newest(shelf, tenant);
    } else {
        tenant = NULL;
    }
    pthread_mutex_unlock(&shelf->mutex);
    return tenant;
}

bool shelf_reserve(struct shelf *shelf, struct tenant *tenant)
{
    struct tenant **bucket = bucket_of(shelf, tenant->info.name);

    pthread_mutex_lock(&shelf->mutex);
    bool is_free = look(shelf, tenant->info.name) == NULL;
    if (is_free) {
        tenant->place = (struct shelf_place){.state = SHELF_OPENING, .next = *bucket};
        *bucket = tenant;
        add_load(shelf, 1, 0, 0);
    }
    pthread_mutex_unlock(&shelf->mutex);
    return is_free;
}

void shelf_opened(struct shelf *shelf, struct tenant *tenant)
{
    pthread_mutex_lock(&shelf->mutex);
    tenant->place.state = SHELF_OPEN;
    put_newest(shelf, tenant);
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
    unlink_place(shelf, tenant);
    if (tenant->place.state != SHELF_CLOSING)
        add_load(shelf, -1, -tenant->place.files, -tenant->place.bytes);
    pthread_cond_broadcast(&shelf->changed);
    pthread_mutex_unlock(&shelf->mutex);
}

void shelf_weigh(struct shelf *shelf, struct tenant *tenant, int64_t files, int64_t bytes)
{
    pthread_mutex_lock(&shelf->mutex);
    tenant->place.files += files;
    tenant->place.bytes += bytes;
    if (tenant->place.state != SHELF_CLOSING)
        add_load(shelf, 0, files, bytes);
    pthread_mutex_unlock(&shelf->mutex);
}

static void start_closing(struct shelf *shelf, struct tenant *tenant)
{
    unlink_place(shelf, tenant);
    tenant->place.state = SHELF_CLOSING;
    add_load(shelf, -1, -tenant->place.files, -tenant->place.bytes);
}

/* Those held are passed over: some dozens, unless the limits are far too small. */
struct tenant *shelf_evict(struct shelf *shelf)
{
    struct tenant *tenant = NULL;

    pthread_mutex_lock(&shelf->mutex);
    if (atomic_load(&shelf->is_over))
        for (tenant = shelf->oldest; tenant != NULL && atomic_load(&tenant->refs) > 0;)
            tenant = tenant->place.newer;
    if (tenant != NULL) {
        start_closing(shelf, tenant);
        atomic_store(&shelf->evicted_us, time_monotonic_us());
    }
    pthread_mutex_unlock(&shelf->mutex);
    return tenant;
}

struct tenant *shelf_evict_one(struct shelf *shelf, struct str name)
{
    pthread_mutex_lock(&shelf->mutex);
    struct tenant *tenant = look(shelf, name);
    if (tenant != NULL && (tenant->place.state != SHELF_OPEN || atomic_load(&tenant->refs) > 0))
        tenant = NULL;
    if (tenant != NULL)
        start_closing(shelf, tenant);
    pthread_mutex_unlock(&shelf->mutex);
    return tenant;
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

size_t shelf_hold_all(struct shelf *shelf, struct tenant **tenants, size_t max)
{
    size_t count = 0;

    pthread_mutex_lock(&shelf->mutex);
    for (struct tenant *tenant = shelf->newest; tenant != NULL && count < max;
         tenant = tenant->place.older) {
        atomic_fetch_add(&tenant->refs, 1);
        tenants[count++] = tenant;
    }
    pthread_mutex_unlock(&shelf->mutex);
    return count;
}

struct shelf_load shelf_load(struct shelf *shelf)
{
    pthread_mutex_lock(&shelf->mutex);
    struct shelf_load load = shelf->load;
    pthread_mutex_unlock(&shelf->mutex);
    return load;
}

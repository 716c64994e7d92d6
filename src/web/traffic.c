#include "web/traffic.h"

#include <string.h>

#include "core/log.h"
#include "web/route.h"

enum {
    PROXY_LOOK = 16, /* one request of so many is asked whether a proxy sent it */
};

const int64_t traffic_bounds_us[TRAFFIC_BUCKETS] = {
    500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 500000, 1000000, 2500000, 10000000,
};

/* The statuses that are counted one by one; what the program answers is among them. */
static const struct {
    int first, count;
} RANGES[] = {{200, 10}, {300, 10}, {400, 32}, {500, 10}};

struct traffic *traffic_new(struct arena *arena)
{
    struct traffic *traffic = ARENA_NEW(arena, struct traffic);

    pthread_mutex_init(&traffic->mutex, NULL);
    return traffic;
}

const char *traffic_class_name(enum traffic_class which)
{
    static const char *const NAMES[TRAFFIC_CLASSES] = {
        [TRAFFIC_PAGE] = "page", [TRAFFIC_API] = "api",     [TRAFFIC_ASSET] = "asset",
        [TRAFFIC_NODE] = "node", [TRAFFIC_OTHER] = "other",
    };

    return NAMES[which];
}

int traffic_status(int column)
{
    for (size_t i = 0; i < ARRAY_LEN(RANGES); i++) {
        if (column < RANGES[i].count)
            return RANGES[i].first + column;
        column -= RANGES[i].count;
    }
    return 0;
}

static int column_of(int status)
{
    int column = 0;

    for (size_t i = 0; i < ARRAY_LEN(RANGES); i++) {
        if (status >= RANGES[i].first && status < RANGES[i].first + RANGES[i].count)
            return column + status - RANGES[i].first;
        column += RANGES[i].count;
    }
    return column;
}

/* request is NULL when the server refused it by itself. */
static enum traffic_class class_of(const struct http_exchange *exchange,
                                   const struct request *request)
{
    if (str_starts(exchange->path, STR("/assets/")))
        return TRAFFIC_ASSET;
    if (request == NULL || request->route == NULL)
        return TRAFFIC_OTHER;
    if ((request->route->flags & ROUTE_NODE) != 0)
        return TRAFFIC_NODE;
    return request->route->kind == ROUTE_API ? TRAFFIC_API : TRAFFIC_PAGE;
}

static void add(_Atomic int64_t *counter, int64_t value)
{
    atomic_fetch_add_explicit(counter, value, memory_order_relaxed);
}

static size_t slot_of(struct str name)
{
    uint32_t hash = 2166136261U; /* FNV-1a: only names of real tenants get here */

    for (size_t i = 0; i < name.len; i++)
        hash = (hash ^ (unsigned char)name.ptr[i]) * 16777619U;
    return hash % TRAFFIC_TENANT_SLOTS;
}

/* The place of that name, or the free one where it belongs. */
static _Atomic(struct traffic_tenant *) *look(struct traffic *traffic, struct str name)
{
    for (size_t i = slot_of(name);; i = (i + 1) % TRAFFIC_TENANT_SLOTS) {
        struct traffic_tenant *tenant = atomic_load(&traffic->tenants[i]);

        if (tenant == NULL || str_equal(str_from_z(tenant->name), name))
            return &traffic->tenants[i];
    }
}

static struct traffic_tenant *make_tenant(struct traffic *traffic, struct str name)
{
    struct traffic_tenant *tenant;

    pthread_mutex_lock(&traffic->mutex);
    _Atomic(struct traffic_tenant *) *place = look(traffic, name);
    tenant = atomic_load(place);
    if (tenant == NULL && traffic->tenant_count < TRAFFIC_TENANTS_MAX &&
        name.len < sizeof tenant->name) {
        tenant = &traffic->own[traffic->tenant_count++];
        memcpy(tenant->name, name.ptr, name.len);
        atomic_store(place, tenant);
    }
    pthread_mutex_unlock(&traffic->mutex);
    return tenant != NULL ? tenant : &traffic->others;
}

static void note_tenant(struct traffic *traffic, struct str name, int status, int64_t took_us)
{
    struct traffic_tenant *tenant = atomic_load(look(traffic, name));

    if (tenant == NULL)
        tenant = make_tenant(traffic, name);
    add(&tenant->requests, 1);
    add(&tenant->took_us, took_us);
    if (status >= 500 && status != 507) /* beyond its own limits: nothing failed */
        add(&tenant->failed, 1);
}

static const char *method_name(enum http_method method)
{
    static const char *const NAMES[] = {"GET",   "HEAD",   "POST",    "PUT",
                                        "PATCH", "DELETE", "OPTIONS", "other"};

    return NAMES[method];
}

/* The route's pattern stands for the path: that may name a person. */
static void log_request(const struct http_exchange *exchange, const struct request *request,
                        enum traffic_class which, const struct http_ending *ending, bool is_slow)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    bool has_route = request != NULL && request->route != NULL;
    int64_t us = ending->took_us;

    LOG(is_slow ? LOG_WARN : LOG_INFO, is_slow ? "request.slow" : "request",
        {"method", str_from_z(method_name(exchange->method))},
        {"class", str_from_z(traffic_class_name(which))},
        {has_route ? "route" : NULL, has_route ? request->route->pattern : STR("")},
        {request != NULL && request->place.len > 0 ? "tenant" : NULL,
         request != NULL ? request->place : STR("")},
        {"status", str_printf(scratch, "%d", exchange->status)},
        {"ms", str_printf(scratch, "%lld.%03lld", (long long)us / 1000, (long long)us % 1000)},
        {ending->is_gone ? "gone" : NULL, STR("yes")});
}

void traffic_note(const struct http_exchange *exchange, const struct http_ending *ending,
                  void *data)
{
    struct web *web = data;
    struct traffic *traffic = web->traffic;
    struct traffic_shard *shard = &traffic->shards[ending->loop % TRAFFIC_SHARDS];
    const struct request *request = exchange->data;
    enum traffic_class which = class_of(exchange, request);
    int64_t slow_us = (int64_t)traffic->slow_ms * 1000;
    int bucket = 0;

    add(&shard->statuses[which][column_of(exchange->status)], 1);
    if (ending->is_gone)
        add(&shard->gone, 1);
    /* A stream of events lasts as long as its reader looks: that is no latency. */
    if (!ending->is_events) {
        while (bucket < TRAFFIC_BUCKETS && ending->took_us > traffic_bounds_us[bucket])
            bucket++;
        add(&shard->buckets[which][bucket], 1);
        add(&shard->took_us[which], ending->took_us);
    }
    if (web->proxy.len == 0 && exchange->began_us % PROXY_LOOK == 0 &&
        http_header(exchange, STR("x-forwarded-for")).len > 0)
        atomic_store(&web->has_strange_proxy, true);
    if (request != NULL && request->place.len > 0)
        note_tenant(traffic, request->place, exchange->status,
                    ending->is_events ? 0 : ending->took_us);
    if (traffic->slow_ms > 0 && ending->took_us >= slow_us && !ending->is_events)
        log_request(exchange, request, which, ending, true);
    else if (traffic->is_logged)
        log_request(exchange, request, which, ending, false);
}

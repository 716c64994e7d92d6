#include "web/metrics.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/num.h"
#include "registry/gauge.h"
#include "web/answer.h"
#include "web/share.h"
#include "web/traffic.h"

/* One family of samples begins. type: counter, gauge, histogram. */
static void begin(struct buf *out, const char *name, const char *type, const char *help)
{
    buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void put_one(struct buf *out, const char *name, const char *type, int64_t value,
                    const char *help)
{
    begin(out, name, type, help);
    buf_printf(out, "%s %lld\n", name, (long long)value);
}

/* Microseconds as seconds. */
static void put_seconds(struct buf *out, int64_t us)
{
    buf_printf(out, "%lld.%06lld\n", (long long)(us / 1000000), (long long)(us % 1000000));
}

static int64_t sum_status(const struct traffic *traffic, enum traffic_class which, int column)
{
    int64_t sum = 0;

    for (size_t i = 0; i < TRAFFIC_SHARDS; i++)
        sum += atomic_load(&traffic->shards[i].statuses[which][column]);
    return sum;
}

static void put_statuses(struct buf *out, const struct traffic *traffic)
{
    begin(out, "uprava_requests_total", "counter", "Requests that have ended.");
    for (int which = 0; which < TRAFFIC_CLASSES; which++)
        for (int column = 0; column < TRAFFIC_STATUSES; column++) {
            int64_t sum = sum_status(traffic, (enum traffic_class)which, column);

            if (sum > 0)
                buf_printf(out, "uprava_requests_total{class=\"%s\",status=\"%d\"} %lld\n",
                           traffic_class_name((enum traffic_class)which), traffic_status(column),
                           (long long)sum);
        }
}

static void put_histogram(struct buf *out, const struct traffic *traffic, enum traffic_class which)
{
    const char *class = traffic_class_name(which);
    int64_t took_us = 0;
    int64_t sum = 0;

    for (size_t i = 0; i < TRAFFIC_SHARDS; i++)
        took_us += atomic_load(&traffic->shards[i].took_us[which]);
    for (int bucket = 0; bucket <= TRAFFIC_BUCKETS; bucket++) {
        for (size_t i = 0; i < TRAFFIC_SHARDS; i++)
            sum += atomic_load(&traffic->shards[i].buckets[which][bucket]);
        buf_printf(out, "uprava_request_duration_seconds_bucket{class=\"%s\",le=\"", class);
        if (bucket < TRAFFIC_BUCKETS)
            buf_printf(out, "%g\"} %lld\n", (double)traffic_bounds_us[bucket] / 1e6,
                       (long long)sum);
        else
            buf_printf(out, "+Inf\"} %lld\n", (long long)sum);
    }
    buf_printf(out, "uprava_request_duration_seconds_sum{class=\"%s\"} ", class);
    put_seconds(out, took_us);
    buf_printf(out, "uprava_request_duration_seconds_count{class=\"%s\"} %lld\n", class,
               (long long)sum);
}

static void put_durations(struct buf *out, const struct traffic *traffic)
{
    begin(out, "uprava_request_duration_seconds", "histogram",
          "From the end of a request's head until the kernel had the answer.");
    for (int which = 0; which < TRAFFIC_CLASSES; which++)
        put_histogram(out, traffic, (enum traffic_class)which);
}

static int64_t count_gone(const struct traffic *traffic)
{
    int64_t gone = 0;

    for (size_t i = 0; i < TRAFFIC_SHARDS; i++)
        gone += atomic_load(&traffic->shards[i].gone);
    return gone;
}

/* Names of municipalities are small Latin letters, digits and hyphens: nothing to escape. */
static void put_tenants(struct buf *out, const struct traffic *traffic)
{
    static const struct {
        const char *name, *help;
    } FAMILIES[] = {
        {"uprava_tenant_requests_total",
         "Requests by municipality; tenant \"\" is all beyond the first 100."},
        {"uprava_tenant_failures_total", "Those answered with 5xx."},
        {"uprava_tenant_request_seconds_total", "The time their answers took."},
    };

    for (size_t family = 0; family < ARRAY_LEN(FAMILIES); family++) {
        begin(out, FAMILIES[family].name, "counter", FAMILIES[family].help);
        for (size_t i = 0; i <= TRAFFIC_TENANT_SLOTS; i++) {
            const struct traffic_tenant *tenant =
                i < TRAFFIC_TENANT_SLOTS ? atomic_load(&traffic->tenants[i]) : &traffic->others;

            if (tenant == NULL)
                continue;
            buf_printf(out, "%s{tenant=\"%s\"} ", FAMILIES[family].name, tenant->name);
            if (family == 0)
                buf_printf(out, "%lld\n", (long long)atomic_load(&tenant->requests));
            else if (family == 1)
                buf_printf(out, "%lld\n", (long long)atomic_load(&tenant->failed));
            else
                put_seconds(out, atomic_load(&tenant->took_us));
        }
    }
}

static void put_net(struct buf *out, const struct web *web)
{
    struct http_counters net = http_counters(web->server);

    put_one(out, "uprava_connections", "gauge", net.open, "Connections just now.");
    put_one(out, "uprava_connections_total", "counter", net.connections, "Connections taken.");
    put_one(out, "uprava_connections_refused_total", "counter", net.refused,
            "Connections and requests that the server refused by itself.");
    put_one(out, "uprava_sent_bytes_total", "counter", net.bytes_out, "Bytes of answers.");
    put_one(out, "uprava_requests_gone_total", "counter", count_gone(web->traffic),
            "Requests whose client left before the answer was sent.");
}

static void put_work(struct buf *out, const struct web *web)
{
    struct store_counts store = store_count(web->store);

    put_one(out, "uprava_open_tenants", "gauge", store.open_tenants,
            "Municipalities whose data are open.");
    put_one(out, "uprava_held_tenants", "gauge", store.holds, "Holds of them by running work.");
    put_one(out, "uprava_writer_batches_total", "counter", store.batches,
            "Transactions of the writer threads.");
    put_one(out, "uprava_writes_total", "counter", store.writes, "Changes in them.");
    put_one(out, "uprava_writes_waiting", "gauge", store.waiting, "Changes that wait.");
    if (web->workers == NULL)
        return;
    struct worker_counts jobs = worker_count(web->workers);

    put_one(out, "uprava_jobs_running", "gauge", jobs.running, "Jobs that run just now.");
    put_one(out, "uprava_jobs_ended_total", "counter", jobs.ended, "Tries of jobs that ended.");
    put_one(out, "uprava_jobs_failed_total", "counter", jobs.failed, "Tries that failed.");
}

/* Of all municipalities together: their number does not make series. */
static void put_municipalities(struct buf *out, const struct web *web)
{
    struct share_counts shares = share_sum(web->shares);
    struct gauge_sum sum;
    struct err ignored; /* a database that is away is told by /readyz */

    put_one(out, "uprava_tenant_refused_total", "counter", shares.refused,
            "Requests refused because their municipality had more than it may have.");
    if (!gauge_sum(web->store, &sum, &ignored))
        return;
    put_one(out, "uprava_tenants", "gauge", sum.tenants, "Municipalities.");
    put_one(out, "uprava_tenants_near_limit", "gauge", sum.near,
            "Those that take 90 % of a limit of theirs, or more.");
    put_one(out, "uprava_records", "gauge", sum.rows, "Records of all of them.");
    put_one(out, "uprava_tenants_bytes", "gauge", sum.disk, "Disk that all of them take.");
    put_one(out, "uprava_jobs_waiting", "gauge", sum.waiting, "Jobs that wait.");
}

/* The second number of that file's one line; 0 when it cannot be read. */
static int64_t resident_bytes(void)
{
    FILE *file = fopen("/proc/self/statm", "re");
    char line[256] = "";
    struct str rest;
    int64_t pages;

    if (file == NULL)
        return 0;
    rest = fgets(line, sizeof line, file) != NULL ? str_from_z(line) : (struct str){0};
    fclose(file);
    (void)str_cut(&rest, ' ');
    return num_parse_int(str_cut(&rest, ' '), &pages) ? pages * sysconf(_SC_PAGESIZE) : 0;
}

static int64_t count_descriptors(void)
{
    DIR *folder = opendir("/proc/self/fd");
    int64_t count = -3; /* ".", ".." and the folder itself */

    if (folder == NULL)
        return 0;
    while (readdir(folder) != NULL)
        count++;
    closedir(folder);
    return count;
}

/* The names that all programs give these. */
static void put_process(struct buf *out, const struct web *web)
{
    struct rusage used = {0};
    struct rlimit files = {0};

    getrusage(RUSAGE_SELF, &used);
    getrlimit(RLIMIT_NOFILE, &files);
    put_one(out, "process_resident_memory_bytes", "gauge", resident_bytes(), "Resident memory.");
    put_one(out, "process_open_fds", "gauge", count_descriptors(), "Open file descriptors.");
    put_one(out, "process_max_fds", "gauge", (int64_t)files.rlim_cur, "How many there may be.");
    begin(out, "process_cpu_seconds_total", "counter", "Processor time, user and system.");
    buf_add(out, STR("process_cpu_seconds_total "));
    put_seconds(out, (int64_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000 +
                         used.ru_utime.tv_usec + used.ru_stime.tv_usec);
    begin(out, "process_start_time_seconds", "gauge", "When it started, since 1970 UTC.");
    buf_add(out, STR("process_start_time_seconds "));
    put_seconds(out, web->started_at * 1000);
    begin(out, "uprava_build_info", "gauge", "Always 1; what runs is in the labels.");
    buf_printf(out, "uprava_build_info{version=\"" UPRAVA_VERSION "\",store=\"%s\"} 1\n",
               store_is_shared(web->store) ? "postgresql" : "sqlite");
}

static bool is_own_address(struct str peer)
{
    return str_starts(peer, STR("127.")) || str_equal(peer, STR("::1")) ||
           str_starts(peer, STR("::ffff:127."));
}

/*
 * This machine's own, or those the setting names.  Behind a proxy that is not trusted every
 * visitor has this machine's address; the proxy's own field gives them away.
 */
static bool may_read(const struct request *request)
{
    const struct http_exchange *exchange = request->exchange;
    struct str rest = request->web->metrics_readers;

    if (rest.len == 0)
        return is_own_address(exchange->peer) &&
               (str_equal(exchange->peer, http_header(exchange, STR("x-forwarded-for"))) ||
                http_header(exchange, STR("x-forwarded-for")).len == 0);
    while (rest.len > 0)
        if (str_equal(str_trim(str_cut(&rest, ',')), exchange->peer))
            return true;
    return false;
}

bool metrics_get(struct request *request, struct err *err)
{
    struct buf *out = &request->exchange->out;
    const struct web *web = request->web;

    if (!may_read(request))
        return err_set(err, ERR_DENIED,
                       "metrics are for this machine, or for the addresses that "
                       "--metrics-readers names");
    put_statuses(out, web->traffic);
    put_durations(out, web->traffic);
    put_tenants(out, web->traffic);
    put_net(out, web);
    put_work(out, web);
    put_municipalities(out, web);
    put_process(out, web);
    return answer_text(request, 200, STR("text/plain; version=0.0.4; charset=utf-8"));
}

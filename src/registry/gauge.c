#include "registry/gauge.h"

#include <stdlib.h>

#include "pack/pack.h"
#include "queue/job.h"
#include "registry/quota.h"
#include "store/rows.h"

enum {
    MEASURED_MS = 10 * 60 * 1000,
};

/* What was measured of one, on its way to the node. */
struct noted {
    struct gauge gauge;
    struct rows packs; /* id, version, digest */
};

struct notes {
    struct noted *items;
    size_t count;
};

static bool read_totals(struct tx *tx, struct arena *arena, struct gauge *gauge, struct err *err)
{
    struct job_counts jobs;
    struct rows rows;

    if (!store_query(
            tx, arena, &rows,
            "SELECT CAST(COALESCE(sum(total), 0) AS bigint) FROM register_no WHERE tenant = $1",
            ARGS(INT(tx->tenant)), err) ||
        !job_count(tx, &jobs, err))
        return false;
    gauge->rows = rows_int(&rows, 0, 0);
    gauge->waiting = jobs.waiting;
    gauge->running = jobs.running;
    return true;
}

/* A shared database is asked about many tables: there what was measured of late will do. */
static int64_t disk_of(struct tenant *tenant, int64_t now)
{
    struct limit_marks *marks = limit_marks(tenant);
    int64_t age = now - atomic_load(&marks->disk_at);

    return store_is_shared(tenant_store(tenant)) && age >= 0 && age < MEASURED_MS
               ? atomic_load(&marks->disk) + atomic_load(&marks->disk_more)
               : quota_measure_disk(tenant, now);
}

static bool measure(struct tenant *tenant, struct arena *arena, int64_t now, struct noted *noted,
                    struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct gauge *gauge = &noted->gauge;

    gauge->tenant = tenant_info(tenant)->id;
    gauge->tables = tenant_version(tenant);
    gauge->at = now;
    return tx_read(&tx, tenant, err) && read_totals(&tx, arena, gauge, err) &&
           store_query(&tx, arena, &noted->packs,
                       "SELECT id, version, digest FROM pack WHERE tenant = $1 ORDER BY id",
                       ARGS(INT(tx.tenant)), err);
}

bool gauge_measure(struct tenant *tenant, int64_t now, struct gauge *gauge, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct noted noted;

    noted.gauge.disk = quota_measure_disk(tenant, now);
    if (!measure(tenant, arena, now, &noted, err))
        return false;
    *gauge = noted.gauge;
    return true;
}

static bool equal_rows(const struct rows *one, const struct rows *other)
{
    bool is_equal = one->count == other->count;

    for (size_t row = 0; is_equal && row < one->count; row++)
        for (size_t column = 0; column < one->columns; column++)
            is_equal &= str_equal(rows_text(one, row, column), rows_text(other, row, column));
    return is_equal;
}

/* Most notes are of the same packs as before. */
static bool write_packs(struct tx *tx, const struct noted *noted, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    int64_t place = noted->gauge.tenant;
    struct rows known;

    if (!store_query(tx, arena, &known,
                     "SELECT pack, version, digest FROM gauge_pack WHERE place = $1 ORDER BY pack",
                     ARGS(INT(place)), err))
        return false;
    if (equal_rows(&known, &noted->packs))
        return true;
    if (!store_exec(tx, "DELETE FROM gauge_pack WHERE place = $1", ARGS(INT(place)), err))
        return false;
    for (size_t i = 0; i < noted->packs.count; i++)
        if (!store_exec(tx,
                        "INSERT INTO gauge_pack (place, pack, version, digest)"
                        " VALUES ($1, $2, $3, $4)",
                        ARGS(INT(place), TEXT(rows_text(&noted->packs, i, 0)),
                             TEXT(rows_text(&noted->packs, i, 1)),
                             TEXT(rows_text(&noted->packs, i, 2))),
                        err))
            return false;
    return true;
}

static bool write_notes(struct tx *tx, void *data, struct err *err)
{
    const struct notes *notes = data;

    for (size_t i = 0; i < notes->count; i++) {
        const struct gauge *gauge = &notes->items[i].gauge;

        if (!store_exec(tx,
                        "INSERT INTO gauge (place, rows, disk, waiting, running, tables, at)"
                        " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (place) DO UPDATE SET"
                        " rows = excluded.rows, disk = excluded.disk, waiting = excluded.waiting,"
                        " running = excluded.running, tables = excluded.tables, at = excluded.at",
                        ARGS(INT(gauge->tenant), INT(gauge->rows), INT(gauge->disk),
                             INT(gauge->waiting), INT(gauge->running), INT(gauge->tables),
                             INT(gauge->at)),
                        err) ||
            !write_packs(tx, &notes->items[i], err))
            return false;
    }
    return true;
}

bool gauge_note(struct store *store, struct tenant *const *tenants, size_t count, int64_t now,
                struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct notes notes = {ARENA_ARRAY(arena, struct noted, count), count};

    for (size_t i = 0; i < count; i++)
        notes.items[i].gauge.disk = disk_of(tenants[i], now);
    for (size_t i = 0; i < count; i++)
        if (!measure(tenants[i], arena, now, &notes.items[i], err))
            return err_while(err, "%.*s", STR_ARG(tenant_info(tenants[i])->name));
    return count == 0 || store_write_node(store, write_notes, &notes, err);
}

bool gauge_found(struct tx *tx, struct str name, const struct pack_set *packs, int64_t now,
                 struct err *err)
{
    if (!store_exec(tx,
                    "INSERT INTO gauge (place, rows, disk, waiting, running, tables, at)"
                    " SELECT id, 0, 0, 0, 0, $2, $3 FROM tenant WHERE name = $1",
                    ARGS(TEXT(name), INT(store_version(tenant_store(tx->owner))), INT(now)), err))
        return false;
    for (size_t i = 0; i < packs->count; i++)
        if (!store_exec(tx,
                        "INSERT INTO gauge_pack (place, pack, version, digest)"
                        " SELECT id, $2, $3, $4 FROM tenant WHERE name = $1",
                        ARGS(TEXT(name), TEXT(packs->packs[i]->id), TEXT(packs->packs[i]->version),
                             TEXT(str_from_z(packs->packs[i]->digest))),
                        err))
            return false;
    return true;
}

bool gauge_list(struct store *store, struct arena *arena, struct gauge **gauges, size_t *count,
                struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct rows rows;

    if (!tx_read_node(&tx, store, err) ||
        !store_query(&tx, arena, &rows,
                     "SELECT place, rows, disk, waiting, running, tables, at FROM gauge"
                     " ORDER BY place",
                     (struct store_args){0}, err))
        return false;
    *gauges = ARENA_ARRAY(arena, struct gauge, rows.count);
    *count = rows.count;
    for (size_t i = 0; i < rows.count; i++)
        (*gauges)[i] = (struct gauge){
            .tenant = rows_int(&rows, i, 0),
            .rows = rows_int(&rows, i, 1),
            .disk = rows_int(&rows, i, 2),
            .waiting = rows_int(&rows, i, 3),
            .running = rows_int(&rows, i, 4),
            .tables = rows_int(&rows, i, 5),
            .at = rows_int(&rows, i, 6),
        };
    return true;
}

bool gauge_sum(struct store *store, struct gauge_sum *sum, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    CLEANUP(tx_done) struct tx tx = {0};
    struct limit_set usual = {{LIMIT_USUAL, LIMIT_USUAL, LIMIT_USUAL, LIMIT_USUAL}};
    struct rows rows;

    if (!tx_read_node(&tx, store, err) ||
        !store_query(
            &tx, arena, &rows,
            "SELECT count(*), CAST(COALESCE(sum(rows), 0) AS bigint),"
            " CAST(COALESCE(sum(disk), 0) AS bigint), CAST(COALESCE(sum(waiting), 0) AS bigint),"
            " CAST(COALESCE(sum(CASE WHEN (rows_limit > 0 AND rows >= rows_limit / 100 * 90)"
            "  OR (disk_limit > 0 AND disk >= disk_limit / 100 * 90)"
            "  OR (jobs_limit > 0 AND waiting + running >= jobs_limit / 100 * 90)"
            "  THEN 1 ELSE 0 END), 0) AS bigint)"
            " FROM (SELECT g.rows, g.disk, g.waiting, g.running,"
            "  COALESCE(t.rows_max, $1) AS rows_limit, COALESCE(t.disk_max, $2) AS disk_limit,"
            "  COALESCE(t.jobs_max, $3) AS jobs_limit"
            "  FROM tenant t LEFT JOIN gauge g ON g.place = t.id) AS taken",
            ARGS(INT(limit_of(store, &usual, LIMIT_ROWS)), INT(limit_of(store, &usual, LIMIT_DISK)),
                 INT(limit_of(store, &usual, LIMIT_JOBS))),
            err))
        return false;
    *sum = (struct gauge_sum){rows_int(&rows, 0, 0), rows_int(&rows, 0, 1), rows_int(&rows, 0, 2),
                              rows_int(&rows, 0, 3), rows_int(&rows, 0, 4)};
    return true;
}

static int compare_gauges(const void *a, const void *b)
{
    int64_t one = ((const struct gauge *)a)->tenant;
    int64_t other = ((const struct gauge *)b)->tenant;

    return (one > other) - (one < other);
}

const struct gauge *gauge_find(const struct gauge *gauges, size_t count, int64_t tenant)
{
    struct gauge key = {.tenant = tenant};

    return count == 0 ? NULL : bsearch(&key, gauges, count, sizeof *gauges, compare_gauges);
}

static int compare_versions(const void *a, const void *b)
{
    const struct gauge_version *one = a, *other = b;
    int order = str_compare(one->pack, other->pack);

    if (order == 0)
        order = -pack_compare_versions(one->version, other->version);
    return order != 0 ? order : str_compare(one->digest, other->digest);
}

bool gauge_is_behind(const struct pack *newest, struct str version, struct str digest)
{
    int order = newest == NULL ? 1 : pack_compare_versions(version, newest->version);

    /* An own version is another than what is shipped, and not behind it. */
    return order < 0 || (order == 0 && pack_own_no(version) == 0 &&
                         !str_equal(digest, str_from_z(newest->digest)));
}

bool gauge_versions(struct store *store, struct arena *arena, const struct pack_set *newest,
                    struct gauge_version **versions, size_t *count, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct rows rows;

    if (!tx_read_node(&tx, store, err) ||
        !store_query(&tx, arena, &rows,
                     "SELECT g.pack, g.version, g.digest, count(*) FROM gauge_pack g"
                     " JOIN tenant t ON t.id = g.place GROUP BY g.pack, g.version, g.digest",
                     (struct store_args){0}, err))
        return false;
    *versions = ARENA_ARRAY(arena, struct gauge_version, rows.count);
    *count = rows.count;
    for (size_t i = 0; i < rows.count; i++) {
        struct gauge_version *one = &(*versions)[i];

        *one = (struct gauge_version){
            .pack = rows_text(&rows, i, 0),
            .version = rows_text(&rows, i, 1),
            .digest = rows_text(&rows, i, 2),
            .count = rows_int(&rows, i, 3),
        };
        one->is_behind =
            gauge_is_behind(pack_set_find(newest, one->pack), one->version, one->digest);
    }
    if (rows.count > 1)
        qsort(*versions, rows.count, sizeof **versions, compare_versions);
    return true;
}

bool gauge_packs(struct store *store, struct arena *arena, int64_t tenant,
                 struct gauge_version **packs, size_t *count, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct rows rows;

    if (!tx_read_node(&tx, store, err) ||
        !store_query(&tx, arena, &rows,
                     "SELECT pack, version, digest FROM gauge_pack WHERE place = $1 ORDER BY pack",
                     ARGS(INT(tenant)), err))
        return false;
    *packs = ARENA_ARRAY(arena, struct gauge_version, rows.count);
    *count = rows.count;
    for (size_t i = 0; i < rows.count; i++)
        (*packs)[i] = (struct gauge_version){.pack = rows_text(&rows, i, 0),
                                             .version = rows_text(&rows, i, 1),
                                             .digest = rows_text(&rows, i, 2),
                                             .count = 1};
    return true;
}

bool gauge_places(struct store *store, struct arena *arena, const struct gauge_ask *ask,
                  struct gauge_place **places, size_t *count, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct rows rows;

    if (!tx_read_node(&tx, store, err) ||
        !store_query(
            &tx, arena, &rows,
            "SELECT t.name, t.title, g.version, g.digest FROM tenant t"
            " JOIN gauge_pack g ON g.place = t.id AND g.pack = $1"
            " WHERE t.name > $2 AND ($3 = '' OR g.version = $3) ORDER BY t.name LIMIT $4",
            ARGS(TEXT(ask->pack), TEXT(ask->after), TEXT(ask->version), INT((int64_t)ask->max)),
            err))
        return false;
    *places = ARENA_ARRAY(arena, struct gauge_place, rows.count);
    *count = rows.count;
    for (size_t i = 0; i < rows.count; i++)
        (*places)[i] = (struct gauge_place){rows_text(&rows, i, 0), rows_text(&rows, i, 1),
                                            rows_text(&rows, i, 2), rows_text(&rows, i, 3)};
    return true;
}

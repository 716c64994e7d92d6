/*
 * filters DATA TENANT RUNS [SHARE]
 * Filters the houses of a tenant in FEEL and in SQL written by hand, in turn, each streaming the
 * ids of what it finds. Prints for each filter: its text, the medians of both in microseconds
 * (compiling included) and how many records it finds.  With UPRAVA_STORE the tenant stands in
 * that database.
 */
#include <stdio.h>
#include <stdlib.h>

#include "cli/node.h"
#include "core/time.h"
#include "registry/record_where.h"
#include "store/rows.h"

enum {
    RUNS_MAX = 1000,
};

static const struct pair {
    const char *feel, *sql; /* {field}: its column */
} PAIRS[] = {
    {"year_built < 1925", "{year_built} < 1925"},
    {"not(year_built < 2015)", "{year_built} >= 2015"},
    {"year_built between 1960 and 1962 and area_total > 4000.5",
     "{year_built} >= 1960 AND {year_built} <= 1962 AND {area_total} > 400050"},
    {"wall_material in (\"wood\", \"cinder\") and floors_max >= 15 or entrances = null",
     "({wall_material} IN ('wood', 'cinder') AND {floors_max} >= 15) OR {entrances} IS NULL"},
    {"floors_max != 5 and (residents_count < 20 or area_living > area_total)",
     "({floors_max} <> 5 OR {floors_max} IS NULL) AND ({residents_count} < 20 OR {area_living} > "
     "{area_total})"},
};

struct bench {
    struct tx tx;
    const struct register_type *type;
    int64_t no;
    struct arena *scratch; /* forgotten after each run */
    int64_t found;
};

static bool count_row(void *data, const struct rows *row, struct err *err)
{
    (void)row, (void)err;
    ++*(int64_t *)data;
    return true;
}

static bool run_feel(struct bench *bench, const struct pair *pair, struct err *err)
{
    struct query *query = query_new(bench->scratch, "id", bench->tx.tenant, bench->no);
    const struct record_where *where;

    if (!record_where_parse(bench->scratch, bench->type, str_from_z(pair->feel),
                            (struct feel_clock){0}, &where, err))
        return false;
    record_where_add(where, &bench->tx, query);
    query_order(query, QUERY_ID, false);
    return query_each(query, &bench->tx, count_row, &bench->found, err);
}

static void add_column(struct buf *sql, const struct bench *bench, struct str name)
{
    int slot = register_type_field(bench->type, name)->slot;

    buf_char(sql, "tnm"[slot / 8]);
    buf_int(sql, slot % 8 + 1);
}

static bool run_sql(struct bench *bench, const struct pair *pair, struct err *err)
{
    struct buf sql = {.arena = bench->scratch};
    struct str rest = str_from_z(pair->sql);

    buf_add(&sql, STR("SELECT id FROM record WHERE tenant = $1 AND register = $2 AND ("));
    while (rest.len > 0) {
        buf_add(&sql, str_cut(&rest, '{'));
        if (rest.len > 0)
            add_column(&sql, bench, str_cut(&rest, '}'));
    }
    buf_add(&sql, STR(") ORDER BY id"));
    return store_each(&bench->tx, buf_z(&sql), ARGS(INT(bench->tx.tenant), INT(bench->no)),
                      count_row, &bench->found, err);
}

static int compare(const void *a, const void *b)
{
    const int64_t *one = a;
    const int64_t *other = b;

    return *one < *other ? -1 : *one > *other;
}

static bool take_time(struct bench *bench, const struct pair *pair,
                      bool (*run)(struct bench *, const struct pair *, struct err *), int64_t *us,
                      int64_t *found, struct err *err)
{
    int64_t begin = time_monotonic_us();

    bench->found = 0;
    arena_reset(bench->scratch);
    if (!run(bench, pair, err))
        return false;
    *us = time_monotonic_us() - begin;
    *found = bench->found;
    return true;
}

static bool measure(struct bench *bench, const struct pair *pair, int runs, struct err *err)
{
    int64_t ours[RUNS_MAX], theirs[RUNS_MAX], found = 0, other = 0;

    /* One of each unmeasured: pages of the file are in memory, statements prepared. */
    for (int i = -1; i < runs; i++) {
        int at = MAX(i, 0);

        if (!take_time(bench, pair, run_feel, &ours[at], &found, err) ||
            !take_time(bench, pair, run_sql, &theirs[at], &other, err))
            return false;
        if (found != other)
            return err_set(err, ERR_BROKEN, "%s: FEEL finds %lld, SQL %lld", pair->feel,
                           (long long)found, (long long)other);
    }
    qsort(ours, (size_t)runs, sizeof *ours, compare);
    qsort(theirs, (size_t)runs, sizeof *theirs, compare);
    printf("%s\t%lld\t%lld\t%lld\n", pair->feel, (long long)ours[runs / 2],
           (long long)theirs[runs / 2], (long long)found);
    return true;
}

static bool measure_all(struct node *node, struct str name, int runs, struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(64 * 1024);
    CLEANUP(store_release) struct tenant *tenant = NULL;
    CLEANUP(tx_done) struct tx tx = {0};
    struct bench bench = {.scratch = scratch};
    const struct catalog *catalog;

    if (!store_hold(node->store, name, &tenant, err) ||
        !catalog_get(tenant, node->library, &catalog, err) || !tx_read(&tx, tenant, err))
        return false;
    bench.tx = tx;
    bench.type = model_type(catalog->model, STR("housing.house"));
    bench.no = catalog_no(catalog, bench.type);
    for (size_t i = 0; i < ARRAY_LEN(PAIRS); i++)
        if (!measure(&bench, &PAIRS[i], runs, err))
            return false;
    return true;
}

int main(int argc, char **argv)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct node_options options = {0};
    struct node node = {0};
    struct err err = {0};
    int runs;

    if (argc < 4) {
        fputs("usage: filters DATA TENANT RUNS [SHARE]\n", stderr);
        return 2;
    }
    runs = MAX(1, MIN(atoi(argv[3]), RUNS_MAX));
    options.data = str_from_z(argv[1]);
    if (getenv("UPRAVA_STORE") != NULL)
        options.store = str_from_z(getenv("UPRAVA_STORE"));
    options.share = argc > 4 ? str_from_z(argv[4]) : STR(".");
    bool ok = node_open(arena, &options, &node, &err) &&
              measure_all(&node, str_from_z(argv[2]), runs, &err);
    node_close(&node);
    if (!ok)
        fprintf(stderr, "filters: %s\n", err.text);
    return ok ? 0 : 1;
}

#include "store/postgres_size.h"

#include "store/rows.h"

enum {
    COUNT_MAX = 10000, /* rows of a table that are counted: more would take too long */
};

struct table {
    struct str name;
    int64_t bytes, rows; /* of all tenants; rows as the database last counted them */
    int64_t own;
};

struct measuring {
    struct tx tx;
    struct arena *arena;
    struct table *tables;
    size_t count;
    int64_t records, entries; /* of the tenant */
};

/* Each of these grows with another one, which the writes count. */
static const struct {
    struct str name, with;
} GROWTH[] = {
    {STR_INIT("record"), STR_INIT("record")},
    {STR_INIT("search"), STR_INIT("record")},
    {STR_INIT("journal"), STR_INIT("journal")},
    {STR_INIT("history"), STR_INIT("journal")},
};

static bool read_tables(struct measuring *measuring, struct err *err)
{
    struct rows rows;

    if (!store_query(&measuring->tx, measuring->arena, &rows,
                     "SELECT c.relname, pg_total_relation_size(c.oid),"
                     " CAST(GREATEST(c.reltuples, 0) AS bigint) FROM pg_class c"
                     " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant'"
                     " WHERE c.relnamespace = 'uprava'::regnamespace AND c.relkind IN ('r', 'p')"
                     " ORDER BY c.relname",
                     (struct store_args){0}, err))
        return false;
    measuring->count = rows.count;
    measuring->tables = ARENA_ARRAY(measuring->arena, struct table, MAX(rows.count, 1));
    for (size_t i = 0; i < rows.count; i++)
        measuring->tables[i] =
            (struct table){rows_text(&rows, i, 0), rows_int(&rows, i, 1), rows_int(&rows, i, 2), 0};
    return true;
}

static const struct table *find_table(const struct measuring *measuring, struct str name)
{
    for (size_t i = 0; i < measuring->count; i++)
        if (str_equal(measuring->tables[i].name, name))
            return &measuring->tables[i];
    return NULL;
}

/* Empty: its rows are counted. */
static struct str grows_with(struct str name)
{
    for (size_t i = 0; i < sizeof GROWTH / sizeof *GROWTH; i++)
        if (str_equal(GROWTH[i].name, name))
            return GROWTH[i].with;
    return STR("");
}

static bool read_totals(struct measuring *measuring, int64_t *changed_at, struct err *err)
{
    struct rows rows;

    if (!store_query(&measuring->tx, measuring->arena, &rows,
                     "SELECT (SELECT CAST(COALESCE(sum(total), 0) AS bigint) FROM register_no"
                     " WHERE tenant = $1), h.seq,"
                     " (SELECT j.at FROM journal j WHERE j.tenant = $1 ORDER BY j.seq DESC LIMIT 1)"
                     " FROM tenant_head h WHERE h.tenant = $1",
                     ARGS(INT(measuring->tx.tenant)), err))
        return false;
    if (rows.count == 0)
        return true;
    measuring->records = rows_int(&rows, 0, 0);
    measuring->entries = rows_int(&rows, 0, 1);
    *changed_at = rows_int(&rows, 0, 2);
    return true;
}

/* Of all other tables at once. */
static bool count_rows(struct measuring *measuring, struct err *err)
{
    struct buf sql = {.arena = measuring->arena};
    struct rows rows;

    for (size_t i = 0; i < measuring->count; i++) {
        struct str name = measuring->tables[i].name;

        if (grows_with(name).len > 0)
            continue;
        buf_printf(&sql,
                   "%sSELECT CAST(%zu AS bigint), count(*) FROM"
                   " (SELECT 1 FROM \"%.*s\" WHERE tenant = $1 LIMIT %d) AS own",
                   sql.len > 0 ? " UNION ALL " : "", i, STR_ARG(name), COUNT_MAX);
    }
    buf_char(&sql, '\0');
    if (!store_query(&measuring->tx, measuring->arena, &rows, sql.ptr,
                     ARGS(INT(measuring->tx.tenant)), err))
        return false;
    for (size_t i = 0; i < rows.count; i++)
        measuring->tables[rows_int(&rows, i, 0)].own = rows_int(&rows, i, 1);
    return true;
}

/* As many to each of the tenant's as to each of all tenants' (of records or entries). */
static int64_t share(const struct measuring *measuring, const struct table *table, struct str with)
{
    const struct table *other = find_table(measuring, with);
    int64_t own = str_equal(with, STR("record")) ? measuring->records : measuring->entries;

    if (table == other || other == NULL || other->rows == 0)
        return own;
    return (int64_t)((double)own * (double)table->rows / (double)other->rows);
}

static int64_t bytes_of(const struct measuring *measuring, const struct table *table)
{
    struct str with = grows_with(table->name);
    int64_t own = table->own;

    if (with.len > 0)
        own = share(measuring, table, with);
    else if (own == COUNT_MAX)
        own = MAX(own, share(measuring, table, STR("journal")));
    return own == 0 ? 0
                    : (int64_t)((double)table->bytes * (double)own / (double)MAX(table->rows, own));
}

bool postgres_size(struct tenant *tenant, struct store_size *size, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct measuring measuring = {.arena = arena};

    bool ok = tx_read(&measuring.tx, tenant, err) && read_tables(&measuring, err) &&
              read_totals(&measuring, &size->changed_at, err) && count_rows(&measuring, err);
    tx_done(&measuring.tx);
    for (size_t i = 0; ok && i < measuring.count; i++)
        size->bytes += bytes_of(&measuring, &measuring.tables[i]);
    return ok;
}

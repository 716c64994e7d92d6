#include "store/postgres_distribute.h"

#include "core/num.h"
#include "store/libpq.h"
#include "store/postgres.h"
#include "store/postgres_fault.h"

/*
 * The tables as the catalogue has them, so that none is forgotten. Theirs go where those of the
 * same tenant are, which the head of the journal leads.
 */
#define PLAN(and_not_yet)                                                                          \
    "SELECT sql FROM ("                                                                            \
    " SELECT 1 AS step, c.relname, format('DROP POLICY %I ON uprava.%I', p.polname, c.relname)"    \
    " AS sql FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid"                               \
    " WHERE c.relnamespace = 'uprava'::regnamespace AND p.polname LIKE 'reader%'"                  \
    " UNION ALL"                                                                                   \
    " SELECT 2, c.relname, format('SELECT create_reference_table(%L)',"                            \
    "   format('%I.%I', n.nspname, c.relname))"                                                    \
    " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"                               \
    " WHERE c.relkind = 'r' AND (n.nspname = 'uprava_node' OR (n.nspname = 'uprava'"               \
    "   AND NOT EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid"                     \
    "     AND a.attname = 'tenant')))" and_not_yet " UNION ALL"                                    \
    " SELECT CASE c.relname WHEN 'tenant_head' THEN 3 ELSE 4 END, c.relname,"                      \
    "   format('SELECT create_distributed_table(%L, ''tenant'', colocate_with => %L)',"            \
    "     'uprava.' || quote_ident(c.relname),"                                                    \
    "     CASE c.relname WHEN 'tenant_head' THEN 'none' ELSE 'uprava.tenant_head' END)"            \
    " FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant'"          \
    " WHERE c.relnamespace = 'uprava'::regnamespace AND c.relkind = 'r'" and_not_yet               \
    " ) AS plan ORDER BY step, relname"

#define NOT_YET " AND NOT EXISTS (SELECT 1 FROM pg_dist_partition d WHERE d.logicalrelid = c.oid)"

const char POSTGRES_DISTRIBUTE[] = "DO $plan$DECLARE one text; BEGIN FOR one IN " PLAN(
    NOT_YET) " LOOP EXECUTE one; END LOOP; END$plan$";

/* Any function of that name will do: tests put their own there. */
#define CITUS_IS_THERE                                                                             \
    "SELECT 'yes' WHERE EXISTS (SELECT 1 FROM pg_proc WHERE proname = 'create_distributed_table')"

/* The last step drops what Citus could not keep, in the same transaction. */
const char POSTGRES_DISTRIBUTE_IS_SPREAD[] = CITUS_IS_THERE
    " AND to_regclass('uprava.tenant_head') IS NOT NULL AND NOT EXISTS (SELECT 1 FROM pg_policy"
    " WHERE polrelid = to_regclass('uprava.tenant_head') AND polname = 'reader')";

static bool run(PGconn *conn, const char *sql, PGresult **kept, struct err *err)
{
    PGresult *result = libpq.exec(conn, sql);
    ExecStatusType status = libpq.resultStatus(result);
    bool ok = status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;

    if (!ok)
        postgres_fault_set(err, conn, result, NULL);
    if (ok && kept != NULL)
        *kept = result;
    else
        libpq.clear(result);
    return ok;
}

static bool has_row(PGconn *conn, const char *sql, bool *has, struct err *err)
{
    PGresult *result;

    if (!run(conn, sql, &result, err))
        return false;
    *has = libpq.ntuples(result) > 0;
    libpq.clear(result);
    return true;
}

static bool need_tables(PGconn *conn, struct err *err)
{
    bool is_there;

    return has_row(conn,
                   "SELECT 1 WHERE to_regclass('uprava.tenant_head') IS NOT NULL"
                   " AND to_regclass('uprava_node.tenant') IS NOT NULL",
                   &is_there, err) &&
           (is_there || err_set(err, ERR_INPUT,
                                "there are no tables yet: start a server on the database once"));
}

static bool need_citus(PGconn *conn, struct err *err)
{
    bool is_there;

    return has_row(conn, CITUS_IS_THERE, &is_there, err) &&
           (is_there ||
            err_set(err, ERR_INPUT,
                    "the database has no Citus: its tables stay on one server, which is how most "
                    "regions run; to see what would be done: --dry-run"));
}

static bool need_silence(PGconn *conn, struct err *err)
{
    bool is_there;

    return has_row(conn,
                   "SELECT 1 FROM pg_stat_activity WHERE application_name = 'uprava'"
                   " AND datname = current_database() AND pid <> pg_backend_pid()",
                   &is_there, err) &&
           (!is_there || err_set(err, ERR_CONFLICT,
                                 "servers of Uprava are connected: stop them, and start them when "
                                 "the tables are spread"));
}

static PGconn *dial(struct arena *arena, struct str address, struct err *err)
{
    PGconn *conn;

    if (!libpq_load(err))
        return NULL;
    conn = postgres_dial(str_to_z(arena, address));
    if (libpq.status(conn) == CONNECTION_OK)
        return conn;
    postgres_fault_set(err, conn, NULL, NULL);
    libpq.finish(conn);
    return NULL;
}

bool postgres_distribute_plan(struct arena *arena, struct str address,
                              void (*print)(void *data, struct str sql), void *data,
                              struct err *err)
{
    PGconn *conn = dial(arena, address, err);
    PGresult *result = NULL;

    if (conn == NULL)
        return false;
    bool ok = need_tables(conn, err) && run(conn, PLAN(""), &result, err);
    for (int row = 0; ok && row < libpq.ntuples(result); row++)
        print(data, str_from_z(libpq.getvalue(result, row, 0)));
    libpq.clear(result);
    libpq.finish(conn);
    return ok;
}

static bool spread(PGconn *conn, int64_t *tables, struct err *err)
{
    PGresult *result;

    if (!run(conn,
             "SELECT count(*) FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace IN"
             " ('uprava'::regnamespace, 'uprava_node'::regnamespace)" NOT_YET,
             &result, err))
        return false;
    if (!num_parse_int(str_from_z(libpq.getvalue(result, 0, 0)), tables))
        *tables = 0;
    libpq.clear(result);
    return run(conn, "SET lock_timeout = '10s'", NULL, err) &&
           run(conn, POSTGRES_DISTRIBUTE, NULL, err);
}

bool postgres_distribute(struct arena *arena, struct str address, int64_t *tables, struct err *err)
{
    PGconn *conn = dial(arena, address, err);

    if (conn == NULL)
        return false;
    bool ok = need_tables(conn, err) && need_citus(conn, err) && need_silence(conn, err) &&
              spread(conn, tables, err);
    libpq.finish(conn);
    return ok;
}

#include "store/postgres_check.h"

#include "core/num.h"
#include "store/libpq.h"
#include "store/migration.h"
#include "store/postgres.h"
#include "store/postgres_fault.h"
#include "store/postgres_store.h"

enum {
    VERSION_LEAST = 150000,
};

struct checking {
    PGconn *conn;
    struct arena *arena;
    const struct postgres_check_sink *sink;
};

/* A question whose answer is a list of names, in one text: that list is empty, or something is
 * to be done. */
struct question {
    const char *check;
    const char *sql;
    const char *fine;
    enum postgres_check_state state;
    const char *told; /* behind the answer */
};

/* A setting that should have one of these values, with blanks between. */
struct setting {
    const char *name;
    const char *good;
    enum postgres_check_state state;
    const char *told;
};

#define TENANT_TABLES                                                                              \
    "pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant'"                \
    " WHERE c.relnamespace = to_regnamespace('uprava') AND c.relkind IN ('r', 'p')"

static const struct question QUESTIONS[] = {
    {"role",
     "SELECT rolname FROM pg_roles WHERE rolname = current_user AND (rolsuper OR rolbypassrls)",
     "the role is an ordinary one", POSTGRES_CHECK_BROKEN,
     "passes by row-level security: connect as an ordinary role that owns the database"},
    {"rights",
     "SELECT current_user WHERE to_regnamespace('uprava') IS NULL"
     " AND NOT has_database_privilege(current_database(), 'CREATE')",
     "the role may make its tables", POSTGRES_CHECK_BROKEN,
     "may not make schemas here: ALTER DATABASE … OWNER TO that role"},
    {"recovery", "SELECT 'this server' WHERE pg_is_in_recovery()", "it takes writes",
     POSTGRES_CHECK_BROKEN,
     "is a standby and takes no writes: name all servers of the cluster in the address, with "
     "target_session_attrs=read-write"},
    {"encoding",
     "SELECT current_setting('server_encoding') WHERE"
     " current_setting('server_encoding') <> 'UTF8'",
     "the database is in UTF-8; texts are ordered by their bytes, whatever its collation",
     POSTGRES_CHECK_BROKEN, "is the encoding: make a database with ENCODING 'UTF8'"},
    {"checksums", "SELECT 'The' WHERE current_setting('data_checksums') = 'off'",
     "pages of the database have checksums", POSTGRES_CHECK_ADVICE,
     "pages have no checksums, so damage by a disk is seen late: pg_checksums --enable while the "
     "database is stopped"},
    {"way",
     "SELECT 'the connection' FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND NOT ssl"
     " AND inet_server_addr() IS NOT NULL AND inet_server_addr() <> '127.0.0.1'"
     " AND inet_server_addr() <> '::1'",
     "the way to the database is encrypted, or stays on this machine", POSTGRES_CHECK_ADVICE,
     "goes over the network in the clear: put sslmode=require into the address"},
    {"fence",
     "SELECT string_agg(c.relname, ', ' ORDER BY c.relname) FROM " TENANT_TABLES
     " AND NOT (c.relrowsecurity AND c.relforcerowsecurity AND EXISTS (SELECT 1 FROM pg_policy p"
     " WHERE p.polrelid = c.oid AND p.polname = 'tenant'))",
     "row-level security is forced on every table of municipalities", POSTGRES_CHECK_BROKEN,
     "stand outside of row-level security: somebody changed them; stop the servers and compare "
     "with a new database"},
    {"keys",
     "SELECT string_agg(i.indexrelid::regclass::text, ', ') FROM pg_index i, " TENANT_TABLES
     " AND i.indrelid = c.oid AND i.indisunique AND i.indkey[0] <> a.attnum",
     "every unique key begins with the municipality", POSTGRES_CHECK_BROKEN,
     "do not begin with the municipality: made by hand? Drop them"},
    {"indexes",
     "SELECT string_agg(i.indexrelid::regclass::text, ', ') FROM pg_index i"
     " JOIN pg_class c ON c.oid = i.indrelid WHERE c.relnamespace IN"
     " (to_regnamespace('uprava'), to_regnamespace('uprava_node')) AND NOT i.indisvalid",
     "all indexes are whole", POSTGRES_CHECK_ADVICE,
     "were not finished: the next server that starts makes them anew"},
    {"patience",
     "SELECT name || ' = ' || setting || ' ms' FROM pg_settings WHERE name = 'statement_timeout'"
     " AND setting::bigint BETWEEN 1 AND 600000",
     "statements may take as long as they need", POSTGRES_CHECK_ADVICE,
     "ends long exports and imports: ALTER ROLE … RESET statement_timeout"},
};

static const struct setting SETTINGS[] = {
    {"fsync", "on", POSTGRES_CHECK_BROKEN,
     "after a power cut the database may be destroyed: set it to on and restart"},
    {"full_page_writes", "on", POSTGRES_CHECK_BROKEN,
     "after a power cut pages may be torn: set it to on and reload"},
    {"synchronous_commit", "on remote_apply", POSTGRES_CHECK_BROKEN,
     "what was answered as saved may be lost: set it to on"},
    {"wal_level", "replica logical", POSTGRES_CHECK_ADVICE,
     "neither a standby nor a backup while it works can be made: set it to replica and restart"},
    {"autovacuum", "on", POSTGRES_CHECK_ADVICE, "tables grow and plans grow old: set it to on"},
};

static void say(const struct checking *checking, enum postgres_check_state state, const char *check,
                struct str text)
{
    checking->sink->say(checking->sink->data, state, check, text);
}

/* The first value of the answer, or "". */
static bool ask(const struct checking *checking, const char *sql, struct str *value,
                struct err *err)
{
    PGresult *result = libpq.exec(checking->conn, sql);
    bool ok = libpq.resultStatus(result) == PGRES_TUPLES_OK;

    if (!ok)
        postgres_fault_set(err, checking->conn, result, sql);
    else
        *value = libpq.ntuples(result) > 0
                     ? str_copy(checking->arena, str_from_z(libpq.getvalue(result, 0, 0)))
                     : STR("");
    libpq.clear(result);
    return ok;
}

static bool ask_int(const struct checking *checking, const char *sql, int64_t *number,
                    struct err *err)
{
    struct str value;

    *number = -1;
    return ask(checking, sql, &value, err) &&
           (value.len == 0 || num_parse_int(value, number) ||
            err_set(err, ERR_BROKEN, "no number: %.*s", STR_ARG(value)));
}

static bool check_version(const struct checking *checking, struct err *err)
{
    struct str name;
    int64_t version;

    if (!ask_int(checking, "SHOW server_version_num", &version, err) ||
        !ask(checking, "SHOW server_version", &name, err))
        return false;
    say(checking, version < VERSION_LEAST ? POSTGRES_CHECK_BROKEN : POSTGRES_CHECK_FINE, "version",
        str_printf(checking->arena, "PostgreSQL %.*s%s", STR_ARG(name),
                   version < VERSION_LEAST ? ": 15 or newer is needed" : ""));
    return true;
}

static bool check_questions(const struct checking *checking, struct err *err)
{
    for (size_t i = 0; i < ARRAY_LEN(QUESTIONS); i++) {
        const struct question *question = &QUESTIONS[i];
        struct str found;

        if (!ask(checking, question->sql, &found, err))
            return false;
        if (found.len == 0)
            say(checking, POSTGRES_CHECK_FINE, question->check, str_from_z(question->fine));
        else
            say(checking, question->state, question->check,
                str_printf(checking->arena, "%.*s %s", STR_ARG(found), question->told));
    }
    return true;
}

static bool check_settings(const struct checking *checking, struct err *err)
{
    for (size_t i = 0; i < ARRAY_LEN(SETTINGS); i++) {
        const struct setting *setting = &SETTINGS[i];
        struct str good = str_from_z(setting->good);
        struct str value;
        bool is_good = false;

        if (!ask(checking, str_printf(checking->arena, "SHOW %s", setting->name).ptr, &value, err))
            return false;
        while (good.len > 0)
            is_good |= str_equal(str_cut(&good, ' '), value);
        say(checking, is_good ? POSTGRES_CHECK_FINE : setting->state, setting->name,
            str_printf(checking->arena, "%s = %.*s%s%s", setting->name, STR_ARG(value),
                       is_good ? "" : ": ", is_good ? "" : setting->told));
    }
    return true;
}

/* A server takes as many as its pools keep; one that is replaced overlaps with the next. */
static bool check_connections(const struct checking *checking, struct err *err)
{
    int64_t room;

    if (!ask_int(checking,
                 "SELECT current_setting('max_connections')::int -"
                 " current_setting('superuser_reserved_connections')::int",
                 &room, err))
        return false;
    int64_t servers = room / POSTGRES_STORE_SESSIONS;
    say(checking, servers >= 2 ? POSTGRES_CHECK_FINE : POSTGRES_CHECK_ADVICE, "connections",
        str_printf(checking->arena,
                   "%lld connections are enough for %lld servers of Uprava, each takes up to %d%s",
                   (long long)room, (long long)servers, POSTGRES_STORE_SESSIONS,
                   servers >= 2 ? "" : ": raise max_connections"));
    return true;
}

static bool check_tables(const struct checking *checking, const char *schema,
                         const struct migration *steps, struct err *err)
{
    struct arena *arena = checking->arena;
    int64_t count = migration_count(steps);
    int64_t version;
    struct str found;

    if (!ask(checking, str_printf(arena, "SELECT to_regclass('%s.migration')", schema).ptr, &found,
             err))
        return false;
    if (found.len == 0) {
        say(checking, POSTGRES_CHECK_FINE, "tables",
            str_printf(arena, "schema %s is not there yet: the first server that starts makes it",
                       schema));
        return true;
    }
    if (!ask_int(checking, str_printf(arena, "SELECT max(version) FROM %s.migration", schema).ptr,
                 &version, err))
        return false;
    say(checking, version > count ? POSTGRES_CHECK_BROKEN : POSTGRES_CHECK_FINE, "tables",
        str_printf(arena, "schema %s has tables of version %lld, this program knows %lld%s", schema,
                   (long long)version, (long long)count,
                   version > count   ? ": install the newer program"
                   : version < count ? ": the next server that starts brings them up to it"
                                     : ""));
    return true;
}

static bool check_spread(const struct checking *checking, struct err *err)
{
    struct str citus, left;

    if (!ask(checking, "SELECT extversion FROM pg_extension WHERE extname = 'citus'", &citus, err))
        return false;
    if (citus.len == 0) {
        say(checking, POSTGRES_CHECK_FINE, "citus",
            STR("Citus is not here: one server holds all rows"));
        return true;
    }
    if (!ask(checking,
             "SELECT string_agg(c.relname, ', ' ORDER BY c.relname) FROM " TENANT_TABLES
             " AND NOT EXISTS (SELECT 1 FROM pg_dist_partition d WHERE d.logicalrelid = c.oid)",
             &left, err))
        return false;
    say(checking, left.len > 0 ? POSTGRES_CHECK_ADVICE : POSTGRES_CHECK_FINE, "citus",
        left.len > 0
            ? str_printf(checking->arena,
                         "Citus %.*s is here, but these stand on one server: %.*s; see uprava "
                         "store distribute",
                         STR_ARG(citus), STR_ARG(left))
            : str_printf(checking->arena, "Citus %.*s spreads all tables", STR_ARG(citus)));
    return true;
}

bool postgres_check(struct arena *arena, struct str address, const struct postgres_check_sink *sink,
                    struct err *err)
{
    struct checking checking = {.arena = arena, .sink = sink};

    if (!libpq_load(err))
        return false;
    checking.conn = postgres_dial(str_to_z(arena, address));
    bool ok = libpq.status(checking.conn) == CONNECTION_OK ||
              postgres_fault_set(err, checking.conn, NULL, NULL);
    ok = ok && check_version(&checking, err) && check_questions(&checking, err) &&
         check_settings(&checking, err) && check_connections(&checking, err) &&
         check_tables(&checking, "uprava_node", MIGRATION_NODE_POSTGRES, err) &&
         check_tables(&checking, "uprava", MIGRATION_TENANT_POSTGRES, err) &&
         check_spread(&checking, err);
    libpq.finish(checking.conn);
    return ok;
}

#include "store/postgres_store.h"

#include "core/file.h"
#include "core/time.h"
#include "store/folder.h"
#include "store/libpq.h"
#include "store/migration.h"
#include "store/postgres.h"
#include "store/postgres_distribute.h"
#include "store/postgres_migrate.h"
#include "store/rows.h"
#include "store/tenant.h"

#include <time.h>

enum {
    RETRY_MS = 100,
    NODE_IDLE_MAX = 4,
    IDLE_MAX = POSTGRES_STORE_SESSIONS - NODE_IDLE_MAX, /* kept for the next who asks */
};

struct postgres_store {
    const char *conninfo;
    struct pool towns, node;
    struct postgres_news *news;
    bool is_spread;          /* by Citus */
    _Atomic int64_t away_us; /* since when nobody gets a connection; 0: not so */
};

/* One schema, and what brings its tables up to date. */
struct scope {
    const char *schema;
    const struct migration *steps;
};

static const struct scope NODE = {"uprava_node", MIGRATION_NODE_POSTGRES};
static const struct scope TOWNS = {"uprava", MIGRATION_TENANT_POSTGRES};

/*
 * Every table with a tenant shows a session only the rows of the tenant it spoke of, its
 * owner too. A session that spoke of none sees none.
 */
static const char FENCE[] =
    "DO $$DECLARE one text; BEGIN"
    " FOR one IN SELECT c.relname FROM pg_class c"
    "   JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant'"
    "   WHERE c.relnamespace = 'uprava'::regnamespace AND c.relkind IN ('r', 'p')"
    "   AND NOT c.relforcerowsecurity"
    " LOOP"
    "   EXECUTE format('ALTER TABLE uprava.%I ENABLE ROW LEVEL SECURITY', one);"
    "   EXECUTE format('ALTER TABLE uprava.%I FORCE ROW LEVEL SECURITY', one);"
    "   EXECUTE format('CREATE POLICY tenant ON uprava.%I USING (tenant ="
    "     NULLIF(current_setting(''uprava.tenant'', true), '''')::bigint)', one);"
    " END LOOP; END$$";

/*
 * A transaction that reads for another tenant (tx_read_for) sees of all tables only the
 * editions, and of the records and their words those of registers that are published to it: as
 * they stand, and as kept aside for the edition (registry/publication.h).  A policy of before
 * showed no words.
 */
static const char READER_FENCE[] =
    "DROP POLICY IF EXISTS reader ON uprava.search;"
    "DO $$DECLARE one text; published text :="
    "   ' OR register = ANY (ARRAY("
    "     SELECT unnest(ARRAY[n.no, -(n.no * 1000000 + n.published_no)])"
    "     FROM uprava.publication_reader p"
    "     JOIN uprava.register_no n ON n.tenant = p.tenant AND n.no = p.register"
    "     WHERE p.tenant = NULLIF(current_setting(''uprava.tenant'', true), '''')::bigint"
    "     AND n.tenant = NULLIF(current_setting(''uprava.tenant'', true), '''')::bigint"
    "     AND p.child IN (0, NULLIF(current_setting(''uprava.reader'', true), '''')::bigint)))';"
    " BEGIN"
    " FOR one IN SELECT c.relname FROM pg_class c"
    "   WHERE c.relnamespace = 'uprava'::regnamespace AND c.relforcerowsecurity"
    "   AND c.relname NOT IN ('edition', 'publication', 'publication_reader', 'register_no')"
    "   AND NOT EXISTS (SELECT 1 FROM pg_policy p"
    "     WHERE p.polrelid = c.oid AND p.polname = 'reader')"
    " LOOP"
    "   EXECUTE format('CREATE POLICY reader ON uprava.%I AS RESTRICTIVE FOR SELECT USING ("
    "     (SELECT NULLIF(current_setting(''uprava.reader'', true), '''') IS NULL)%s)', one,"
    "     CASE WHEN one IN ('record', 'search') THEN published ELSE '' END);"
    " END LOOP; END$$";

/*
 * A transaction that writes for another tenant (tx_speak_for) adds proposals of that tenant, and
 * changes nothing else.
 */
static const char WRITER_FENCE[] =
    "DO $$DECLARE one text; own text :="
    "   'NULLIF(current_setting(''uprava.reader'', true), '''') IS NULL';"
    " BEGIN"
    " FOR one IN SELECT c.relname FROM pg_class c"
    "   WHERE c.relnamespace = 'uprava'::regnamespace AND c.relforcerowsecurity"
    "   AND NOT EXISTS (SELECT 1 FROM pg_policy p"
    "     WHERE p.polrelid = c.oid AND p.polname = 'reader_adds')"
    " LOOP"
    "   EXECUTE format('CREATE POLICY reader_adds ON uprava.%I AS RESTRICTIVE FOR INSERT"
    "     WITH CHECK (%s%s)', one, own, CASE one WHEN 'proposal' THEN"
    "     ' OR (is_own = 0 AND peer ="
    "       NULLIF(current_setting(''uprava.reader'', true), '''')::bigint)' ELSE '' END);"
    "   EXECUTE format('CREATE POLICY reader_sets ON uprava.%I AS RESTRICTIVE FOR UPDATE"
    "     USING (%s)', one, own);"
    "   EXECUTE format('CREATE POLICY reader_takes ON uprava.%I AS RESTRICTIVE FOR DELETE"
    "     USING (%s)', one, own);"
    " END LOOP; END$$";

/* The row whose lock the writers of all processes queue for. */
static const char NODE_HEAD[] = "INSERT INTO tenant_head (tenant, seq, chain) VALUES (0, 0, '')"
                                " ON CONFLICT DO NOTHING";

/* A role that passes by the fence would make it a decoration. */
static bool check_database(struct store_session *session, struct arena *scratch, struct err *err)
{
    struct str value;

    if (!postgres_ask(session, scratch, "SHOW server_encoding", &value, err))
        return false;
    if (!str_equal(value, STR("UTF8")))
        return err_set(err, ERR_INPUT,
                       "the database is encoded in %.*s: make one with ENCODING 'UTF8'",
                       STR_ARG(value));
    if (!postgres_ask(session, scratch,
                      "SELECT rolname FROM pg_roles WHERE rolname = current_user"
                      " AND (rolsuper OR rolbypassrls)",
                      &value, err))
        return false;
    return value.len == 0 ||
           err_set(err, ERR_INPUT,
                   "the role \"%.*s\" passes by row-level security: connect as an ordinary role "
                   "that owns the database",
                   STR_ARG(value));
}

static bool update(struct store *store, const struct scope *scope, struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct postgres_migrate what = {scope->schema, scope->steps, {NODE_HEAD, NULL, NULL}};
    struct store_session *session;
    struct str spread;

    if (!postgres_connect(store->postgres->conninfo, scope->schema, &session, err))
        return false;
    session->tenant = store->node;
    bool ok = check_database(session, scratch, err) &&
              postgres_ask(session, scratch, POSTGRES_DISTRIBUTE_IS_SPREAD, &spread, err);
    store->postgres->is_spread = ok && spread.len > 0;
    if (scope == &TOWNS) {
        what.behind[0] = FENCE;
        what.behind[1] = store->postgres->is_spread ? POSTGRES_DISTRIBUTE : READER_FENCE;
        what.behind[2] = store->postgres->is_spread ? NULL : WRITER_FENCE;
    }
    ok = ok && postgres_migrate(session, &what, err);
    session->backend->close(session); /* lets go of the turn too */
    return ok || err_while(err, "the tables of schema %s", scope->schema);
}

bool postgres_store_open(struct store *store, const struct store_options *options, struct err *err)
{
    struct postgres_store *postgres = ARENA_NEW(store->arena, struct postgres_store);

    if (!libpq_load(err))
        return false;
    postgres->conninfo = str_to_z(store->arena, options->database);
    pool_init(&postgres->towns, IDLE_MAX);
    pool_init(&postgres->node, NODE_IDLE_MAX);
    store->postgres = postgres;
    store->node = tenant_new(store, STR(""), "the database", store->folder, NULL);
    store->node->pool = &postgres->node;
    return update(store, &NODE, err) && update(store, &TOWNS, err);
}

void postgres_store_shut(struct store *store)
{
    struct postgres_store *postgres = store->postgres;

    if (postgres == NULL)
        return;
    pool_done(&postgres->towns);
    pool_done(&postgres->node);
    store->postgres = NULL;
}

PGconn *postgres_store_dial(const struct store *store)
{
    return postgres_dial(store->postgres->conninfo);
}

struct postgres_news **postgres_store_news(struct store *store)
{
    return &store->postgres->news;
}

bool postgres_store_is_spread(const struct store *store)
{
    return store->postgres->is_spread;
}

struct pool *postgres_store_pool(struct store *store)
{
    return &store->postgres->towns;
}

/* Its folder, and the head of its journal. */
bool postgres_store_make_tenant(struct store *store, struct arena *scratch,
                                const struct store_tenant *tenant,
                                const struct store_founding *founding, struct err *err)
{
    struct store_session *session = pool_take(&store->postgres->towns);
    struct str home = folder_tenant_home(scratch, store->folder, tenant->name);
    struct str sql = str_printf(scratch,
                                "BEGIN; SELECT set_config('uprava.tenant', '%lld', true);"
                                " INSERT INTO tenant_head (tenant, seq, chain)"
                                " VALUES (%lld, 0, ''); COMMIT",
                                (long long)tenant->id, (long long)tenant->id);

    if (!file_make_folder(home, err))
        return false;
    if (session == NULL &&
        !postgres_connect(store->postgres->conninfo, TOWNS.schema, &session, err))
        return false;
    bool ok = session->backend->script(session, sql.ptr, err);
    session->is_broken |= !ok;
    pool_give(&store->postgres->towns, session);
    return ok && tenant_fill(store, tenant, "", founding, err);
}

bool postgres_store_connect(struct tenant *tenant, bool is_writer, struct store_session **session,
                            struct err *err)
{
    const struct postgres_store *postgres = tenant->store->postgres;

    const char *schema = tenant == tenant->store->node ? NODE.schema : TOWNS.schema;

    (void)is_writer; /* every session can do both */
    while (!postgres_connect(postgres->conninfo, schema, session, err))
        if (!postgres_store_waits(tenant->store, err))
            return false;
    postgres_store_answers(tenant->store);
    return true;
}

static void rest(void)
{
    nanosleep(&(struct timespec){.tv_nsec = RETRY_MS * 1000 * 1000}, NULL);
}

bool postgres_store_waits(struct store *store, struct err *err)
{
    int64_t now_us = time_monotonic_us();
    int64_t since_us = 0;

    if (err->code != ERR_UNAVAILABLE)
        return false;
    if (atomic_compare_exchange_strong(&store->postgres->away_us, &since_us, now_us))
        since_us = now_us;
    if (now_us - since_us >= store->wait_ms * INT64_C(1000))
        return false;
    rest();
    *err = (struct err){0};
    return true;
}

void postgres_store_answers(struct store *store)
{
    atomic_store(&store->postgres->away_us, 0);
}

static bool take_row(void *data, const struct rows *row, struct err *err)
{
    (void)row, (void)err;
    *(bool *)data = true;
    return true;
}

/* The hash of an entry stands for it and all before it: no other transaction wrote this one. */
static bool has_mark(struct store_session *session, struct tenant *tenant,
                     const struct store_head *mark, bool *is_there, struct err *err)
{
    *is_there = false;
    session->tenant = tenant;
    bool ok = session->backend->begin(session, false, err) &&
              session->backend->run(
                  session, "SELECT 1 FROM journal WHERE tenant = $1 AND seq = $2 AND hash = $3",
                  ARGS(INT(tenant->info.id), INT(mark->seq), TEXT(str_from_z(mark->chain))),
                  &(struct backend_sink){.row = take_row, .data = is_there}, err);
    session->backend->rollback(session);
    return ok;
}

enum fate {
    FATE_OPEN, /* it is not over there, or that could not be asked */
    FATE_COMMITTED,
    FATE_NOTHING,
    FATE_UNKNOWN,
};

/*
 * A number that was never written down is given again after a crash: that one of it is
 * committed says nothing, that it is aborted does.  So the mark decides, once it is over.
 */
static enum fate ask_fate(struct tenant *tenant, const struct store_head *mark,
                          struct store_session *session)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct str sql =
        str_printf(scratch, "SELECT COALESCE(pg_xact_status('%s'::xid8), '')", tenant->xact);
    struct err ignored;
    struct str state;
    bool is_there;

    if (!postgres_ask(session, scratch, sql.ptr, &state, &ignored) ||
        str_equal(state, STR("in progress")))
        return FATE_OPEN;
    if (mark == NULL)
        return str_equal(state, STR("aborted")) ? FATE_NOTHING : FATE_UNKNOWN;
    if (!has_mark(session, tenant, mark, &is_there, &ignored))
        return FATE_OPEN;
    return is_there ? FATE_COMMITTED : FATE_NOTHING;
}

bool postgres_store_was_committed(struct tenant *tenant, const struct store_head *mark,
                                  bool *is_known, struct err *err)
{
    int64_t until_us = time_monotonic_us() + 2 * tenant->store->wait_ms * INT64_C(1000);
    enum fate fate = FATE_OPEN;
    struct store_session *session;
    struct err ignored;

    while (fate == FATE_OPEN && time_monotonic_us() < until_us) {
        if (!postgres_store_connect(tenant, false, &session, &ignored))
            break;
        fate = ask_fate(tenant, mark, session);
        session->backend->close(session);
        if (fate == FATE_OPEN)
            rest();
    }
    *is_known = fate == FATE_NOTHING;
    if (fate == FATE_COMMITTED)
        return true;
    return err_set(err, ERR_UNAVAILABLE,
                   *is_known ? "nothing was saved: the database went away; try again"
                             : "the database went away in the middle: look whether this was saved "
                               "before you repeat it");
}

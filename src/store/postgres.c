#include "store/postgres.h"

#include "core/num.h"
#include "core/time.h"
#include "store/postgres_fault.h"
#include "store/postgres_news.h"
#include "store/postgres_search.h"
#include "store/postgres_size.h"
#include "store/postgres_statement.h"
#include "store/postgres_store.h"
#include "store/postgres_value.h"
#include "store/state.h"

#include <assert.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

enum {
    BATCH_MAX = 60,    /* savepoints: PostgreSQL keeps 64 of a transaction at hand */
    WAITING_MAX = 100, /* commands whose outcome is not read: far from filling a socket */
    FETCH_ROWS = 500,
    GRACE_MS = 20, /* behind a quick read's budget, for the way of the answer */
};

struct postgres_session {
    struct store_session base;
    PGconn *conn;
    const char *conninfo, *schema;
    struct arena *arena;   /* of this struct */
    struct arena *scratch; /* of one command */
    struct postgres_statements statements;
    const char *waiting[WAITING_MAX]; /* sent, not answered; NULL: a Sync */
    size_t waiting_count;
    int64_t deadline_us, budget_us, cursors;
    bool was_interrupted;
    bool is_owed; /* a transaction that begins with the first command */
    bool is_open; /* one has begun */
    bool is_write;
};

static const struct store_args NO_ARGS = {0};

static struct postgres_session *of(struct store_session *session)
{
    return (struct postgres_session *)session;
}

static bool lose(struct postgres_session *session, const PGresult *result, struct err *err)
{
    session->base.is_broken = session->base.is_lost = true;
    session->waiting_count = 0;
    return postgres_fault_set(err, session->conn, result, NULL);
}

/* NULL when a quick read waited longer than it may. */
static PGresult *next_result(struct postgres_session *session)
{
    while (session->deadline_us > 0 && libpq.isBusy(session->conn)) {
        int64_t left_ms = (session->deadline_us - time_monotonic_us()) / 1000 + GRACE_MS;
        struct pollfd socket = {libpq.socket(session->conn), POLLIN, 0};

        if (left_ms <= 0 || libpq.flush(session->conn) < 0 || poll(&socket, 1, (int)left_ms) == 0) {
            session->was_interrupted = true;
            session->base.is_broken = true;
            return NULL;
        }
        if (!libpq.consumeInput(session->conn))
            break;
    }
    return libpq.getResult(session->conn);
}

/*
 * Behind a refusal the server passes over all up to a Sync: sends one and reads up to it.
 * The transaction stands, but only a rollback can run in it.
 */
static bool recover(struct postgres_session *session)
{
    size_t syncs = 1;
    int empty = 0;

    for (size_t i = 0; i < session->waiting_count; i++)
        syncs += session->waiting[i] == NULL;
    session->waiting_count = 0;
    if (!libpq.pipelineSync(session->conn))
        return false;
    while (syncs > 0 && empty < 2 && libpq.status(session->conn) == CONNECTION_OK) {
        PGresult *result = libpq.getResult(session->conn);

        empty = result == NULL ? empty + 1 : 0;
        syncs -= result != NULL && libpq.resultStatus(result) == PGRES_PIPELINE_SYNC;
        libpq.clear(result);
    }
    return syncs == 0;
}

static bool fail(struct postgres_session *session, PGresult *result, const char *sql,
                 struct err *err)
{
    postgres_fault_set(err, session->conn, result, sql);
    session->was_interrupted |= postgres_fault_is_timeout(result);
    if (libpq.status(session->conn) != CONNECTION_OK || !recover(session)) {
        session->base.is_broken = session->base.is_lost = true;
    } else if (session->is_open) {
        session->base.is_failed = true;
        session->base.is_lost = libpq.transactionStatus(session->conn) == PQTRANS_IDLE;
    }
    libpq.clear(result);
    return false;
}

/* The outcome of one command. *kept, when asked for, is the caller's. */
static bool take(struct postgres_session *session, const char *sql, PGresult **kept,
                 struct err *err)
{
    PGresult *result = next_result(session);
    ExecStatusType status = libpq.resultStatus(result);

    if (result == NULL && session->was_interrupted)
        return err_set(err, ERR_LIMIT, "the database took too long");
    if (result == NULL)
        return lose(session, NULL, err);
    if (status == PGRES_PIPELINE_SYNC && kept == NULL) {
        libpq.clear(result); /* nothing stands behind a Sync */
        return true;
    }
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
        return fail(session, result, sql, err);
    libpq.clear(libpq.getResult(session->conn)); /* the end of this command */
    if (kept != NULL)
        *kept = result;
    else
        libpq.clear(result);
    return true;
}

static bool take_waiting(struct postgres_session *session, struct err *err)
{
    while (session->waiting_count > 0) {
        const char *sql = session->waiting[0];

        session->waiting_count--;
        memmove(session->waiting, session->waiting + 1,
                session->waiting_count * sizeof *session->waiting);
        if (!take(session, sql, NULL, err))
            return false;
    }
    return true;
}

/* Has the server answer all that was sent, and reads it. */
static bool settle(struct store_session *base, struct err *err)
{
    struct postgres_session *session = of(base);

    if (session->waiting_count == 0)
        return true;
    if (!libpq.sendFlushRequest(session->conn) || libpq.flush(session->conn) < 0)
        return lose(session, NULL, err);
    return take_waiting(session, err);
}

static bool wait_later(struct postgres_session *session, const char *sql, struct err *err)
{
    session->waiting[session->waiting_count++] = sql;
    return session->waiting_count < WAITING_MAX || settle(&session->base, err);
}

static bool send_text(struct postgres_session *session, const char *sql, struct err *err)
{
    return libpq.sendQueryParams(session->conn, sql, 0, NULL, NULL, NULL, NULL, 1)
               ? wait_later(session, "a command", err)
               : lose(session, NULL, err);
}

/* Lets the oldest statement go when there are too many. Nothing waits. */
static bool make_room(struct postgres_session *session, struct err *err)
{
    struct postgres_statement *evicted = postgres_statement_evict(&session->statements);
    char sql[64];

    if (evicted == NULL)
        return true;
    snprintf(sql, sizeof sql, "DEALLOCATE %s", evicted->name);
    postgres_statement_free(evicted);
    return send_text(session, sql, err);
}

static bool prepare(struct postgres_session *session, const char *sql, uint64_t hash,
                    struct store_args args, struct err *err)
{
    Oid *types = ARENA_ARRAY(session->scratch, Oid, MAX(args.count, 1));
    char name[16];
    PGresult *described;

    if (!settle(&session->base, err) || !make_room(session, err))
        return false;
    snprintf(name, sizeof name, "s%lld", (long long)session->statements.named++);
    postgres_statement_types(args, types);
    postgres_statement_note(sql, args.count, types);
    if (!libpq.sendPrepare(session->conn, name, sql, (int)args.count, types) ||
        !libpq.sendDescribePrepared(session->conn, name) || !libpq.sendFlushRequest(session->conn))
        return lose(session, NULL, err);
    if (!take_waiting(session, err) || !take(session, sql, NULL, err) ||
        !take(session, sql, &described, err))
        return false;
    postgres_statement_add(&session->statements, sql, hash, name, described);
    libpq.clear(described);
    return true;
}

/* Sends a prepared statement; *known is its text that lives as long as it may be waited for. */
static bool send(struct postgres_session *session, const char *sql, struct store_args args,
                 const char **known, struct err *err)
{
    uint64_t hash = postgres_statement_hash(sql);
    struct postgres_statement *statement;

    arena_reset(session->scratch);
    statement = postgres_statement_find(&session->statements, sql, hash, args);
    if (statement == NULL) {
        if (!prepare(session, sql, hash, args, err))
            return false;
        statement = postgres_statement_find(&session->statements, sql, hash, args);
    }
    if (statement == NULL)
        return err_set(err, ERR_BROKEN, "the values do not fit the places in: %s", sql);
    struct postgres_values values = postgres_value_print(session->scratch, args);
    *known = statement->sql;
    return libpq.sendQueryPrepared(session->conn, statement->name, (int)args.count, values.texts,
                                   values.lens, values.formats, 1) ||
           lose(session, NULL, err);
}

static bool send_and_wait_later(struct postgres_session *session, const char *sql,
                                struct store_args args, struct err *err)
{
    const char *known;

    return send(session, sql, args, &known, err) && wait_later(session, known, err);
}

static int64_t count_changed(PGresult *result)
{
    int64_t count;

    return num_parse_int(str_from_z(libpq.cmdTuples(result)), &count) ? count : 0;
}

/* The rows of a statement that was sent last. */
static bool take_rows(struct postgres_session *session, const char *sql,
                      const struct backend_sink *sink, int *rows, struct err *err)
{
    PGresult *result;

    if (!libpq.sendFlushRequest(session->conn) || libpq.flush(session->conn) < 0)
        return lose(session, NULL, err);
    if (!take_waiting(session, err) || !take(session, sql, &result, err))
        return false;
    bool ok = sink->row == NULL || postgres_value_give(result, sink, err);
    if (ok && sink->changed != NULL)
        *sink->changed = count_changed(result);
    if (rows != NULL)
        *rows = libpq.ntuples(result);
    libpq.clear(result);
    return ok;
}

/* Some hundred rows at a time: memory does not grow with what is read, and a callback may
 * ask for more meanwhile. */
static bool run_cursor(struct postgres_session *session, const char *sql, struct store_args args,
                       const struct backend_sink *sink, struct err *err)
{
    long long no = session->cursors++;
    char fetch[64], end[32];
    int rows = FETCH_ROWS;

    arena_reset(session->scratch);
    struct str declare =
        str_printf(session->scratch, "DECLARE c%lld NO SCROLL CURSOR FOR %s", no, sql);
    struct postgres_values values = postgres_value_print(session->scratch, args);
    Oid *types = ARENA_ARRAY(session->scratch, Oid, MAX(args.count, 1));
    postgres_statement_types(args, types);
    postgres_statement_note(sql, args.count, types);
    if (!libpq.sendQueryParams(session->conn, declare.ptr, (int)args.count, types, values.texts,
                               values.lens, values.formats, 1))
        return lose(session, NULL, err);
    if (!wait_later(session, "DECLARE", err))
        return false;
    snprintf(fetch, sizeof fetch, "FETCH %d FROM c%lld", FETCH_ROWS, no);
    snprintf(end, sizeof end, "CLOSE c%lld", no);
    while (rows == FETCH_ROWS) {
        if (!libpq.sendQueryParams(session->conn, fetch, 0, NULL, NULL, NULL, NULL, 1))
            return lose(session, NULL, err);
        if (!take_rows(session, sql, sink, &rows, err))
            return false;
    }
    return send_text(session, end, err);
}

static bool is_long(const char *sql, struct store_args args, const struct backend_sink *sink)
{
    const struct store_arg *last = args.count > 0 ? &args.items[args.count - 1] : NULL;

    return sink->is_stream && strncmp(sql, "SELECT", 6) == 0 &&
           (strstr(sql, " LIMIT ") == NULL ||
            (last != NULL && last->kind == STORE_INT && last->number >= INT32_MAX));
}

/* Whoever reads for another tenant sees what is published to it (postgres_store.c). */
static bool name_reader(struct postgres_session *session, struct err *err)
{
    char reader[24];

    if (session->base.reader == 0)
        return true;
    snprintf(reader, sizeof reader, "%lld", (long long)session->base.reader);
    return send_and_wait_later(session, "SELECT set_config('uprava.reader', $1, true)",
                               ARGS(TEXT(str_from_z(reader))), err);
}

/* To the servers of Citus comes what SET LOCAL says, not what a function sets. */
static bool name_tenant_everywhere(struct postgres_session *session, const char *tenant,
                                   struct err *err)
{
    char sql[64];

    snprintf(sql, sizeof sql, "SET LOCAL uprava.tenant = '%s'", tenant);
    return send_text(session, "SET LOCAL citus.propagate_set_commands = 'local'", err) &&
           send_text(session, sql, err);
}

/* Rule 1. A quick read also says how long a statement may take. */
static bool open_transaction(struct postgres_session *session, struct err *err)
{
    char tenant[24], budget[24];
    const char *begin =
        session->is_write ? "BEGIN" : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
    bool is_quick = session->deadline_us > 0;

    session->is_owed = false;
    session->is_open = true;
    snprintf(tenant, sizeof tenant, "%lld", (long long)session->base.tenant->info.id);
    snprintf(budget, sizeof budget, "%lld", (long long)MAX(session->budget_us / 1000, 1));
    const struct store_arg args[] = {TEXT(str_from_z(tenant)), TEXT(str_from_z(budget))};
    return send_and_wait_later(session, begin, NO_ARGS, err) &&
           send_and_wait_later(session,
                               is_quick ? "SELECT set_config('uprava.tenant', $1, true),"
                                          " set_config('statement_timeout', $2, true)"
                                        : "SELECT set_config('uprava.tenant', $1, true)",
                               (struct store_args){args, is_quick ? 2 : 1}, err) &&
           (!postgres_store_is_spread(session->base.tenant->store) ||
            name_tenant_everywhere(session, tenant, err)) &&
           name_reader(session, err);
}

static bool run(struct store_session *base, const char *sql, struct store_args args,
                const struct backend_sink *sink, struct err *err)
{
    struct postgres_session *session = of(base);
    bool is_way_back = strncmp(sql, "ROLLBACK TO", 11) == 0;
    const char *known;

    assert(session->is_open || session->is_owed);
    if (base->is_lost || (base->is_failed && !is_way_back))
        return err_set(err, ERR_UNAVAILABLE, "the transaction was refused before this");
    if (session->is_owed && !open_transaction(session, err))
        return false;
    if (is_way_back)
        base->is_failed = false;
    if (is_long(sql, args, sink))
        return run_cursor(session, sql, args, sink, err);
    if (!send(session, sql, args, &known, err))
        return false;
    /* Readers change nothing: there a refusal is told at once. */
    return sink->row != NULL || sink->changed != NULL || !session->is_write
               ? take_rows(session, known, sink, NULL, err)
               : wait_later(session, known, err);
}

/* Several statements, outside pipeline mode. */
static bool run_plain(struct postgres_session *session, const char *sql, struct err *err)
{
    PGresult *result = libpq.exec(session->conn, sql);
    ExecStatusType status = libpq.resultStatus(result);
    bool ok = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;

    if (!ok)
        postgres_fault_set(err, session->conn, result, NULL);
    session->base.is_failed |= !ok && session->is_open;
    libpq.clear(result);
    return ok;
}

static bool script(struct store_session *base, const char *sql, struct err *err)
{
    struct postgres_session *session = of(base);

    if (session->is_owed && !open_transaction(session, err))
        return false;
    if (!settle(base, err))
        return false;
    if (!recover(session) || !libpq.exitPipelineMode(session->conn))
        return lose(session, NULL, err);
    bool ok = run_plain(session, sql, err);
    if (!libpq.enterPipelineMode(session->conn))
        base->is_broken = base->is_lost = true;
    return ok;
}

PGconn *postgres_dial(const char *conninfo)
{
    const char *const names[] = {"connect_timeout", "tcp_user_timeout", "fallback_application_name",
                                 "dbname",          "client_encoding",  NULL};
    const char *const texts[] = {"5", "15000", "uprava", conninfo, "UTF8", NULL};

    return libpq.connectdbParams(names, texts, 1); /* the address is taken apart there */
}

static bool set_up(struct postgres_session *session, struct err *err)
{
    static const char SETTINGS[] =
        "SET jit = off; SET client_min_messages = error; SET lock_timeout = '10s';"
        "SET idle_in_transaction_session_timeout = '60s'; SET search_path TO ";

    session->conn = postgres_dial(session->conninfo);
    if (libpq.status(session->conn) != CONNECTION_OK)
        return postgres_fault_set(err, session->conn, NULL, NULL);
    const char *sql = str_printf(session->arena, "%s%s", SETTINGS, session->schema).ptr;
    return run_plain(session, sql, err) &&
           (libpq.enterPipelineMode(session->conn) || lose(session, NULL, err));
}

static void let_go(struct postgres_session *session)
{
    postgres_statement_done(&session->statements);
    libpq.finish(session->conn);
    session->conn = NULL;
    session->waiting_count = 0;
}

/* Rule 3. A server that goes says so on the socket, where nothing else is awaited now. */
static bool is_alive(struct postgres_session *session)
{
    struct pollfd socket = {libpq.socket(session->conn), POLLIN, 0};
    struct err ignored;

    if (libpq.status(session->conn) != CONNECTION_OK)
        return false;
    return take_waiting(session, &ignored) && poll(&socket, 1, 0) == 0;
}

static bool begin(struct store_session *base, bool is_write, struct err *err)
{
    struct postgres_session *session = of(base);

    if (!is_alive(session)) {
        let_go(session);
        if (session->deadline_us > 0) {
            session->was_interrupted = base->is_broken = true;
            return err_set(err, ERR_LIMIT, "the database has to be found again");
        }
        while (!set_up(session, err)) {
            let_go(session);
            base->is_broken = !postgres_store_waits(base->tenant->store, err);
            if (base->is_broken)
                return false;
        }
        postgres_store_answers(base->tenant->store);
    }
    base->is_lost = base->is_failed = false;
    session->is_owed = true;
    session->is_open = false;
    session->is_write = is_write;
    return true;
}

static bool end_transaction(struct postgres_session *session, const char *how, struct err *err)
{
    session->is_open = session->is_owed = false;
    return send_and_wait_later(session, how, NO_ARGS, err) &&
           (libpq.pipelineSync(session->conn) || lose(session, NULL, err)) &&
           wait_later(session, NULL, err);
}

static bool commit(struct store_session *base, struct err *err)
{
    struct postgres_session *session = of(base);
    bool was_owed = session->is_owed;

    if (base->is_failed || base->is_lost)
        return err_set(err, ERR_BROKEN, "an error of the database was passed over");
    /* Refusals are told before COMMIT, which would turn into a rollback in silence. */
    return was_owed || (settle(base, err) && end_transaction(session, "COMMIT", err) &&
                        take_waiting(session, err));
}

/* Not waited for: the next transaction reads the answer. */
static void rollback(struct store_session *base)
{
    struct postgres_session *session = of(base);
    struct err ignored;

    if (!base->is_broken && session->is_open && !end_transaction(session, "ROLLBACK", &ignored))
        base->is_broken = true;
    session->is_open = session->is_owed = false;
    base->is_lost = base->is_failed = false;
}

static void limit(struct store_session *base, int64_t deadline_us)
{
    struct postgres_session *session = of(base);

    session->deadline_us = deadline_us;
    session->budget_us = deadline_us > 0 ? deadline_us - time_monotonic_us() : 0;
    session->was_interrupted = false;
}

static bool was_interrupted(const struct store_session *base)
{
    return ((const struct postgres_session *)base)->was_interrupted;
}

static void close_session(struct store_session *base)
{
    struct postgres_session *session = of(base);
    struct arena *arena = session->arena;

    let_go(session);
    arena_close(&session->scratch);
    arena_close(&arena);
}

const struct backend postgres_backend = {
    .is_shared = true,
    .batch_max = BATCH_MAX,
    .member = "(CAST(body AS json) ->> ?) COLLATE \"C\"",
    .open = postgres_store_open,
    .shut = postgres_store_shut,
    .make_tenant = postgres_store_make_tenant,
    .measure = postgres_size,
    .pool = postgres_store_pool,
    .connect = postgres_store_connect,
    .run = run,
    .script = script,
    .begin = begin,
    .settle = settle,
    .commit = commit,
    .was_committed = postgres_store_was_committed,
    .rollback = rollback,
    .limit = limit,
    .was_interrupted = was_interrupted,
    .close = close_session,
    .tell = postgres_news_tell,
    .tell_job = postgres_news_tell_job,
    .watch = postgres_news_watch,
    .unwatch = postgres_news_unwatch,
    .search_step = postgres_search_step,
    .search_stage = postgres_search_stage,
    .search_merge = postgres_search_merge,
};

bool postgres_connect(const char *conninfo, const char *schema, struct store_session **out,
                      struct err *err)
{
    struct arena *arena = arena_open(sizeof(struct postgres_session) + 256);
    struct postgres_session *session = ARENA_NEW(arena, struct postgres_session);

    *session = (struct postgres_session){
        .base.backend = &postgres_backend,
        .arena = arena,
        .scratch = arena_open(4096),
        .conninfo = conninfo,
        .schema = schema,
    };
    if (!set_up(session, err)) {
        close_session(&session->base);
        return false;
    }
    *out = &session->base;
    return true;
}

bool postgres_ask(struct store_session *base, struct arena *arena, const char *sql,
                  struct str *value, struct err *err)
{
    struct postgres_session *session = of(base);
    PGresult *result;

    if (!libpq.sendQueryParams(session->conn, sql, 0, NULL, NULL, NULL, NULL, 0) ||
        !libpq.sendFlushRequest(session->conn))
        return lose(session, NULL, err);
    if (!take_waiting(session, err) || !take(session, sql, &result, err))
        return false;
    *value = libpq.ntuples(result) > 0 ? str_copy(arena, str_from_z(libpq.getvalue(result, 0, 0)))
                                       : STR("");
    libpq.clear(result);
    return recover(session) || lose(session, NULL, err);
}

#include "store/sqlite.h"

#include "core/time.h"
#include "store/fault.h"
#include "store/rows.h"
#include "store/sqlite_search.h"
#include "store/sqlite_store.h"
#include "store/statement.h"
#include "store/tenant.h"
#include "store/writer.h"

#include <malloc.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

enum {
    BUSY_MS = 5000,        /* only recovery and closing ever make anyone wait */
    QUICK_STEPS = 500,     /* of SQLite's machine between two looks at the clock: about 20 us */
    WAL_PAGES_MAX = 2048,  /* 4 MB: then a checkpoint, else a reader has far to look */
    WAL_PAGES_LEFT = 32,   /* 64 kB: read at the next opening in a moment */
    BULK_PAGES = 1000,     /* a commit as large as this asks for a larger cache */
    READER_CACHE_KB = 256, /* small: mmap serves the pages */
    WRITER_CACHE_KB = 8 * 1024,
    BULK_CACHE_KB = 64 * 1024,
};

/*
 * As much as SQLite can map; what lies beyond is read with a call for each page.  Small files
 * are read into the cache: with thousands of them open, what is mapped would be most of all.
 */
#define MMAP_SIZE INT64_C(0x7fff0000)
#define MMAP_MIN  INT64_C(0x100000)

struct sqlite_session {
    struct store_session base;
    sqlite3 *db;
    struct statement_cache cache;
    struct arena *arena;
    int64_t deadline_us;
    bool is_writer;
    bool was_interrupted;
    bool is_bulk;
    int64_t era;            /* of a reader's open transaction */
    int wal_pages;          /* in the WAL after the last commit */
    int wal_copied;         /* of them known to be in the file */
    int wal_last;           /* wal_pages at the last checkpoint */
    struct wal_place place; /* at the last commit */
    struct wal_tap tap;
    unsigned uses;
};

static struct sqlite_session *of(struct store_session *session)
{
    return (struct sqlite_session *)session;
}

static bool fail(struct sqlite_session *session, int code, const char *sql, struct err *err)
{
    session->base.is_broken |= fault_is_fatal(code);
    session->base.is_lost |= session->is_writer && sqlite3_get_autocommit(session->db) != 0;
    session->was_interrupted |= code == SQLITE_INTERRUPT;
    return fault_set(err, session->db, code, sql);
}

static int bind_one(sqlite3_stmt *stmt, int at, const struct store_arg *arg)
{
    switch (arg->kind) {
    case STORE_INT:
        return sqlite3_bind_int64(stmt, at, arg->number);
    case STORE_TEXT:
        return sqlite3_bind_text64(stmt, at, arg->text.ptr != NULL ? arg->text.ptr : "",
                                   arg->text.len, SQLITE_STATIC, SQLITE_UTF8);
    case STORE_NULL:
        break;
    }
    return sqlite3_bind_null(stmt, at);
}

static bool bind_all(struct sqlite_session *session, const struct statement *statement,
                     struct store_args args, struct err *err)
{
    if (args.count != statement->params)
        return err_set(err, ERR_BROKEN, "%zu values for %zu places in: %s", args.count,
                       statement->params, statement->sql);
    for (size_t i = 0; i < args.count; i++) {
        int code = bind_one(statement->stmt, (int)i + 1, &args.items[i]);

        if (code != SQLITE_OK)
            return fail(session, code, statement->sql, err);
    }
    return true;
}

static void read_row(const struct statement *statement)
{
    for (size_t i = 0; i < statement->columns; i++) {
        struct store_arg *value = &statement->values[i];
        int column = (int)i;

        switch (sqlite3_column_type(statement->stmt, column)) {
        case SQLITE_INTEGER:
        case SQLITE_FLOAT:
            *value = INT(sqlite3_column_int64(statement->stmt, column));
            break;
        case SQLITE_NULL:
            *value = NONE;
            break;
        default: {
            const char *text = (const char *)sqlite3_column_text(statement->stmt, column);
            int len = sqlite3_column_bytes(statement->stmt, column);

            *value = TEXT(((struct str){text, (size_t)len}));
        }
        }
    }
}

static bool step_all(struct sqlite_session *session, const struct statement *statement,
                     const struct backend_sink *sink, struct err *err)
{
    const struct rows one = {1, statement->columns, statement->values};
    int code;

    while ((code = sqlite3_step(statement->stmt)) == SQLITE_ROW) {
        if (sink->row == NULL)
            continue;
        read_row(statement);
        if (!sink->row(sink->data, &one, err))
            return false;
    }
    if (code != SQLITE_DONE)
        return fail(session, code, statement->sql, err);
    if (sink->changed != NULL)
        *sink->changed = sqlite3_changes64(session->db);
    return true;
}

static bool run(struct store_session *base, const char *sql, struct store_args args,
                const struct backend_sink *sink, struct err *err)
{
    struct sqlite_session *session = of(base);
    struct statement *statement;

    if (base->is_lost)
        return err_set(err, ERR_UNAVAILABLE, "the transaction was rolled back before this");
    if (!statement_take(&session->cache, session->db, sql, &statement, err))
        return false;
    bool ok = bind_all(session, statement, args, err) && step_all(session, statement, sink, err);
    statement_give(statement);
    return ok;
}

static bool script(struct store_session *base, const char *sql, struct err *err)
{
    struct sqlite_session *session = of(base);
    int code = sqlite3_exec(session->db, sql, NULL, NULL, NULL);

    return code == SQLITE_OK || fail(session, code, NULL, err);
}

static bool run_plain(struct store_session *base, const char *sql, struct err *err)
{
    return run(base, sql, (struct store_args){0}, &(struct backend_sink){0}, err);
}

static bool is_open(const struct sqlite_session *session)
{
    return sqlite3_get_autocommit(session->db) == 0;
}

static void rollback(struct store_session *base)
{
    struct sqlite_session *session = of(base);
    struct err ignored;

    base->is_lost = false;
    if (is_open(session) && !run_plain(base, "ROLLBACK", &ignored))
        base->is_broken = true;
    base->is_lost = false;
}

/* Rule 4. The era is looked at before the snapshot is taken, which may be younger. */
static bool begin_read(struct sqlite_session *session, struct err *err)
{
    int64_t era = atomic_load(&session->base.tenant->era);

    if (is_open(session) && session->era == era)
        return true;
    rollback(&session->base);
    session->era = era;
    return run_plain(&session->base, "BEGIN", err);
}

static bool begin(struct store_session *base, bool is_write, struct err *err)
{
    return is_write ? run_plain(base, "BEGIN IMMEDIATE", err) : begin_read(of(base), err);
}

static int64_t status(const struct sqlite_session *session, int part)
{
    int used = 0, ignored;

    (void)sqlite3_db_status(session->db, part, &used, &ignored, 0);
    return used;
}

/* To count it takes a tenth of an opening, and all tenants have the same. */
static int64_t schema_bytes(const struct sqlite_session *session)
{
    struct store *store = session->base.tenant->store;
    int64_t bytes = atomic_load(&store->schema_bytes);

    if (bytes == 0 && session->base.tenant != store->node) { /* the node's is not weighed */
        bytes = status(session, SQLITE_DBSTATUS_SCHEMA_USED);
        atomic_store(&store->schema_bytes, bytes);
    }
    return bytes;
}

/* A third is for what malloc keeps beside it, and the session itself. */
static void weigh(struct sqlite_session *session)
{
    if (session->base.tenant == NULL)
        return; /* a file that is being made */
    int64_t used = schema_bytes(session) + status(session, SQLITE_DBSTATUS_STMT_USED) +
                   status(session, SQLITE_DBSTATUS_CACHE_USED);

    tenant_weigh(&session->base, SQLITE_SESSION_FILES, SQLITE_SESSION_BYTES + used + used / 3);
}

static void rest(struct store_session *base)
{
    struct sqlite_session *session = of(base);

    if (is_open(session) && session->era != atomic_load(&base->tenant->era))
        rollback(base);
    /* It grows with the first statements and hardly any more. */
    session->uses++;
    if (session->uses == 1)
        sqlite3_db_release_memory(session->db); /* the pages that told of the tables */
    if ((session->uses & (session->uses - 1)) == 0)
        weigh(session);
}

/* Rule 4. Who reads just now is put to rest when they are done. */
static void end_era(struct store_session *base)
{
    struct tenant *tenant = base->tenant;

    if (tenant == NULL)
        return; /* a file that is being made */
    atomic_fetch_add(&tenant->era, 1);
    pool_rest(tenant->pool);
}

/* Every statement was run when it was asked for. */
static bool settle(struct store_session *base, struct err *err)
{
    (void)base, (void)err;
    return true;
}

/* Rule 4: the era ends whatever came of it. */
static bool commit(struct store_session *base, struct err *err)
{
    bool ok = run_plain(base, "COMMIT", err);

    if (base->tenant != NULL)
        atomic_fetch_add(&base->tenant->era, 1);
    return ok;
}

static int on_progress(void *data)
{
    struct sqlite_session *session = data;

    return time_monotonic_us() > session->deadline_us;
}

static void limit(struct store_session *base, int64_t deadline_us)
{
    struct sqlite_session *session = of(base);

    session->deadline_us = deadline_us;
    session->was_interrupted = false;
    sqlite3_progress_handler(session->db, deadline_us > 0 ? QUICK_STEPS : 0,
                             deadline_us > 0 ? on_progress : NULL, session);
}

static bool was_interrupted(const struct store_session *base)
{
    return ((const struct sqlite_session *)base)->was_interrupted;
}

static void set_cache(struct sqlite_session *session, int kb)
{
    char sql[64];

    snprintf(sql, sizeof sql, "PRAGMA cache_size=-%d", kb);
    sqlite3_exec(session->db, sql, NULL, NULL, NULL);
    session->is_bulk = kb == BULK_CACHE_KB;
    if (session->is_bulk)
        return;
    sqlite3_db_release_memory(session->db);
    /* glibc would keep what a bulk load took: 30 MB became 1.4 MB. */
    malloc_trim(0);
}

static bool is_home(const struct sqlite_session *session)
{
    return session->wal_copied >= session->wal_pages;
}

/*
 * Where tenants are closed and opened all the time each checkpoint, which flushes twice, would be
 * for one write.  A backup has to find what it took gone, or it would open the file each time.
 */
static bool may_stay(const struct sqlite_session *session)
{
    const struct wal_tap *tap = &session->tap;
    bool is_taken = tap->is_open && tap->kept.frames == session->place.frames &&
                    tap->kept.salt1 == session->place.salt1 &&
                    tap->kept.salt2 == session->place.salt2;

    return session->wal_pages <= WAL_PAGES_LEFT && !is_taken;
}

static bool is_tidy(const struct store_session *base)
{
    const struct sqlite_session *session = (const struct sqlite_session *)base;

    return is_home(session) ||
           (base->tenant != NULL && tenant_is_pressed(base->tenant) && may_stay(session));
}

/* Between transactions only. */
static bool tidy(struct store_session *base, bool is_idle)
{
    struct sqlite_session *session = of(base);
    int pages = 0, copied = 0;

    if (is_idle && session->is_bulk) {
        set_cache(session, WRITER_CACHE_KB);
        if (base->tenant != NULL)
            pool_empty(base->tenant->pool); /* the readers that come map what has grown */
    }
    if (is_idle) {
        sqlite3_db_release_memory(session->db);
        weigh(session);
    }
    if (is_idle ? is_tidy(base) : session->wal_pages - session->wal_last < WAL_PAGES_MAX)
        return true;

    if (!wal_tap_take(&session->tap, session->db, &session->place))
        return false;
    end_era(base);
    int code =
        sqlite3_wal_checkpoint_v2(session->db, NULL, SQLITE_CHECKPOINT_PASSIVE, &pages, &copied);
    end_era(base); /* snapshots of the whole file from here on: they hold nothing of the WAL */
    base->is_broken |= code != SQLITE_OK && code != SQLITE_BUSY;
    if (code != SQLITE_OK)
        return false;
    /* With all of it copied and no reader in it the next commit begins the WAL anew. */
    session->wal_pages = pages;
    session->wal_copied = copied;
    session->wal_last = pages;
    return true;
}

static int on_commit(void *data, sqlite3 *db, const char *name, int pages)
{
    struct sqlite_session *session = data;

    (void)name;
    if (pages < session->wal_pages)
        session->wal_copied = session->wal_last = 0; /* the WAL began anew */
    if (!session->is_bulk && pages - session->wal_pages > BULK_PAGES)
        set_cache(session, BULK_CACHE_KB);
    session->wal_pages = pages;
    session->place = wal_place_now(db, (uint32_t)pages);
    return SQLITE_OK;
}

/*
 * What the tap has not taken, before the WAL goes. What another process left may be in it.  The
 * last commit may not have been flushed: if the power took it after the tap has it, another commit
 * would stand in its place, and the tap would not take that.
 */
static bool drain(struct sqlite_session *session)
{
    sqlite3_file *wal;
    int pages = 0;

    if (!session->tap.is_open)
        return true;
    /* Pages that went home stand in the WAL until the next commit, so this loses none. */
    if (session->place.frames == 0) {
        if (sqlite3_wal_checkpoint_v2(session->db, NULL, SQLITE_CHECKPOINT_PASSIVE, &pages, NULL) !=
            SQLITE_OK)
            return false;
        session->place = wal_place_now(session->db, (uint32_t)MAX(pages, 0));
    }
    wal = wal_place_file(session->db);
    if (wal != NULL && wal->pMethods->xSync(wal, SQLITE_SYNC_NORMAL) != SQLITE_OK)
        return false;
    return wal_tap_take(&session->tap, session->db, &session->place);
}

static void relax(struct store_session *base, bool is_relaxed)
{
    struct err ignored; /* then they are flushed */
    bool ok = script(base, is_relaxed ? "PRAGMA synchronous=NORMAL" : "PRAGMA synchronous=FULL",
                     &ignored);

    (void)ok;
}

/* What a writer's connection has otherwise than a reader's. */
static bool set_role(struct sqlite_session *session, const struct sqlite_options *options,
                     struct err *err)
{
    char sql[128];

    session->is_writer = options->is_writer;
    if (options->is_writer)
        sqlite3_wal_hook(session->db, on_commit, session);
    else
        sqlite3_wal_autocheckpoint(session->db, 0);
    snprintf(sql, sizeof sql, "PRAGMA cache_size=-%d; PRAGMA synchronous=%s; PRAGMA query_only=%d",
             options->is_writer ? WRITER_CACHE_KB : READER_CACHE_KB,
             options->is_unsafe ? "OFF" : "FULL", options->is_writer ? 0 : 1);
    return script(&session->base, sql, err);
}

/* Between this file's reads there is one connection of it, not two with a schema each. */
static bool promote(struct store_session *base, struct err *err)
{
    struct sqlite_session *session = of(base);
    struct tenant *tenant = base->tenant;
    struct sqlite_options options = sqlite_store_options(tenant, true);

    rollback(base);
    /* Half a writer must not checkpoint as it is closed: the tap has not seen what would go. */
    base->is_broken = base->is_broken || !set_role(session, &options, err);
    if (base->is_broken)
        return false;
    wal_tap_open(&session->tap, tenant->path);
    weigh(session);
    return true;
}

static bool leaves_wal(const struct sqlite_session *session)
{
    const struct tenant *tenant = session->base.tenant;

    return tenant != NULL && tenant->is_hurried && !is_home(session) && may_stay(session);
}

static void close_session(struct store_session *base)
{
    struct sqlite_session *session = of(base);
    struct arena *arena = session->arena;

    tenant_weigh(base, 0, 0);
    statement_done(&session->cache);
    if (session->is_writer)
        end_era(base);
    if (session->is_writer && !base->is_broken && !is_open(session) && !leaves_wal(session) &&
        drain(session) &&
        sqlite3_wal_checkpoint_v2(session->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) ==
            SQLITE_OK)
        /* Rule 1 allows it, and the last one leaves a folder with one file in it. */
        sqlite3_db_config(session->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
    wal_tap_close(&session->tap);
    sqlite3_close_v2(session->db);
    arena_close(&arena);
}

struct sqlite_wal sqlite_wal_of(struct store_session *base)
{
    struct sqlite_session *session = of(base);

    return (struct sqlite_wal){
        .db = session->db,
        .tap = &session->tap,
        .place = session->place,
        .is_home = is_home(of(base)),
    };
}

const struct backend sqlite_backend = {
    .batch_max = WRITER_BATCH_MAX,
    .member = "(body ->> ?)",
    .tenant_steps = MIGRATION_TENANT,
    .open = sqlite_store_open,
    .shut = sqlite_store_shut,
    .make_tenant = sqlite_store_make_tenant,
    .connect = sqlite_store_connect,
    .run = run,
    .script = script,
    .begin = begin,
    .settle = settle,
    .commit = commit,
    .rollback = rollback,
    .rest = rest,
    .limit = limit,
    .was_interrupted = was_interrupted,
    .tidy = tidy,
    .is_tidy = is_tidy,
    .relax = relax,
    .promote = promote,
    .close = close_session,
    .search_step = sqlite_search_step,
    .search_stage = sqlite_search_stage,
    .search_merge = sqlite_search_merge,
};

static int64_t map_size(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0 && info.st_size >= MMAP_MIN ? MMAP_SIZE : 0;
}

static bool set_up(struct sqlite_session *session, const struct sqlite_options *options,
                   const char *path, struct err *err)
{
    char sql[64];

    sqlite3_busy_timeout(session->db, BUSY_MS);
    sqlite3_extended_result_codes(session->db, 1);
    sqlite3_db_config(session->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    sqlite3_db_config(session->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(session->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    snprintf(sql, sizeof sql, "PRAGMA mmap_size=%lld; PRAGMA temp_store=MEMORY",
             (long long)map_size(path));
    return script(&session->base, sql, err) && set_role(session, options, err);
}

bool sqlite_open(const char *path, const struct sqlite_options *options, struct store_session **out,
                 struct err *err)
{
    struct arena *arena = arena_open(sizeof(struct sqlite_session) + 64);
    struct sqlite_session *session = ARENA_NEW(arena, struct sqlite_session);

    *session =
        (struct sqlite_session){.base.backend = &sqlite_backend, .arena = arena, .tap.fd = -1};
    int code = sqlite3_open_v2(path, &session->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
                               options->vfs != NULL ? options->vfs : SQLITE_VFS);
    if (code != SQLITE_OK) {
        fault_set(err, session->db, code, NULL);
        session->base.is_broken = true;
        close_session(&session->base);
        return err_while(err, "%s cannot be opened", path);
    }
    if (!set_up(session, options, path, err)) {
        session->base.is_broken = true;
        close_session(&session->base);
        return false;
    }
    session->base.is_lost = false;
    if (options->is_writer)
        wal_tap_open(&session->tap, path);
    *out = &session->base;
    return true;
}

static bool fill(struct sqlite_session *session, const struct migration *steps, struct err *err)
{
    struct store_session *base = &session->base;

    return script(base, "PRAGMA page_size=2048; PRAGMA journal_mode=WAL", err) &&
           begin(base, true, err) && migration_apply(base, steps, 0, err) && commit(base, err);
}

bool sqlite_create(const char *path, const struct migration *steps, struct err *err)
{
    struct sqlite_session session = {
        .base.backend = &sqlite_backend, .is_writer = true, .tap.fd = -1};

    unlink(path);
    int code = sqlite3_open_v2(path, &session.db,
                               SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                               SQLITE_VFS);
    bool ok =
        code == SQLITE_OK ? fill(&session, steps, err) : fault_set(err, session.db, code, NULL);
    session.base.is_broken |= !ok;
    close_session(&session.base);
    return ok || err_while(err, "%s cannot be made", path);
}

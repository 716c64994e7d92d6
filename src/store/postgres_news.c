/*
 * Invariants:
 * 1. A change of another process turns the board before the look that found it counts.
 * 2. A look finds all that was committed before it: transactions may end in another order
 *    than they began, so it reads all rows whose transaction is not older than the oldest one
 *    that was still running at the look before.
 * 3. After a new connection nothing is believed to be known.
 * 4. Of a job is told after a look that found what was committed with it: it would begin with what
 *    was remembered before otherwise.
 */
#include "store/postgres_news.h"

#include "core/map.h"
#include "core/num.h"
#include "core/time.h"
#include "store/libpq.h"
#include "store/postgres_fault.h"
#include "store/postgres_store.h"
#include "store/state.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum {
    LOOK_MS = 250,  /* also when nobody notified */
    RETRY_MS = 100, /* between two attempts to connect */
};

struct postgres_news {
    struct store *store;
    struct news_watcher watcher;
    PGconn *conn;
    struct arena *arena; /* of known and names */
    struct map known;    /* "tenant.kind" → the version that is on the board */
    struct buf names;    /* of tenants with a new job, a line each: for after the next look */
    char oldest[24];     /* the transaction from which the next look begins */
    bool is_new;         /* invariant 3 */
    bool is_away;        /* the watcher was told so */
    int wake;            /* an eventfd: written to when it shall end */
    atomic_bool is_stopping;
    pthread_t thread;
};

bool postgres_news_tell(struct tx *tx, int64_t tenant, enum news_kind kind, struct err *err)
{
    const struct store *store = tx->owner->store;

    return store_exec(tx,
                      "INSERT INTO uprava_node.news AS n (tenant, kind, version, run, origin, xact)"
                      " VALUES ($1, $2, 1, 1, $3, pg_current_xact_id()::text::bigint)"
                      " ON CONFLICT (tenant, kind) DO UPDATE SET version = n.version + 1,"
                      " run = CASE WHEN n.origin = excluded.origin THEN n.run"
                      "  ELSE n.version + 1 END,"
                      " origin = excluded.origin, xact = excluded.xact",
                      ARGS(INT(tenant), INT(kind), TEXT(str_from_z(store->news.origin))), err) &&
           store_exec(tx, "SELECT pg_notify('uprava', '')", (struct store_args){0}, err);
}

bool postgres_news_tell_job(struct tx *tx, struct err *err)
{
    struct str name = tenant_info(tx->owner)->name;

    /* A notice without a name says something else: look at the news. */
    return store_exec(tx, "SELECT pg_notify('uprava', $1)",
                      ARGS(TEXT(name.len > 0 ? name : STR("node"))), err);
}

/* One row of a look: oldest, tenant, kind, version, run, origin, name. */
struct told {
    int64_t tenant, kind, version, run;
    bool is_own;
    struct str name; /* "" of the node */
};

static struct str text_at(const PGresult *result, int row, int column)
{
    return str_from_z(libpq.getvalue(result, row, column));
}

static int64_t number_at(const PGresult *result, int row, int column)
{
    int64_t number;

    return num_parse_int(text_at(result, row, column), &number) ? number : 0;
}

/* True when all changes since the known version were our own. */
static bool know(struct postgres_news *news, const struct told *told)
{
    char text[48];
    int len =
        snprintf(text, sizeof text, "%lld.%lld", (long long)told->tenant, (long long)told->kind);
    struct str key = {text, (size_t)len};
    int64_t *known = map_find(&news->known, key);

    if (known == NULL) {
        known = ARENA_NEW(news->arena, int64_t);
        map_put(&news->known, str_copy(news->arena, key), known);
    }
    bool is_known = *known >= told->version || (told->is_own && *known + 1 >= told->run);
    *known = told->version;
    return is_known;
}

static bool take(struct postgres_news *news, const struct told *told, struct err *err)
{
    if (told->kind < 0 || told->kind >= NEWS_KINDS || know(news, told) || news->is_new)
        return true;
    news_board_turn(&news->store->news, told->tenant, (enum news_kind)told->kind);
    return told->kind != NEWS_TENANT || told->name.len == 0 ||
           store_refresh(news->store, told->name, err);
}

static bool take_all(struct postgres_news *news, const PGresult *result, struct err *err)
{
    int rows = libpq.ntuples(result);

    for (int row = 0; row < rows; row++) {
        struct told told = {
            .tenant = number_at(result, row, 1),
            .kind = number_at(result, row, 2),
            .version = number_at(result, row, 3),
            .run = number_at(result, row, 4),
            .is_own = str_equal(text_at(result, row, 5), str_from_z(news->store->news.origin)),
            .name = text_at(result, row, 6),
        };

        if (!libpq.getisnull(result, row, 1) && !take(news, &told, err))
            return false;
    }
    snprintf(news->oldest, sizeof news->oldest, "%.*s", STR_ARG(text_at(result, 0, 0)));
    return true;
}

/* Invariant 2: one statement, so one snapshot. */
static bool look(struct postgres_news *news, struct err *err)
{
    static const char SQL[] =
        "SELECT pg_snapshot_xmin(pg_current_snapshot())::text, n.tenant, n.kind, n.version, n.run,"
        " n.origin, COALESCE(t.name, '') FROM (SELECT 1) AS one"
        " LEFT JOIN uprava_node.news AS n ON n.xact >= $1::bigint"
        " LEFT JOIN uprava_node.tenant AS t ON t.id = n.tenant";
    const char *values[] = {news->oldest};
    int64_t moment_us = time_monotonic_us();
    PGresult *result = libpq.execParams(news->conn, SQL, 1, NULL, values, NULL, NULL, 0);
    bool ok = libpq.resultStatus(result) == PGRES_TUPLES_OK && libpq.ntuples(result) > 0;

    if (!ok)
        postgres_fault_set(err, news->conn, result, SQL);
    ok = ok && take_all(news, result, err);
    libpq.clear(result);
    if (ok && news->is_new) {
        news_board_turn_all(&news->store->news);
        ok = store_refresh(news->store, (struct str){0}, err);
    }
    if (!ok)
        return false;
    if (news->is_new)
        news->watcher.on_job(news->watcher.data, (struct str){0});
    news->is_new = false;
    news_board_looked(&news->store->news, moment_us);
    return true;
}

static void hang_up(struct postgres_news *news)
{
    libpq.finish(news->conn);
    news->conn = NULL;
}

static bool call_up(struct postgres_news *news, struct err *err)
{
    news->conn = postgres_store_dial(news->store);
    PGresult *result =
        libpq.status(news->conn) == CONNECTION_OK ? libpq.exec(news->conn, "LISTEN uprava") : NULL;
    bool ok = libpq.resultStatus(result) == PGRES_COMMAND_OK;

    if (!ok)
        postgres_fault_set(err, news->conn, result, NULL);
    libpq.clear(result);
    news->is_new = true;
    snprintf(news->oldest, sizeof news->oldest, "0");
    return ok;
}

/* False when the connection is gone.  *is_told: there were some, it is time to look. */
static bool take_notices(struct postgres_news *news, bool *is_told, struct err *err)
{
    PGnotify *notice;

    *is_told = false;
    if (!libpq.consumeInput(news->conn))
        return postgres_fault_set(err, news->conn, NULL, NULL);
    while ((notice = libpq.notifies(news->conn)) != NULL) {
        *is_told = true;
        if (notice->extra[0] != '\0')
            buf_printf(&news->names, "%s\n", notice->extra);
        libpq.freemem(notice);
    }
    return true;
}

static void tell_jobs(struct postgres_news *news)
{
    struct str rest = buf_str(&news->names);

    while (rest.len > 0)
        news->watcher.on_job(news->watcher.data, str_cut(&rest, '\n'));
    news->names.len = 0;
}

/* Once more when someone told while it looked: that may have come too late for it. */
static bool hear(struct postgres_news *news, struct err *err)
{
    bool is_told;

    if (!take_notices(news, &is_told, err))
        return false;
    do {
        if (!look(news, err))
            return false;
        tell_jobs(news);
        if (!take_notices(news, &is_told, err))
            return false;
    } while (is_told && !atomic_load(&news->is_stopping));
    return true;
}

static bool rest(struct postgres_news *news, int ms)
{
    struct pollfd waits[] = {{news->wake, POLLIN, 0},
                             {news->conn != NULL ? libpq.socket(news->conn) : -1, POLLIN, 0}};

    poll(waits, 2, ms);
    return !atomic_load(&news->is_stopping);
}

static void tell_state(struct postgres_news *news, const struct err *err)
{
    bool is_away = err->code != ERR_NONE;

    if (is_away != news->is_away)
        news->watcher.on_state(news->watcher.data, err);
    news->is_away = is_away;
}

static void *run(void *data)
{
    struct postgres_news *news = data;

    do {
        struct err err = {0};

        if ((news->conn == NULL && !call_up(news, &err)) || !hear(news, &err))
            hang_up(news);
        tell_state(news, &err);
    } while (rest(news, news->conn != NULL ? LOOK_MS : RETRY_MS));
    hang_up(news);
    return NULL;
}

bool postgres_news_watch(struct store *store, const struct news_watcher *watcher, struct err *err)
{
    struct arena *arena = arena_open(0);
    struct postgres_news *news = ARENA_NEW(arena, struct postgres_news);

    *news = (struct postgres_news){.store = store,
                                   .watcher = *watcher,
                                   .arena = arena,
                                   .known = {.arena = arena},
                                   .names = {.arena = arena},
                                   .wake = eventfd(0, EFD_CLOEXEC)};
    if (news->wake < 0 || pthread_create(&news->thread, NULL, run, news) != 0) {
        arena_close(&arena);
        return err_set(err, ERR_BROKEN, "no thread to listen to other servers");
    }
    *postgres_store_news(store) = news;
    return true;
}

void postgres_news_unwatch(struct store *store)
{
    struct postgres_news *news = *postgres_store_news(store);
    struct arena *arena = news->arena;
    const uint64_t one = 1;

    atomic_store(&news->is_stopping, true);
    while (write(news->wake, &one, sizeof one) < 0 && errno == EINTR)
        continue;
    pthread_join(news->thread, NULL);
    close(news->wake);
    *postgres_store_news(store) = NULL;
    arena_close(&arena);
}

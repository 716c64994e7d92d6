#include "registry/sweep.h"

#include <stdio.h>

#include "auth/journal.h"
#include "core/csv.h"
#include "core/id.h"
#include "core/map.h"
#include "core/vec.h"
#include "registry/gauge.h"
#include "store/rows.h"

enum {
    PIECE = 500,              /* rows of a plan in one write: others write between */
    NAMES = 1000000,          /* more than any node has */
    PLAN_MS = 10 * 60 * 1000, /* a plan that is older was left behind by a crash */
};

static struct str kind_word(enum sweep_kind kind)
{
    return kind == SWEEP_PACKS ? STR("packs") : STR("tables");
}

/* Names, each once. */
struct names {
    struct arena *arena;
    struct map known;
    VEC(struct str) items;
};

static void add_name(struct names *names, struct str name)
{
    if (map_find(&names->known, name) != NULL)
        return;
    map_put(&names->known, name, (void *)name.ptr);
    VEC_PUSH(names->arena, &names->items, name);
}

bool sweep_wants(struct str list, struct str pack)
{
    struct str rest = list;

    while (rest.len > 0)
        if (str_equal(str_trim(str_cut(&rest, ',')), pack))
            return true;
    return list.len == 0;
}

static bool check_packs(struct str list, const struct pack_set *newest, struct err *err)
{
    while (list.len > 0) {
        struct str id = str_trim(str_cut(&list, ','));

        if (pack_set_find(newest, id) == NULL)
            return err_set(err, ERR_INPUT, "there is no pack %.*s on this server", STR_ARG(id));
    }
    return true;
}

static bool add_behind(const struct tenancy *by, const struct sweep_wish *wish, struct names *names,
                       struct err *err)
{
    struct gauge_version *versions;
    struct pack_set newest;
    size_t count;

    if (!model_library_packs(by->library, names->arena, &newest, err) ||
        !check_packs(wish->packs, &newest, err) ||
        !gauge_versions(by->store, names->arena, &newest, &versions, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct gauge_ask ask = {versions[i].pack, versions[i].version, STR(""), NAMES};
        struct gauge_place *places;
        size_t place_count;

        if (!versions[i].is_behind || !sweep_wants(wish->packs, versions[i].pack))
            continue;
        if (!gauge_places(by->store, names->arena, &ask, &places, &place_count, err))
            return false;
        for (size_t n = 0; n < place_count; n++)
            if (str_equal(places[n].digest, versions[i].digest))
                add_name(names, places[n].name);
    }
    return true;
}

/* Nobody measured them yet; or their tables are not this program's. */
static bool add_unknown(const struct tenancy *by, const struct sweep_wish *wish,
                        struct names *names, struct err *err)
{
    struct store_tenant *tenants;
    struct gauge *gauges;
    size_t count, gauge_count;

    if (!store_list_tenants(by->store, names->arena, &tenants, &count, err) ||
        !gauge_list(by->store, names->arena, &gauges, &gauge_count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct gauge *gauge = gauge_find(gauges, gauge_count, tenants[i].id);

        if (gauge == NULL ||
            (wish->kind == SWEEP_TABLES && gauge->tables != store_version(by->store)))
            add_name(names, tenants[i].name);
    }
    return true;
}

bool sweep_plan(const struct tenancy *by, struct arena *arena, const struct sweep_wish *wish,
                struct str **names, size_t *count, struct err *err)
{
    struct names found = {.arena = arena, .known = {.arena = arena}};

    *count = 0;
    /* Tables that all share were brought up to date when the store was opened. */
    if (wish->kind == SWEEP_TABLES && store_is_shared(by->store))
        return true;
    if ((wish->kind == SWEEP_PACKS && !add_behind(by, wish, &found, err)) ||
        !add_unknown(by, wish, &found, err))
        return false;
    *names = found.items.items;
    *count = found.items.count;
    return true;
}

/* A sweep on its way into the node's tables. */
struct plan {
    const struct tenancy *by;
    const struct sweep_wish *wish;
    int64_t id;
    const struct str *names;
    size_t from, to;
};

static bool note(struct tx *tx, const struct tenancy *by, const char *action, struct err *err)
{
    struct journal_entry entry = {.at = by->now, .actor = by->actor, .action = str_from_z(action)};

    return journal_add(tx, &entry, err);
}

static bool forget_old(struct tx *tx, struct str kind, int64_t now, struct err *err)
{
    return store_exec(tx,
                      "DELETE FROM sweep WHERE tenant = $1 AND status = 'planned' AND put_at < $2",
                      ARGS(INT(tx->tenant), INT(now - PLAN_MS)), err) &&
           store_exec(tx,
                      "DELETE FROM sweep WHERE tenant = $1 AND kind = $2"
                      " AND status IN ('done', 'stopped') AND id NOT IN (SELECT id FROM sweep"
                      "  WHERE tenant = $1 AND kind = $2 ORDER BY id DESC LIMIT $3)",
                      ARGS(INT(tx->tenant), TEXT(kind), INT(SWEEP_KEPT)), err) &&
           store_exec(tx,
                      "DELETE FROM sweep_item WHERE tenant = $1 AND sweep NOT IN"
                      " (SELECT id FROM sweep WHERE tenant = $1)",
                      ARGS(INT(tx->tenant)), err);
}

static bool begin(struct tx *tx, void *data, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    const struct plan *plan = data;
    struct str kind = kind_word(plan->wish->kind);
    struct rows rows;

    if (!forget_old(tx, kind, plan->by->now, err) ||
        !store_query(tx, arena, &rows,
                     "SELECT 1 FROM sweep WHERE tenant = $1 AND kind = $2"
                     " AND status IN ('planned', 'running', 'paused') LIMIT 1",
                     ARGS(INT(tx->tenant), TEXT(kind)), err))
        return false;
    if (rows.count > 0)
        return err_set(err, ERR_CONFLICT,
                       "an upgrade of municipalities is under way or paused: let it end, or stop "
                       "it first");
    return store_exec(tx,
                      "INSERT INTO sweep (tenant, id, kind, packs, status, job, actor, put_at)"
                      " VALUES ($1, $2, $3, $4, 'planned', 0, $5, $6)",
                      ARGS(INT(tx->tenant), INT(plan->id), TEXT(kind), TEXT(plan->wish->packs),
                           INT(plan->by->actor), INT(plan->by->now)),
                      err);
}

static bool write_names(struct tx *tx, void *data, struct err *err)
{
    const struct plan *plan = data;

    for (size_t i = plan->from; i < plan->to; i++)
        if (!store_exec(tx,
                        "INSERT INTO sweep_item (tenant, sweep, name, status, version_was,"
                        " version, reason, took_ms) VALUES ($1, $2, $3, 'waiting', '', '', '', 0)",
                        ARGS(INT(tx->tenant), INT(plan->id), TEXT(plan->names[i])), err))
            return false;
    return true;
}

/* From here on a worker goes through it. */
static bool put_work(struct tx *tx, const struct tenancy *by, int64_t id, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct job job = {.kind = sweep_job_kind.name,
                      .payload = str_printf(arena, "{\"sweep\":%lld}", (long long)id),
                      .actor = by->actor,
                      .put_at = by->now};
    int64_t number;

    return job_put(tx, &job, by->now, &number, err) &&
           store_exec(tx,
                      "UPDATE sweep SET status = 'running', job = $3, ended_at = NULL"
                      " WHERE tenant = $1 AND id = $2",
                      ARGS(INT(tx->tenant), INT(id), INT(number)), err);
}

static bool launch(struct tx *tx, void *data, struct err *err)
{
    const struct plan *plan = data;

    return note(tx, plan->by, plan->wish->kind == SWEEP_PACKS ? "sweep.packs" : "sweep.tables",
                err) &&
           put_work(tx, plan->by, plan->id, err);
}

bool sweep_start(const struct tenancy *by, const struct sweep_wish *wish, int64_t *id,
                 struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct plan plan = {.by = by, .wish = wish, .id = id_next(by->now)};
    struct str *names = NULL;
    size_t count;

    *id = 0;
    if (!sweep_plan(by, arena, wish, &names, &count, err))
        return false;
    if (count == 0)
        return true;
    plan.names = names;
    if (!store_write_node(by->store, begin, &plan, err))
        return false;
    for (size_t at = 0; at < count; at += PIECE) {
        plan.from = at;
        plan.to = MIN(at + PIECE, count);
        if (!store_write_node(by->store, write_names, &plan, err))
            return false;
    }
    *id = plan.id;
    return store_write_node(by->store, launch, &plan, err);
}

struct doing {
    const struct tenancy *by;
    int64_t id;
    enum sweep_act act;
};

/* A worker that has it in its hands sees it before the next municipality. */
static bool end_work(struct tx *tx, const struct sweep *sweep, struct str status, int64_t now,
                     struct err *err)
{
    struct err absent = {0};

    if (!job_stop(tx, sweep->job, now, &absent) && absent.code != ERR_ABSENT) {
        *err = absent;
        return false;
    }
    return store_exec(tx,
                      "UPDATE sweep SET status = $3, ended_at = $4 WHERE tenant = $1 AND id = $2",
                      ARGS(INT(tx->tenant), INT(sweep->id), TEXT(status),
                           str_equal(status, STR("stopped")) ? INT(now) : NONE),
                      err);
}

static bool refuse(struct err *err)
{
    return err_set(err, ERR_CONFLICT, "this upgrade is in another state by now: look at it again");
}

static bool write_act(struct tx *tx, void *data, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    const struct doing *doing = data;
    int64_t now = doing->by->now;
    struct sweep sweep;

    if (!sweep_get(tx, arena, doing->id, &sweep, err))
        return false;
    bool is_running = str_equal(sweep.status, STR("running"));
    bool is_paused = str_equal(sweep.status, STR("paused"));
    bool is_over = sweep.ended_at > 0;
    switch (doing->act) {
    case SWEEP_PAUSE:
        return (is_running || refuse(err)) && note(tx, doing->by, "sweep.pause", err) &&
               end_work(tx, &sweep, STR("paused"), now, err);
    case SWEEP_STOP:
        return (is_running || is_paused || refuse(err)) && note(tx, doing->by, "sweep.stop", err) &&
               end_work(tx, &sweep, STR("stopped"), now, err);
    case SWEEP_RESUME:
        return (is_paused || refuse(err)) && note(tx, doing->by, "sweep.resume", err) &&
               put_work(tx, doing->by, sweep.id, err);
    case SWEEP_RETRY:
        return ((is_over && sweep.failed > 0) || refuse(err)) &&
               note(tx, doing->by, "sweep.retry", err) &&
               store_exec(tx,
                          "UPDATE sweep_item SET status = 'waiting' WHERE tenant = $1"
                          " AND sweep = $2 AND status = 'failed'",
                          ARGS(INT(tx->tenant), INT(sweep.id)), err) &&
               put_work(tx, doing->by, sweep.id, err);
    }
    return true;
}

bool sweep_do(const struct tenancy *by, int64_t id, enum sweep_act act, struct err *err)
{
    struct doing doing = {by, id, act};

    return store_write_node(by->store, write_act, &doing, err);
}

#define COLUMNS                                                                                    \
    "SELECT s.id, s.kind, s.packs, s.status, s.job, s.actor, s.put_at, s.ended_at,"                \
    " (SELECT count(*) FROM sweep_item i WHERE i.tenant = $1 AND i.sweep = s.id"                   \
    "  AND i.status = 'waiting'),"                                                                 \
    " (SELECT count(*) FROM sweep_item i WHERE i.tenant = $1 AND i.sweep = s.id"                   \
    "  AND i.status = 'done'),"                                                                    \
    " (SELECT count(*) FROM sweep_item i WHERE i.tenant = $1 AND i.sweep = s.id"                   \
    "  AND i.status = 'same'),"                                                                    \
    " (SELECT count(*) FROM sweep_item i WHERE i.tenant = $1 AND i.sweep = s.id"                   \
    "  AND i.status = 'failed') FROM sweep s WHERE s.tenant = $1"

#define LOOK                                                                                       \
    "SELECT s.id, s.kind, s.packs, s.status, s.job, s.actor, s.put_at, s.ended_at, 0, 0, 0, 0"     \
    " FROM sweep s WHERE s.tenant = $1"

static struct sweep sweep_at(const struct rows *rows, size_t row)
{
    return (struct sweep){
        .id = rows_int(rows, row, 0),
        .kind = str_equal(rows_text(rows, row, 1), STR("packs")) ? SWEEP_PACKS : SWEEP_TABLES,
        .packs = rows_text(rows, row, 2),
        .status = rows_text(rows, row, 3),
        .job = rows_int(rows, row, 4),
        .actor = rows_int(rows, row, 5),
        .put_at = rows_int(rows, row, 6),
        .ended_at = rows_int(rows, row, 7),
        .waiting = rows_int(rows, row, 8),
        .done = rows_int(rows, row, 9),
        .same = rows_int(rows, row, 10),
        .failed = rows_int(rows, row, 11),
    };
}

static bool get(struct tx *tx, struct arena *arena, const char *sql, int64_t id,
                struct sweep *sweep, struct err *err)
{
    struct rows rows;

    if (!store_query(tx, arena, &rows, sql, ARGS(INT(tx->tenant), INT(id)), err))
        return false;
    if (rows.count == 0)
        return err_set(err, ERR_ABSENT, "there is no such upgrade any more");
    *sweep = sweep_at(&rows, 0);
    return true;
}

bool sweep_get(struct tx *tx, struct arena *arena, int64_t id, struct sweep *sweep, struct err *err)
{
    return get(tx, arena, COLUMNS " AND s.id = $2", id, sweep, err);
}

bool sweep_look(struct tx *tx, struct arena *arena, int64_t id, struct sweep *sweep,
                struct err *err)
{
    return get(tx, arena, LOOK " AND s.id = $2", id, sweep, err);
}

bool sweep_list(struct tx *tx, struct arena *arena, struct sweep **sweeps, size_t *count,
                struct err *err)
{
    struct rows rows;

    if (!store_query(tx, arena, &rows, COLUMNS " ORDER BY s.id DESC LIMIT 100",
                     ARGS(INT(tx->tenant)), err))
        return false;
    *sweeps = ARENA_ARRAY(arena, struct sweep, rows.count);
    *count = rows.count;
    for (size_t i = 0; i < rows.count; i++)
        (*sweeps)[i] = sweep_at(&rows, i);
    return true;
}

static struct sweep_item item_at(const struct rows *rows, size_t row)
{
    return (struct sweep_item){rows_text(rows, row, 0), rows_text(rows, row, 1),
                               rows_text(rows, row, 2), rows_text(rows, row, 3),
                               rows_text(rows, row, 4), rows_int(rows, row, 5)};
}

bool sweep_items(struct tx *tx, struct arena *arena, const struct sweep_ask *ask,
                 struct sweep_item **items, size_t *count, struct err *err)
{
    struct rows rows;

    if (!store_query(
            tx, arena, &rows,
            "SELECT name, status, version_was, version, reason, took_ms FROM sweep_item"
            " WHERE tenant = $1 AND sweep = $2 AND name > $3 AND ($4 = '' OR status = $4)"
            " ORDER BY name LIMIT $5",
            ARGS(INT(tx->tenant), INT(ask->id), TEXT(ask->after), TEXT(ask->status), INT(ask->max)),
            err))
        return false;
    *items = ARENA_ARRAY(arena, struct sweep_item, rows.count);
    *count = rows.count;
    for (size_t i = 0; i < rows.count; i++)
        (*items)[i] = item_at(&rows, i);
    return true;
}

static bool print_item(void *data, const struct rows *row, struct err *err)
{
    struct sweep_item item = item_at(row, 0);
    char seconds[32];
    int len = snprintf(seconds, sizeof seconds, "%lld.%03d", (long long)item.took_ms / 1000,
                       (int)(item.took_ms % 1000));
    const struct str cells[] = {
        item.name, item.was, item.version, item.status, {seconds, (size_t)len}, item.reason};

    (void)err;
    csv_write(data, cells, ARRAY_LEN(cells), ',');
    return true;
}

bool sweep_report(struct tx *tx, struct buf *out, int64_t id, struct err *err)
{
    buf_add(out, STR("tenant,from,to,result,seconds,reason\r\n"));
    return store_each(tx,
                      "SELECT name, status, version_was, version, reason, took_ms FROM sweep_item"
                      " WHERE tenant = $1 AND sweep = $2 ORDER BY name",
                      ARGS(INT(tx->tenant), INT(id)), print_item, out, err);
}

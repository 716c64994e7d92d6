/* What a sweep does with one municipality, and the job that goes through them. */
#include "core/log.h"
#include "core/time.h"
#include "core/vec.h"
#include "registry/catalog.h"
#include "registry/gauge.h"
#include "registry/seed.h"
#include "registry/sweep.h"
#include "store/rows.h"

/* One municipality in its turn. */
struct turn {
    const struct tenancy *by;
    struct arena *arena;
    struct sweep sweep;
    struct sweep_item item;
    struct worker_pool *workers;
    bool is_over;
};

static bool read_packs(struct turn *turn, struct tenant *tenant, struct rows *rows, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};

    return tx_read(&tx, tenant, err) &&
           store_query(&tx, turn->arena, rows,
                       "SELECT id, version, digest FROM pack WHERE tenant = $1 ORDER BY id",
                       ARGS(INT(tx.tenant)), err);
}

static void say(struct buf *text, struct str pack, struct str version)
{
    buf_printf(text, "%s%.*s %.*s", text->len > 0 ? ", " : "", STR_ARG(pack), STR_ARG(version));
}

static bool install(struct turn *turn, struct tenant *tenant, struct pack_ids packs,
                    struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct model_library *library = turn->by->library;
    struct seed_report report;

    if (!catalog_install(tenant, library, packs, TENANCY_OPERATOR, turn->by->now, err))
        return false;
    /* A large register goes on being rebuilt by a job of its own. */
    if (turn->workers != NULL)
        worker_wake(turn->workers, turn->item.name);
    return seed_load(tenant, arena, library, packs, &report, err);
}

static bool upgrade_packs(struct turn *turn, struct tenant *tenant, struct err *err)
{
    struct buf was = {.arena = turn->arena}, version = {.arena = turn->arena};
    VEC(struct str) packs = {0};
    struct pack_set newest;
    struct rows rows;

    if (!model_library_packs(turn->by->library, turn->arena, &newest, err) ||
        !read_packs(turn, tenant, &rows, err))
        return false;
    for (size_t i = 0; i < rows.count; i++) {
        struct str id = rows_text(&rows, i, 0);
        const struct pack *pack = pack_set_find(&newest, id);

        if (!sweep_wants(turn->sweep.packs, id) ||
            !gauge_is_behind(pack, rows_text(&rows, i, 1), rows_text(&rows, i, 2)))
            continue;
        VEC_PUSH(turn->arena, &packs, id);
        say(&was, id, rows_text(&rows, i, 1));
        say(&version, id, pack->version);
    }
    turn->item.was = buf_str(&was);
    turn->item.status = packs.count > 0 ? STR("done") : STR("same");
    if (packs.count > 0 && !install(turn, tenant, (struct pack_ids){packs.items, packs.count}, err))
        return false;
    turn->item.version = buf_str(&version);
    return true;
}

/* Its tables were brought up to date when it was opened. */
static bool note_tables(struct turn *turn, struct tenant *tenant, struct err *err)
{
    const struct gauge *known;
    struct gauge *gauges;
    size_t count;

    if (!catalog_thin(tenant, turn->by->library, err) ||
        !gauge_list(turn->by->store, turn->arena, &gauges, &count, err))
        return false;
    known = gauge_find(gauges, count, tenant_info(tenant)->id);
    turn->item.version = str_printf(turn->arena, "%lld", (long long)tenant_version(tenant));
    if (known != NULL)
        turn->item.was = str_printf(turn->arena, "%lld", (long long)known->tables);
    turn->item.status = str_equal(turn->item.was, turn->item.version) ? STR("same") : STR("done");
    return true;
}

static bool do_item(struct turn *turn, struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;

    return store_hold(turn->by->store, turn->item.name, &tenant, err) &&
           (turn->sweep.kind == SWEEP_PACKS ? upgrade_packs(turn, tenant, err)
                                            : note_tables(turn, tenant, err)) &&
           gauge_note(turn->by->store, &tenant, 1, turn->by->now, err);
}

static bool write_item(struct tx *tx, void *data, struct err *err)
{
    const struct turn *turn = data;
    const struct sweep_item *item = &turn->item;

    return store_exec(tx,
                      "UPDATE sweep_item SET status = $4, version_was = $5, version = $6,"
                      " reason = $7, took_ms = $8 WHERE tenant = $1 AND sweep = $2 AND name = $3",
                      ARGS(INT(tx->tenant), INT(turn->sweep.id), TEXT(item->name),
                           TEXT(item->status), TEXT(item->was), TEXT(item->version),
                           TEXT(item->reason), INT(item->took_ms)),
                      err);
}

static bool write_end(struct tx *tx, void *data, struct err *err)
{
    const struct turn *turn = data;

    return store_exec(tx,
                      "UPDATE sweep SET status = 'done', ended_at = $3 WHERE tenant = $1"
                      " AND id = $2 AND status = 'running'",
                      ARGS(INT(tx->tenant), INT(turn->sweep.id), INT(turn->by->now)), err);
}

/* Whose turn it is; item.name "": nobody's. */
static bool read_turn(struct turn *turn, int64_t id, struct err *err)
{
    struct sweep_ask ask = {.id = id, .status = STR("waiting"), .max = 1};
    CLEANUP(tx_done) struct tx tx = {0};
    struct sweep_item *items;
    size_t count;

    if (!tx_read_node(&tx, turn->by->store, err) ||
        !sweep_look(&tx, turn->arena, id, &turn->sweep, err) ||
        !sweep_items(&tx, turn->arena, &ask, &items, &count, err))
        return false;
    turn->item = (struct sweep_item){0};
    if (count > 0)
        turn->item.name = items[0].name;
    turn->is_over = !str_equal(turn->sweep.status, STR("running"));
    return true;
}

bool sweep_step(const struct tenancy *by, int64_t id, int64_t job, struct worker_pool *workers,
                bool *is_over, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct turn turn = {.by = by, .arena = arena, .workers = workers};
    int64_t began_us = time_monotonic_us();
    struct err why = {0};

    if (!read_turn(&turn, id, err))
        return false;
    turn.is_over |= job != 0 && turn.sweep.job != job;
    *is_over = turn.is_over || turn.item.name.len == 0;
    if (turn.is_over)
        return true;
    if (*is_over)
        return store_write_node(by->store, write_end, &turn, err);
    if (!do_item(&turn, &why)) {
        turn.item.status = STR("failed");
        turn.item.reason = str_from_z(why.text);
        LOG(LOG_WARN, "sweep.failed", {"tenant", turn.item.name}, {"reason", turn.item.reason});
    }
    turn.item.took_ms = (time_monotonic_us() - began_us) / 1000;
    /* Where the database itself is away this fails too: then it is tried again by and by. */
    return store_write_node(by->store, write_item, &turn, err);
}

static bool read_sweep(struct worker_task *task, int64_t id, struct sweep *sweep, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};

    return tx_read(&tx, task->tenant, err) && sweep_get(&tx, task->arena, id, sweep, err);
}

static bool run_sweep(struct worker_task *task, struct str *result, struct err *err)
{
    struct tenancy by = {.store = tenant_store(task->tenant), .library = task->context};
    bool is_over = false, is_stopping = false;
    struct json *payload;
    struct sweep sweep;

    if (!json_parse(task->arena, task->job.payload, NULL, &payload, err))
        return false;
    int64_t id = json_find_int(payload, STR("sweep"), 0);
    if (!read_sweep(task, id, &sweep, err))
        return err->code == ERR_ABSENT; /* forgotten: nothing is to be done */
    int64_t done = sweep.done + sweep.same + sweep.failed;
    int64_t total = done + sweep.waiting;
    task->may_rest = true;
    while (!is_stopping) {
        by.now = time_now();
        /* Paused and resumed before this was noticed, another job has it: one is enough. */
        if (!sweep_step(&by, id, task->job.id, task->pool, &is_over, err))
            return false;
        if (is_over)
            break;
        done++;
        if (!worker_report(task, STR("Municipalities, one after another"), done, total,
                           (struct str){0}, &is_stopping, err))
            return false;
    }
    if (!is_over)
        return true;
    *result = STR("{}");
    return true;
}

const struct worker_kind sweep_job_kind = {STR_INIT("node.sweep"), run_sweep, NULL};

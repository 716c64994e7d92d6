/* Imports as jobs: starting them, running them, telling how far they are. */
#include "auth/journal.h"
#include "core/num.h"
#include "core/time.h"
#include "registry/gar.h"
#include "registry/import_run.h"
#include "registry/import_undo.h"
#include "registry/quota.h"
#include "store/rows.h"

enum {
    PASSES_MAX = 50, /* of rows that wait for rows below them */
};

enum wish {
    WISH_CHECK,
    WISH_RUN,
    WISH_UNDO,
};

static bool put_job(const struct registry *registry, const struct import *import, enum wish wish,
                    int64_t actor, int64_t *id, struct err *err)
{
    struct job job = {
        .kind = wish == WISH_UNDO ? STR("registry.undo") : STR("registry.import"),
        .payload = str_printf(registry->arena, "{\"import\":%lld,\"dry\":%s}",
                              (long long)import->id, wish == WISH_CHECK ? "true" : "false"),
        .actor = actor,
        .put_at = registry->now,
    };
    struct journal_entry entry = {
        .at = registry->now,
        .actor = actor,
        .action = wish == WISH_UNDO    ? STR("import.undo")
                  : wish == WISH_CHECK ? STR("import.check")
                                       : STR("import.start"),
        .no = import->no,
        .cause = import->id,
    };

    return job_put(registry->tx, &job, registry->now, id, err) &&
           journal_add(registry->tx, &entry, err);
}

static bool set_status(struct tx *tx, int64_t id, enum import_status status, int64_t job,
                       struct err *err)
{
    return store_exec(tx,
                      "UPDATE import SET status = $3, job = CASE WHEN $4 = 0 THEN job ELSE $4 END"
                      " WHERE tenant = $1 AND id = $2",
                      ARGS(INT(tx->tenant), INT(id), TEXT(import_status_word(status)), INT(job)),
                      err);
}

static bool forget(struct tx *tx, int64_t id, struct err *err)
{
    return store_exec(tx, "UPDATE import SET counts = '' WHERE tenant = $1 AND id = $2",
                      ARGS(INT(tx->tenant), INT(id)), err) &&
           store_exec(tx, "DELETE FROM import_error WHERE tenant = $1 AND import = $2",
                      ARGS(INT(tx->tenant), INT(id)), err);
}

bool import_start(const struct registry *registry, int64_t id, bool is_dry, int64_t actor,
                  int64_t *job, struct err *err)
{
    struct tx *tx = registry->tx;
    struct import import;

    if (!import_get(registry, id, &import, err))
        return false;
    bool has_begun = import.counts.rows > 0 && !import.counts.is_dry;
    bool may = import.status == IMPORT_NEW || import.status == IMPORT_CHECKED ||
               (import.status == IMPORT_STOPPED && !is_dry) ||
               (import.status == IMPORT_FAILED && !(is_dry && has_begun));
    if (!may)
        return err_set(err, ERR_CONFLICT, "this import runs already, or has run");
    /* One that was stopped, or failed in the middle, goes on where it was. */
    if (!has_begun && !forget(tx, id, err))
        return false;
    return put_job(registry, &import, is_dry ? WISH_CHECK : WISH_RUN, actor, job, err) &&
           set_status(tx, id, is_dry ? IMPORT_CHECKING : IMPORT_RUNNING, *job, err);
}

bool import_undo_start(const struct registry *registry, int64_t id, int64_t actor, int64_t *job,
                       struct err *err)
{
    struct buf counts = {.arena = registry->arena};
    struct import_mark mark = {0}; /* of the undoing, from now on */
    struct tx *tx = registry->tx;
    struct import import;

    if (!import_get(registry, id, &import, err))
        return false;
    import.counts.undo_kept = 0;
    import_run_print(&counts, &import.counts, &mark);
    if ((import.status != IMPORT_DONE && import.status != IMPORT_STOPPED &&
         import.status != IMPORT_FAILED) ||
        import.counts.is_dry)
        return err_set(err, ERR_CONFLICT, "this import has written nothing that can be undone now");
    return store_exec(tx, "DELETE FROM import_error WHERE tenant = $1 AND import = $2",
                      ARGS(INT(tx->tenant), INT(id)), err) &&
           store_exec(tx, "UPDATE import SET counts = $3 WHERE tenant = $1 AND id = $2",
                      ARGS(INT(tx->tenant), INT(id), TEXT(buf_str(&counts))), err) &&
           put_job(registry, &import, WISH_UNDO, actor, job, err) &&
           set_status(tx, id, IMPORT_UNDOING, *job, err);
}

bool import_stopped(struct tx *tx, int64_t job, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct job_view view;

    if (!job_get(tx, arena, job, &view, err))
        return false;
    /* One that runs is told, and ends its import itself. */
    return !str_equal(view.status, STR("stopped")) ||
           store_exec(tx,
                      "UPDATE import SET status = CASE status WHEN 'checking' THEN 'new'"
                      " WHEN 'undoing' THEN 'done'"
                      " WHEN 'running' THEN CASE counts WHEN '' THEN 'new' ELSE 'stopped' END"
                      " ELSE status END WHERE tenant = $1 AND job = $2",
                      ARGS(INT(tx->tenant), INT(job)), err);
}

/* A job's import, as both kinds need it. */
struct order {
    struct worker_task *task;
    const struct catalog *catalog;
    struct import import;
    struct import_mark mark;
    bool is_dry;
    int64_t size;
    struct str step;
};

static bool read_order(struct order *order, struct worker_task *task, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct import_counts counts;
    struct json *payload;
    struct rows rows;

    order->task = task;
    if (!json_parse(task->arena, task->job.payload, NULL, &payload, err) ||
        !catalog_get(task->tenant, task->context, &order->catalog, err) ||
        !tx_read(&tx, task->tenant, err) ||
        !import_get(&(struct registry){&tx, task->arena, order->catalog, 0, NULL},
                    json_find_int(payload, STR("import"), 0), &order->import, err) ||
        !store_query(&tx, task->arena, &rows,
                     "SELECT counts FROM import WHERE tenant = $1 AND id = $2",
                     ARGS(INT(tx.tenant), INT(order->import.id)), err))
        return false;
    order->is_dry = json_is_true(json_find(payload, STR("dry")));
    import_run_parse(task->arena, rows_text(&rows, 0, 0), &counts, &order->mark);
    return true;
}

/* A check knows only in memory what it has seen: it begins anew when it was interrupted. */
static bool begin_anew(struct tx *tx, void *data, struct err *err)
{
    return forget(tx, ((struct order *)data)->import.id, err);
}

static bool restart_check(struct order *order, struct err *err)
{
    if (!order->is_dry)
        return true;
    order->mark = (struct import_mark){0};
    order->import.counts = (struct import_counts){.is_dry = true};
    return tenant_write_wait(order->task->tenant, begin_anew, order, err);
}

struct ending {
    int64_t import;
    enum import_status status;
};

static bool write_ending(struct tx *tx, void *data, struct err *err)
{
    const struct ending *ending = data;

    return set_status(tx, ending->import, ending->status, 0, err) &&
           (ending->status != IMPORT_UNDONE ||
            store_exec(tx, "UPDATE import SET undone_at = $3 WHERE tenant = $1 AND id = $2",
                       ARGS(INT(tx->tenant), INT(ending->import), INT(time_now())), err));
}

static bool report(struct import_run *run, bool *is_stopping, struct err *err)
{
    struct order *order = run->context;

    /* Measured here: the writer, who refuses, must not walk through folders. */
    if (!order->is_dry && !quota_need_file(run->tenant, 0, time_now(), err))
        return false;
    int64_t done = MIN(run->source->position, run->source->size - 1);

    return worker_report(order->task, order->step, MAX(done, 0), run->source->size, (struct str){0},
                         is_stopping, err);
}

/* Passes over the file until no row waits for another any more. */
static bool run_passes(struct order *order, struct import_run *run, bool *is_stopping,
                       struct err *err)
{
    size_t before = SIZE_MAX;

    for (int pass = 0; pass < PASSES_MAX; pass++) {
        CLEANUP(source_close) struct source source = {0};

        if (!source_open(run->arena, run->tenant, &order->import, &source, err))
            return false;
        run->source = &source;
        if (!import_run_pass(run, is_stopping, err))
            return false;
        if (*is_stopping || run->mark.line_count == 0)
            return true;
        /* The last pass calls wrong what still cannot be resolved. */
        run->is_final = run->mark.line_count >= before;
        run->is_resumed = false;
        before = run->mark.line_count;
    }
    return true;
}

static bool run_rows(struct order *order, bool *is_stopping, struct err *err)
{
    CLEANUP(import_seen_done) struct import_seen claimed = {0};
    struct import *import = &order->import;
    struct import_run run = {
        .tenant = order->task->tenant,
        .claimed = &claimed,
        .is_resumed = order->mark.row > 0 || order->mark.is_late,
        .arena = order->task->arena,
        .catalog = order->catalog,
        .type = catalog_type(order->catalog, import->no),
        .options = &import->options,
        .import = import->id,
        .actor = order->task->job.actor,
        .is_dry = order->is_dry,
        .mark = order->mark,
        .counts = import->counts,
        .report = report,
        .context = order,
    };

    run.counts.is_dry = order->is_dry;
    if (run.type == NULL)
        return err_set(err, ERR_ABSENT, "the register of this import is not installed any more");
    if (import->options.column_count == 0)
        return err_set(err, ERR_INPUT, "no column of the file is mapped to a field");
    if (!run_passes(order, &run, is_stopping, err))
        return false;
    import->counts = run.counts;
    return true;
}

static bool report_gar(void *context, int64_t done, int64_t total, struct str step,
                       bool *is_stopping, struct err *err)
{
    struct order *order = context;

    return worker_report(order->task, step, done, total, (struct str){0}, is_stopping, err);
}

static bool run_gar(struct order *order, bool *is_stopping, struct err *err)
{
    struct gar_job job = {
        .tenant = order->task->tenant,
        .arena = order->task->arena,
        .catalog = order->catalog,
        .import = &order->import,
        .mark = order->mark,
        .actor = order->task->job.actor,
        .is_dry = order->is_dry,
        .report = report_gar,
        .context = order,
    };

    return gar_run(&job, is_stopping, err);
}

/* Stopped by a person, or only for now because the server ends? */
static bool is_asked_to_stop(struct worker_task *task)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct job_view view = {0};
    struct err err;

    return tx_read(&tx, task->tenant, &err) &&
           job_get(&tx, task->arena, task->job.id, &view, &err) && view.is_stopping;
}

static bool end(struct order *order, enum import_status status, struct err *err)
{
    struct ending ending = {order->import.id, status};

    return tenant_write_wait(order->task->tenant, write_ending, &ending, err);
}

/* What may heal by itself is tried again by the queue: the import still runs then. */
static void note_failure(struct order *order, const struct err *reason)
{
    struct err err;

    if (reason->code != ERR_UNAVAILABLE)
        (void)!end(order, IMPORT_FAILED, &err);
}

static void print_result(struct order *order, struct str *result)
{
    struct buf text = {.arena = order->task->arena};
    struct import_mark mark = {0};

    import_run_print(&text, &order->import.counts, &mark);
    *result = buf_str(&text);
}

static bool run_import(struct worker_task *task, struct str *result, struct err *err)
{
    struct order order = {0};
    bool is_stopping = false;

    if (!read_order(&order, task, err) || !restart_check(&order, err))
        return false;
    task->may_rest = !order.is_dry; /* a check begins anew */
    order.step = order.is_dry ? STR("Checking the file") : STR("Writing the records");
    bool ok = order.import.format == IMPORT_GAR ? run_gar(&order, &is_stopping, err)
                                                : run_rows(&order, &is_stopping, err);
    if (!ok) {
        note_failure(&order, err);
        return false;
    }
    if (is_stopping && !is_asked_to_stop(task))
        return true;
    if (!is_stopping)
        print_result(&order, result);
    return end(&order,
               is_stopping && order.is_dry ? IMPORT_NEW
               : is_stopping               ? IMPORT_STOPPED
               : order.is_dry              ? IMPORT_CHECKED
                                           : IMPORT_DONE,
               err);
}

static bool run_undo(struct worker_task *task, struct str *result, struct err *err)
{
    struct order order = {0};
    bool is_stopping = false;

    if (!read_order(&order, task, err))
        return false;
    if (!import_undo_run(task, order.catalog, &order.import, order.mark.row, &is_stopping, err)) {
        note_failure(&order, err);
        return false;
    }
    if (is_stopping && !is_asked_to_stop(task))
        return true;
    if (!is_stopping)
        print_result(&order, result);
    return end(&order, is_stopping ? IMPORT_STOPPED : IMPORT_UNDONE, err);
}

const struct worker_kind import_kinds[2] = {
    {STR_INIT("registry.import"), run_import, NULL},
    {STR_INIT("registry.undo"), run_undo, NULL},
};

#include "queue/job.h"

#include "core/id.h"
#include "store/due.h"
#include "store/news.h"
#include "store/rows.h"

enum {
    JOB_DELAY_MAX_MS = 60 * 60 * 1000,
    JOB_AGE_MAX_MS = 3 * 24 * 60 * 60 * 1000,
    JOB_KEPT_MS = 7 * 24 * 60 * 60 * 1000,
};

#define VIEW_COLUMNS                                                                               \
    "id, kind, status, step, done, total, result, reason, actor, put_at, started_at, ended_at,"    \
    " is_stopping, payload"

/*
 * Doubles from two seconds to an hour: a state system that is down for the night is tried
 * again in the morning, and is not hammered meanwhile.
 */
static int64_t delay_ms(int tries)
{
    return MIN(INT64_C(1000) << MIN(tries, 30), JOB_DELAY_MAX_MS);
}

bool job_hold(struct store *store, struct str place, struct tenant **tenant, struct err *err)
{
    if (!str_equal(place, STR(JOB_NODE)))
        return store_hold(store, place, tenant, err);
    *tenant = store_hold_node(store);
    return true;
}

struct str job_place(const struct tenant *tenant)
{
    struct str name = tenant_info(tenant)->name;

    return name.len > 0 ? name : STR(JOB_NODE);
}

static bool take_int(void *data, const struct rows *row, struct err *err)
{
    (void)err;
    *(int64_t *)data = rows_int(row, 0, 0);
    return true;
}

/* What follows from other work is never refused: that work would be half done. */
static bool has_room(struct tx *tx, const struct job *job, struct err *err)
{
    int64_t limit = limit_get(tx->owner, LIMIT_JOBS);
    int64_t count = 0;

    if (limit == 0 || job->actor == 0)
        return true;
    return store_each(tx,
                      "SELECT count(*) FROM (SELECT 1 FROM job WHERE tenant = $1"
                      " AND status IN ('waiting', 'running') LIMIT $2) AS j",
                      ARGS(INT(tx->tenant), INT(limit)), take_int, &count, err) &&
           (count < limit || err_set(err, ERR_LIMIT, JOB_FULL));
}

bool job_put(struct tx *tx, const struct job *job, int64_t due_at, int64_t *id, struct err *err)
{
    int64_t put_at = job->put_at != 0 ? job->put_at : due_at;
    int64_t made = job->id != 0 ? job->id : id_next(put_at);

    if (!has_room(tx, job, err))
        return false;
    if (!store_exec(tx,
                    "INSERT INTO job (tenant, id, kind, payload, state, status, step, done, total,"
                    " actor, put_at, due_at, tries, is_stopping)"
                    " VALUES ($1, $2, $3, $4, $5, 'waiting', '', 0, 0, $6, $7, $8, 0, 0)",
                    ARGS(INT(tx->tenant), INT(made), TEXT(job->kind), TEXT(job->payload),
                         TEXT(job->state), INT(job->actor), INT(put_at), INT(due_at)),
                    err) ||
        !news_tell_job(tx, err))
        return err_while(err, "putting a job %.*s", STR_ARG(job->kind));
    *id = made;
    due_put(tx, due_at);
    return true;
}

struct waiting {
    int64_t id, due_at;
};

static bool take_waiting(void *data, const struct rows *row, struct err *err)
{
    (void)err;
    *(struct waiting *)data = (struct waiting){rows_int(row, 0, 0), rows_int(row, 0, 1)};
    return true;
}

bool job_need(struct tx *tx, const struct job *job, int64_t due_at, bool *has_moved,
              struct err *err)
{
    struct waiting waiting = {0};
    int64_t id;

    if (!store_each(tx,
                    "SELECT id, due_at FROM job WHERE tenant = $1 AND status = 'waiting'"
                    " AND kind = $2 ORDER BY due_at LIMIT 1",
                    ARGS(INT(tx->tenant), TEXT(job->kind)), take_waiting, &waiting, err))
        return false;
    *has_moved = waiting.id == 0 || waiting.due_at > due_at;
    if (!*has_moved)
        return true;
    if (waiting.id == 0)
        return store_exec(tx, "DELETE FROM job WHERE tenant = $1 AND status = 'done' AND kind = $2",
                          ARGS(INT(tx->tenant), TEXT(job->kind)), err) &&
               job_put(tx, job, due_at, &id, err);
    due_put(tx, due_at);
    return store_exec(tx,
                      "UPDATE job SET due_at = $3"
                      " WHERE tenant = $1 AND id = $2 AND status = 'waiting'",
                      ARGS(INT(tx->tenant), INT(waiting.id), INT(due_at)), err) &&
           news_tell_job(tx, err);
}

bool job_claim(struct tx *tx, struct arena *arena, int64_t now, struct job *job, struct err *err)
{
    struct rows rows;

    /*
     * A running job whose lease is over is claimed like a waiting one.  The outer due_at
     * matters on PostgreSQL: a worker that waited for the row lock of another looks
     * again, finds the lease taken, goes without.
     */
    if (!store_query(tx, arena, &rows,
                     "UPDATE job SET tries = tries + 1, due_at = $3, status = 'running',"
                     " started_at = COALESCE(started_at, $2)"
                     " WHERE tenant = $1 AND due_at <= $2 AND id ="
                     " (SELECT id FROM job WHERE tenant = $1 AND status IN ('waiting', 'running')"
                     "  AND due_at <= $2 ORDER BY due_at, id LIMIT 1)"
                     " RETURNING id, kind, payload, state, actor, put_at, tries, started_at",
                     ARGS(INT(tx->tenant), INT(now), INT(now + JOB_LEASE_MS)), err))
        return err_while(err, "claiming a job");

    *job = (struct job){0};
    if (rows.count > 0)
        *job = (struct job){
            .id = rows_int(&rows, 0, 0),
            .kind = rows_text(&rows, 0, 1),
            .payload = rows_text(&rows, 0, 2),
            .state = rows_text(&rows, 0, 3),
            .actor = rows_int(&rows, 0, 4),
            .put_at = rows_int(&rows, 0, 5),
            .tries = (int)rows_int(&rows, 0, 6),
            .started_at = rows_int(&rows, 0, 7),
        };
    return true;
}

bool job_next_due(struct tx *tx, int64_t *due_at, struct err *err)
{
    *due_at = INT64_MAX;
    return store_each(tx,
                      "SELECT due_at FROM job WHERE tenant = $1"
                      " AND status IN ('waiting', 'running') ORDER BY due_at LIMIT 1",
                      ARGS(INT(tx->tenant)), take_int, due_at, err);
}

bool job_recover(struct tx *tx, int64_t now, struct err *err)
{
    return store_exec(tx,
                      "UPDATE job SET status = 'waiting', due_at = $2"
                      " WHERE tenant = $1 AND status = 'running'",
                      ARGS(INT(tx->tenant), INT(now)), err);
}

/* All ends name the claim by its tries: a worker that outlived its lease changes nothing. */
bool job_put_back(struct tx *tx, const struct job *job, int64_t now, struct err *err)
{
    return store_exec(tx,
                      "UPDATE job SET status = 'waiting', due_at = $4"
                      " WHERE tenant = $1 AND id = $2 AND tries = $3 AND status = 'running'",
                      ARGS(INT(tx->tenant), INT(job->id), INT(job->tries), INT(now)), err);
}

bool job_done(struct tx *tx, const struct job *job, struct str result, int64_t now, struct err *err)
{
    return store_exec(tx,
                      "UPDATE job SET status = CASE is_stopping WHEN 0 THEN 'done' ELSE 'stopped'"
                      " END, result = $4, reason = NULL, ended_at = $5, due_at = $6"
                      " WHERE tenant = $1 AND id = $2 AND tries = $3 AND status = 'running'",
                      ARGS(INT(tx->tenant), INT(job->id), INT(job->tries), TEXT(result), INT(now),
                           INT(now + JOB_KEPT_MS)),
                      err) &&
           store_exec(tx,
                      "DELETE FROM job WHERE tenant = $1"
                      " AND status IN ('done', 'failed', 'stopped') AND due_at <= $2",
                      ARGS(INT(tx->tenant), INT(now)), err);
}

bool job_failed(struct tx *tx, const struct job *job, const struct err *reason, int64_t now,
                struct err *err)
{
    bool is_again = reason->code == ERR_UNAVAILABLE && now - job->started_at < JOB_AGE_MAX_MS;

    return store_exec(tx,
                      "UPDATE job SET status = $4, due_at = $5, reason = $6, ended_at = $7"
                      " WHERE tenant = $1 AND id = $2 AND tries = $3 AND status = 'running'",
                      ARGS(INT(tx->tenant), INT(job->id), INT(job->tries),
                           TEXT(is_again ? STR("waiting") : STR("failed")),
                           INT(now + (is_again ? delay_ms(job->tries) : JOB_KEPT_MS)),
                           TEXT(str_from_z(reason->text)), is_again ? NONE : INT(now)),
                      err);
}

struct told {
    bool is_found;
    bool is_stopping;
};

static bool take_told(void *data, const struct rows *row, struct err *err)
{
    (void)err;
    *(struct told *)data = (struct told){true, rows_int(row, 0, 0) != 0};
    return true;
}

bool job_progress(struct tx *tx, const struct job *job, const struct job_view *view, int64_t now,
                  bool *is_stopping, struct err *err)
{
    struct told told = {0};

    if (!store_each(tx,
                    "UPDATE job SET step = $4, done = $5, total = $6, state = $7, due_at = $8"
                    " WHERE tenant = $1 AND id = $2 AND tries = $3 AND status = 'running'"
                    " RETURNING is_stopping",
                    ARGS(INT(tx->tenant), INT(job->id), INT(job->tries), TEXT(view->step),
                         INT(view->done), INT(view->total), TEXT(job->state),
                         INT(now + JOB_LEASE_MS)),
                    take_told, &told, err))
        return false;
    if (!told.is_found)
        return err_set(err, ERR_CONFLICT, "the job went to another worker");
    *is_stopping = told.is_stopping;
    return true;
}

bool job_renew(struct tx *tx, const struct job *job, int64_t now, bool *is_lost, struct err *err)
{
    int64_t changed;

    if (!store_change(tx,
                      "UPDATE job SET due_at = $4"
                      " WHERE tenant = $1 AND id = $2 AND tries = $3 AND status = 'running'",
                      ARGS(INT(tx->tenant), INT(job->id), INT(job->tries), INT(now + JOB_LEASE_MS)),
                      &changed, err))
        return err_while(err, "renewing a lease");
    *is_lost = changed == 0;
    return true;
}

bool job_stop(struct tx *tx, int64_t id, int64_t now, struct err *err)
{
    struct told told = {0};

    if (!store_each(tx,
                    "UPDATE job SET is_stopping = 1,"
                    " ended_at = CASE status WHEN 'waiting' THEN $3 ELSE ended_at END,"
                    " due_at = CASE status WHEN 'waiting' THEN $4 ELSE due_at END,"
                    " status = CASE status WHEN 'waiting' THEN 'stopped' ELSE status END"
                    " WHERE tenant = $1 AND id = $2 RETURNING is_stopping",
                    ARGS(INT(tx->tenant), INT(id), INT(now), INT(now + JOB_KEPT_MS)), take_told,
                    &told, err))
        return false;
    return told.is_found || err_set(err, ERR_ABSENT, "there is no such job any more");
}

static struct job_view view_at(const struct rows *rows, size_t row)
{
    return (struct job_view){
        .id = rows_int(rows, row, 0),
        .kind = rows_text(rows, row, 1),
        .status = rows_text(rows, row, 2),
        .step = rows_text(rows, row, 3),
        .done = rows_int(rows, row, 4),
        .total = rows_int(rows, row, 5),
        .result = rows_text(rows, row, 6),
        .reason = rows_text(rows, row, 7),
        .actor = rows_int(rows, row, 8),
        .put_at = rows_int(rows, row, 9),
        .started_at = rows_int(rows, row, 10),
        .ended_at = rows_int(rows, row, 11),
        .is_stopping = rows_int(rows, row, 12) != 0,
        .payload = rows_text(rows, row, 13),
    };
}

bool job_get(struct tx *tx, struct arena *arena, int64_t id, struct job_view *view, struct err *err)
{
    struct rows rows;

    if (!store_query(tx, arena, &rows,
                     "SELECT " VIEW_COLUMNS " FROM job WHERE tenant = $1 AND id = $2",
                     ARGS(INT(tx->tenant), INT(id)), err))
        return false;
    if (rows.count == 0)
        return err_set(err, ERR_ABSENT, "there is no such job any more");
    *view = view_at(&rows, 0);
    return true;
}

static bool take_count(void *data, const struct rows *row, struct err *err)
{
    struct job_counts *counts = data;

    (void)err;
    *(str_equal(rows_text(row, 0, 0), STR("running")) ? &counts->running : &counts->waiting) =
        rows_int(row, 0, 1);
    return true;
}

bool job_count(struct tx *tx, struct job_counts *counts, struct err *err)
{
    *counts = (struct job_counts){0};
    return store_each(tx,
                      "SELECT status, count(*) FROM job WHERE tenant = $1"
                      " AND status IN ('waiting', 'running') GROUP BY status",
                      ARGS(INT(tx->tenant)), take_count, counts, err);
}

bool job_list(struct tx *tx, struct arena *arena, int limit, struct job_view **views, size_t *count,
              struct err *err)
{
    struct rows rows;

    if (!store_query(tx, arena, &rows,
                     "SELECT " VIEW_COLUMNS " FROM job WHERE tenant = $1"
                     " ORDER BY id DESC LIMIT $2",
                     ARGS(INT(tx->tenant), INT(limit)), err))
        return false;
    *views = ARENA_ARRAY(arena, struct job_view, rows.count);
    *count = rows.count;
    for (size_t i = 0; i < rows.count; i++)
        (*views)[i] = view_at(&rows, i);
    return true;
}

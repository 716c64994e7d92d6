#include "link/report_job.h"

#include "core/time.h"
#include "link/fetch.h"
#include "link/report_send.h"
#include "store/rows.h"

#define KIND STR("link.report")

enum {
    FIRST_MINUTE = 2 * 60, /* of the night: nobody waits then */
    MINUTES = 4 * 60,      /* over which municipalities are spread */
    MONDAY = 4,            /* the day of the first one; the count began on a Thursday */
};

int64_t report_job_due(struct str pace, int64_t tenant, int utc_offset, int64_t now)
{
    int64_t minute = FIRST_MINUTE + tenant % MINUTES - utc_offset;
    int64_t day = time_day_of(now, utc_offset);

    if (minute * TIME_MINUTE_MS + day * TIME_DAY_MS <= now)
        day++;
    if (str_equal(pace, STR("weekly")))
        day += (7 + MONDAY - day % 7) % 7;
    return day * TIME_DAY_MS + minute * TIME_MINUTE_MS;
}

static bool list_waiting(struct tx *tx, struct arena *arena, struct rows *rows, struct err *err)
{
    return store_query(tx, arena, rows,
                       "SELECT id, due_at FROM job WHERE tenant = $1 AND kind = $2"
                       " AND status = 'waiting' ORDER BY due_at",
                       ARGS(INT(tx->tenant), TEXT(KIND)), err);
}

static bool put_next(struct tx *tx, const struct catalog *catalog, struct str pace, int64_t now,
                     struct err *err)
{
    struct job job = {.kind = KIND, .payload = STR("{}"), .put_at = now};
    int64_t due_at = report_job_due(pace, tx->tenant, catalog_utc_offset(catalog), now);
    int64_t id;

    return job_put(tx, &job, due_at, &id, err);
}

bool report_job_set(struct tx *tx, const struct catalog *catalog, struct str pace, int64_t actor,
                    int64_t now, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct rows rows;

    if (pace.len > 0 && !str_equal(pace, STR("daily")) && !str_equal(pace, STR("weekly")))
        return err_set(err, ERR_INPUT, "Choose one from the list.");
    if (!catalog_set(tx, REPORT_JOB_SETTING, pace, actor, now, err) ||
        !list_waiting(tx, arena, &rows, err))
        return false;
    for (size_t i = 0; i < rows.count; i++)
        if (!job_stop(tx, rows_int(&rows, i, 0), now, err))
            return false;
    return pace.len == 0 || put_next(tx, catalog, pace, now, err);
}

bool report_job_next(struct tx *tx, struct arena *arena, int64_t *due_at, struct err *err)
{
    struct rows rows;

    if (!list_waiting(tx, arena, &rows, err))
        return false;
    *due_at = rows.count > 0 ? rows_int(&rows, 0, 1) : 0;
    return true;
}

struct going_on {
    const struct catalog *catalog;
    struct str pace;
    int64_t now;
};

static bool run_go_on(struct tx *tx, void *data, struct err *err)
{
    const struct going_on *going_on = data;
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct rows rows;

    return list_waiting(tx, arena, &rows, err) &&
           (rows.count > 0 || put_next(tx, going_on->catalog, going_on->pace, going_on->now, err));
}

/* That of today, if there is one; *is_there: it is known to be received. */
static bool find_today(const struct report_by *by, const struct catalog *catalog,
                       struct report *report, bool *is_there, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct buf today = {.arena = by->arena};
    struct report_page page;

    *is_there = false;
    *report = (struct report){0};
    time_print_day(&today, catalog_day(catalog, by->now));
    if (!tx_read(&tx, by->tenant, err) || !report_list(&tx, by->arena, true, 1, &page, err))
        return false;
    if (page.count > 0 && str_equal(page.items[0].period, buf_str(&today))) {
        *report = page.items[0];
        *is_there = report->number > 0;
    }
    return true;
}

static bool run_report(struct worker_task *task, struct str *result, struct err *err)
{
    const struct fetch_context *context = task->context;
    struct report_by by = {task->tenant, context->library, context->key, task->arena, time_now()};
    struct going_on going_on = {.now = by.now};
    struct err failed = {0};
    struct report report;
    bool is_there;

    *result = STR("{}");
    if (!catalog_get(task->tenant, context->library, &going_on.catalog, err))
        return false;
    going_on.pace = catalog_setting(going_on.catalog, REPORT_JOB_SETTING);
    if (going_on.pace.len == 0)
        return true;
    if (!tenant_write_wait(task->tenant, run_go_on, &going_on, err) ||
        !find_today(&by, going_on.catalog, &report, &is_there, err))
        return false;
    if (is_there)
        return true;
    if (report.version == 0 && !report_make(&by, &report, err))
        return false;
    if (!report_send(&by, context->ca_file, &report, &failed) && failed.code != ERR_ABSENT) {
        *err = failed;
        return false;
    }
    /* Where no way is known somebody carries it as a file. */
    *result = str_printf(task->arena, "{\"number\":%lld}", (long long)report.number);
    return true;
}

const struct worker_kind report_job_kind = {STR_INIT("link.report"), run_report, NULL};

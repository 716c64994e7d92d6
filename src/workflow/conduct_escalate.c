#include "workflow/conduct_escalate.h"

#include "core/calendar.h"
#include "core/log.h"
#include "core/num.h"
#include "core/time.h"
#include "notice/notice.h"
#include "queue/job.h"
#include "queue/worker.h"
#include "registry/workdays.h"
#include "store/rows.h"
#include "workflow/flow_doer.h"

#define KIND STR("case.remind")

enum {
    PAGE = 100,
    TOLD_MAX = 50,   /* of one case: a role may have hundreds */
    SPARE_DAYS = 30, /* of holidays among working days */
    LATER_MS = 60 * 60 * 1000,
};

static int64_t morning(const struct catalog *catalog, int64_t day)
{
    return day * TIME_DAY_MS + CONDUCT_ESCALATE_HOUR * 60 * (int64_t)TIME_MINUTE_MS -
           (int64_t)catalog_utc_offset(catalog) * TIME_MINUTE_MS;
}

/* The day of the first reminder; false: the term is so short that there is none. */
static bool find_near(const struct service_case *one, const struct service_work *work,
                      const struct calendar *calendar, const struct catalog *catalog, int64_t *day)
{
    return calendar_shift(calendar, one->due_on, -work->remind_days, day) &&
           *day > catalog_day(catalog, one->registered_at);
}

int64_t conduct_escalate_next(const struct service_case *one, const struct service_work *work,
                              const struct calendar *calendar, const struct catalog *catalog)
{
    int64_t near;

    if (work->remind_days == 0 || one->state != SERVICE_CASE_OPEN ||
        one->due_on == SERVICE_CASE_NO_TERM || (one->told & SERVICE_CASE_LATE) != 0)
        return INT64_MAX;
    if ((one->told & SERVICE_CASE_NEAR) == 0 && find_near(one, work, calendar, catalog, &near))
        return morning(catalog, near);
    return morning(catalog, one->due_on + 1);
}

bool conduct_escalate_need(struct tx *tx, int64_t due_at, int64_t now, bool *has_moved,
                           struct err *err)
{
    struct job job = {.kind = KIND, .payload = STR("{}"), .put_at = now};

    return job_need(tx, &job, due_at, has_moved, err);
}

struct run {
    const struct conduct_place *place;
    const struct catalog *catalog;
    struct arena *arena; /* of the whole run */
    struct calendar calendar;
    int64_t today, horizon;
    int64_t span; /* no reminder is further before its last day */
    int64_t next_at;
};

/* One case, and who is told. */
struct telling {
    struct run *run;
    struct arena *arena;
    const struct service_case *one;
    const struct service_work *work;
    unsigned bit;
    int64_t people[TOLD_MAX];
    size_t count;
};

static void add_account(struct telling *it, int64_t account)
{
    for (size_t i = 0; i < it->count; i++)
        if (it->people[i] == account)
            return;
    if (account > 0 && it->count < TOLD_MAX)
        it->people[it->count++] = account;
}

static void add_person(struct telling *it, const struct colleague *one)
{
    add_account(it, one->account);
    if (colleague_is_away(one, it->run->today))
        add_account(it, one->substitute);
}

static bool add_role(struct telling *it, struct tx *tx, struct str role, struct err *err)
{
    struct colleague_page page;

    if (!flow_doer_list(tx, it->arena, it->run->catalog->model->policy, role, &page, err))
        return false;
    for (size_t i = 0; i < page.count; i++)
        add_person(it, &page.items[i]);
    return true;
}

static bool add_doer(struct telling *it, struct tx *tx, int64_t account, struct err *err)
{
    struct err found = {0};
    struct colleague one;

    if (colleague_get(tx, it->arena, account, &one, &found)) {
        add_person(it, &one);
        return true;
    }
    *err = found;
    return found.code == ERR_ABSENT;
}

static bool find_people(struct telling *it, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct rows rows;

    if (!tx_read(&tx, it->run->place->tenant, err) ||
        (it->work->remind_role.len > 0 && !add_role(it, &tx, it->work->remind_role, err)) ||
        !store_query(&tx, it->arena, &rows,
                     "SELECT name, tag FROM flow_wait WHERE tenant = $1 AND flow = $2"
                     " AND kind = 'task' ORDER BY no",
                     ARGS(INT(tx.tenant), INT(it->one->flow)), err))
        return false;
    for (size_t i = 0; i < rows.count; i++) {
        int64_t account;

        if (num_parse_int(rows_text(&rows, i, 1), &account)
                ? !add_doer(it, &tx, account, err)
                : !add_role(it, &tx, rows_text(&rows, i, 0), err))
            return false;
    }
    return true;
}

static bool run_tell(struct tx *tx, void *data, struct err *err)
{
    const struct telling *it = data;
    const struct service_case *one = it->one;
    bool is_late = it->bit == SERVICE_CASE_LATE;
    struct notice_direct direct = {
        .notice = {.kind = CONTACT_WORK,
                   .template = is_late ? STR("uprava.case.late") : STR("uprava.case.near"),
                   .no = one->no,
                   .record = one->id,
                   .flow = one->flow,
                   .subject = is_late ? STR("A case is overdue") : STR("A case nears its last day"),
                   .body = is_late ? STR("Its term is over, and it is not decided.")
                                   : STR("Its term ends soon, and it is not decided.")},
        .way = CONTACT_PAGE};
    bool is_first, has_job;

    if (!service_case_tell(tx, one, it->bit, &is_first, err))
        return false;
    for (size_t i = 0; is_first && i < it->count; i++) {
        direct.notice.account = it->people[i];
        if (!notice_put_direct(tx, &direct, it->run->place->now, &has_job, err))
            return false;
    }
    return true;
}

static bool tell(struct run *run, const struct service_case *one, const struct service_work *work,
                 unsigned bit, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct telling it = {.run = run, .arena = arena, .one = one, .work = work, .bit = bit};

    return find_people(&it, err) && tenant_write_wait(run->place->tenant, run_tell, &it, err);
}

static bool look_at(struct run *run, struct service_case *one, struct err *err)
{
    const struct service *service;
    struct err none;
    int64_t at;

    if (!process_service(run->place->processes, run->catalog->model, one->service, &service, &none))
        return true;
    at = conduct_escalate_next(one, &service->work, &run->calendar, run->catalog);
    while (at <= run->place->now) {
        bool is_late = run->place->now >= morning(run->catalog, one->due_on + 1);
        unsigned bit = is_late ? SERVICE_CASE_LATE : SERVICE_CASE_NEAR;

        if (!tell(run, one, &service->work, bit, err))
            return false;
        one->told |= bit;
        at = conduct_escalate_next(one, &service->work, &run->calendar, run->catalog);
    }
    run->next_at = MIN(run->next_at, at);
    return true;
}

static bool list(struct run *run, struct arena *arena, struct service_case_ask *ask,
                 struct service_case_page *page, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};

    return tx_read(&tx, run->place->tenant, err) && service_case_list(&tx, arena, ask, page, err);
}

/* By their last days: the first one behind the horizon ends it, the rest is further away. */
static bool look_at_all(struct run *run, struct err *err)
{
    struct service_case_ask ask = {
        .state = SERVICE_CASE_OPEN, .after_due = INT64_MIN, .limit = PAGE};
    bool has_more = true;

    while (has_more) {
        CLEANUP(arena_close) struct arena *arena = arena_open(0);
        struct service_case_page page;

        if (!list(run, arena, &ask, &page, err))
            return false;
        has_more = page.has_more;
        for (size_t i = 0; i < page.count; i++) {
            struct service_case *one = &page.items[i];

            if (one->due_on == SERVICE_CASE_NO_TERM)
                return true;
            if (one->due_on > run->horizon) {
                run->next_at = MIN(run->next_at, morning(run->catalog, one->due_on - run->span));
                return true;
            }
            if (!look_at(run, one, err))
                return false;
            ask.after_due = one->due_on;
            ask.after_id = one->id;
        }
    }
    return true;
}

static bool find_span(struct run *run, struct err *err)
{
    const struct service **services;
    size_t count;

    if (!process_services(run->place->processes, run->catalog->model, run->arena, &services, &count,
                          err))
        return false;
    for (size_t i = 0; i < count; i++)
        run->span = MAX(run->span, services[i]->work.remind_days);
    if (run->span > 0) /* two of seven days are off, and holidays come together */
        run->span = run->span * 2 + SPARE_DAYS;
    return true;
}

static bool begin(struct run *run, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct registry registry = {&tx, run->arena, NULL, run->place->now, NULL};
    struct workdays_ask ask;

    if (!catalog_get(run->place->tenant, process_library_packs(run->place->processes),
                     &run->catalog, err) ||
        !find_span(run, err) || !tx_read(&tx, run->place->tenant, err))
        return false;
    registry.catalog = run->catalog;
    run->today = catalog_day(run->catalog, run->place->now);
    run->horizon = run->today + run->span;
    ask = (struct workdays_ask){run->today - run->span, run->horizon, MODEL_RU};
    return workdays_load(&registry, &ask, &run->calendar, err);
}

bool conduct_escalate_go(const struct conduct_place *place, int64_t *next_at, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct run run = {.place = place, .arena = arena, .next_at = INT64_MAX};

    if (!begin(&run, err) || (run.span > 0 && !look_at_all(&run, err)))
        return false;
    *next_at = run.next_at;
    return true;
}

static bool run_job(struct worker_task *task, struct str *result, struct err *err)
{
    const struct conduct_job_context *context = task->context;
    struct conduct_place place = {task->tenant, context->processes, context->clock()};
    int64_t next_at;

    task->may_rest = true;
    if (!conduct_escalate_go(&place, &next_at, err)) {
        if (err->code == ERR_UNAVAILABLE)
            return false;
        LOG(LOG_WARN, "case.remind", {"reason", str_from_z(err->text)});
        next_at = place.now + LATER_MS;
    }
    if (!worker_again(task, next_at, place.now, err))
        return false;
    *result = STR("{}");
    return true;
}

const struct worker_kind conduct_escalate_kind = {.name = STR_INIT("case.remind"), .run = run_job};

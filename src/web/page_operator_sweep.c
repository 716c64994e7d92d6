/* Upgrades that go through many municipalities: how far they are, who failed and why. */
#include "core/id.h"
#include "registry/sweep.h"
#include "web/answer.h"
#include "web/input.h"
#include "web/page_operator.h"
#include "web/people.h"
#include "web/progress.h"
#include "web/table.h"
#include "web/wording.h"

enum {
    FAILED_MAX = 200,
    REFRESH_S = 5,
};

static struct str href_of(struct request *request, const struct sweep *sweep, const char *what)
{
    return page_href(request, "/sweeps/%.*s%s", STR_ARG(id_text(request->arena, sweep->id)), what);
}

static struct str title_of(struct request *request, const struct sweep *sweep)
{
    if (sweep->kind == SWEEP_TABLES)
        return request_text(request, STR("Upgrade of tables"));
    struct str title = request_text(request, STR("Upgrade of packs"));

    return sweep->packs.len == 0
               ? title
               : str_printf(request->arena, "%.*s: %.*s", STR_ARG(title), STR_ARG(sweep->packs));
}

static int64_t over_of(const struct sweep *sweep)
{
    return sweep->done + sweep->same + sweep->failed;
}

/* Done, and not with all: that has to be said before any colour does. */
static struct str status_of(struct request *request, const struct sweep *sweep)
{
    if (str_equal(sweep->status, STR("done")) && sweep->failed > 0)
        return str_printf(request->arena, "%.*s: %.*s",
                          STR_ARG(request_text(request, STR("not everywhere"))),
                          STR_ARG(view_number(request, sweep->failed)));
    return request_text(request, sweep->status);
}

static const char *kind_of(const struct sweep *sweep)
{
    if (str_equal(sweep->status, STR("done")))
        return sweep->failed > 0 ? "bad" : "ok";
    return str_equal(sweep->status, STR("running")) ? "info" : "warn";
}

static struct str person_of(struct people *people, const struct sweep *sweep)
{
    if (sweep->actor != 0)
        return people_find(people, sweep->actor);
    return request_text(people->request,
                        sweep->kind == SWEEP_TABLES ? STR("The server") : STR("The command line"));
}

static void add_sweep(struct people *people, struct json *view, const struct sweep *sweep)
{
    struct request *request = people->request;
    int64_t over = over_of(sweep);
    struct json *row =
        table_row(request, view, title_of(request, sweep), href_of(request, sweep, ""));

    table_cell(request, view, row, view_moment(request, sweep->put_at));
    table_cell(request, view, row, person_of(people, sweep));
    table_cell(request, view, row,
               str_printf(request->arena, "%.*s / %.*s", STR_ARG(view_number(request, over)),
                          STR_ARG(view_number(request, over + sweep->waiting))));
    if (sweep->failed > 0)
        table_link(request, view, row, view_number(request, sweep->failed),
                   href_of(request, sweep, "#failed"));
    else
        table_cell(request, view, row, view_number(request, sweep->failed));
    table_tag(request, view, row, kind_of(sweep), status_of(request, sweep));
}

bool page_operator_sweeps(struct request *request, struct err *err)
{
    struct json *view = view_new(request);
    struct people people = {.request = request};
    struct sweep *sweeps;
    size_t count;

    if (!request_read(request, &people.tx, err) ||
        !sweep_list(people.tx, request->arena, &sweeps, &count, err))
        return false;
    page_title(request, view, request_text(request, STR("Upgrades")));
    table_begin(request, view, request_text(request, STR("Upgrades")));
    table_column(request, view, "Upgrade", false);
    table_column(request, view, "When", false);
    table_column(request, view, "Who", false);
    table_column(request, view, "Municipalities", true);
    table_column(request, view, "Failed", true);
    table_column(request, view, "State", false);
    for (size_t i = 0; i < count; i++)
        add_sweep(&people, view, &sweeps[i]);
    return answer_page(request, 200, STR("page/operator-sweeps"), view, err);
}

/* As the component for a job shows it. */
static void add_progress(struct request *request, struct json *view, const struct sweep *sweep,
                         struct str next)
{
    struct json *box = view_object(request, view, "progress");
    struct job_view job = {
        .kind = sweep_job_kind.name,
        .status = STR("running"),
        .step = next,
        .done = over_of(sweep),
        .total = over_of(sweep) + sweep->waiting,
        .started_at = sweep->put_at,
    };

    progress_fill(request, box, &job);
    view_none(request, box, "events_href");
}

static bool add_failed(struct request *request, struct tx *tx, struct json *view, int64_t id,
                       struct err *err)
{
    struct sweep_ask ask = {.id = id, .status = STR("failed"), .max = FAILED_MAX};
    struct sweep_item *items;
    size_t count;

    if (!sweep_items(tx, request->arena, &ask, &items, &count, err))
        return false;
    table_begin(request, view, request_text(request, STR("Those that failed")));
    table_column(request, view, "Municipality", false);
    table_column(request, view, "Version", false);
    table_column(request, view, "Why it failed", false);
    for (size_t i = 0; i < count; i++) {
        struct json *row = table_row(request, view, items[i].name,
                                     page_href(request, "/tenants/%.*s", STR_ARG(items[i].name)));

        table_cell(request, view, row, items[i].was);
        table_cell(request, view, row, request_text(request, items[i].reason));
    }
    return true;
}

static void add_facts(struct people *people, struct json *view, const struct sweep *sweep)
{
    struct request *request = people->request;
    struct json *facts = view_list(request, view, "facts");

    input_fact(request, facts, request_text(request, STR("When")),
               view_moment(request, sweep->put_at));
    input_fact(request, facts, request_text(request, STR("Who")), person_of(people, sweep));
    if (sweep->ended_at > 0)
        input_fact(request, facts, request_text(request, STR("How long it took")),
                   wording_span(request, sweep->ended_at - sweep->put_at));
    input_fact(request, facts, request_text(request, STR("Upgraded")),
               view_number(request, sweep->done));
    input_fact(request, facts, request_text(request, STR("Had nothing to do")),
               view_number(request, sweep->same));
    input_fact(request, facts, request_text(request, STR("Failed")),
               view_number(request, sweep->failed));
    if (sweep->waiting > 0)
        input_fact(request, facts, request_text(request, STR("Not yet looked at")),
                   view_number(request, sweep->waiting));
}

static void add_ways(struct request *request, struct json *view, const struct sweep *sweep)
{
    bool is_running = str_equal(sweep->status, STR("running"));
    bool is_paused = str_equal(sweep->status, STR("paused"));
    bool may_retry = sweep->ended_at > 0 && sweep->failed > 0;
    struct str none = {0};

    view_maybe(request, view, "pause_href", is_running ? href_of(request, sweep, "/pause") : none);
    view_maybe(request, view, "resume_href", is_paused ? href_of(request, sweep, "/resume") : none);
    view_maybe(request, view, "stop_href",
               is_running || is_paused ? href_of(request, sweep, "/stop") : none);
    view_maybe(request, view, "retry_href", may_retry ? href_of(request, sweep, "/retry") : none);
    view_text(request, view, "report_href", href_of(request, sweep, "/report.csv"));
}

/* Whose turn it is. */
static bool find_next(struct request *request, struct tx *tx, const struct sweep *sweep,
                      struct str *name, struct err *err)
{
    struct sweep_ask ask = {.id = sweep->id, .status = STR("waiting"), .max = 1};
    struct sweep_item *items;
    size_t count;

    if (!sweep_items(tx, request->arena, &ask, &items, &count, err))
        return false;
    *name = count > 0 ? items[0].name : (struct str){0};
    return true;
}

bool page_operator_sweep(struct request *request, struct err *err)
{
    struct json *view = view_new(request);
    struct people people = {.request = request};
    struct sweep sweep;
    struct str next;
    int64_t id;

    if (!request_id(request, 0, &id, err) || !request_read(request, &people.tx, err) ||
        !sweep_get(people.tx, request->arena, id, &sweep, err) ||
        !find_next(request, people.tx, &sweep, &next, err))
        return false;
    page_title(request, view, title_of(request, &sweep));
    page_crumb(request, view, request_text(request, STR("Upgrades")), STR("/sweeps/"));
    view_text(request, view, "heading", title_of(request, &sweep));
    view_none(request, view, "progress");
    if (str_equal(sweep.status, STR("running"))) {
        add_progress(request, view, &sweep, next);
        view_int(request, page_of(request, view), "refresh_s", REFRESH_S);
    }
    struct json *tag = view_object(request, view, "tag");
    view_text(request, tag, "kind", str_from_z(kind_of(&sweep)));
    view_text(request, tag, "text", status_of(request, &sweep));
    add_facts(&people, view, &sweep);
    add_ways(request, view, &sweep);
    return add_failed(request, people.tx, view, id, err) &&
           answer_page(request, 200, STR("page/operator-sweep"), view, err);
}

bool page_operator_sweep_report(struct request *request, struct err *err)
{
    struct tx *tx;
    struct sweep sweep;
    int64_t id;

    if (!request_id(request, 0, &id, err) || !request_read(request, &tx, err) ||
        !sweep_get(tx, request->arena, id, &sweep, err) ||
        !sweep_report(tx, &request->exchange->out, id, err))
        return false;
    http_add(request->exchange, STR("Content-Disposition"),
             str_printf(request->arena, "attachment; filename=\"upgrade-%.*s.csv\"",
                        STR_ARG(id_text(request->arena, id))));
    return answer_text(request, 200, STR("text/csv; charset=utf-8"));
}

static bool act(struct request *request, enum sweep_act what, struct err *err)
{
    struct tenancy by = {request->web->store, request->web->library, request->actor.account,
                         request->now};
    int64_t id;

    if (!request_id(request, 0, &id, err) || !sweep_do(&by, id, what, err))
        return false;
    if (request->web->workers != NULL)
        worker_wake(request->web->workers, STR(JOB_NODE));
    return answer_redirect(
        request, str_printf(request->arena, "/sweeps/%.*s", STR_ARG(id_text(request->arena, id))));
}

bool page_operator_sweep_pause(struct request *request, struct err *err)
{
    return act(request, SWEEP_PAUSE, err);
}

bool page_operator_sweep_resume(struct request *request, struct err *err)
{
    return act(request, SWEEP_RESUME, err);
}

bool page_operator_sweep_retry(struct request *request, struct err *err)
{
    return act(request, SWEEP_RETRY, err);
}

bool page_operator_sweep_stop(struct request *request, struct err *err)
{
    return act(request, SWEEP_STOP, err);
}

#include "web/page_import.h"

#include "core/id.h"
#include "registry/import.h"
#include "web/answer.h"
#include "web/input.h"
#include "web/people.h"
#include "web/progress.h"
#include "web/refusal.h"
#include "web/table.h"
#include "web/wording.h"

enum {
    JOBS_MAX = 200,
    IMPORTS_MAX = 200, /* looked through for the one a job belongs to */
};

struct jobs {
    struct request *request;
    struct tx *tx;
    struct people people;
    struct json *view;
    struct import *imports;
    size_t import_count;
};

static bool begin(struct request *request, struct jobs *jobs, struct err *err)
{
    *jobs = (struct jobs){.request = request, .view = view_new(request)};
    if (!request_read(request, &jobs->tx, err) ||
        !import_list(&request->registry, 0, IMPORTS_MAX, &jobs->imports, &jobs->import_count, err))
        return false;
    jobs->people = (struct people){.request = request, .tx = jobs->tx};
    return true;
}

/* The import a job works for; NULL when it is none of the newest. */
static const struct import *find_import(const struct jobs *jobs, int64_t job)
{
    for (size_t i = 0; i < jobs->import_count; i++)
        if (jobs->imports[i].job == job)
            return &jobs->imports[i];
    return NULL;
}

static struct str title_of(const struct jobs *jobs, const struct job_view *job)
{
    const struct import *import = find_import(jobs, job->id);
    struct str title = progress_title(jobs->request, job->kind);

    return import == NULL ? title
                          : str_printf(jobs->request->arena, "%.*s: %.*s", STR_ARG(title),
                                       STR_ARG(import->name));
}

static struct str job_href(const struct jobs *jobs, const struct job_view *job, const char *what)
{
    struct request *request = jobs->request;

    return page_href(request, "/jobs/%.*s%s", STR_ARG(id_text(request->arena, job->id)), what);
}

static struct str import_href(const struct jobs *jobs, const struct job_view *job)
{
    const struct import *import = find_import(jobs, job->id);
    struct request *request = jobs->request;

    return import == NULL ? (struct str){0}
                          : page_href(request, "/imports/%lld", (long long)import->id);
}

static void add_running(struct jobs *jobs, const struct job_view *job)
{
    struct request *request = jobs->request;
    struct json *row = view_push(request, json_find(jobs->view, STR("jobs")));

    progress_fill(request, row, job);
    view_text(request, row, "events_href", job_href(jobs, job, "/events?back=/jobs/"));
    view_text(request, row, "title", title_of(jobs, job));
    view_text(request, row, "href", job_href(jobs, job, ""));
    view_text(request, row, "who", people_find(&jobs->people, job->actor));
    view_text(request, row, "when", view_moment(request, job->put_at));
    view_maybe(request, row, "stop_href",
               job->is_stopping ? (struct str){0} : job_href(jobs, job, "/stop"));
}

static void add_over(struct jobs *jobs, const struct job_view *job)
{
    struct request *request = jobs->request;
    struct json *row = table_row(request, jobs->view, title_of(jobs, job), job_href(jobs, job, ""));

    table_cell(request, jobs->view, row, people_find(&jobs->people, job->actor));
    table_cell(request, jobs->view, row, view_moment(request, job->ended_at));
    table_cell(request, jobs->view, row,
               job->started_at > 0 ? wording_span(request, job->ended_at - job->started_at)
                                   : (struct str){0});
    table_tag(request, jobs->view, row, progress_tag_kind(job),
              progress_status(request, job->status));
}

bool page_jobs(struct request *request, struct err *err)
{
    struct job_view *views;
    struct json *running;
    struct jobs jobs;
    size_t count;

    if (!(request->actor.rights.admin & POLICY_JOBS) && !page_may_import(request))
        return err_set(err, ERR_DENIED, "your role does not allow this");
    if (!begin(request, &jobs, err) ||
        !job_list(jobs.tx, request->arena, JOBS_MAX, &views, &count, err))
        return false;
    page_title(request, jobs.view, request_text(request, STR("Work in progress")));
    running = view_list(request, jobs.view, "jobs");
    table_begin(request, jobs.view, request_text(request, STR("Finished")));
    table_column(request, jobs.view, "Work", false);
    table_column(request, jobs.view, "Who", false);
    table_column(request, jobs.view, "Finished", false);
    table_column(request, jobs.view, "Took", true);
    table_column(request, jobs.view, "Result", false);
    for (size_t i = 0; i < count; i++) {
        if (!progress_may_see(request, &views[i]))
            continue;
        if (progress_is_over(&views[i]))
            add_over(&jobs, &views[i]);
        else
            add_running(&jobs, &views[i]);
    }
    view_bool(request, jobs.view, "has_jobs", running->count > 0);
    if (running->count > 0)
        view_int(request, page_of(request, jobs.view), "refresh_s", 5);
    return answer_page(request, 200, STR("page/jobs"), jobs.view, err);
}

static bool get_job(struct jobs *jobs, struct job_view *job, struct err *err)
{
    struct request *request = jobs->request;
    int64_t id;

    if (!request_id(request, 0, &id, err) || !job_get(jobs->tx, request->arena, id, job, err))
        return false;
    return progress_may_see(request, job) ||
           err_set(err, ERR_ABSENT, "there is no such job any more");
}

static void add_facts(struct jobs *jobs, const struct job_view *job)
{
    struct request *request = jobs->request;
    struct json *facts = view_list(request, jobs->view, "facts");

    input_fact(request, facts, request_text(request, STR("Who")),
               people_find(&jobs->people, job->actor));
    input_fact(request, facts, request_text(request, STR("When")),
               view_moment(request, job->put_at));
    if (job->ended_at > 0 && job->started_at > 0)
        input_fact(request, facts, request_text(request, STR("How long it took")),
                   wording_span(request, job->ended_at - job->started_at));
    if (job->reason.len > 0)
        input_fact(request, facts, request_text(request, STR("Why it failed")),
                   refusal_text(request, job->reason));
}

bool page_jobs_one(struct request *request, struct err *err)
{
    struct job_view job;
    struct jobs jobs;

    if (!begin(request, &jobs, err) || !get_job(&jobs, &job, err))
        return false;

    struct str title = title_of(&jobs, &job);
    page_title(request, jobs.view, title);
    page_crumb(request, jobs.view, request_text(request, STR("Work in progress")), STR("/jobs/"));
    view_text(request, jobs.view, "heading", title);
    view_none(request, jobs.view, "job");
    view_none(request, jobs.view, "tag");
    view_none(request, jobs.view, "again_href");
    view_none(request, jobs.view, "stop_href");
    view_maybe(request, jobs.view, "import_href", import_href(&jobs, &job));
    add_facts(&jobs, &job);
    if (progress_is_over(&job)) {
        progress_tag(request, jobs.view, &job);
    } else {
        struct json *box = view_object(request, jobs.view, "job");

        progress_fill(request, box, &job);
        view_text(request, box, "events_href", job_href(&jobs, &job, "/events"));
        view_text(request, jobs.view, "again_href", job_href(&jobs, &job, ""));
        if (!job.is_stopping)
            view_text(request, jobs.view, "stop_href", job_href(&jobs, &job, "/stop"));
        view_int(request, page_of(request, jobs.view), "refresh_s", 5);
    }
    return answer_page(request, 200, STR("page/job"), jobs.view, err);
}

/* ?back=/imports/… : where the reader goes at the end; only within this municipality. */
bool page_jobs_events(struct request *request, struct err *err)
{
    struct str back = request_query(request, STR("back"));
    int64_t id;

    if (!request_id(request, 0, &id, err))
        return false;
    if (!str_starts(back, STR("/")) || str_starts(back, STR("//")) ||
        str_find_char(back, '\\') < back.len)
        back = str_printf(request->arena, "/jobs/%.*s", STR_ARG(request->parts[0]));
    return progress_stream(request, id, page_href(request, "%.*s", STR_ARG(back)), err);
}

struct stopping {
    int64_t id;
    int64_t now;
};

static bool write_stop(struct tx *tx, void *data, struct err *err)
{
    const struct stopping *stopping = data;

    return job_stop(tx, stopping->id, stopping->now, err) && import_stopped(tx, stopping->id, err);
}

bool page_jobs_stop(struct request *request, struct err *err)
{
    struct stopping stopping = {.now = request->now};
    struct job_view job;
    struct jobs jobs;

    if (!begin(request, &jobs, err) || !get_job(&jobs, &job, err))
        return false;
    stopping.id = job.id;
    struct str back = import_href(&jobs, &job);
    if (!request_write_wait(request, write_stop, &stopping, err))
        return false;
    answer_notice(request, STR("info"), request_text(request, STR("It stops at the next step.")));
    return answer_redirect(request, back.len > 0 ? str_slice(back, request->base.len, back.len)
                                                 : str_printf(request->arena, "/jobs/%.*s",
                                                              STR_ARG(request->parts[0])));
}

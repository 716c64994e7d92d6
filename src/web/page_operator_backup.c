#include "web/page_operator_backup.h"

#include "backup/fetched.h"
#include "backup/status.h"
#include "core/time.h"
#include "web/answer.h"
#include "web/input.h"
#include "web/progress.h"
#include "web/wording.h"

enum {
    JOBS_MAX = 200,
};

/* Older than this it is worth a look: a server makes one every few minutes. */
#define OLD_MS (25 * 60 * (int64_t)TIME_MINUTE_MS)

static bool is_about(struct request *request, const struct job_view *job, struct str tenant)
{
    struct json *payload;
    struct err ignored;

    return (str_starts(job->kind, STR("backup.")) || str_equal(job->kind, STR("tenant.move"))) &&
           json_parse(request->arena, job->payload, NULL, &payload, &ignored) &&
           str_equal(json_find_text(payload, STR("tenant")), tenant);
}

bool page_operator_backup_job(struct request *request, struct job_view *job, struct err *err)
{
    struct job_view *views;
    struct tx *tx;
    size_t count;

    *job = (struct job_view){0};
    if (!request_read(request, &tx, err) ||
        !job_list(tx, request->arena, JOBS_MAX, &views, &count, err))
        return false;
    for (size_t i = 0; i < count && job->id == 0; i++)
        if (is_about(request, &views[i], request->parts[0]))
            *job = views[i];
    return true;
}

static struct str own_href(struct request *request, const char *what)
{
    return page_href(request, "/tenants/%.*s/backup%s", STR_ARG(request->parts[0]), what);
}

static struct str ago(struct request *request, int64_t at)
{
    return wording_span(request, MAX(request->now - at, 0));
}

static void add_status(struct request *request, struct json *view, const struct status *status)
{
    struct json *facts = view_list(request, view, "facts");
    struct json *tag = view_object(request, view, "health");
    int64_t age = request->now - status->at;
    bool is_old = status->at == 0 || age > OLD_MS || age < -OLD_MS; /* or the clock was wrong */

    view_text(request, tag, "kind",
              status->fault_at > 0 ? STR("bad")
              : is_old             ? STR("warn")
                                   : STR("ok"));
    view_text(request, tag, "text",
              request_text(request, status->fault_at > 0 ? STR("backup failed")
                                    : status->at == 0    ? STR("no backup yet")
                                    : is_old             ? STR("the backup is old")
                                                         : STR("the backup is fresh")));
    if (status->at > 0) {
        input_fact(request, facts, request_text(request, STR("Last backup")),
                   view_moment(request, status->at));
        input_fact(request, facts, request_text(request, STR("Age of the backup")),
                   ago(request, status->at));
        input_fact(request, facts, request_text(request, STR("Last whole copy")),
                   status->base_at > 0 ? view_moment(request, status->base_at) : (struct str){0});
        input_fact(request, facts, request_text(request, STR("Up to entry of the journal")),
                   view_number(request, status->seq));
        input_fact(request, facts, request_text(request, STR("Where it is")), status->place);
    }
    if (status->fault_at > 0)
        input_fact(request, facts, request_text(request, STR("The backup failed")),
                   str_printf(request->arena, "%.*s: %.*s",
                              STR_ARG(view_moment(request, status->fault_at)),
                              STR_ARG(status->fault)));
}

static void add_job(struct request *request, struct json *view, const struct job_view *job)
{
    struct json *box;

    view_none(request, view, "job");
    view_none(request, view, "ended");
    if (job->id == 0)
        return;
    if (progress_is_over(job)) {
        box = view_object(request, view, "ended");
        view_text(request, box, "title", progress_title(request, job->kind));
        view_text(request, box, "when", view_moment(request, job->ended_at));
        view_maybe(request, box, "reason", job->reason);
        progress_tag(request, box, job);
        return;
    }
    box = view_object(request, view, "job");
    progress_fill(request, box, job);
    view_text(request, box, "title", progress_title(request, job->kind));
    view_text(request, box, "events_href", own_href(request, "/events"));
    view_maybe(request, box, "stop_href",
               job->is_stopping || str_equal(job->kind, STR("backup.swap"))
                   ? (struct str){0}
                   : own_href(request, "/stop"));
    view_int(request, page_of(request, view), "refresh_s", 5);
}

static void add_compared(struct request *request, struct json *facts, const char *label,
                         int64_t count, int64_t present)
{
    input_fact(request, facts, request_text(request, str_from_z(label)),
               str_printf(request->arena, "%.*s (%.*s %.*s)", STR_ARG(view_number(request, count)),
                          STR_ARG(request_text(request, STR("now"))),
                          STR_ARG(view_number(request, present))));
}

/* What it would be, beside what is. */
static void add_fetched(struct request *request, struct json *view, struct str tenant)
{
    struct fetched fetched;

    fetched_read(request->web->store, request->arena, tenant, &fetched);
    if (fetched.at == 0) {
        view_none(request, view, "fetched");
        return;
    }
    struct json *box = view_object(request, view, "fetched");
    struct json *facts = view_list(request, box, "facts");
    input_fact(request, facts, request_text(request, STR("As it was")),
               view_moment(request, fetched.last_at));
    add_compared(request, facts, "Last entry of the journal", fetched.counts.entry,
                 fetched.present.entry);
    add_compared(request, facts, "Records", fetched.counts.records, fetched.present.records);
    add_compared(request, facts, "Files", fetched.counts.files, fetched.present.files);
    input_fact(request, facts, request_text(request, STR("Fetched")),
               view_moment(request, fetched.at));
    view_text(request, box, "swap_href", own_href(request, "/swap"));
    view_text(request, box, "drop_href", own_href(request, "/drop"));
}

static bool add_aside(struct request *request, struct json *view, struct str tenant,
                      struct err *err)
{
    struct json *list = view_list(request, view, "aside");
    struct str *names;
    size_t count;
    int64_t at;

    if (!fetched_list_aside(request->web->store, request->arena, tenant, &names, &count, err))
        return false;
    view_bool(request, view, "has_aside", count > 0);
    for (size_t i = 0; i < count; i++) {
        struct json *row = view_push(request, list);

        (void)!fetched_is_aside(names[i], tenant, &at);
        view_text(request, row, "name", names[i]);
        view_text(request, row, "when", view_moment(request, at));
        view_text(request, row, "swap_href", own_href(request, "/swap"));
    }
    return true;
}

static void add_fields(struct request *request, struct json *view,
                       const struct page_operator_backup_form *form)
{
    struct json *until = input_add(request, view_list(request, view, "until"), "is_text", "until",
                                   request_text(request, STR("Moment")));
    struct json *to = input_add(request, view_list(request, view, "to"), "is_text", "to",
                                request_text(request, STR("Data directory")));

    input_optional(request, until);
    input_value(request, until, form->until);
    view_text(request, until, "width", STR("w-short"));
    input_hint(request, until,
               request_text(request, STR("A number of the journal, or a day and time as "
                                         "02.03.2026 09:00. Empty: the end of the backup.")));
    input_value(request, to, form->to);
    input_hint(request, to,
               request_text(request, STR("Of another server on this machine, as "
                                         "/var/lib/uprava-2.")));
    if (form->until_error.len > 0)
        input_error(request, view, until, form->until_error);
    if (form->to_error.len > 0)
        input_error(request, view, to, form->to_error);
}

static bool fill(struct request *request, struct json *view, const struct store_tenant *tenant,
                 const struct job_view *job, struct err *err)
{
    bool is_idle = job->id == 0 || progress_is_over(job);
    bool is_here = request->web->backup_place.len > 0;
    bool is_shared = store_is_shared(request->web->store);
    struct status status;

    status_read(request->web->store, request->arena, tenant->name, &status);
    add_status(request, view, &status);
    add_job(request, view, job);
    add_fetched(request, view, tenant->name);
    view_bool(request, view, "is_shared", is_shared);
    view_bool(request, view, "is_idle", is_idle);
    view_bool(request, view, "is_unplanned", !is_here && !is_shared);
    view_bool(request, view, "may_take", is_here && is_idle);
    view_bool(request, view, "may_move", is_idle && !is_shared && !tenant->is_suspended);
    view_bool(request, view, "may_choose", is_idle);
    view_text(request, view, "take_href", own_href(request, ""));
    view_text(request, view, "fetch_href", own_href(request, "/fetch"));
    view_text(request, view, "move_href", own_href(request, "/move"));
    return add_aside(request, view, tenant->name, err);
}

bool page_operator_backup_show(struct request *request, int status,
                               const struct page_operator_backup_form *form, struct err *err)
{
    struct json *view = view_new(request);
    struct store_tenant tenant;
    struct job_view job;

    if (!store_get_tenant(request->web->store, request->arena, request->parts[0], &tenant, err) ||
        !page_operator_backup_job(request, &job, err))
        return false;
    page_title(request, view, request_text(request, STR("Backup and moving")));
    page_crumb(request, view, request_text(request, STR("Municipalities")), STR("/"));
    page_crumb(request, view, tenant.title,
               str_printf(request->arena, "/tenants/%.*s", STR_ARG(tenant.name)));
    input_errors_begin(request, view);
    add_fields(request, view, form);
    return fill(request, view, &tenant, &job, err) &&
           answer_page(request, status, STR("page/operator-backup"), view, err);
}

bool page_operator_backup(struct request *request, struct err *err)
{
    return page_operator_backup_show(request, 200, &(struct page_operator_backup_form){0}, err);
}

bool page_operator_backup_events(struct request *request, struct err *err)
{
    struct job_view job;

    if (!page_operator_backup_job(request, &job, err))
        return false;
    if (job.id == 0)
        return err_set(err, ERR_ABSENT, "there is no such job any more");
    return progress_stream(request, job.id, own_href(request, ""), err);
}

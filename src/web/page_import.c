/* One import as it stands: progress, what the check found, the result; starting, undoing. */
#include "web/page_import.h"

#include "core/id.h"
#include "core/time.h"
#include "web/answer.h"
#include "web/display.h"
#include "web/import_view.h"
#include "web/input.h"
#include "web/people.h"
#include "web/progress.h"
#include "web/wording.h"

enum {
    KEPT_SHOWN = 50,
    REFRESH_S = 3,
};

static struct str with_name(struct import_view *base, struct str what)
{
    return str_printf(base->request->arena, "%.*s: %.*s", STR_ARG(what),
                      STR_ARG(base->import.name));
}

static struct str job_href(struct import_view *base, const char *below)
{
    struct request *request = base->request;

    return page_href(request, "/jobs/%.*s%s", STR_ARG(id_text(request->arena, base->import.job)),
                     below);
}

static bool show_progress(struct import_view *base, const struct job_view *job, struct err *err)
{
    struct request *request = base->request;
    struct json *view = view_new(request);
    bool is_undo = base->import.status == IMPORT_UNDOING;
    bool is_check = base->import.status == IMPORT_CHECKING;
    struct str what = is_undo    ? STR("Undo of an import")
                      : is_check ? STR("Check of a file")
                                 : STR("Import of a file");
    struct json *box = view_object(request, view, "job");

    import_view_begin(base, view, request_text(request, what));
    view_text(request, view, "heading", with_name(base, request_text(request, what)));
    import_view_steps(request, view, is_check ? IMPORT_VIEW_CHECK : IMPORT_VIEW_RUN,
                      (struct str){0});
    view_bool(request, view, "has_steps", !is_undo);
    progress_fill(request, box, job);
    view_text(request, box, "events_href",
              str_printf(request->arena, "%.*s?back=%.*s", STR_ARG(job_href(base, "/events")),
                         STR_ARG(import_view_path(base, ""))));
    view_text(request, view, "again_href", import_view_href(base, ""));
    view_maybe(request, view, "stop_href",
               job->is_stopping || !progress_may_see(request, job) ? (struct str){0}
                                                                   : job_href(base, "/stop"));
    view_int(request, page_of(request, view), "refresh_s", REFRESH_S);
    return answer_page(request, 200, STR("page/import-progress"), view, err);
}

static void add_counts(struct import_view *base, struct json *view)
{
    struct request *request = base->request;
    const struct import_counts *counts = &base->import.counts;

    view_list(request, view, "counts");
    import_view_count(request, view, request_text(request, STR("rows in the file")), counts->rows,
                      false);
    import_view_count(request, view, request_text(request, STR("new records")), counts->created,
                      false);
    import_view_count(request, view,
                      request_text(request, counts->is_dry ? STR("will change") : STR("changed")),
                      counts->changed, false);
    import_view_count(request, view, request_text(request, STR("unchanged")), counts->same, false);
    if (counts->kept > 0)
        import_view_count(request, view, request_text(request, STR("kept as they are")),
                          counts->kept, false);
    if (counts->wrong > 0)
        import_view_count(request, view, request_text(request, STR("with mistakes")), counts->wrong,
                          true);
}

static bool show_check(struct import_view *base, struct err *err)
{
    struct request *request = base->request;
    struct json *view = view_new(request);
    int64_t good = base->import.counts.rows - base->import.counts.wrong;

    import_view_begin(base, view, request_text(request, STR("Import of a file")));
    import_view_steps(request, view, IMPORT_VIEW_CHECK, import_view_href(base, "/columns"));
    add_counts(base, view);
    view_bool(request, view, "has_updates", false);
    view_list(request, view, "updates");
    view_text(request, view, "action", import_view_href(base, "/start"));
    view_bool(request, view, "can_start", good > 0);
    view_text(request, view, "start_text",
              wording_plural(request, STR("Import %d row"), STR("Import %d rows"), good));
    view_text(request, view, "mapping_href", import_view_href(base, "/columns"));
    view_text(request, view, "upload_href",
              page_href(request, "/registers/%.*s/import", STR_ARG(base->type->id)));
    return import_view_problems(base, view, err) &&
           answer_page(request, 200, STR("page/import-check"), view, err);
}

static void add_about(struct import_view *base, struct json *view, struct str label,
                      struct str value)
{
    struct json *fact = view_push(base->request, json_find(view, STR("facts_about")));

    view_text(base->request, fact, "label", label);
    view_text(base->request, fact, "value", value);
}

static void add_facts(struct import_view *base, struct json *view, const struct job_view *job)
{
    struct request *request = base->request;
    struct people people = {.request = request, .tx = base->tx};
    struct str who = people_find(&people, base->import.actor);

    view_list(request, view, "facts_about");
    add_about(base, view, request_text(request, STR("Who and when")),
              str_printf(request->arena, "%.*s, %.*s", STR_ARG(who),
                         STR_ARG(view_moment(request, base->import.created_at))));
    if (job->started_at > 0 && job->ended_at > 0)
        add_about(base, view, request_text(request, STR("How long it took")),
                  wording_span(request, job->ended_at - job->started_at));
    add_about(base, view, request_text(request, STR("Size")),
              wording_size(request, base->import.size));
    if (job->reason.len > 0)
        add_about(base, view, request_text(request, STR("Why it failed")),
                  request_text(request, job->reason));
}

static void add_kept_record(struct import_view *base, struct json *row,
                            const struct import_error *kept)
{
    struct request *request = base->request;
    const struct register_type *type = model_type(request->catalog->model, kept->field);
    struct record record;
    struct err absent;
    bool is_there =
        type != NULL && record_get(&request->registry, catalog_no(request->catalog, type),
                                   kept->line, request_today(request), &record, &absent);

    view_maybe(request, row, "href",
               is_there ? display_record_href(request, type, kept->line) : (struct str){0});
    view_text(request, row, "title",
              is_there
                  ? display_record_title(request, type, POLICY_PUBLIC | POLICY_INTERNAL, &record)
                  : id_text(request->arena, kept->line));
    view_text(request, row, "note",
              request_text(request, str_equal(kept->id, STR("referenced"))
                                        ? STR("other records refer to it")
                                        : STR("changed after the import")));
}

/* After an undo the import's errors are the records that stayed, with the reason. */
static bool add_kept(struct import_view *base, struct json *view, struct err *err)
{
    struct request *request = base->request;
    struct json *kept = view_list(request, view, "kept");
    struct import_error *errors;
    size_t count;

    view_bool(request, view, "has_kept", false);
    if (base->import.status != IMPORT_UNDONE)
        return true;
    if (!import_errors(&request->registry, base->import.id, KEPT_SHOWN, &errors, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        add_kept_record(base, view_push(request, kept), &errors[i]);
    view_bool(request, view, "has_kept", count > 0);
    return true;
}

static bool can_undo(const struct import *import)
{
    return (import->status == IMPORT_DONE || import->status == IMPORT_STOPPED ||
            import->status == IMPORT_FAILED) &&
           !import->counts.is_dry && import->counts.created + import->counts.changed > 0;
}

static void add_undone(struct import_view *base, struct json *view)
{
    struct request *request = base->request;

    import_view_count(request, view, request_text(request, STR("put back")),
                      base->import.counts.undone, false);
    if (base->import.counts.undo_kept > 0)
        import_view_count(request, view, request_text(request, STR("kept as they are")),
                          base->import.counts.undo_kept, true);
}

static bool show_result(struct import_view *base, const struct job_view *job, struct err *err)
{
    struct request *request = base->request;
    enum import_status status = base->import.status;
    struct json *view = view_new(request);
    struct json *tag = view_object(request, view, "tag");

    import_view_begin(base, view, request_text(request, STR("Import of a file")));
    view_text(
        request, view, "heading",
        with_name(base, request_text(request, status == IMPORT_UNDONE ? STR("Undo of an import")
                                                                      : STR("Import of a file"))));
    view_bool(request, view, "has_steps", false);
    view_text(request, tag, "kind", str_from_z(import_view_tag(status)));
    view_text(request, tag, "text", import_view_status(request, status));
    add_counts(base, view);
    if (status == IMPORT_UNDONE)
        add_undone(base, view);
    add_facts(base, view, job);
    view_text(request, view, "register_href",
              page_href(request, "/registers/%.*s", STR_ARG(base->type->id)));
    view_maybe(request, view, "undo_href",
               can_undo(&base->import) ? import_view_href(base, "/undo") : (struct str){0});
    view_maybe(request, view, "again_href",
               status == IMPORT_STOPPED || status == IMPORT_FAILED
                   ? import_view_href(base, "/start")
                   : (struct str){0});
    if (!add_kept(base, view, err))
        return false;
    if (status == IMPORT_UNDONE) {
        view_bool(request, view, "has_problems", false);
    } else if (!import_view_problems(base, view, err)) {
        return false;
    }
    return answer_page(request, 200, STR("page/import-result"), view, err);
}

/* The job's row is kept a week; an import outlives it. */
static bool read_job(struct import_view *base, struct job_view *job, struct err *err)
{
    *job = (struct job_view){.status = STR("waiting")};
    if (base->import.job == 0 ||
        job_get(base->tx, base->request->arena, base->import.job, job, err))
        return true;
    *job = (struct job_view){.status = STR("done")};
    return err->code == ERR_ABSENT;
}

bool page_import(struct request *request, struct err *err)
{
    struct import_view base;
    struct job_view job;

    if (!import_view_find(request, &base, err) || !read_job(&base, &job, err))
        return false;
    switch (base.import.status) {
    case IMPORT_NEW:
        return answer_redirect(request, import_view_path(&base, "/columns"));
    case IMPORT_CHECKED:
        return show_check(&base, err);
    case IMPORT_CHECKING:
    case IMPORT_RUNNING:
    case IMPORT_UNDOING:
        return show_progress(&base, &job, err);
    case IMPORT_FAILED:
        if (base.import.counts.is_dry || base.import.counts.rows == 0)
            return answer_redirect(request, import_view_path(&base, "/columns"));
        return show_result(&base, &job, err);
    case IMPORT_DONE:
    case IMPORT_STOPPED:
    case IMPORT_UNDONE:
        break;
    }
    return show_result(&base, &job, err);
}

struct order {
    struct import_view *base;
    bool is_undo;
};

static bool write_order(struct tx *tx, void *data, struct err *err)
{
    const struct order *order = data;
    struct request *request = order->base->request;
    struct registry registry = request_registry(request, tx);
    int64_t id = order->base->import.id;
    int64_t actor = request->actor.account;
    int64_t job;

    return order->is_undo ? import_undo_start(&registry, id, actor, &job, err)
                          : import_start(&registry, id, false, actor, &job, err);
}

static bool start(struct request *request, bool is_undo, struct err *err)
{
    struct import_view base;
    struct order order = {&base, is_undo};

    if (!import_view_find(request, &base, err) ||
        !request_write_wait(request, write_order, &order, err))
        return false;
    worker_wake(request->web->workers, tenant_info(request->tenant)->name);
    return answer_redirect(request, import_view_path(&base, ""));
}

bool page_import_start(struct request *request, struct err *err)
{
    return start(request, false, err);
}

bool page_import_undo_post(struct request *request, struct err *err)
{
    return start(request, true, err);
}

bool page_import_undo(struct request *request, struct err *err)
{
    struct json *view = view_new(request);
    struct import_view base;

    if (!import_view_find(request, &base, err))
        return false;
    import_view_begin(&base, view, request_text(request, STR("Undo the import")));
    view_text(request, view, "question", request_text(request, STR("Undo the whole import?")));
    view_text(request, view, "subject",
              str_printf(request->arena, "%.*s, %.*s", STR_ARG(base.import.name),
                         STR_ARG(view_moment(request, base.import.created_at))));
    view_text(request, view, "what_happens",
              request_text(request, STR("New records are deleted, changed ones become what they "
                                        "were. The history stays.")));
    view_bool(request, view, "has_consequences", false);
    view_list(request, view, "consequences");
    view_bool(request, view, "can_do", can_undo(&base.import));
    view_text(request, view, "action", import_view_href(&base, "/undo"));
    view_none(request, view, "etag");
    view_none(request, view, "reason");
    view_text(request, view, "do_text", request_text(request, STR("Undo the import")));
    view_text(request, view, "cancel_href", import_view_href(&base, ""));
    return answer_page(request, 200, STR("page/confirm-delete"), view, err);
}

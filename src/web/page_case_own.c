/* One's own cases: how far they are, what is asked of me, what I wrote, what I may take away. */
#include "web/page_service.h"

#include "core/id.h"
#include "core/num.h"
#include "core/utf8.h"
#include "web/answer.h"
#include "web/case_view.h"
#include "web/flow_drawing.h"
#include "web/flow_form.h"
#include "web/input.h"
#include "web/page_work.h"
#include "web/wording.h"
#include "workflow/conduct_job.h"
#include "workflow/conduct_leave.h"

static struct str own_path(const struct services_case *found, struct request *request)
{
    return str_printf(request->arena, "/my/cases/%.*s",
                      STR_ARG(id_text(request->arena, found->one.id)));
}

static struct str own_href(const struct services_case *found, struct request *request,
                           const char *place)
{
    return page_href(request, "%.*s%s", STR_ARG(own_path(found, request)), place);
}

static bool add_tasks(struct request *request, const struct services_case *found, struct json *view,
                      struct err *err)
{
    struct json *list = view_list(request, view, "tasks");
    struct case_view_tasks tasks;

    if (!case_view_tasks(request, &found->one, &tasks, err))
        return false;
    for (size_t i = 0; i < tasks.count; i++) {
        struct json *one;

        if (!tasks.items[i].is_applicants || tasks.items[i].told.node == NULL)
            continue;
        one = view_push(request, list);
        view_text(request, one, "title", flow_drawing_name(request, tasks.items[i].told.node));
        view_text(request, one, "text", request_pack_text(request, tasks.items[i].told.node->help));
        view_text(request, one, "href",
                  page_href(request, "%.*s/tasks/%d", STR_ARG(own_path(found, request)),
                            tasks.items[i].task.wait));
    }
    view_bool(request, view, "has_tasks", list->count > 0);
    return true;
}

/* What the case has given can be given up, once. */
static bool add_leave(struct request *request, const struct services_case *found, struct json *view,
                      struct err *err)
{
    const struct service *service = found->of.service;
    struct service_case_event *events;
    struct json *leave;
    size_t count;

    view_none(request, view, "leave");
    if (service == NULL || service->leave.title.len == 0 ||
        found->one.state != SERVICE_CASE_GRANTED)
        return true;
    if (!service_case_events(&request->tx, request->arena, found->one.id, &events, &count, err))
        return false;
    if (conduct_leave_is_over(events, count))
        return true;
    leave = view_object(request, view, "leave");
    view_text(request, leave, "title", request_pack_text(request, service->leave.title));
    view_text(request, leave, "text", request_pack_text(request, service->leave.text));
    view_text(request, leave, "action", own_href(found, request, "/leave"));
    return true;
}

bool page_case_own(struct request *request, struct err *err)
{
    struct json *view = view_new(request);
    struct services_case found;

    if (!services_find_case(request, 0, false, &found, err) ||
        !case_view_fill(request, &found, own_href(&found, request, "/files/"), view, err) ||
        !add_tasks(request, &found, view, err) || !add_leave(request, &found, view, err))
        return false;
    page_title(request, view,
               str_printf(request->arena, "%.*s %.*s",
                          STR_ARG(request_text(request, STR("Application"))),
                          STR_ARG(found.one.number)));
    page_crumb(request, view, request_text(request, STR("My page")), STR("/my/"));
    view_bool(request, view, "is_open", found.one.state == SERVICE_CASE_OPEN);
    view_bool(request, view, "may_rate",
              found.one.state != SERVICE_CASE_OPEN && found.one.state != SERVICE_CASE_WITHDRAWN &&
                  found.one.rating == 0);
    view_text(request, view, "receipt_href", own_href(&found, request, "/receipt"));
    view_text(request, view, "write_action", own_href(&found, request, "/messages"));
    view_text(request, view, "withdraw_action", own_href(&found, request, "/withdraw"));
    view_text(request, view, "rate_action", own_href(&found, request, "/rating"));
    return answer_page(request, 200, STR("page/case-own"), view, err);
}

/* What is asked of the applicant, as a form. */
struct asking {
    struct request *request;
    struct services_case found;
    struct case_view_task task;
    struct flow_form form;
};

static bool find_task(struct request *request, struct asking *asking, struct err *err)
{
    struct case_view_tasks tasks;
    int64_t wait;

    *asking = (struct asking){.request = request};
    if (!services_find_case(request, 0, false, &asking->found, err))
        return false;
    if (!num_parse_int(request->parts[1], &wait))
        return err_set(err, ERR_ABSENT, "there is no such task");
    if (!case_view_tasks(request, &asking->found.one, &tasks, err))
        return false;
    for (size_t i = 0; i < tasks.count; i++) {
        const struct case_view_task *task = &tasks.items[i];

        if (task->task.wait != wait || !task->is_applicants || task->told.node == NULL)
            continue;
        asking->task = *task;
        asking->form.given = task->task.data;
        asking->form.type =
            flow_form_type(request, task->told.flow.process, task->told.node->work->form);
        return true;
    }
    return err_set(err, ERR_ABSENT, "this was answered already, or is not asked any more");
}

static bool show_task(struct asking *asking, int status, struct str error, struct err *err)
{
    struct request *request = asking->request;
    struct json *view = view_new(request);
    const struct bpmn_node *node = asking->task.told.node;
    struct json *notices = view_list(request, page_of(request, view), "notices");

    page_title(request, view, flow_drawing_name(request, node));
    page_crumb(request, view, request_text(request, STR("My page")), STR("/my/"));
    page_crumb(request, view, asking->found.one.number, own_path(&asking->found, request));
    view_text(request, view, "heading", flow_drawing_name(request, node));
    view_maybe(request, view, "help", request_pack_text(request, node->help));
    view_text(request, view, "action", page_href(request, "%.*s", STR_ARG(request->path)));
    view_text(request, view, "cancel_href", own_href(&asking->found, request, ""));
    if (error.len > 0) {
        struct json *notice = view_push(request, notices);

        view_text(request, notice, "kind", STR("bad"));
        view_text(request, notice, "text", error);
        view_none(request, notice, "link");
    }
    return flow_form_given(request, asking->task.told.flow.process, &asking->form, view, err) &&
           flow_form_fill(request, &asking->form, view, err) &&
           answer_page(request, status, STR("page/case-task"), view, err);
}

bool page_case_own_task(struct request *request, struct err *err)
{
    struct asking asking;

    return find_task(request, &asking, err) && show_task(&asking, 200, (struct str){0}, err);
}

static bool answer_task(struct asking *asking, struct json *data, struct err *err)
{
    struct request *request = asking->request;
    struct conduct *conduct = flows_conduct(request, asking->task.task.flow.id);

    conduct->step = (struct flow_step){
        .kind = FLOW_STEP_DONE, .node = -1, .wait = asking->task.task.wait, .data = data};
    if (page_work_step(request, conduct, err)) {
        answer_notice(request, STR("ok"), request_text(request, STR("Your answer is sent.")));
        return answer_redirect(request, own_path(&asking->found, request));
    }
    if (err->code != ERR_INPUT && err->code != ERR_LIMIT)
        return false;
    struct str error = wording_err(request, err);
    struct tx *tx;

    return request_read(request, &tx, err) && show_task(asking, 422, error, err);
}

bool page_case_own_task_post(struct request *request, struct err *err)
{
    struct asking asking;
    struct json *data;

    if (!find_task(request, &asking, err) || !request_form(request, err))
        return false;
    asking.form.find = request_field(request, STR("find"));
    data = flow_form_read(request, &asking.form);
    if (asking.form.find.len > 0) {
        asking.form.flaws = (struct flaws){0};
        return show_task(&asking, 200, (struct str){0}, err);
    }
    if (!flow_form_look_up(request, asking.form.type, data, NULL, &asking.form.flaws, err))
        return false;
    return asking.form.flaws.count > 0 ? show_task(&asking, 422, (struct str){0}, err)
                                       : answer_task(&asking, data, err);
}

/* What people write about a case, or think of it. */
struct remark {
    struct request *request;
    int64_t id;
    enum service_case_event_kind kind;
    struct str text;
    int rating;
};

static bool run_write(struct tx *tx, void *data, struct err *err)
{
    struct remark *remark = data;
    struct request *request = remark->request;
    struct service_case_event event = {.at = request->now,
                                       .actor = request->actor.account,
                                       .kind = remark->kind,
                                       .body = remark->text};
    struct service_case one;

    return service_case_get(tx, request->arena, remark->id, &one, err) &&
           service_case_add_event(tx, &one, &event, err) &&
           service_case_change(tx, request->arena, &one, err);
}

static bool run_rate(struct tx *tx, void *data, struct err *err)
{
    const struct remark *remark = data;

    return service_case_rate(tx, remark->request->arena, remark->id, remark->rating, err);
}

bool page_case_put_text(struct request *request, const struct services_case *found,
                        enum service_case_event_kind kind, struct str back, struct err *err)
{
    struct remark remark = {.request = request,
                            .id = found->one.id,
                            .kind = kind,
                            .text = str_trim(request_field(request, STR("text")))};

    if (remark.text.len == 0 || remark.text.len > SERVICE_CASE_TEXT_MAX) {
        answer_notice(request, STR("bad"),
                      request_text(request, remark.text.len == 0
                                                ? STR("Write what you want to say.")
                                                : STR("The message is too long.")));
        return answer_redirect(request, back);
    }
    if (!request_write_wait(request, run_write, &remark, err))
        return false;
    answer_notice(request, STR("ok"), request_text(request, STR("The message is sent.")));
    return answer_redirect(request, back);
}

bool page_case_write(struct request *request, struct err *err)
{
    struct services_case found;

    return services_find_case(request, 0, false, &found, err) && request_form(request, err) &&
           page_case_put_text(request, &found, SERVICE_CASE_WROTE, own_path(&found, request), err);
}

bool page_case_withdraw(struct request *request, struct err *err)
{
    struct services_case found;
    struct conduct *conduct;

    if (!services_find_case(request, 0, false, &found, err) || !request_form(request, err))
        return false;
    conduct = flows_conduct(request, found.one.flow);
    conduct->step = (struct flow_step){.kind = FLOW_STEP_CANCEL, .node = -1};
    conduct->is_withdrawal = true;
    if (!page_work_step(request, conduct, err)) {
        if (err->code != ERR_CONFLICT)
            return false;
        answer_notice(request, STR("bad"), wording_err(request, err));
        return answer_redirect(request, own_path(&found, request));
    }
    answer_notice(request, STR("ok"),
                  request_text(request, conduct->was_taken ? STR("The application is withdrawn.")
                                                           : STR("The work on it is over.")));
    return answer_redirect(request, own_path(&found, request));
}

/* Begins the process at once; the job does where this one cannot. */
static bool give_up(struct request *request, const struct services_case *found, struct err *err)
{
    struct conduct_place place = {request->tenant, request->web->processes, request->now};
    struct conduct_leave it = {.arena = request->arena,
                               .service = found->of.service,
                               .service_case = found->one.id,
                               .actor = request->actor.account,
                               .now = request->now};
    struct conduct_delivery delivery;

    if (!request_write_wait(request, conduct_leave, &it, err))
        return false;
    tx_done(&request->tx);
    if (!conduct_job_deliver(&place, &it.post, &delivery, err))
        return false;
    request_wake_workers(request);
    return true;
}

bool page_case_leave(struct request *request, struct err *err)
{
    struct services_case found;

    if (!services_find_case(request, 0, false, &found, err) || !request_form(request, err))
        return false;
    if (found.of.service == NULL || found.of.service->leave.title.len == 0)
        return err_set(err, ERR_ABSENT, "there is no such case");
    if (give_up(request, &found, err))
        answer_notice(request, STR("ok"), request_pack_text(request, found.of.service->leave.done));
    else if (err->code == ERR_CONFLICT)
        answer_notice(request, STR("bad"), wording_err(request, err));
    else
        return false;
    return answer_redirect(request, own_path(&found, request));
}

bool page_case_rate(struct request *request, struct err *err)
{
    struct remark remark = {.request = request};
    struct services_case found;
    int64_t rating;

    if (!services_find_case(request, 0, false, &found, err) || !request_form(request, err))
        return false;
    if (!num_parse_int(request_field(request, STR("rating")), &rating) || rating < 1 || rating > 5)
        return err_set(err, ERR_INPUT, "choose from 1 to 5");
    remark.id = found.one.id;
    remark.rating = (int)rating;
    if (!request_write_wait(request, run_rate, &remark, err))
        return false;
    answer_notice(request, STR("ok"), request_text(request, STR("Thank you.")));
    return answer_redirect(request, own_path(&found, request));
}

#include "core/id.h"
#include "web/answer.h"
#include "web/flow_form.h"
#include "web/flow_wording.h"
#include "web/page_work.h"
#include "web/wording.h"
#include "workflow/flow_list.h"

/* A process about to begin. */
struct beginning {
    struct request *request;
    const struct process *process; /* NULL: it is still to be chosen */
    struct flow_store head;        /* what it is about */
    struct display_value about;
    struct flow_form form;
    int64_t flow; /* the number it will have: a form that is sent twice begins one */
};

/* "process=housing.inspection&register=housing.house&record=…", of the address. */
static struct str query_of(const struct beginning *beginning, struct str process)
{
    struct request *request = beginning->request;
    struct str names[] = {STR("register"), STR("record")};
    struct buf query = {.arena = request->arena};

    buf_add(&query, STR("?process="));
    url_encode(&query, process);
    for (size_t i = 0; beginning->head.record != 0 && i < ARRAY_LEN(names); i++) {
        buf_printf(&query, "&%.*s=", STR_ARG(names[i]));
        url_encode(&query, request_query(request, names[i]));
    }
    return buf_str(&query);
}

static bool read_about(struct beginning *beginning, struct err *err)
{
    struct request *request = beginning->request;
    struct str name = request_query(request, STR("register"));
    const struct register_type *type = model_type(request->catalog->model, name);

    if (name.len == 0)
        return true;
    if (type == NULL || !policy_may_some(&request->actor.rights, type->index, POLICY_READ, NULL) ||
        !id_parse(request_query(request, STR("record")), &beginning->head.record))
        return err_set(err, ERR_ABSENT, "there is no such record");
    beginning->head.no = catalog_no(request->catalog, type);
    return flow_wording_about(request, &beginning->head, &beginning->about, err) &&
           (beginning->about.href.len > 0 || err_set(err, ERR_ABSENT, "there is no such record"));
}

/* What the start of the process asks for. */
static struct str start_form(const struct process *process)
{
    const struct bpmn *model = process->model;

    for (int i = model->nodes[process->node].first_child; i >= 0; i = model->nodes[i].next_child)
        if (model->nodes[i].kind == BPMN_START && model->nodes[i].event_count == 0)
            return model->nodes[i].work->form;
    return (struct str){0};
}

static bool start(struct request *request, struct beginning *beginning, struct err *err)
{
    struct str name = request_query(request, STR("process"));
    struct tx *tx;

    *beginning = (struct beginning){.request = request, .flow = id_next(request->now)};
    if (!page_work_is_open(request, err) || !request_read(request, &tx, err) ||
        !read_about(beginning, err))
        return false;
    if (name.len == 0)
        return true;
    if (!flows_may(request, name, POLICY_BEGIN))
        return err_set(err, ERR_DENIED, "your role does not allow this");
    if (!process_find(request->web->processes, request->catalog->model, name, &beginning->process,
                      err))
        return false;
    beginning->form.type =
        flow_form_type(request, beginning->process, start_form(beginning->process));
    return true;
}

static struct str help_of(const struct request *request, const struct process *process)
{
    return request_pack_text(request, process->model->nodes[process->node].help);
}

/* The regulation of a service begins with an application, its end with the applicant. */
static bool is_service(const struct service **services, size_t count, struct str process)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(services[i]->process, process) ||
            str_equal(services[i]->leave.process, process))
            return true;
    return false;
}

static bool show_choice(const struct beginning *beginning, struct err *err)
{
    struct request *request = beginning->request;
    struct json *view = view_new(request);
    struct json *tasks = view_list(request, view, "tasks");
    const struct process **processes;
    const struct service **services;
    size_t count, service_count;

    if (!process_list(request->web->processes, request->catalog->model, request->arena, &processes,
                      &count, err) ||
        !process_services(request->web->processes, request->catalog->model, request->arena,
                          &services, &service_count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct json *one;

        if (processes[i]->fault.len > 0 || !flows_may(request, processes[i]->name, POLICY_BEGIN) ||
            is_service(services, service_count, processes[i]->name))
            continue;
        one = view_push(request, tasks);
        view_text(request, one, "title", request_pack_text(request, processes[i]->title));
        view_text(request, one, "text", help_of(request, processes[i]));
        view_text(
            request, one, "href",
            page_href(request, "/work/new%.*s", STR_ARG(query_of(beginning, processes[i]->name))));
    }
    page_title(request, view, request_text(request, STR("Begin a process")));
    page_crumb(request, view, request_text(request, STR("Work")), STR("/work/"));
    view_bool(request, view, "has_processes", tasks->count > 0);
    view_maybe(request, view, "services_href",
               service_count > 0 ? page_href(request, "/services/") : (struct str){0});
    view_maybe(request, view, "about", beginning->about.text);
    return answer_page(request, 200, STR("page/work-new"), view, err);
}

static bool show_form(const struct beginning *beginning, int status, struct str error,
                      struct err *err)
{
    struct request *request = beginning->request;
    struct json *view = view_new(request);
    struct str title = request_pack_text(request, beginning->process->title);
    struct json *notices = view_list(request, page_of(request, view), "notices");

    page_title(request, view, title);
    page_crumb(request, view, request_text(request, STR("Work")), STR("/work/"));
    page_crumb(request, view, request_text(request, STR("Begin a process")), STR("/work/new"));
    view_text(request, view, "heading", title);
    view_maybe(request, view, "help", help_of(request, beginning->process));
    view_maybe(request, view, "about", beginning->about.text);
    view_text(request, view, "about_href", beginning->about.href);
    view_text(request, view, "number", id_text(request->arena, beginning->flow));
    view_text(request, view, "action",
              page_href(request, "/work/new%.*s",
                        STR_ARG(query_of(beginning, beginning->process->name))));
    view_text(request, view, "cancel_href",
              beginning->about.href.len > 0 ? beginning->about.href : page_href(request, "/work/"));
    if (error.len > 0) {
        struct json *notice = view_push(request, notices);

        view_text(request, notice, "kind", STR("bad"));
        view_text(request, notice, "text", error);
        view_none(request, notice, "link");
    }
    return flow_form_fill(request, &beginning->form, view, err) &&
           answer_page(request, status, STR("page/work-begin"), view, err);
}

bool page_work_new(struct request *request, struct err *err)
{
    struct beginning beginning;

    if (!start(request, &beginning, err))
        return false;
    return beginning.process == NULL ? show_choice(&beginning, err)
                                     : show_form(&beginning, 200, (struct str){0}, err);
}

/* That of the form, which was made before this moment. */
static bool read_number(const struct request *request, struct beginning *beginning, struct err *err)
{
    struct str text = request_field(request, STR("number"));
    int64_t newest = beginning->flow;

    return text.len == 0 ||
           (id_parse(text, &beginning->flow) && beginning->flow > 0 && beginning->flow < newest) ||
           err_set(err, ERR_INPUT, "the form is too old: open the page again and repeat");
}

/* The form was sent before: the flow of its number is this person's own, just begun. */
static bool is_begun(struct request *request, const struct conduct *conduct, const struct err *err)
{
    struct flow_list_steps steps;
    struct err absent;
    struct tx *tx;

    return err->code == ERR_CONFLICT && request_read(request, &tx, &absent) &&
           flow_list_steps(tx, request->arena, conduct->flow, 0, &steps, &absent) &&
           steps.count > 0 && steps.items[0].actor == request->actor.account;
}

bool page_work_new_post(struct request *request, struct err *err)
{
    struct conduct *conduct = flows_conduct(request, 0);
    struct beginning beginning;
    struct json *data;

    if (!start(request, &beginning, err) || !request_form(request, err))
        return false;
    if (beginning.process == NULL)
        return err_set(err, ERR_ABSENT, "there is no such process");
    if (!read_number(request, &beginning, err))
        return false;
    beginning.form.find = request_field(request, STR("find"));
    data = flow_form_read(request, &beginning.form);
    if (beginning.form.find.len > 0) {
        beginning.form.flaws = (struct flaws){0};
        return show_form(&beginning, 200, (struct str){0}, err);
    }
    if (!flow_form_look_up(request, beginning.form.type, data, NULL, &beginning.form.flaws, err))
        return false;
    if (beginning.form.flaws.count > 0)
        return show_form(&beginning, 422, (struct str){0}, err);
    if (beginning.head.record != 0)
        json_set_text(request->arena, data, STR("record"),
                      id_text(request->arena, beginning.head.record));
    conduct->begins = true;
    conduct->flow = beginning.flow;
    conduct->process = beginning.process;
    conduct->head.no = beginning.head.no;
    conduct->head.record = beginning.head.record;
    conduct->step.data = data;
    if (page_work_step(request, conduct, err) || is_begun(request, conduct, err))
        return page_work_go_on(request, conduct, "The process has begun.", err);
    if (err->code != ERR_INPUT && err->code != ERR_LIMIT)
        return false;
    struct str error = wording_err(request, err);
    struct tx *tx;

    return request_read(request, &tx, err) && show_form(&beginning, 422, error, err);
}

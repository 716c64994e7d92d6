#include "core/id.h"
#include "core/num.h"
#include "web/answer.h"
#include "web/case_view.h"
#include "web/flow_drawing.h"
#include "web/flow_form.h"
#include "web/flow_wording.h"
#include "web/input.h"
#include "web/page_work.h"
#include "web/people.h"
#include "web/tasks.h"
#include "web/wording.h"

/* A task on its page. */
struct doing {
    struct request *request;
    struct flows_task told;
    struct flow_form form;
};

static struct str task_path(const struct request *request)
{
    return str_printf(request->arena, "/work/tasks/%.*s/%.*s", STR_ARG(request->parts[0]),
                      STR_ARG(request->parts[1]));
}

static struct str flow_href(const struct request *request, const struct flows_one *one)
{
    if (!flows_may(request, one->name, POLICY_WATCH))
        return (struct str){0};
    return page_href(request, "/work/flows/%.*s", STR_ARG(id_text(request->arena, one->head.id)));
}

/* What stands in the form at first: what the task is given, else what the flow knows already. */
static bool read_value(struct doing *doing, struct err *err)
{
    struct request *request = doing->request;
    struct json *value = json_new(request->arena, JSON_OBJECT);
    const struct flow_wait *wait;
    const struct flow_scope *scope;
    struct flow *flow;

    if (!flows_load(request, &doing->told.flow, &flow, err))
        return false;
    wait = flow_wait_find(flow, doing->told.task.wait);
    scope = flow_scope_find(flow, wait != NULL ? wait->scope : 0);
    for (size_t i = 0; doing->form.type != NULL && i < doing->form.type->field_count; i++) {
        struct str name = doing->form.type->fields[i].name;
        const struct json *one = json_find(doing->told.task.data, name);

        for (const struct flow_scope *in = scope; one == NULL && in != NULL;
             in = flow_scope_find(flow, in->parent))
            one = json_find(in->values, name);
        if (one != NULL)
            json_set(value, name, json_copy(request->arena, one));
    }
    doing->form.value = value;
    return true;
}

static bool find(struct request *request, struct doing *doing, struct err *err)
{
    *doing = (struct doing){.request = request};
    if (!flows_find_task(request, &doing->told, err))
        return false;
    if (doing->told.task.kind != FLOW_WAIT_TASK || doing->told.node == NULL)
        return err_set(err, ERR_ABSENT, "there is no such task");
    doing->form.given = doing->told.task.data;
    doing->form.type =
        flow_form_type(request, doing->told.flow.process, doing->told.node->work->form);
    flows_seen(request, &doing->told.flow);
    return read_value(doing, err);
}

static void add_fact(struct request *request, struct json *facts, const char *label,
                     struct str text, struct str href)
{
    input_fact_link(request, facts, request_text(request, str_from_z(label)), text, href);
}

static bool add_facts(const struct doing *doing, struct json *view, struct err *err)
{
    struct request *request = doing->request;
    const struct flow_task *task = &doing->told.task;
    struct people people = {.request = request, .tx = &request->tx};
    struct json *facts = view_list(request, view, "facts");
    struct display_value about;

    if (!flow_wording_about(request, &task->flow, &about, err))
        return false;
    if (about.text.len > 0)
        add_fact(request, facts, "About", about.text, about.href);
    add_fact(request, facts, "Process", flow_wording_title(request, &doing->told.flow),
             flow_href(request, &doing->told.flow));
    add_fact(request, facts, "Do it by", flow_wording_due(request, task->due_at).text,
             (struct str){0});
    add_fact(request, facts, "Whose task", flow_wording_role(request, task->name), (struct str){0});
    add_fact(request, facts, "Taken by",
             task->claimant == 0                        ? request_text(request, STR("nobody yet"))
             : task->claimant == request->actor.account ? request_text(request, STR("you"))
                                                        : people_find(&people, task->claimant),
             (struct str){0});
    return true;
}

static void add_claim(const struct doing *doing, struct json *view)
{
    struct request *request = doing->request;
    int64_t claimant = doing->told.task.claimant;
    bool is_mine = claimant == request->actor.account;
    struct json *claim;

    view_none(request, view, "claim");
    if (!doing->told.is_ours)
        return;
    claim = view_object(request, view, "claim");
    view_text(request, claim, "href",
              page_href(request, "%.*s/claim", STR_ARG(task_path(request))));
    view_text(request, claim, "take", is_mine ? STR("0") : STR("1"));
    view_text(request, claim, "text",
              request_text(request, is_mine         ? STR("Give it back")
                                    : claimant == 0 ? STR("Take it")
                                                    : STR("Take it over")));
}

static void add_hand(const struct doing *doing, struct json *view)
{
    struct request *request = doing->request;
    struct err no;

    view_maybe(request, view, "hand_href",
               tasks_may_hand(request, &doing->told, &no)
                   ? page_href(request, "%.*s/hand", STR_ARG(task_path(request)))
                   : (struct str){0});
}

static void add_notice(const struct doing *doing, struct json *view, struct str error)
{
    struct request *request = doing->request;
    struct str text = error;
    struct json *notice;

    if (text.len == 0 && !doing->told.is_ours)
        text = request_text(request, doing->told.task.claimant != 0
                                         ? STR("Somebody else has taken this task.")
                                         : STR("People of another role do this task."));
    if (text.len == 0)
        return;
    notice = view_push(request, view_list(request, page_of(request, view), "notices"));
    view_text(request, notice, "kind", error.len > 0 ? STR("bad") : STR("info"));
    view_text(request, notice, "text", text);
    view_none(request, notice, "link");
}

static bool show(const struct doing *doing, int status, struct str error, struct err *err)
{
    struct request *request = doing->request;
    struct json *view = view_new(request);
    struct str title = flow_drawing_name(request, doing->told.node);

    page_title(request, view, title);
    page_crumb(request, view, request_text(request, STR("Work")), STR("/work/"));
    view_text(request, view, "heading", title);
    view_maybe(request, view, "help", request_pack_text(request, doing->told.node->help));
    view_text(request, view, "action", page_href(request, "%.*s", STR_ARG(task_path(request))));
    view_bool(request, view, "is_ours", doing->told.is_ours);
    view_text(request, view, "list_href", page_href(request, "/work/"));
    add_claim(doing, view);
    add_hand(doing, view);
    add_notice(doing, view, error);
    return add_facts(doing, view, err) &&
           case_view_application(request, &doing->told.task.flow, view, err) &&
           flow_form_given(request, doing->told.flow.process, &doing->form, view, err) &&
           flow_form_fill(request, &doing->form, view, err) &&
           answer_page(request, status, STR("page/work-task"), view, err);
}

/* What was typed, to be copied: "Износ: 35". */
static void add_typed(struct request *request, const struct flows_one *one, struct json *view)
{
    struct json *facts = view_list(request, view, "facts");

    for (size_t i = 0; request->has_form && i < request->form.count; i++) {
        const struct url_pair *pair = &request->form.pairs[i];
        struct str label = pair->name;

        if (pair->value.len == 0 || str_equal(pair->name, STR("csrf")))
            continue;
        for (int n = 0; one->process != NULL && n < one->process->model->node_count; n++) {
            const struct bpmn_work *work = one->process->model->nodes[n].work;
            const struct register_type *form =
                work != NULL && work->form.len > 0 ? process_form(one->process, work->form) : NULL;
            const struct register_field *field =
                form != NULL ? register_type_field(form, pair->name) : NULL;

            if (field != NULL)
                label = display_title(request, field);
        }
        input_fact(request, facts, label, pair->value);
    }
    view_bool(request, view, "has_typed", facts->count > 0);
}

/* The task is over: who did it, when, and what was typed here meanwhile. */
static bool show_gone(struct request *request, int status, struct err *err)
{
    struct json *view = view_new(request);
    struct flow_store head;
    struct flow_task_end end = {0};
    struct flow_task task;
    struct flows_one one;
    struct tx *tx;
    int64_t id;
    int64_t wait;

    if (!id_parse(request->parts[0], &id) || !num_parse_int(request->parts[1], &wait) || wait < 1 ||
        wait > INT32_MAX)
        return err_set(err, ERR_ABSENT, "there is no such task");
    if (!request_read(request, &tx, err) || !flow_store_get(tx, request->arena, id, &head, err) ||
        !flow_task_ended(tx, id, (int)wait, &end, err))
        return false;
    flows_tell(request, &head, &one);
    if (wait > head.last_no || !flows_has_part(request, &one) ||
        flow_task_get(tx, request->arena, id, (int)wait, &task, err))
        return err_set(err, ERR_ABSENT, "there is no such task");
    struct people people = {.request = request, .tx = tx};

    page_title(request, view, request_text(request, STR("This task is over")));
    page_crumb(request, view, request_text(request, STR("Work")), STR("/work/"));
    view_bool(request, view, "is_answer", end.is_answer);
    view_text(request, view, "who", people_find(&people, end.actor));
    view_text(request, view, "when", view_moment(request, end.at));
    view_text(request, view, "process", flow_wording_title(request, &one));
    view_maybe(request, view, "flow_href", flow_href(request, &one));
    view_text(request, view, "list_href", page_href(request, "/work/"));
    add_typed(request, &one, view);
    return answer_page(request, status, STR("page/work-task-gone"), view, err);
}

bool page_task(struct request *request, struct err *err)
{
    struct doing doing;

    if (find(request, &doing, err))
        return show(&doing, 200, (struct str){0}, err);
    return err->code == ERR_ABSENT && show_gone(request, 410, err);
}

static bool complete(struct doing *doing, struct json *data, struct err *err)
{
    struct request *request = doing->request;
    struct conduct *conduct = flows_conduct(request, doing->told.task.flow.id);

    conduct->step = (struct flow_step){
        .kind = FLOW_STEP_DONE, .node = -1, .wait = doing->told.task.wait, .data = data};
    if (page_work_step(request, conduct, err))
        return conduct->was_taken ? page_work_go_on(request, conduct, "The task is done.", err)
                                  : show_gone(request, 409, err);
    if (err->code == ERR_CONFLICT)
        return show_gone(request, 409, err);
    if (err->code != ERR_INPUT && err->code != ERR_LIMIT)
        return false;
    struct str error = wording_err(request, err);
    struct tx *tx;

    return request_read(request, &tx, err) && show(doing, 422, error, err);
}

bool page_task_post(struct request *request, struct err *err)
{
    struct doing doing;
    struct json *data;

    if (!request_form(request, err))
        return false;
    if (!find(request, &doing, err))
        return err->code == ERR_ABSENT && show_gone(request, 409, err);
    if (!doing.told.is_ours) {
        doing.form.typed = &request->form;
        return show(&doing, 409, (struct str){0}, err);
    }
    doing.form.find = request_field(request, STR("find"));
    data = flow_form_read(request, &doing.form);
    if (doing.form.find.len > 0) {
        doing.form.flaws = (struct flaws){0};
        return show(&doing, 200, (struct str){0}, err);
    }
    if (!flow_form_look_up(request, doing.form.type, data, doing.form.value, &doing.form.flaws,
                           err))
        return false;
    if (doing.form.flaws.count > 0)
        return show(&doing, 422, (struct str){0}, err);
    return complete(&doing, data, err);
}

bool page_task_claim(struct request *request, struct err *err)
{
    struct doing doing;
    bool is_taken;

    if (!request_form(request, err))
        return false;
    if (!find(request, &doing, err))
        return err->code == ERR_ABSENT && show_gone(request, 409, err);
    if (!doing.told.is_ours)
        return show(&doing, 409, (struct str){0}, err);
    is_taken = str_equal(request_field(request, STR("take")), STR("1"));
    if (!tasks_take(request, &doing.told, is_taken, err)) {
        if (err->code != ERR_CONFLICT && err->code != ERR_DENIED)
            return false;
        answer_notice(request, STR("warn"),
                      err->code == ERR_DENIED
                          ? wording_err(request, err)
                          : request_text(request, STR("Somebody else has taken this task.")));
        return answer_redirect(request, task_path(request));
    }
    answer_notice(request, STR("ok"),
                  request_text(request, is_taken ? STR("The task is yours.")
                                                 : STR("Anybody of its role can take the task "
                                                       "again.")));
    return answer_redirect(request, task_path(request));
}

#include "core/id.h"
#include "web/answer.h"
#include "web/flow_drawing.h"
#include "web/flow_form.h"
#include "web/flow_wording.h"
#include "web/input.h"
#include "web/page_work.h"
#include "web/people.h"
#include "web/table.h"
#include "workflow/flow_list.h"

/* One flow on its page. */
struct looking {
    struct request *request;
    struct flows_one one;
    struct flow *flow;
    struct flow_past past;
    struct people people;
    bool may_manage;
};

static struct str flow_path(const struct looking *looking)
{
    struct request *request = looking->request;

    return str_printf(request->arena, "/work/flows/%.*s",
                      STR_ARG(id_text(request->arena, looking->one.head.id)));
}

/* {text, href, kind} of a value in facts. */
static void add_fact(struct request *request, struct json *facts, const char *label,
                     struct str text, struct str href)
{
    input_fact_link(request, facts, request_text(request, str_from_z(label)), text, href);
}

static bool add_facts(const struct looking *looking, struct json *view, struct err *err)
{
    struct request *request = looking->request;
    const struct flow_store *head = &looking->one.head;
    struct json *facts = view_list(request, view, "facts");
    struct display_value about;

    if (!flow_wording_about(request, head, &about, err))
        return false;
    if (about.text.len > 0)
        add_fact(request, facts, "About", about.text, about.href);
    add_fact(request, facts, "Begun", view_moment(request, head->begun_at), (struct str){0});
    add_fact(request, facts, "Last step", view_moment(request, head->changed_at), (struct str){0});
    add_fact(request, facts, "Number", id_text(request->arena, head->id), (struct str){0});
    if (head->caller != 0)
        add_fact(
            request, facts, "Begun by another process", id_text(request->arena, head->caller),
            page_href(request, "/work/flows/%.*s", STR_ARG(id_text(request->arena, head->caller))));
    if (head->state == FLOW_FAILED)
        add_fact(request, facts, "Error", head->error, (struct str){0});
    return true;
}

/* A user task that this person may do is a link to its form. */
static bool find_task(struct request *request, int64_t flow, int wait, bool *is_ours,
                      struct err *err)
{
    struct flow_task task;
    struct flows_task told;

    if (!flow_task_get(&request->tx, request->arena, flow, wait, &task, err))
        return false;
    flows_tell_task(request, &task, &told);
    *is_ours = told.is_ours;
    return true;
}

static bool add_wait(struct looking *looking, struct json *waits, const struct flow_wait *wait,
                     struct err *err)
{
    struct request *request = looking->request;
    const struct bpmn_node *node = &looking->flow->model->nodes[wait->node];
    struct json *one = view_push(request, waits);
    struct flow_wording_state due = flow_wording_due(request, wait->due_at);
    bool is_ours = false;
    struct json *tag;

    if (wait->kind == FLOW_WAIT_TASK &&
        !find_task(request, looking->one.head.id, wait->part.id, &is_ours, err))
        return false;
    view_text(request, one, "title", flow_drawing_name(request, node));
    view_text(request, one, "text", flow_wording_wait(request, wait));
    view_maybe(request, one, "href",
               is_ours ? page_href(request, "/work/tasks/%.*s/%d",
                                   STR_ARG(id_text(request->arena, looking->one.head.id)),
                                   wait->part.id)
                       : (struct str){0});
    view_none(request, one, "tag");
    if (wait->due_at == 0)
        return true;
    tag = view_object(request, one, "tag");
    view_text(request, tag, "kind", wait->kind == FLOW_WAIT_TIMER ? STR("") : str_from_z(due.kind));
    view_text(
        request, tag, "text",
        str_printf(request->arena, "%.*s: %.*s",
                   STR_ARG(request_text(request, wait->kind == FLOW_WAIT_TIMER  ? STR("will come")
                                                 : wait->due_at <= request->now ? STR("overdue")
                                                                                : STR("do it by"))),
                   STR_ARG(due.text)));
    return true;
}

static bool add_waits(struct looking *looking, struct json *view, struct err *err)
{
    struct request *request = looking->request;
    struct json *waits = view_list(request, view, "waits");

    /* People first: the clock does not need to be reminded. */
    for (int pass = 0; looking->flow->state == FLOW_RUNNING && pass < 2; pass++)
        for (size_t i = 0; i < looking->flow->waits.count; i++) {
            const struct flow_wait *wait = flow_wait_at(looking->flow, i);

            if (wait != NULL && (wait->kind == FLOW_WAIT_TASK) == (pass == 0) &&
                !add_wait(looking, waits, wait, err))
                return false;
        }
    view_bool(request, view, "has_waits", waits->count > 0);
    return true;
}

static void add_stuck(const struct looking *looking, struct json *view)
{
    struct request *request = looking->request;
    struct json *stuck = view_list(request, view, "stuck");

    for (int i = 0; i < looking->flow->model->node_count; i++) {
        const struct flow_past_place *place = &looking->past.nodes[i];
        struct json *one;

        if (place->fault.len == 0)
            continue;
        one = view_push(request, stuck);
        view_text(request, one, "title",
                  flow_drawing_name(request, &looking->flow->model->nodes[i]));
        view_text(request, one, "text",
                  flow_wording_fault(request, &looking->flow->model->nodes[i], place->fault));
    }
    view_bool(request, view, "has_stuck", stuck->count > 0);
    view_maybe(request, view, "retry_href",
               looking->may_manage && stuck->count > 0
                   ? page_href(request, "%.*s/retry", STR_ARG(flow_path(looking)))
                   : (struct str){0});
}

/* What stands in the diagram, in words: the same for eyes and ears. */
static void add_steps(const struct looking *looking, struct json *view)
{
    struct request *request = looking->request;
    const struct bpmn *model = looking->flow->model;
    struct json *steps = view_object(request, view, "steps");
    struct flow_past_nodes order;

    flow_past_order(request->arena, model, looking->one.process->node, &order);
    table_begin(request, steps, request_text(request, STR("Steps")));
    table_column(request, steps, "Step", false);
    table_column(request, steps, "Who", false);
    table_column(request, steps, "State", false);
    for (size_t i = 0; i < order.count; i++) {
        const struct bpmn_node *node = &model->nodes[order.items[i]];
        const struct flow_past_place *place = &looking->past.nodes[node->index];
        struct json *row;

        if (!bpmn_is_activity(node) && (node->name.len == 0 || node->kind >= BPMN_EXCLUSIVE))
            continue;
        row = table_row(request, steps, flow_drawing_name(request, node), (struct str){0});
        table_cell(request, steps, row,
                   node->kind == BPMN_USER && node->work->role.len > 0
                       ? flow_wording_role(request, node->work->role)
                   : bpmn_is_activity(node) && node->kind != BPMN_USER
                       ? request_text(request, STR("The system"))
                       : request_pack_text(request, node->lane));
        if (place->fault.len > 0)
            table_tag(request, steps, row, "bad", request_text(request, STR("stuck")));
        else if (place->tokens > 0)
            table_tag(request, steps, row, "info", request_text(request, STR("now here")));
        else if (place->was_there)
            table_tag(request, steps, row, "ok", request_text(request, STR("done")));
        else
            table_cell(request, steps, row, request_text(request, STR("not yet")));
    }
}

/* What is waited for and done within one step was not waited for. */
static bool is_done_at_once(const struct bpmn *model, struct str trace,
                            const struct flow_trace_line *wait)
{
    struct flow_trace_line line;

    while (wait->did == FLOW_DID_WAIT && flow_past_next(model, &trace, &line))
        if (line.node == wait->node && line.did == FLOW_DID_FINISH)
            return true;
    return false;
}

/* A step is told when something in it is worth telling. */
static void add_event(struct looking *looking, struct json *events,
                      const struct flow_list_step *step)
{
    struct request *request = looking->request;
    const struct bpmn *model = looking->flow->model;
    struct json *event = json_new(request->arena, JSON_OBJECT);
    struct json *lines = view_list(request, event, "lines");
    struct str trace = step->trace;
    struct flow_trace_line line;

    while (flow_past_next(model, &trace, &line)) {
        struct str text = flow_wording_line(request, model, &line);

        if (text.len > 0 && !is_done_at_once(model, trace, &line))
            view_text(request, view_push(request, lines), "text", text);
    }
    if (lines->count == 0)
        return;
    view_text(request, event, "when", view_moment(request, step->at));
    view_text(request, event, "who", people_find(&looking->people, step->actor));
    json_push(events, event);
}

static bool add_past(struct looking *looking, struct json *view, struct err *err)
{
    struct request *request = looking->request;
    struct json *events = view_list(request, view, "events");
    struct flow_list_steps steps;
    int64_t after = MAX(0, looking->one.head.step - FLOW_LIST_PAGE_MAX);

    if (!flow_list_steps(&request->tx, request->arena, looking->one.head.id, after, &steps, err))
        return false;
    for (size_t i = steps.count; i-- > 0;)
        add_event(looking, events, &steps.items[i]);
    view_bool(request, view, "has_more_events", after > 0);
    return true;
}

/* Those of the process itself; what a part of it holds is its own. */
static bool add_values(const struct looking *looking, struct json *view, struct err *err)
{
    struct request *request = looking->request;
    struct flow_form_values values = flow_form_values(
        request, looking->one.process, looking->one.head.no, looking->one.head.record);
    const struct flow_scope *scope =
        looking->flow->scopes.count > 0 ? flow_scope_at(looking->flow, 0) : NULL;
    struct json *facts = view_list(request, view, "values");

    if (scope != NULL &&
        !flow_form_facts(&values, scope->values,
                         looking->one.head.record != 0 ? STR("record") : (struct str){0}, facts,
                         err))
        return false;
    view_bool(request, view, "has_values", facts->count > 0);
    return true;
}

static void add_head(const struct looking *looking, struct json *view)
{
    struct request *request = looking->request;
    struct flow_wording_state state = flow_wording_state(request, &looking->one.head);
    struct json *tag = view_object(request, view, "state");
    struct str title = flow_wording_title(request, &looking->one);

    page_title(request, view, title);
    page_crumb(request, view, request_text(request, STR("Work")), STR("/work/"));
    page_crumb(request, view, request_text(request, STR("Processes that go on")),
               STR("/work/flows/"));
    view_text(request, view, "heading", title);
    view_text(request, tag, "kind", str_from_z(state.kind));
    view_text(request, tag, "text", state.text);
    view_maybe(request, view, "values_href",
               looking->may_manage && looking->one.head.state == FLOW_RUNNING &&
                       looking->one.process != NULL
                   ? page_href(request, "%.*s/values", STR_ARG(flow_path(looking)))
                   : (struct str){0});
    view_maybe(request, view, "cancel_href",
               looking->may_manage && looking->one.head.state == FLOW_RUNNING
                   ? page_href(request, "%.*s/cancel", STR_ARG(flow_path(looking)))
                   : (struct str){0});
}

/* A flow whose model is not on this server any more: what is known without it. */
static bool show_head(const struct looking *looking, struct json *view, struct err *err)
{
    struct request *request = looking->request;
    static const char *const LISTS[] = {"waits", "stuck", "events", "values"};
    static const char *const FLAGS[] = {"has_waits", "has_stuck", "has_more_events", "has_values"};

    for (size_t i = 0; i < ARRAY_LEN(LISTS); i++) {
        view_list(request, view, LISTS[i]);
        view_bool(request, view, FLAGS[i], false);
    }
    view_none(request, view, "diagram");
    view_none(request, view, "steps");
    view_none(request, view, "retry_href");
    view_bool(request, view, "is_gone", true);
    return answer_page(request, 200, STR("page/work-flow"), view, err);
}

bool page_flow(struct request *request, struct err *err)
{
    struct looking looking = {.request = request};
    struct json *view = view_new(request);

    if (!flows_find(request, 0, POLICY_WATCH, &looking.one, err))
        return false;
    looking.people = (struct people){.request = request, .tx = &request->tx};
    looking.may_manage = flows_may(request, looking.one.name, POLICY_MANAGE);
    add_head(&looking, view);
    if (!add_facts(&looking, view, err))
        return false;
    if (looking.one.process == NULL)
        return show_head(&looking, view, err);
    flows_seen(request, &looking.one);
    if (!flows_load(request, &looking.one, &looking.flow, err) ||
        !flow_past_read(&request->tx, looking.flow, looking.one.head.id, &looking.past, err) ||
        !add_waits(&looking, view, err) || !add_past(&looking, view, err) ||
        !add_values(&looking, view, err))
        return false;
    add_stuck(&looking, view);
    add_steps(&looking, view);
    view_bool(request, view, "is_gone", false);
    flow_drawing_fill(
        request,
        &(struct flow_drawing){looking.flow->model, looking.one.process->node, &looking.past},
        view);
    return answer_page(request, 200, STR("page/work-flow"), view, err);
}

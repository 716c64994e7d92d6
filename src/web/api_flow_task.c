#include "core/id.h"
#include "core/json_put.h"
#include "core/num.h"
#include "web/answer.h"
#include "web/api_flow.h"
#include "web/flow_form.h"
#include "web/people.h"
#include "web/tasks.h"
#include "workflow/flow_row.h"

enum {
    BODY_MAX = 1024 * 1024,
    LIMIT_DEFAULT = 50,
};

static void print_task(struct buf *out, struct people *people, const struct flows_task *told)
{
    const struct flow_task *task = &told->task;
    struct request *request = people->request;

    buf_printf(out, "{\"task\":%d", task->wait);
    json_put_text(out, "kind", str_from_z(flow_row_waits[task->kind]));
    json_put_text(out, "element", task->element);
    json_put_text(out, "name",
                  told->node != NULL ? request_pack_text(request, told->node->name)
                                     : task->element);
    json_put_text(out, "for", task->name);
    json_put_text(out, "form", told->node != NULL ? told->node->work->form : (struct str){0});
    buf_add(out, STR(",\"claimed_by\":"));
    if (task->claimant != 0)
        json_write_text(out, people_find(people, task->claimant));
    else
        buf_add(out, STR("null"));
    buf_printf(out, ",\"may_answer\":%s", told->is_ours ? "true" : "false");
    json_put_moment(out, "asked_at", task->asked_at);
    json_put_moment(out, "due_at", task->due_at);
    buf_add(out, STR(",\"data\":"));
    if (task->data != NULL)
        json_canonical(out, task->data);
    else
        buf_add(out, STR("{}"));
    buf_add(out, STR(",\"flow\":"));
    api_flow_print(out, request, &told->flow);
    buf_add(out, STR("}}"));
}

static bool read_ask(struct request *request, struct flow_task_ask *ask, struct err *err)
{
    struct str name = request_query(request, STR("register"));
    struct str record = request_query(request, STR("record"));
    struct str limit = request_query(request, STR("limit"));
    struct str cursor = request_query(request, STR("cursor"));
    const struct register_type *type = model_type(request->catalog->model, name);
    int64_t number = LIMIT_DEFAULT;

    if (!tasks_ask(request, ask, err))
        return false;
    if (name.len > 0 && type == NULL)
        return err_set(err, ERR_ABSENT, "there is no such register");
    if (type != NULL)
        ask->no = catalog_no(request->catalog, type);
    if (record.len > 0 && !id_parse(record, &ask->record))
        return err_set(err, ERR_INPUT, "record: the id of a record");
    if (limit.len > 0 &&
        (!num_parse_int(limit, &number) || number < 1 || number > FLOW_TASK_PAGE_MAX))
        return err_set(err, ERR_INPUT, "limit: 1 to %d", FLOW_TASK_PAGE_MAX);
    ask->limit = (int)number;
    return cursor.len == 0 || flows_read_task_place(cursor, &ask->after) ||
           err_set(err, ERR_INPUT, "cursor: from the page before, unchanged");
}

bool api_flow_task_list(struct request *request, struct err *err)
{
    struct buf *out = &request->exchange->out;
    struct flow_task_page page;
    struct flow_task_ask ask;
    struct tx *tx;

    if (!read_ask(request, &ask, err) || !request_read(request, &tx, err) ||
        !flows_hide(request, &ask.record, err) ||
        !flow_task_list(tx, request->arena, &ask, &page, err))
        return false;
    struct people people = {.request = request, .tx = tx};

    buf_add(out, STR("{\"tasks\":["));
    for (size_t i = 0; i < page.count; i++) {
        struct flows_task told;

        flows_tell_task(request, &page.items[i], &told);
        flows_seen(request, &told.flow);
        if (i > 0)
            buf_char(out, ',');
        print_task(out, &people, &told);
    }
    buf_char(out, ']');
    if (page.has_more)
        buf_printf(out, ",\"cursor\":\"%.*s\"",
                   STR_ARG(flows_task_place(request->arena, &page.items[page.count - 1])));
    buf_char(out, '}');
    return answer_json(request, 200);
}

/* 404, or, where the flow went on without it, 409 with who and when. */
static bool find(struct request *request, struct flows_task *told, struct err *err)
{
    struct flow_store head;
    struct flows_one one;
    int64_t flow;
    int64_t wait;
    struct err absent;

    if (flows_find_task(request, told, err))
        return true;
    if (err->code != ERR_ABSENT || !id_parse(request->parts[0], &flow) ||
        !num_parse_int(request->parts[1], &wait) || wait < 1 || wait > INT32_MAX ||
        !flow_store_get(&request->tx, request->arena, flow, &head, &absent) ||
        wait > head.last_no || told->task.wait != 0)
        return false;
    flows_tell(request, &head, &one);
    if (!flows_has_part(request, &one))
        return false;
    return err_set(err, ERR_CONFLICT, "%.*s", STR_ARG(flows_ended(request, flow, (int)wait)));
}

static bool reply_task(struct request *request, struct err *err)
{
    struct flows_task told = {0};

    if (!flows_find_task(request, &told, err))
        return false;
    struct people people = {.request = request, .tx = &request->tx};

    flows_seen(request, &told.flow);
    api_flow_etag(request, told.flow.head.step);
    print_task(&request->exchange->out, &people, &told);
    return answer_json(request, 200);
}

bool api_flow_task_get(struct request *request, struct err *err)
{
    struct flows_task told = {0};

    return find(request, &told, err) && reply_task(request, err);
}

static bool claim(struct request *request, bool is_taken, struct err *err)
{
    struct flows_task told = {0};

    if (!find(request, &told, err))
        return false;
    if (told.task.kind != FLOW_WAIT_TASK)
        return err_set(err, ERR_DENIED, "your role does not allow this task");
    return tasks_take(request, &told, is_taken, err) && reply_task(request, err);
}

bool api_flow_task_claim(struct request *request, struct err *err)
{
    return claim(request, true, err);
}

bool api_flow_task_release(struct request *request, struct err *err)
{
    return claim(request, false, err);
}

/* {"data": {…}}, {"error": "E1"}, {"escalation": "LATE"} or {"broken": "why"}. */
static bool read_answer(struct request *request, const struct flows_task *told,
                        struct flow_step *step, struct flaws *flaws, struct err *err)
{
    static const struct {
        const char *name;
        enum flow_step_kind kind;
    } WAYS[] = {{"error", FLOW_STEP_ERROR},
                {"escalation", FLOW_STEP_ESCALATE},
                {"broken", FLOW_STEP_BROKEN}};
    struct json *input;
    struct json *data;

    *step = (struct flow_step){.kind = FLOW_STEP_DONE, .wait = told->task.wait};
    if (!request_json(request, BODY_MAX, &input, err))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(WAYS); i++)
        if (json_find(input, str_from_z(WAYS[i].name)) != NULL) {
            step->kind = WAYS[i].kind;
            step->name = json_find_text(input, str_from_z(WAYS[i].name));
            return step->name.len > 0 || err_set(err, ERR_INPUT, "%s: a text", WAYS[i].name);
        }
    data = json_find(input, STR("data"));
    if (input->kind != JSON_OBJECT || (data != NULL && data->kind != JSON_OBJECT))
        return err_set(err, ERR_INPUT, "an answer is sent as {\"data\": {…}}");
    if (told->form != NULL)
        schema_check(told->form->schema,
                     data != NULL ? data : json_new(request->arena, JSON_OBJECT), request->arena,
                     flaws);
    if (data != NULL && told->form != NULL &&
        !flow_form_look_up(request,
                           flow_form_type(request, told->flow.process, told->node->work->form),
                           data, told->task.data, flaws, err))
        return false;
    step->data = data;
    return flaws->count == 0 || err_set(err, ERR_INPUT, "some fields of the answer are wrong");
}

bool api_flow_task_answer(struct request *request, struct err *err)
{
    struct flows_task told = {0};
    struct conduct *conduct;
    struct flaws flaws = {0};

    if (!find(request, &told, err))
        return false;
    if (!told.is_ours)
        return err_set(err, ERR_DENIED,
                       told.task.claimant != 0 && told.task.claimant != request->actor.account
                           ? "somebody else has taken this task"
                           : "your role does not allow this task");
    conduct = flows_conduct(request, told.task.flow.id);
    if (!api_flow_match(request, &conduct->expected, err))
        return false;
    if (!read_answer(request, &told, &conduct->step, &flaws, err)) {
        if (flaws.count == 0)
            return false;
        answer_problem(request, 422, request_text(request, str_from_z(err->text)), &flaws);
        return true;
    }
    return flows_write(request, conduct, NULL, api_flow_reply, err) ||
           flows_late(request, conduct, err);
}

#include "web/api_flow.h"

#include "core/id.h"
#include "core/json_put.h"
#include "core/num.h"
#include "web/answer.h"
#include "web/people.h"
#include "workflow/flow_list.h"

enum {
    BODY_MAX = 1024 * 1024,
    LIMIT_DEFAULT = 50,
};

bool api_flow_processes(struct request *request, struct err *err)
{
    struct buf *out = &request->exchange->out;
    const struct process **processes;
    size_t count;
    bool has_some = false;

    if (!process_list(request->web->processes, request->catalog->model, request->arena, &processes,
                      &count, err))
        return false;
    buf_add(out, STR("{\"processes\":["));
    for (size_t i = 0; i < count; i++) {
        const struct process *one = processes[i];
        bool begins = flows_may(request, one->name, POLICY_BEGIN);
        bool watches = flows_may(request, one->name, POLICY_WATCH);

        if (!begins && !watches)
            continue;
        buf_add(out, has_some ? STR(",{\"id\":") : STR("{\"id\":"));
        json_write_text(out, one->name);
        buf_add(out, STR(",\"title\":"));
        json_write_text(out, request_pack_text(request, one->title));
        buf_add(out, STR(",\"version\":"));
        json_write_text(out, one->pack->version);
        buf_printf(out, ",\"may_begin\":%s,\"may_watch\":%s}",
                   begins && one->fault.len == 0 ? "true" : "false", watches ? "true" : "false");
        has_some = true;
    }
    buf_add(out, STR("]}"));
    return answer_json(request, 200);
}

/* What the flow is about: a record of a register they may read. */
static bool read_subject(struct request *request, const struct json *input, struct flow_store *head,
                         struct err *err)
{
    struct str name = json_find_text(input, STR("register"));
    struct str text = json_find_text(input, STR("record"));
    const struct register_type *type = model_type(request->catalog->model, name);
    struct record record;
    struct tx *tx;

    if (name.len == 0 && text.len == 0)
        return true;
    if (type == NULL || !policy_may_some(&request->actor.rights, type->index, POLICY_READ, NULL))
        return err_set(err, ERR_ABSENT, "there is no such register");
    if (!id_parse(text, &head->record))
        return err_set(err, ERR_ABSENT, "there is no such record");
    head->no = catalog_no(request->catalog, type);
    return request_read(request, &tx, err) && record_get(&request->registry, head->no, head->record,
                                                         request_today(request), &record, err);
}

/* The values of a flow's own beginning: what is sent, and the record it is about. */
static bool read_values(struct request *request, const struct json *input, struct conduct *conduct,
                        struct err *err)
{
    const struct json *data = json_find(input, STR("data"));
    struct json *values;

    if (data != NULL && data->kind != JSON_OBJECT)
        return err_set(err, ERR_INPUT, "data: an object");
    values = data != NULL ? json_copy(request->arena, data) : json_new(request->arena, JSON_OBJECT);
    if (conduct->head.record != 0)
        json_set_text(request->arena, values, STR("record"),
                      id_text(request->arena, conduct->head.record));
    conduct->step.data = values;
    return true;
}

bool api_flow_begin(struct request *request, struct err *err)
{
    struct idempotency *once = ARENA_NEW(request->arena, struct idempotency);
    struct conduct *conduct = flows_conduct(request, 0);
    struct buf asked = {.arena = request->arena};
    struct json *input;
    struct str name;

    if (!request_json(request, BODY_MAX, &input, err))
        return false;
    name = json_find_text(input, STR("process"));
    if (!flows_may(request, name, POLICY_BEGIN))
        return err_set(err, flows_may(request, name, POLICY_WATCH) ? ERR_DENIED : ERR_ABSENT,
                       flows_may(request, name, POLICY_WATCH) ? "your role does not allow this"
                                                              : "there is no such process");
    buf_add(&asked, STR("/flows\n"));
    json_canonical(&asked, input);
    *once = (struct idempotency){.account = request->actor.account, .now = request->now};
    conduct->begins = true;
    return idempotency_read(once, http_header(request->exchange, STR("idempotency-key")),
                            buf_str(&asked), err) &&
           process_find(request->web->processes, request->catalog->model, name, &conduct->process,
                        err) &&
           read_subject(request, input, &conduct->head, err) &&
           read_values(request, input, conduct, err) &&
           flows_write(request, conduct, once, api_flow_reply, err);
}

static bool read_limit(struct request *request, int most, int *limit, struct err *err)
{
    struct str text = request_query(request, STR("limit"));
    int64_t number = LIMIT_DEFAULT;

    if (text.len > 0 && (!num_parse_int(text, &number) || number < 1 || number > most))
        return err_set(err, ERR_INPUT, "limit: 1 to %d", most);
    *limit = (int)number;
    return true;
}

static bool read_ask(struct request *request, struct flow_list_ask *ask, struct err *err)
{
    static const char *const STATES[] = {"open",  "running", "stuck",
                                         "ended", "failed",  "cancelled"};
    struct str state = request_query(request, STR("state"));
    struct str process = request_query(request, STR("process"));
    struct str record = request_query(request, STR("record"));
    struct str cursor = request_query(request, STR("cursor"));
    bool is_known = state.len == 0;

    *ask = (struct flow_list_ask){.may = flows_may_watch, .data = request};
    for (size_t i = 0; i < ARRAY_LEN(STATES); i++)
        is_known |= str_equal(state, str_from_z(STATES[i]));
    if (!is_known)
        return err_set(err, ERR_INPUT, "state: open, running, stuck, ended, failed or cancelled");
    ask->is_open = str_equal(state, STR("open")) || str_equal(state, STR("running")) ||
                   str_equal(state, STR("stuck"));
    if (!str_equal(state, STR("open")))
        ask->state = state;
    if (process.len > 0) {
        struct str file = process;

        ask->pack = str_cut(&file, '.');
        file = str_slice(file, 0, str_find_char(file, '#'));
        ask->file = str_printf(request->arena, "processes/%.*s.bpmn", STR_ARG(file));
    }
    if (record.len > 0 && !id_parse(record, &ask->record))
        return err_set(err, ERR_INPUT, "record: the id of a record");
    if (cursor.len > 0 && !id_parse(cursor, &ask->before))
        return err_set(err, ERR_INPUT, "cursor: from the page before, unchanged");
    return read_limit(request, FLOW_LIST_PAGE_MAX, &ask->limit, err);
}

bool api_flow_list(struct request *request, struct err *err)
{
    struct buf *out = &request->exchange->out;
    struct flow_list_page page;
    struct flow_list_ask ask;
    struct tx *tx;

    if (!read_ask(request, &ask, err) || !request_read(request, &tx, err) ||
        !flows_hide(request, &ask.record, err) || !flow_list(tx, request->arena, &ask, &page, err))
        return false;
    buf_add(out, STR("{\"flows\":["));
    for (size_t i = 0; i < page.count; i++) {
        struct flows_one one;

        flows_tell(request, &page.items[i], &one);
        if (i > 0)
            buf_char(out, ',');
        api_flow_print(out, request, &one);
        buf_char(out, '}');
    }
    buf_char(out, ']');
    if (page.next != 0)
        buf_printf(out, ",\"cursor\":\"%.*s\"", STR_ARG(id_text(request->arena, page.next)));
    buf_char(out, '}');
    return answer_json(request, 200);
}

bool api_flow_get(struct request *request, struct err *err)
{
    struct flows_one one;

    if (!flows_find(request, 0, POLICY_WATCH, &one, err))
        return false;
    api_flow_etag(request, one.head.step);
    flows_seen(request, &one);
    return api_flow_print_all(request, &one, err) && answer_json(request, 200);
}

/* Without the values that went along: who sees which of them is said by the flow. */
static struct str told_trace(struct arena *arena, struct str trace)
{
    struct buf told = {.arena = arena};

    while (trace.len > 0) {
        struct str line = str_cut(&trace, '\n');

        buf_add(&told, str_slice(line, 0, str_find(line, STR(" with {"))));
        buf_char(&told, '\n');
    }
    return buf_str(&told);
}

bool api_flow_steps(struct request *request, struct err *err)
{
    struct buf *out = &request->exchange->out;
    struct str text = request_query(request, STR("after"));
    struct flow_list_steps steps;
    struct flows_one one;
    int64_t after = 0;

    if (text.len > 0 && (!num_parse_int(text, &after) || after < 0))
        return err_set(err, ERR_INPUT, "after: the number of a step");
    if (!flows_find(request, 0, POLICY_WATCH, &one, err) ||
        !flow_list_steps(&request->tx, request->arena, one.head.id, after, &steps, err))
        return false;
    struct people people = {.request = request, .tx = &request->tx};

    flows_seen(request, &one);
    buf_add(out, STR("{\"steps\":["));
    for (size_t i = 0; i < steps.count; i++) {
        const struct flow_list_step *step = &steps.items[i];

        buf_printf(out, "%s{\"step\":%lld", i > 0 ? "," : "", (long long)step->step);
        json_put_moment(out, "at", step->at);
        buf_add(out, STR(",\"actor\":"));
        json_write_text(out, people_find(&people, step->actor));
        buf_printf(out, ",\"task\":%d,\"trace\":", step->wait);
        json_write_text(out, told_trace(request->arena, step->trace));
        buf_char(out, '}');
    }
    buf_add(out, STR("]}"));
    return answer_json(request, 200);
}

/* Of one who looks after the process; somebody may have been first. */
static bool manage(struct request *request, struct flow_step step, struct err *err)
{
    struct conduct *conduct;
    struct flows_one one;

    if (!flows_find(request, 0, POLICY_MANAGE, &one, err))
        return false;
    conduct = flows_conduct(request, one.head.id);
    conduct->step = step;
    return api_flow_match(request, &conduct->expected, err) &&
           flows_write(request, conduct, NULL, api_flow_reply, err);
}

bool api_flow_retry(struct request *request, struct err *err)
{
    return manage(request, (struct flow_step){.kind = FLOW_STEP_RETRY}, err);
}

bool api_flow_cancel(struct request *request, struct err *err)
{
    return manage(request, (struct flow_step){.kind = FLOW_STEP_CANCEL}, err);
}

bool api_flow_values(struct request *request, struct err *err)
{
    struct json *input;

    if (!request_json(request, BODY_MAX, &input, err))
        return false;
    if (input->kind != JSON_OBJECT)
        return err_set(err, ERR_INPUT, "the values are sent as an object");
    return manage(request, (struct flow_step){.kind = FLOW_STEP_VALUES, .data = input}, err);
}

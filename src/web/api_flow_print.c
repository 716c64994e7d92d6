#include "core/id.h"
#include "core/json_put.h"
#include "core/num.h"
#include "web/answer.h"
#include "web/api_flow.h"
#include "web/flow_form.h"
#include "workflow/flow_list.h"
#include "workflow/flow_row.h"

/* A register only where this person may read it: otherwise what it is about is not told. */
static void put_subject(struct buf *out, struct request *request, const struct flow_store *head)
{
    const struct register_type *type = catalog_type(request->catalog, head->no);
    struct err err;
    bool reads;

    if (type == NULL || !request_reads(request, type, head->record, &reads, &err) || !reads) {
        buf_add(out, STR(",\"register\":null,\"record\":null"));
        return;
    }
    json_put_text(out, "register", type->id);
    json_put_text(out, "record", id_text(request->arena, head->record));
}

void api_flow_print(struct buf *out, struct request *request, const struct flows_one *one)
{
    const struct flow_store *head = &one->head;

    buf_add(out, STR("{\"id\":\""));
    id_print(out, head->id);
    buf_char(out, '"');
    json_put_text(out, "process", one->name);
    json_put_text(out, "title",
                  one->process != NULL ? request_pack_text(request, one->process->title)
                                       : one->name);
    json_put_text(out, "version", head->version);
    json_put_text(out, "state", flow_list_state(head));
    json_put_text(out, "error", head->error);
    buf_printf(out, ",\"step\":%lld", (long long)head->step);
    json_put_moment(out, "begun_at", head->begun_at);
    json_put_moment(out, "changed_at", head->changed_at);
    put_subject(out, request, head);
    buf_add(out, STR(",\"caller\":"));
    if (head->caller != 0)
        json_write_text(out, id_text(request->arena, head->caller));
    else
        buf_add(out, STR("null"));
}

static void print_tokens(struct buf *out, const struct flow *flow)
{
    static const char *const STATES[] = {
        [FLOW_TOKEN_READY] = "ready",     [FLOW_TOKEN_BUSY] = "busy",
        [FLOW_TOKEN_JOINING] = "joining", [FLOW_TOKEN_COMPENSATING] = "compensating",
        [FLOW_TOKEN_STUCK] = "stuck",
    };
    bool has_some = false;

    buf_add(out, STR(",\"tokens\":["));
    for (size_t i = 0; i < flow->tokens.count; i++) {
        const struct flow_token *token = flow_token_at(flow, i);

        if (token == NULL)
            continue;
        buf_add(out, has_some ? STR(",{\"element\":") : STR("{\"element\":"));
        json_write_text(out, flow->model->nodes[token->node].id);
        json_put_text(out, "name", flow->model->nodes[token->node].name);
        json_put_text(out, "state", str_from_z(STATES[token->state]));
        json_put_text(out, "fault", token->fault);
        buf_char(out, '}');
        has_some = true;
    }
    buf_char(out, ']');
}

static void print_waits(struct buf *out, const struct flow *flow)
{
    bool has_some = false;

    buf_add(out, STR(",\"waits\":["));
    for (size_t i = 0; i < flow->waits.count; i++) {
        const struct flow_wait *wait = flow_wait_at(flow, i);

        if (wait == NULL)
            continue;
        buf_printf(out, "%s{\"task\":%d", has_some ? "," : "", wait->part.id);
        json_put_text(out, "kind", str_from_z(flow_row_waits[wait->kind]));
        json_put_text(out, "element", flow->model->nodes[wait->node].id);
        json_put_text(out, "name", flow->model->nodes[wait->node].name);
        json_put_text(out, "for", wait->name);
        json_put_text(out, "key", wait->kind == FLOW_WAIT_TASK ? (struct str){0} : wait->key);
        json_put_moment(out, "due_at", wait->due_at);
        buf_char(out, '}');
        has_some = true;
    }
    buf_char(out, ']');
}

bool api_flow_print_all(struct request *request, const struct flows_one *one, struct err *err)
{
    struct buf *out = &request->exchange->out;
    struct flow_form_values values =
        flow_form_values(request, one->process, one->head.no, one->head.record);
    struct flow *flow;

    api_flow_print(out, request, one);
    if (one->process == NULL) {
        buf_add(out, STR(",\"tokens\":[],\"waits\":[],\"values\":{}}"));
        return true;
    }
    if (!flows_load(request, one, &flow, err))
        return false;
    print_tokens(out, flow);
    print_waits(out, flow);
    buf_add(out, STR(",\"values\":"));
    json_canonical(out, flow_form_seen(&values, flow_scope_at(flow, 0)->values,
                                       one->head.record != 0 ? STR("record") : (struct str){0}));
    buf_char(out, '}');
    return true;
}

void api_flow_etag(struct request *request, int64_t step)
{
    http_add(request->exchange, STR("ETag"),
             str_printf(request->arena, "\"%lld\"", (long long)step));
}

bool api_flow_match(struct request *request, int64_t *step, struct err *err)
{
    struct str match = http_header(request->exchange, STR("if-match"));

    *step = 0;
    if (match.len == 0 || str_equal(match, STR("*")))
        return true;
    if (match.len > 2 && match.ptr[0] == '"' && match.ptr[match.len - 1] == '"' &&
        num_parse_int(str_slice(match, 1, match.len - 2), step) && *step > 0)
        return true;
    return err_set(err, ERR_INPUT, "If-Match: \"<step>\", from the ETag of the flow");
}

bool api_flow_reply(struct request *request, struct conduct *conduct, struct err *err)
{
    struct buf *out = &request->exchange->out;
    struct flows_one one;
    bool begins = conduct->begins;

    (void)err;
    flows_tell(request, &conduct->head, &one);
    api_flow_etag(request, conduct->head.step);
    if (begins)
        http_add(request->exchange, STR("Location"),
                 str_printf(request->arena, "%.*s/api/v1/flows/%.*s", STR_ARG(request->base),
                            STR_ARG(id_text(request->arena, conduct->flow))));
    api_flow_print(out, request, &one);
    /* Whoever answers task after task need not ask for each. */
    if (conduct->after != NULL && conduct->was_taken &&
        flows_may(request, one.name, POLICY_WATCH)) {
        print_tokens(out, conduct->after);
        print_waits(out, conduct->after);
    }
    buf_char(out, '}');
    return answer_json(request, begins ? 201 : 200);
}

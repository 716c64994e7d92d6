/* Activities: begun, done once, finished (BPMN 2.0.2, 13.3). */
#include "core/arena.h"
#include "workflow/flow_engine.h"
#include "workflow/flow_time.h"

void flow_activity_enter(struct flow *flow, struct flow_token *token)
{
    const struct bpmn_node *node = flow_node(flow, token->node);
    const struct bpmn *model = flow->model;

    flow_token_is(flow, token, FLOW_TOKEN_BUSY);
    if (flow_token_is_instance(flow, token)) {
        flow_activity_do(flow, token);
        return;
    }
    flow_mark(flow, FLOW_DID_ENTER, token->node, (struct str){0});
    for (int i = node->first_boundary; i >= 0 && token->state == FLOW_TOKEN_BUSY;
         i = model->nodes[i].next_boundary)
        flow_event_wait(flow, token, token->scope, i);
    if (token->state != FLOW_TOKEN_BUSY)
        return;
    if (node->loop != NULL)
        flow_loop_begin(flow, token);
    else
        flow_activity_do(flow, token);
}

static struct str asked_of(const struct bpmn_node *node, enum flow_wait_kind kind)
{
    if (kind == FLOW_WAIT_TASK)
        return node->work->role.len > 0 ? node->work->role : node->lane;
    return node->work->operation;
}

/* By when it should be done; 0: no term, or it ends beyond all calendars. */
static int64_t due_at(const struct flow *flow, const struct bpmn_work *work)
{
    int64_t at = 0;
    bool is_there = work->days.len > 0 ? flow_time_working(work->term, &flow->calendar, flow->now,
                                                           flow->offset_minutes, &at)
                                       : flow_time_later(work->term, flow->now, &at);

    return is_there ? at : 0;
}

static void ask(struct flow *flow, struct flow_token *token, enum flow_wait_kind kind,
                struct json *data)
{
    const struct bpmn_node *node = flow_node(flow, token->node);
    struct flow_wait *wait = flow_wait_add(
        flow, (struct flow_wait){.kind = kind,
                                 .token = token->part.id,
                                 .scope = token->scope,
                                 .node = token->node,
                                 .event = -1,
                                 .name = asked_of(node, kind),
                                 .asked_at = flow->now,
                                 .data = data == NULL ? NULL : json_copy(flow->arena, data)});

    if (node->work->term.len > 0)
        wait->due_at = due_at(flow, node->work);
    flow_mark(flow, FLOW_DID_WAIT, token->node, (struct str){0})->wait = wait->part.id;
}

static void run_script(struct flow *flow, struct flow_token *token, const struct json *inputs)
{
    const struct bpmn_work *work = flow_node(flow, token->node)->work;
    const struct json *values = flow_values(flow, token->scope);
    struct json *with = json_new(flow->scratch, JSON_OBJECT);
    struct json *result;

    if (inputs != NULL) {
        for (const struct json *one = values->first; one != NULL; one = one->next)
            json_set(with, one->name, json_copy(flow->scratch, one));
        for (const struct json *one = inputs->first; one != NULL; one = one->next)
            json_set(with, one->name, json_copy(flow->scratch, one));
        values = with;
    }
    if (flow_compute(flow, token, &work->script, values, &result))
        flow_activity_done(flow, token, result);
}

static void send(struct flow *flow, struct flow_token *token, struct json *inputs)
{
    const struct bpmn_node *node = flow_node(flow, token->node);
    const struct bpmn_event *message = &node->events[0];
    struct flow_mark *mark;
    struct json *key;

    if (!flow_compute(flow, token, &message->key, flow_values(flow, token->scope), &key))
        return;
    mark = flow_mark(flow, FLOW_DID_THROW, token->node, message->name);
    mark->trigger = BPMN_MESSAGE;
    mark->key = str_copy(flow->arena, key->text);
    mark->data = inputs == NULL ? NULL : json_copy(flow->arena, inputs);
    flow_activity_done(flow, token, NULL);
}

static void open_scope(struct flow *flow, struct flow_token *token, int node,
                       const struct json *values)
{
    flow_scope_begin(flow, flow_scope_open(flow, node, token, values), -1);
}

static void call(struct flow *flow, struct flow_token *token, struct json *inputs)
{
    const struct bpmn_node *node = flow_node(flow, token->node);
    const struct json *given = inputs != NULL ? inputs : flow_values(flow, token->scope);

    if (node->called >= 0)
        open_scope(flow, token, node->called, given);
    else
        ask(flow, token, FLOW_WAIT_CALL, (struct json *)given);
}

/* A task that is asked of somebody gets its inputs; a decision without any gets all values. */
static void start(struct flow *flow, struct flow_token *token, struct json *inputs)
{
    const struct bpmn_node *node = flow_node(flow, token->node);

    switch ((int)node->kind) {
    case BPMN_USER:
        ask(flow, token, FLOW_WAIT_TASK, inputs);
        break;
    case BPMN_RULE:
        ask(flow, token, FLOW_WAIT_SERVICE,
            inputs != NULL ? inputs : (struct json *)flow_values(flow, token->scope));
        break;
    case BPMN_SERVICE:
        ask(flow, token, FLOW_WAIT_SERVICE, inputs);
        break;
    case BPMN_SEND:
        if (node->work->operation.len > 0)
            ask(flow, token, FLOW_WAIT_SERVICE, inputs);
        else
            send(flow, token, inputs);
        break;
    case BPMN_RECEIVE:
        flow_event_wait(flow, token, token->scope, token->node);
        break;
    case BPMN_SCRIPT:
        run_script(flow, token, inputs);
        break;
    case BPMN_CALL:
        call(flow, token, inputs);
        break;
    case BPMN_SUB_PROCESS:
    case BPMN_TRANSACTION:
        open_scope(flow, token, token->node, inputs);
        break;
    default: /* a task nobody says anything about, and one done by hand: nothing to wait for */
        flow_activity_done(flow, token, NULL);
        break;
    }
}

void flow_activity_do(struct flow *flow, struct flow_token *token)
{
    struct json *inputs;

    if (flow_inputs(flow, token, &inputs))
        start(flow, token, inputs);
}

void flow_activity_done(struct flow *flow, struct flow_token *token, const struct json *result)
{
    const struct bpmn_node *node = flow_node(flow, token->node);

    if (!flow_outputs(flow, token, token->node, token->scope, result))
        return;
    if (node->kind != BPMN_SUB_PROCESS && node->kind != BPMN_TRANSACTION)
        (void)flow_compensate_keep(flow, token, NULL);
    if (flow_token_is_instance(flow, token))
        flow_loop_done(flow, token, result);
    else
        flow_activity_finish(flow, token);
}

void flow_activity_finish(struct flow *flow, struct flow_token *token)
{
    flow_token_clear(flow, token);
    flow_mark(flow, FLOW_DID_FINISH, token->node, (struct str){0});
    flow_leave(flow, token);
}

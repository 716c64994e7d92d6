/*
 * Scopes: a process, a sub-process or an event sub-process while it runs.  A scope is over when
 * no token is in it; then the token that owns it goes on.
 */
#include "core/arena.h"
#include "core/utf8.h"
#include "workflow/flow_engine.h"
#include "workflow/flow_feel.h"

static int depth_of(const struct flow *flow, const struct flow_scope *scope)
{
    int depth = 0;

    for (; scope != NULL; scope = flow_scope_find(flow, scope->parent))
        depth++;
    return depth;
}

/* Data objects are held by their scope from its beginning, so that they are set there. */
static void put_data(struct flow *flow, struct flow_scope *scope)
{
    for (size_t i = 0; i < flow->model->data_count; i++) {
        const struct bpmn_data *data = &flow->model->data[i];
        struct json *initial = json_new(flow->scratch, JSON_NULL);
        struct err err;

        if (data->scope != scope->node || json_find(scope->values, data->name) != NULL)
            continue;
        if (data->initial.feel != NULL && !flow_feel_value(data->initial.feel, flow->scratch,
                                                           scope->values, flow, &initial, &err))
            initial = json_new(flow->scratch, JSON_NULL);
        json_set(scope->values, data->name, json_copy(flow->arena, initial));
    }
}

static void wait_for_event_subs(struct flow *flow, struct flow_scope *scope)
{
    const struct bpmn *model = flow->model;

    for (int i = flow_node(flow, scope->node)->first_child; i >= 0;
         i = model->nodes[i].next_child) {
        if (!model->nodes[i].is_event_sub)
            continue;
        for (int j = model->nodes[i].first_child; j >= 0; j = model->nodes[j].next_child)
            if (model->nodes[j].kind == BPMN_START)
                flow_event_wait(flow, NULL, scope->part.id, j);
    }
}

struct flow_scope *flow_scope_open(struct flow *flow, int node, struct flow_token *owner,
                                   const struct json *values)
{
    struct flow_scope *scope =
        flow_scope_add(flow, (struct flow_scope){.role = FLOW_PLAIN,
                                                 .node = node,
                                                 .parent = owner == NULL ? 0 : owner->scope,
                                                 .owner = owner == NULL ? 0 : owner->part.id});

    for (const struct json *one = values == NULL ? NULL : values->first; one != NULL;
         one = one->next)
        json_set(scope->values, str_copy(flow->arena, one->name), json_copy(flow->arena, one));
    put_data(flow, scope);
    flow->are_values_new = true;
    if (depth_of(flow, scope) > FLOW_DEPTH_MAX && flow->fault.code == ERR_NONE)
        (void)err_set(&flow->fault, ERR_LIMIT, "more than %d processes within each other, at %.*s",
                      FLOW_DEPTH_MAX, STR_ARG(utf8_head(flow_node(flow, node)->id, 100)));
    flow_mark(flow, FLOW_DID_BEGIN, node, (struct str){0});
    wait_for_event_subs(flow, scope);
    return scope;
}

/* A called process gives all its values, unless outputs are drawn. */
static void complete(struct flow *flow, struct flow_scope *scope)
{
    struct flow_token *owner = flow_token_find(flow, scope->owner);
    const struct bpmn_node *node;

    flow_scope_empty(flow, scope, NULL);
    flow_mark(flow, FLOW_DID_END, scope->node, (struct str){0});
    if (owner == NULL) {
        flow->state = FLOW_ENDED;
        return;
    }
    node = flow_node(flow, owner->node);
    if (node->is_event_sub) {
        flow_scope_cancel(flow, scope);
        flow_token_end(flow, owner);
        return;
    }
    if (node->kind != BPMN_CALL && flow_compensate_keep(flow, owner, scope))
        flow_part_drop(&scope->part);
    else
        flow_scope_cancel(flow, scope);
    flow_activity_done(flow, owner,
                       node->kind == BPMN_CALL || node->work->output_count > 0 ? scope->values
                                                                               : NULL);
}

/* The start event without a trigger; in a process any other when there is none such. */
static int usual_start(const struct flow *flow, const struct bpmn_node *scope)
{
    const struct bpmn *model = flow->model;
    int found = -1;

    for (int i = scope->first_child; i >= 0; i = model->nodes[i].next_child) {
        const struct bpmn_node *node = &model->nodes[i];

        if (node->kind == BPMN_START && node->event_count == 0)
            return i;
        if (found < 0 &&
            (node->kind == BPMN_START || (node->kind == BPMN_EVENT_GATEWAY && node->instantiates)))
            found = i;
    }
    return found;
}

/* BPMN 2.0.2, 13.2: without start events everything begins that nothing leads to. */
static bool begins(const struct bpmn_node *node)
{
    bool is_link = node->kind == BPMN_CATCH && bpmn_event_of(node, BPMN_LINK) != NULL;

    return node->incoming_count == 0 && node->kind != BPMN_BOUNDARY && !node->is_event_sub &&
           !node->is_compensation && !is_link;
}

void flow_scope_begin(struct flow *flow, struct flow_scope *scope, int node)
{
    const struct bpmn *model = flow->model;
    int start = node >= 0 ? node : usual_start(flow, flow_node(flow, scope->node));
    int id = scope->part.id;

    if (start >= 0) {
        flow_token_ready(flow, flow_token_add(flow, id, start), start);
        return;
    }
    for (int i = flow_node(flow, scope->node)->first_child; i >= 0; i = model->nodes[i].next_child)
        if (begins(&model->nodes[i]))
            flow_token_ready(flow, flow_token_add(flow, id, i), i);
    if (scope->live == 0) /* nothing is drawn in it */
        complete(flow, scope);
}

void flow_token_clear(struct flow *flow, const struct flow_token *token)
{
    size_t count = flow->scopes.count;

    for (size_t i = 0; i < flow->waits.count; i++) {
        struct flow_wait *wait = flow_wait_at(flow, i);

        if (wait != NULL && wait->token == token->part.id)
            flow_part_drop(&wait->part);
    }
    for (size_t i = 0; i < count; i++) {
        struct flow_scope *scope = flow_scope_at(flow, i);

        if (scope != NULL && scope->owner == token->part.id)
            flow_scope_cancel(flow, scope);
    }
    for (size_t i = 0; i < flow->records.count; i++) {
        struct flow_record *record = flow_record_at(flow, i);

        if (record != NULL && record->thrower == token->part.id)
            record->thrower = 0;
    }
}

/* What had begun and is not over. */
static bool is_worth_telling(const struct flow *flow, const struct flow_token *token)
{
    enum bpmn_kind kind = flow_node(flow, token->node)->kind;

    return token->state != FLOW_TOKEN_READY && token->state != FLOW_TOKEN_JOINING &&
           kind != BPMN_END && kind != BPMN_THROW;
}

void flow_scope_empty(struct flow *flow, struct flow_scope *scope, const struct flow_token *but)
{
    size_t count = flow->tokens.count;

    for (size_t i = 0; i < count; i++) {
        struct flow_token *token = flow_token_at(flow, i);

        if (token == NULL || token->scope != scope->part.id || token == but)
            continue;
        if (is_worth_telling(flow, token))
            flow_mark(flow, FLOW_DID_CANCEL, token->node, (struct str){0});
        flow_token_clear(flow, token);
        flow_token_drop(flow, token);
    }
    for (size_t i = 0; i < flow->waits.count; i++) {
        struct flow_wait *wait = flow_wait_at(flow, i);

        if (wait != NULL && wait->token == 0 && wait->scope == scope->part.id)
            flow_part_drop(&wait->part);
    }
}

void flow_scope_cancel(struct flow *flow, struct flow_scope *scope)
{
    flow_scope_empty(flow, scope, NULL);
    for (size_t i = 0; i < flow->records.count; i++) {
        struct flow_record *record = flow_record_at(flow, i);

        if (record != NULL && record->scope == scope->part.id)
            flow_part_drop(&record->part);
    }
    flow_part_drop(&scope->part);
}

void flow_token_end(struct flow *flow, struct flow_token *token)
{
    int id = token->scope;
    int record = token->record;
    struct flow_scope *scope;

    flow_token_clear(flow, token);
    flow_token_drop(flow, token);
    if (record != 0)
        flow_compensate_done(flow, record);
    scope = flow_scope_find(flow, id);
    if (scope != NULL && scope->role == FLOW_PLAIN && scope->live == 0 &&
        flow->state == FLOW_RUNNING)
        complete(flow, scope);
}

/* Gateways, and where a token goes from any node (BPMN 2.0.2, 13.2.1, 13.3.1 and 13.4). */
#include "core/arena.h"
#include "workflow/flow_engine.h"

enum {
    NODES_A_MOVE = 500, /* looking through so many nodes counts as one move */
};

struct chosen {
    VEC(int) flows;
};

static void choose_all(struct flow *flow, const struct bpmn_node *node, struct chosen *chosen)
{
    for (int i = 0; i < node->outgoing_count; i++)
        VEC_PUSH(flow->scratch, &chosen->flows, node->outgoing[i]);
}

/*
 * Flows whose condition is true; of an exclusive gateway the first of them.  The default flow
 * when there is none.  Behind activities and events flows without a condition are always taken
 * and a default flow counts the others only.
 */
static bool choose_true(struct flow *flow, struct flow_token *token, const struct bpmn_node *node,
                        struct chosen *chosen)
{
    const struct json *values = flow_values(flow, token->scope);
    size_t conditions = 0;

    for (int i = 0; i < node->outgoing_count; i++) {
        const struct bpmn_flow *out = &flow->model->flows[node->outgoing[i]];
        bool is_true = out->condition.text.len == 0;

        if (out->index == node->default_flow)
            continue;
        if (!is_true && !flow_is_true(flow, token, &out->condition, values, &is_true))
            return false;
        conditions += is_true && out->condition.text.len > 0;
        if (is_true)
            VEC_PUSH(flow->scratch, &chosen->flows, out->index);
        if (is_true && node->kind == BPMN_EXCLUSIVE)
            return true;
    }
    if (node->default_flow >= 0 && conditions == 0)
        VEC_PUSH(flow->scratch, &chosen->flows, node->default_flow);
    if (chosen->flows.count > 0)
        return true;
    flow_token_stick(flow, token, "no condition behind it is true, and there is no default flow");
    return false;
}

static void take(struct flow *flow, struct flow_token *token, const struct chosen *chosen)
{
    int scope = token->scope;

    for (size_t i = 0; i < chosen->flows.count; i++) {
        const struct bpmn_flow *out = &flow->model->flows[chosen->flows.items[i]];
        struct flow_token *going = i == 0 ? token : flow_token_add(flow, scope, out->to);

        flow_mark(flow, FLOW_DID_TAKE, out->index, (struct str){0});
        going->came_by = out->index;
        flow_token_ready(flow, going, out->to);
    }
}

void flow_leave(struct flow *flow, struct flow_token *token)
{
    const struct bpmn_node *node = flow_node(flow, token->node);
    struct chosen chosen = {0};

    token->is_done = true;
    token->part.is_changed = true;
    if (node->outgoing_count == 0) {
        flow_token_end(flow, token);
        return;
    }
    if (node->kind == BPMN_PARALLEL)
        choose_all(flow, node, &chosen);
    else if (!choose_true(flow, token, node, &chosen))
        return;
    take(flow, token, &chosen);
}

/* Of those that wait at the gateway the first of each incoming flow; NULL where there is none. */
static struct flow_token **joining(struct flow *flow, int scope, const struct bpmn_node *gateway)
{
    struct flow_token **first =
        ARENA_ARRAY(flow->scratch, struct flow_token *, (size_t)gateway->incoming_count);

    for (size_t i = 0; i < flow->tokens.count; i++) {
        struct flow_token *token = flow_token_at(flow, i);

        if (token == NULL || token->node != gateway->index || token->scope != scope ||
            token->state != FLOW_TOKEN_JOINING || token->came_by < 0)
            continue;
        int place = flow->model->flows[token->came_by].place;
        if (first[place] == NULL)
            first[place] = token;
    }
    return first;
}

/* One token of each flow that has one becomes one token that goes on. */
static void merge(struct flow *flow, struct flow_token **first, const struct bpmn_node *node)
{
    struct flow_token *kept = NULL;

    for (int i = 0; i < node->incoming_count; i++) {
        if (first[i] == NULL)
            continue;
        if (kept == NULL)
            kept = first[i];
        else
            flow_token_drop(flow, first[i]);
    }
    flow_token_is(flow, kept, FLOW_TOKEN_BUSY);
    flow_leave(flow, kept);
}

static void join_parallel(struct flow *flow, int scope, const struct bpmn_node *node)
{
    struct flow_token **first = joining(flow, scope, node);

    for (int i = 0; i < node->incoming_count; i++)
        if (first[i] == NULL)
            return;
    merge(flow, first, node);
}

void flow_gateway_enter(struct flow *flow, struct flow_token *token)
{
    const struct bpmn_node *node = flow_node(flow, token->node);
    bool joins = node->kind == BPMN_PARALLEL || node->kind == BPMN_INCLUSIVE;

    if (node->kind == BPMN_EVENT_GATEWAY) {
        flow_token_is(flow, token, FLOW_TOKEN_BUSY);
        for (int i = 0; i < node->outgoing_count; i++)
            flow_event_wait(flow, token, token->scope, flow->model->flows[node->outgoing[i]].to);
        return;
    }
    if (!joins || node->incoming_count < 2 || token->came_by < 0) {
        flow_token_is(flow, token, FLOW_TOKEN_BUSY);
        flow_leave(flow, token);
        return;
    }
    flow_token_is(flow, token, FLOW_TOKEN_JOINING);
    if (node->kind == BPMN_PARALLEL)
        join_parallel(flow, token->scope, node);
}

struct walk {
    bool *is_marked; /* nodes from which the flows can be reached */
    VEC(int) open;
};

static void mark(struct flow *flow, struct walk *walk, int node, int gateway)
{
    if (node < 0 || node == gateway || walk->is_marked[node])
        return;
    walk->is_marked[node] = true;
    VEC_PUSH(flow->scratch, &walk->open, node);
}

/* Backwards from those incoming flows of the gateway that have a token, or have none. */
static const bool *reach(struct flow *flow, struct flow_token **first,
                         const struct bpmn_node *gateway, bool is_full)
{
    const struct bpmn *model = flow->model;
    struct walk walk = {.is_marked = ARENA_ARRAY(flow->scratch, bool, (size_t)model->node_count)};

    for (int i = 0; i < gateway->incoming_count; i++)
        if ((first[i] != NULL) == is_full)
            mark(flow, &walk, model->flows[gateway->incoming[i]].from, gateway->index);
    while (walk.open.count > 0) {
        const struct bpmn_node *node = &model->nodes[walk.open.items[--walk.open.count]];

        for (int i = 0; i < node->incoming_count; i++)
            mark(flow, &walk, model->flows[node->incoming[i]].from, gateway->index);
        mark(flow, &walk, node->host, gateway->index);
        for (int i = 0; i < model->node_count && node->kind == BPMN_CATCH; i++)
            if (model->nodes[i].link == node->index)
                mark(flow, &walk, i, gateway->index);
    }
    return walk.is_marked;
}

/*
 * BPMN 2.0.2, 13.4.3: it goes on unless some token has a way to an incoming flow without a
 * token, past the gateway, and no such way to one that has a token.
 */
static bool is_complete(struct flow *flow, int scope, struct flow_token **first,
                        const struct bpmn_node *gateway)
{
    const bool *to_empty = reach(flow, first, gateway, false);
    const bool *to_full = reach(flow, first, gateway, true);

    for (size_t i = 0; i < flow->tokens.count; i++) {
        const struct flow_token *token = flow_token_at(flow, i);

        if (token != NULL && token->scope == scope && token->node != gateway->index &&
            to_empty[token->node] && !to_full[token->node])
            return false;
    }
    return true;
}

/* Each gateway is looked at once, not for each of its tokens. */
static bool is_foremost(const struct flow_token *token, struct flow_token **first)
{
    while (*first == NULL)
        first++;
    return *first == token;
}

bool flow_gateway_join(struct flow *flow)
{
    for (size_t i = 0; i < flow->tokens.count; i++) {
        const struct flow_token *token = flow_token_at(flow, i);
        const struct bpmn_node *node = token == NULL ? NULL : flow_node(flow, token->node);
        struct flow_token **first;

        if (token == NULL || token->state != FLOW_TOKEN_JOINING || node->kind != BPMN_INCLUSIVE)
            continue;
        first = joining(flow, token->scope, node);
        if (!is_foremost(token, first))
            continue;
        flow->moves += 1 + flow->model->node_count / NODES_A_MOVE;
        if (flow->moves > FLOW_MOVES_MAX || !is_complete(flow, token->scope, first, node))
            continue;
        merge(flow, first, node);
        return true;
    }
    return false;
}

#include "workflow/flow_past.h"

#include "store/rows.h"

struct looking {
    struct arena *arena;
    const struct bpmn *model;
    struct flow_past *past;
    struct map flows; /* id to struct bpmn_flow */
};

bool flow_past_next(const struct bpmn *model, struct str *trace, struct flow_trace_line *line)
{
    while (trace->len > 0)
        if (flow_trace_read(model, str_cut(trace, '\n'), line))
            return true;
    return false;
}

static void see(const struct looking *looking, const struct flow_trace_line *line)
{
    const struct bpmn_flow *taken;

    if (line->did == FLOW_DID_TAKE) {
        taken = map_find(&looking->flows, line->id);
        if (taken == NULL)
            return;
        looking->past->flows[taken->index] = true;
        looking->past->nodes[taken->from].was_there = true;
        looking->past->nodes[taken->from].is_done = true;
        return;
    }
    /* A boundary event waits beside its activity: nothing came to it yet. */
    looking->past->nodes[line->node].was_there |= line->did != FLOW_DID_WAIT;
    looking->past->nodes[line->node].is_done |=
        line->did == FLOW_DID_FINISH || line->did == FLOW_DID_HAPPEN || line->did == FLOW_DID_END;
}

static bool add_trace(void *data, const struct rows *row, struct err *err)
{
    const struct looking *looking = data;
    struct str trace = rows_text(row, 0, 0);
    struct flow_trace_line line;

    (void)err;
    while (flow_past_next(looking->model, &trace, &line))
        see(looking, &line);
    return true;
}

static void add_tokens(const struct flow *flow, struct flow_past *past)
{
    for (size_t i = 0; flow->state == FLOW_RUNNING && i < flow->tokens.count; i++) {
        const struct flow_token *token = flow_token_at(flow, i);

        if (token == NULL)
            continue;
        past->nodes[token->node].was_there = true;
        past->nodes[token->node].tokens++;
        if (token->state == FLOW_TOKEN_STUCK)
            past->nodes[token->node].fault =
                token->fault.len > 0 ? token->fault : STR("it cannot go on");
    }
}

bool flow_past_read(struct tx *tx, const struct flow *flow, int64_t id, struct flow_past *past,
                    struct err *err)
{
    const struct bpmn *model = flow->model;
    struct looking looking = {flow->arena, model, past, {.arena = flow->arena}};

    past->nodes = ARENA_ARRAY(flow->arena, struct flow_past_place, (size_t)model->node_count + 1);
    past->flows = ARENA_ARRAY(flow->arena, bool, (size_t)model->flow_count + 1);
    for (int i = 0; i < model->flow_count; i++)
        map_put(&looking.flows, model->flows[i].id, &model->flows[i]);
    add_tokens(flow, past);
    return store_each(tx,
                      "SELECT trace FROM flow_step WHERE tenant = $1 AND flow = $2"
                      " ORDER BY step LIMIT $3",
                      ARGS(INT(tx->tenant), INT(id), INT(FLOW_PAST_STEPS_MAX)), add_trace, &looking,
                      err) ||
           err_while(err, "reading what happened to a flow");
}

struct ordering {
    struct arena *arena;
    const struct bpmn *model;
    bool *seen;
    int *nodes;
    size_t count;
};

/* A node on the way, and which of what follows it comes next. */
struct visit {
    int node, next;
};

static int follower_count(const struct bpmn *model, const struct bpmn_node *node)
{
    int count = node->outgoing_count;

    for (int b = node->first_boundary; b >= 0; b = model->nodes[b].next_boundary)
        count++;
    return count;
}

/* First its boundary events, then where its sequence flows lead. */
static int follower_of(const struct bpmn *model, const struct bpmn_node *node, int which)
{
    for (int b = node->first_boundary; b >= 0; b = model->nodes[b].next_boundary)
        if (which-- == 0)
            return b;
    return model->flows[node->outgoing[which]].to;
}

/* Depth first; a node is done when all that follows it is: the other way round that is an order. */
static void follow(struct ordering *ordering, int from, struct flow_past_nodes *done)
{
    const struct bpmn *model = ordering->model;
    VEC(struct visit) way = {0};

    if (ordering->seen[from])
        return;
    ordering->seen[from] = true;
    VEC_PUSH(ordering->arena, &way,
             ((struct visit){from, follower_count(model, &model->nodes[from])}));
    while (way.count > 0) {
        struct visit *last = &way.items[way.count - 1];
        int next;

        if (last->next == 0) {
            VEC_PUSH(ordering->arena, done, last->node);
            way.count--;
            continue;
        }
        next = follower_of(model, &model->nodes[last->node], --last->next);
        if (ordering->seen[next])
            continue;
        ordering->seen[next] = true;
        VEC_PUSH(ordering->arena, &way,
                 ((struct visit){next, follower_count(model, &model->nodes[next])}));
    }
}

static void order_scope(struct ordering *ordering, int scope);

static void take(struct ordering *ordering, struct flow_past_nodes *done)
{
    for (size_t i = done->count; i-- > 0;) {
        int node = done->items[i];

        ordering->nodes[ordering->count++] = node;
        if (bpmn_is_scope(&ordering->model->nodes[node]))
            order_scope(ordering, node);
    }
    done->count = 0;
}

/* From the starts; then what no start leads to. */
static void order_scope(struct ordering *ordering, int scope)
{
    const struct bpmn *model = ordering->model;
    struct flow_past_nodes done = {0};

    for (int one = model->nodes[scope].first_child; one >= 0; one = model->nodes[one].next_child)
        if (model->nodes[one].kind == BPMN_START)
            follow(ordering, one, &done);
    take(ordering, &done);
    for (int one = model->nodes[scope].first_child; one >= 0; one = model->nodes[one].next_child) {
        follow(ordering, one, &done);
        take(ordering, &done);
    }
}

void flow_past_order(struct arena *arena, const struct bpmn *model, int scope,
                     struct flow_past_nodes *nodes)
{
    struct ordering ordering = {
        .arena = arena,
        .model = model,
        .seen = ARENA_ARRAY(arena, bool, (size_t)model->node_count + 1),
        .nodes = ARENA_ARRAY(arena, int, (size_t)model->node_count + 1),
    };

    order_scope(&ordering, scope);
    *nodes = (struct flow_past_nodes){.items = ordering.nodes, .count = ordering.count};
}

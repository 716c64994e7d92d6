#include "workflow/flow_step.h"

#include "core/arena.h"
#include "core/utf8.h"
#include "workflow/flow_engine.h"

enum {
    SCRATCH_MAX = 1 << 20, /* kept between moves */
};

static bool begin(struct flow *flow, const struct flow_step *step, struct err *err)
{
    struct flow_scope *root;

    if (flow->scopes.count > 0)
        return err_set(err, ERR_CONFLICT, "the flow has begun already");
    root = flow_scope_open(flow, step->process, NULL, step->data);
    flow_scope_begin(flow, root, step->node);
    return true;
}

static struct flow_wait *asked(const struct flow *flow, int id)
{
    struct flow_wait *wait = flow_wait_find(flow, id);

    return wait != NULL && wait->event < 0 ? wait : NULL;
}

/* What somebody or something else does is done, failed or escalates. */
static bool answer(struct flow *flow, const struct flow_step *step, struct err *err)
{
    struct flow_wait *wait = asked(flow, step->wait);
    struct flow_token *token;

    if (wait == NULL)
        return err_set(err, ERR_CONFLICT, "that is not waited for any more");
    token = flow_token_find(flow, wait->token);
    if (step->kind == FLOW_STEP_ESCALATE) {
        flow_throw_escalation(flow, token, step->name, true);
        return true;
    }
    flow_part_drop(&wait->part);
    if (step->kind == FLOW_STEP_DONE)
        flow_activity_done(flow, token, step->data);
    else if (step->kind == FLOW_STEP_ERROR)
        flow_throw_error(flow, token, step->name, true);
    else
        flow_token_stick(flow, token, "%.*s", STR_ARG(str_slice(step->name, 0, 400)));
    return true;
}

static bool fire(struct flow *flow, const struct flow_step *step, struct err *err)
{
    struct flow_wait *wait = flow_wait_find(flow, step->wait);

    if (wait == NULL || wait->kind != FLOW_WAIT_TIMER)
        return err_set(err, ERR_CONFLICT, "that timer is not waited for any more");
    flow_event_happen(flow, wait, NULL);
    return true;
}

/* A message is for one: for whom its key was meant, before those who take any. */
static bool deliver(struct flow *flow, const struct flow_step *step)
{
    struct flow_wait *found = NULL;

    for (size_t i = 0; i < flow->waits.count; i++) {
        struct flow_wait *wait = flow_wait_at(flow, i);

        if (wait == NULL || wait->kind != FLOW_WAIT_MESSAGE || !str_equal(wait->name, step->name))
            continue;
        if (wait->key.len > 0 ? str_equal(wait->key, step->key) : found == NULL)
            found = wait;
        if (found == wait && wait->key.len > 0)
            break;
    }
    if (found != NULL)
        flow_event_happen(flow, found, step->data);
    return found != NULL;
}

static void change_values(struct flow *flow, const struct flow_step *step)
{
    const struct flow_scope *root = flow_scope_at(flow, 0);

    for (const struct json *one = step->data == NULL ? NULL : step->data->first; one != NULL;
         one = one->next)
        flow_value_set(flow, root->part.id, one->name, one);
}

static bool retry(struct flow *flow)
{
    size_t count = flow->tokens.count;
    bool was_taken = false;

    for (size_t i = 0; i < count; i++) {
        struct flow_token *token = flow_token_at(flow, i);

        if (token == NULL || token->state != FLOW_TOKEN_STUCK)
            continue;
        was_taken = true;
        if (token->is_done) {
            flow_token_is(flow, token, FLOW_TOKEN_BUSY);
            flow_leave(flow, token);
        } else {
            flow_token_clear(flow, token);
            flow_token_ready(flow, token, token->node);
        }
    }
    return was_taken;
}

static void cancel(struct flow *flow)
{
    struct flow_scope *root = flow_scope_at(flow, 0);

    flow_scope_empty(flow, root, NULL);
    flow_mark(flow, FLOW_DID_CANCEL, root->node, (struct str){0});
    flow->state = FLOW_CANCELLED;
}

static bool take_step(struct flow *flow, const struct flow_step *step, bool *was_taken,
                      struct err *err)
{
    bool is_over = flow->state != FLOW_RUNNING || flow->scopes.count == 0;

    *was_taken = true;
    if (is_over && (step->kind == FLOW_STEP_MESSAGE || step->kind == FLOW_STEP_SIGNAL)) {
        *was_taken = false;
        return true;
    }
    if (is_over && step->kind != FLOW_STEP_BEGIN)
        return err_set(err, ERR_CONFLICT, "the flow is over");
    switch (step->kind) {
    case FLOW_STEP_BEGIN:
        return begin(flow, step, err);
    case FLOW_STEP_DONE:
    case FLOW_STEP_ERROR:
    case FLOW_STEP_ESCALATE:
    case FLOW_STEP_BROKEN:
        return answer(flow, step, err);
    case FLOW_STEP_TIMER:
        return fire(flow, step, err);
    case FLOW_STEP_MESSAGE:
        *was_taken = deliver(flow, step);
        return true;
    case FLOW_STEP_SIGNAL:
        *was_taken = flow_throw_signal(flow, step->name, step->data);
        return true;
    case FLOW_STEP_VALUES:
        change_values(flow, step);
        return true;
    case FLOW_STEP_RETRY:
        *was_taken = retry(flow);
        return true;
    case FLOW_STEP_CANCEL:
        cancel(flow);
        return true;
    }
    return true;
}

/* The starts of an event sub-process could not be waited for: tried again. */
static void wait_again(struct flow *flow, struct flow_token *token)
{
    int node = token->node;
    int scope = token->scope;

    flow_token_drop(flow, token);
    for (int i = flow_node(flow, node)->first_child; i >= 0; i = flow_node(flow, i)->next_child)
        if (flow_node(flow, i)->kind == BPMN_START)
            flow_event_wait(flow, NULL, scope, i);
}

static void enter(struct flow *flow, struct flow_token *token)
{
    const struct bpmn_node *node = flow_node(flow, token->node);

    flow->visits[node->index]++;
    if (node->is_event_sub)
        wait_again(flow, token);
    else if (bpmn_is_activity(node))
        flow_activity_enter(flow, token);
    else if (node->kind <= BPMN_END)
        flow_event_enter(flow, token);
    else
        flow_gateway_enter(flow, token);
}

static bool has_room(struct flow *flow)
{
    int busiest = 0;

    if (flow->fault.code != ERR_NONE)
        return false;
    if (++flow->moves <= FLOW_MOVES_MAX && arena_size(flow->arena) <= FLOW_BYTES_MAX)
        return true;
    for (int i = 0; i < flow->model->node_count; i++)
        if (flow->visits[i] > flow->visits[busiest])
            busiest = i;
    return err_set(&flow->fault, ERR_LIMIT,
                   "it goes round without end (or holds too much): %d times through %.*s",
                   flow->visits[busiest], STR_ARG(utf8_head(flow_node(flow, busiest)->id, 100)));
}

/* One move: a ready token, else a join nothing more can come to, else a true condition. */
static bool move(struct flow *flow)
{
    while (flow->next_ready < flow->ready.count) {
        struct flow_token *token = flow_token_find(flow, flow->ready.items[flow->next_ready++]);

        if (token == NULL || token->state != FLOW_TOKEN_READY)
            continue;
        enter(flow, token);
        return true;
    }
    flow->next_ready = flow->ready.count = 0;
    if (flow->are_joins_new) {
        flow->are_joins_new = false;
        if (flow_gateway_join(flow))
            return true;
    }
    if (!flow->are_values_new)
        return false;
    flow->are_values_new = false;
    if (!flow_event_conditions(flow))
        return false;
    flow->are_values_new = true; /* the others have not been looked at yet */
    return true;
}

static void prepare(struct flow *flow, bool is_more, int64_t now)
{
    flow->now = now;
    flow->fault = (struct err){0};
    if (is_more)
        return;
    flow_settle(flow);
    flow->moves = 0;
    for (int i = 0; i < flow->model->node_count; i++)
        flow->visits[i] = 0;
}

bool flow_step(struct flow *flow, const struct flow_step *step, int64_t now, bool *was_taken,
               struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    bool is_right;

    prepare(flow, step->is_more, now);
    flow->scratch = scratch;
    is_right = take_step(flow, step, was_taken, err);
    while (is_right && flow->state == FLOW_RUNNING && has_room(flow) && move(flow))
        if (arena_size(scratch) > SCRATCH_MAX) {
            arena_close(&scratch);
            scratch = flow->scratch = arena_open(0);
        } else {
            arena_reset(scratch);
        }
    flow->scratch = NULL;
    if (is_right && flow->fault.code != ERR_NONE) {
        *err = flow->fault;
        return false;
    }
    return is_right;
}

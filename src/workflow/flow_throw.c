/*
 * Errors and escalations go outwards from where they are thrown, to the nearest that catches
 * them: event sub-processes of the scope, then boundary events of the activity that is the
 * scope, and so on (BPMN 2.0.2, 10.5.6).  Signals go to everybody.
 */
#include "core/arena.h"
#include "workflow/flow_engine.h"

struct thrown {
    enum bpmn_trigger trigger;
    struct str code;
};

/* 2: catches this one, 1: catches any, 0: does not. */
static int fits(const struct bpmn_node *node, const struct thrown *thrown)
{
    const struct bpmn_event *event = bpmn_event_of(node, thrown->trigger);

    if (event == NULL)
        return 0;
    if (!event->has_name)
        return 1;
    return str_equal(event->name, thrown->code) ? 2 : 0;
}

static int boundary_of(const struct flow *flow, const struct bpmn_node *host,
                       const struct thrown *thrown)
{
    int best = -1;
    int rank = 0;

    for (int i = host->first_boundary; i >= 0; i = flow_node(flow, i)->next_boundary) {
        int fit = fits(flow_node(flow, i), thrown);

        if (fit > rank) {
            rank = fit;
            best = i;
        }
    }
    return best;
}

static int event_sub_of(const struct flow *flow, const struct bpmn_node *scope,
                        const struct thrown *thrown)
{
    int best = -1;
    int rank = 0;

    for (int i = scope->first_child; i >= 0; i = flow_node(flow, i)->next_child) {
        if (!flow_node(flow, i)->is_event_sub)
            continue;
        for (int j = flow_node(flow, i)->first_child; j >= 0; j = flow_node(flow, j)->next_child) {
            int fit = flow_node(flow, j)->kind == BPMN_START ? fits(flow_node(flow, j), thrown) : 0;

            if (fit > rank) {
                rank = fit;
                best = j;
            }
        }
    }
    return best;
}

/* True when something catches it, which is then under way. */
static bool send_out(struct flow *flow, struct flow_token *token, const struct thrown *thrown,
                     bool is_own)
{
    bool may_catch = is_own;

    while (token != NULL) {
        const struct bpmn_node *node = flow_node(flow, token->node);
        struct flow_scope *scope = flow_scope_find(flow, token->scope);
        int boundary = may_catch && !flow_token_is_instance(flow, token)
                           ? boundary_of(flow, node, thrown)
                           : -1;
        int start = scope->role == FLOW_PLAIN && !node->is_event_sub
                        ? event_sub_of(flow, flow_node(flow, scope->node), thrown)
                        : -1;

        if (boundary >= 0) {
            flow_event_boundary(flow, token, boundary);
            return true;
        }
        if (start >= 0) {
            flow_event_sub(flow, scope, start, NULL);
            return true;
        }
        token = flow_token_find(flow, scope->owner);
        may_catch = true;
    }
    return false;
}

static void fail(struct flow *flow, struct flow_token *token, struct str code)
{
    flow_mark(flow, FLOW_DID_FAIL, token->node, code);
    for (size_t i = 0; i < flow->scopes.count; i++) {
        struct flow_scope *scope = flow_scope_at(flow, i);

        if (scope != NULL && scope->owner == 0)
            flow_scope_empty(flow, scope, NULL);
    }
    flow->state = FLOW_FAILED;
    flow->error = str_copy(flow->arena, code);
}

void flow_throw_error(struct flow *flow, struct flow_token *token, struct str code, bool is_own)
{
    struct thrown thrown = {BPMN_ERROR, code};

    flow_mark(flow, FLOW_DID_THROW, token->node, code)->trigger = BPMN_ERROR;
    if (!send_out(flow, token, &thrown, is_own))
        fail(flow, token, code);
}

void flow_throw_escalation(struct flow *flow, struct flow_token *token, struct str code,
                           bool is_own)
{
    struct thrown thrown = {BPMN_ESCALATION, code};

    flow_mark(flow, FLOW_DID_THROW, token->node, code)->trigger = BPMN_ESCALATION;
    (void)send_out(flow, token, &thrown, is_own);
}

bool flow_throw_signal(struct flow *flow, struct str name, const struct json *data)
{
    size_t count = flow->waits.count;
    int last = flow->last_id;
    bool was_taken = false;

    for (size_t i = 0; i < count; i++) {
        struct flow_wait *wait = flow_wait_at(flow, i);

        if (wait == NULL || wait->kind != FLOW_WAIT_SIGNAL || !str_equal(wait->name, name) ||
            wait->part.id > last)
            continue;
        flow_event_happen(flow, wait, data);
        was_taken = true;
    }
    return was_taken;
}

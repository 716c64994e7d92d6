/*
 * Compensation (BPMN 2.0.2, 13.5.5).  An activity that is done and can be compensated leaves a
 * record.  Whoever throws compensation claims the records of its scope, and they are worked off
 * from the latest to the earliest, one by one; then the thrower goes on.  A sub-process is
 * compensated by its compensation event sub-process, or else by what is in it, with the values
 * it had at its end.
 */
#include "core/arena.h"
#include "workflow/flow_engine.h"

static int event_sub_of(const struct flow *flow, const struct bpmn_node *scope)
{
    for (int i = scope->first_child; i >= 0; i = flow_node(flow, i)->next_child) {
        if (!flow_node(flow, i)->is_event_sub)
            continue;
        for (int j = flow_node(flow, i)->first_child; j >= 0; j = flow_node(flow, j)->next_child)
            if (bpmn_event_of(flow_node(flow, j), BPMN_COMPENSATE) != NULL &&
                flow_node(flow, j)->kind == BPMN_START)
                return j;
    }
    return -1;
}

static bool has_records(const struct flow *flow, int scope)
{
    for (size_t i = 0; i < flow->records.count; i++) {
        const struct flow_record *record = flow_record_at(flow, i);

        if (record != NULL && record->scope == scope)
            return true;
    }
    return false;
}

bool flow_compensate_keep(struct flow *flow, const struct flow_token *token,
                          const struct flow_scope *inner)
{
    const struct bpmn_node *node = flow_node(flow, token->node);
    const struct flow_scope *scope = flow_scope_find(flow, token->scope);
    const struct json *values = NULL;
    bool can_be =
        node->handler >= 0 ||
        (inner != NULL && (event_sub_of(flow, node) >= 0 || has_records(flow, inner->part.id)));

    if (!can_be || token->record != 0)
        return false;
    if (inner != NULL)
        values = inner->values;
    else if (scope->role == FLOW_INSTANCE)
        values = scope->values;
    (void)flow_record_add(
        flow,
        (struct flow_record){.node = token->node,
                             .scope = flow_scope_plain(flow, token->scope)->part.id,
                             .inner = inner == NULL ? 0 : inner->part.id,
                             .values = values == NULL ? NULL : json_copy(flow->arena, values)});
    return true;
}

static struct flow_scope *restore(struct flow *flow, const struct flow_record *record)
{
    return flow_scope_add(flow, (struct flow_scope){.role = FLOW_RESTORED,
                                                    .node = record->node,
                                                    .parent = record->scope,
                                                    .owner = record->thrower,
                                                    .values = record->values});
}

static void run_handler(struct flow *flow, struct flow_record *record)
{
    int handler = flow_node(flow, record->node)->handler;
    int scope = record->values == NULL ? record->scope : restore(flow, record)->part.id;
    struct flow_token *token = flow_token_add(flow, scope, handler);

    record->is_running = true;
    record->part.is_changed = true;
    token->record = record->part.id;
    flow_token_ready(flow, token, handler);
}

/* What was done inside belongs to the scope that stands for the finished one. */
static void adopt(struct flow *flow, const struct flow_record *record,
                  const struct flow_scope *scope, int thrower)
{
    for (size_t i = 0; i < flow->records.count; i++) {
        struct flow_record *one = flow_record_at(flow, i);

        if (one == NULL || one->scope != record->inner)
            continue;
        one->scope = scope->part.id;
        one->thrower = thrower;
        one->part.is_changed = true;
    }
}

static void run_sub(struct flow *flow, struct flow_record *record)
{
    struct flow_scope *scope = restore(flow, record);
    int start = event_sub_of(flow, flow_node(flow, record->node));
    struct flow_token *token;

    adopt(flow, record, scope, start >= 0 ? 0 : record->thrower);
    if (start < 0) {
        flow_part_drop(&record->part);
        return;
    }
    record->is_running = true;
    record->part.is_changed = true;
    token = flow_token_add(flow, scope->part.id, flow_node(flow, start)->scope);
    flow_token_is(flow, token, FLOW_TOKEN_BUSY);
    token->record = record->part.id;
    flow_scope_begin(flow, flow_scope_open(flow, token->node, token, NULL), start);
}

static void cancel_transaction(struct flow *flow, struct flow_token *token)
{
    struct flow_scope *scope = flow_scope_plain(flow, token->scope);
    struct flow_token *owner = flow_token_find(flow, scope->owner);
    const struct bpmn_node *node = flow_node(flow, scope->node);

    flow_scope_cancel(flow, scope);
    for (int i = node->first_boundary; i >= 0; i = flow_node(flow, i)->next_boundary)
        if (bpmn_event_of(flow_node(flow, i), BPMN_CANCEL) != NULL &&
            !flow_token_is_instance(flow, owner)) {
            flow_event_boundary(flow, owner, i);
            return;
        }
    flow_activity_done(flow, owner, NULL);
}

static void go_on(struct flow *flow, struct flow_token *thrower)
{
    const struct bpmn_node *node = flow_node(flow, thrower->node);

    flow_token_clear(flow, thrower);
    flow_token_is(flow, thrower, FLOW_TOKEN_BUSY);
    if (bpmn_event_of(node, BPMN_CANCEL) != NULL)
        cancel_transaction(flow, thrower);
    else
        flow_leave(flow, thrower);
}

/* The latest of the records that is not under way; one after the other. */
static void run_next(struct flow *flow, struct flow_token *thrower)
{
    struct flow_record *latest;

    do {
        latest = NULL;
        for (size_t i = 0; i < flow->records.count; i++) {
            struct flow_record *record = flow_record_at(flow, i);

            if (record != NULL && record->thrower == thrower->part.id)
                latest = record;
        }
        if (latest == NULL) {
            go_on(flow, thrower);
            return;
        }
        flow_mark(flow, FLOW_DID_COMPENSATE, latest->node, (struct str){0});
        if (flow_node(flow, latest->node)->handler >= 0)
            run_handler(flow, latest);
        else
            run_sub(flow, latest);
    } while (latest->part.is_gone);
}

void flow_compensate_begin(struct flow *flow, struct flow_token *thrower, int activity)
{
    struct flow_scope *scope = flow_scope_plain(flow, thrower->scope);

    /* From within an event sub-process the scope around it is compensated. */
    if (flow_node(flow, scope->node)->is_event_sub)
        scope = flow_scope_plain(flow, scope->parent);
    for (size_t i = 0; i < flow->records.count; i++) {
        struct flow_record *record = flow_record_at(flow, i);

        if (record == NULL || record->scope != scope->part.id || record->thrower != 0 ||
            (activity >= 0 && record->node != activity))
            continue;
        record->thrower = thrower->part.id;
        record->part.is_changed = true;
    }
    flow_token_is(flow, thrower, FLOW_TOKEN_COMPENSATING);
    run_next(flow, thrower);
}

void flow_compensate_done(struct flow *flow, int id)
{
    struct flow_record *record = flow_record_find(flow, id);
    struct flow_token *thrower;

    if (record == NULL)
        return;
    thrower = flow_token_find(flow, record->thrower);
    flow_part_drop(&record->part);
    if (thrower != NULL)
        run_next(flow, thrower);
}

#include "workflow/flow_engine.h"

#include "core/arena.h"
#include "core/utf8.h"

#include <stdarg.h>
#include <stdio.h>

static void add(struct flow *flow, struct flow_list *list, struct flow_part *part)
{
    *part = (struct flow_part){.id = ++flow->last_id};
    VEC_PUSH(flow->arena, list, part);
}

struct flow_scope *flow_scope_add(struct flow *flow, struct flow_scope scope)
{
    struct flow_scope *added = ARENA_NEW(flow->arena, struct flow_scope);

    *added = scope;
    if (added->values == NULL)
        added->values = json_new(flow->arena, JSON_OBJECT);
    add(flow, &flow->scopes, &added->part);
    return added;
}

struct flow_token *flow_token_add(struct flow *flow, int scope, int node)
{
    struct flow_token *added = ARENA_NEW(flow->arena, struct flow_token);

    *added = (struct flow_token){.node = node, .scope = scope, .came_by = -1};
    add(flow, &flow->tokens, &added->part);
    flow_scope_find(flow, scope)->live++;
    if (++flow->live > FLOW_TOKENS_MAX && flow->fault.code == ERR_NONE)
        (void)err_set(&flow->fault, ERR_LIMIT, "more than %d tokens at a time, the last at %.*s",
                      FLOW_TOKENS_MAX, STR_ARG(utf8_head(flow_node(flow, node)->id, 100)));
    return added;
}

struct flow_wait *flow_wait_add(struct flow *flow, struct flow_wait wait)
{
    struct flow_wait *added = ARENA_NEW(flow->arena, struct flow_wait);

    *added = wait;
    add(flow, &flow->waits, &added->part);
    return added;
}

struct flow_record *flow_record_add(struct flow *flow, struct flow_record record)
{
    struct flow_record *added = ARENA_NEW(flow->arena, struct flow_record);

    *added = record;
    add(flow, &flow->records, &added->part);
    return added;
}

void flow_part_drop(struct flow_part *part)
{
    part->is_gone = true;
}

void flow_token_drop(struct flow *flow, struct flow_token *token)
{
    struct flow_scope *scope = flow_scope_find(flow, token->scope);

    if (token->part.is_gone)
        return;
    flow_part_drop(&token->part);
    flow->live--;
    flow->are_joins_new = true;
    if (scope != NULL)
        scope->live--;
}

void flow_token_ready(struct flow *flow, struct flow_token *token, int node)
{
    token->node = node;
    token->is_done = false;
    flow_token_is(flow, token, FLOW_TOKEN_READY);
    VEC_PUSH(flow->arena, &flow->ready, token->part.id);
}

void flow_token_is(struct flow *flow, struct flow_token *token, enum flow_token_state state)
{
    token->state = state;
    token->part.is_changed = true;
    token->fault = (struct str){0};
    flow->are_joins_new = true;
}

void flow_token_stick(struct flow *flow, struct flow_token *token, const char *format, ...)
{
    char text[ERR_TEXT_MAX];
    struct str fault;
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    flow_token_is(flow, token, FLOW_TOKEN_STUCK);
    /* It is kept as JSON: half a letter, where it was cut, would make the flow unreadable. */
    fault = str_from_z(text);
    token->fault = str_copy(flow->arena, str_slice(fault, 0, utf8_valid_head(fault)));
    flow_mark(flow, FLOW_DID_STICK, token->node, token->fault);
}

struct flow_mark *flow_mark(struct flow *flow, enum flow_did did, int node, struct str name)
{
    VEC_PUSH(flow->arena, &flow->marks, (struct flow_mark){.did = did, .node = node, .name = name});
    return &flow->marks.items[flow->marks.count - 1];
}

const struct bpmn_node *flow_node(const struct flow *flow, int node)
{
    return &flow->model->nodes[node];
}

bool flow_token_is_instance(const struct flow *flow, const struct flow_token *token)
{
    const struct flow_scope *scope = flow_scope_find(flow, token->scope);

    return scope->role == FLOW_INSTANCE && scope->node == token->node;
}

struct flow_scope *flow_scope_plain(const struct flow *flow, int scope)
{
    struct flow_scope *found = flow_scope_find(flow, scope);

    while (found->role == FLOW_LOOP || found->role == FLOW_INSTANCE)
        found = flow_scope_find(flow, found->parent);
    return found;
}

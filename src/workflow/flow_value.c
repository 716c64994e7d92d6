/*
 * Values: JSON, held by scopes.  A name is looked for from the innermost scope outwards, up to
 * the process; it is set where it is held, else in the innermost instance of a multi-instance
 * activity, else in the process.
 */
#include "core/arena.h"
#include "core/utf8.h"
#include "workflow/flow_engine.h"
#include "workflow/flow_feel.h"

static bool is_process(const struct flow *flow, const struct flow_scope *scope)
{
    return scope->role != FLOW_LOOP && scope->role != FLOW_INSTANCE &&
           flow_node(flow, scope->node)->kind == BPMN_PROCESS;
}

/* The head of a value, so that it can be a member of another object; what is in it is shared. */
static void add_head(struct arena *arena, struct json *to, struct str name,
                     const struct json *value)
{
    struct json *head = ARENA_NEW(arena, struct json);

    *head = *value;
    head->next = NULL;
    json_set(to, name, head);
}

static void add_heads(struct arena *arena, struct json *to, const struct json *from)
{
    for (const struct json *one = from->first; one != NULL; one = one->next)
        if (json_find(to, one->name) == NULL)
            add_head(arena, to, one->name, one);
}

const struct json *flow_values(struct flow *flow, int id)
{
    const struct flow_scope *scope = flow_scope_find(flow, id);
    struct json *all;

    if (is_process(flow, scope))
        return scope->values;
    all = json_new(flow->scratch, JSON_OBJECT);
    for (; scope != NULL; scope = flow_scope_find(flow, scope->parent)) {
        add_heads(flow->scratch, all, scope->values);
        if (is_process(flow, scope))
            break;
    }
    return all;
}

/* Roughly its bytes, counted no further than most. */
static size_t size_of(const struct json *value, size_t most)
{
    size_t size = value->text.len + value->name.len + 4;

    for (const struct json *one = value->first; one != NULL && size < most; one = one->next)
        size += size_of(one, most - size);
    return size;
}

static struct flow_scope *home_of(struct flow *flow, int id, struct str name)
{
    struct flow_scope *scope = flow_scope_find(flow, id);
    struct flow_scope *home = NULL;

    for (;; scope = flow_scope_find(flow, scope->parent)) {
        const struct bpmn_loop *loop = flow_node(flow, scope->node)->loop;

        if (json_find(scope->values, name) != NULL)
            return scope;
        if (home == NULL &&
            (is_process(flow, scope) || (scope->role == FLOW_INSTANCE && loop->is_multiple)))
            home = scope;
        if (is_process(flow, scope) || scope->parent == 0)
            return home != NULL ? home : scope;
    }
}

void flow_value_set(struct flow *flow, int id, struct str name, const struct json *value)
{
    struct flow_scope *home = home_of(flow, id, name);
    const struct json *old = json_find(home->values, name);

    if (size_of(value, FLOW_VALUE_MAX) >= FLOW_VALUE_MAX) {
        if (flow->fault.code == ERR_NONE)
            (void)err_set(&flow->fault, ERR_LIMIT, "the value \"%.*s\" is larger than %d bytes",
                          STR_ARG(utf8_head(name, 100)), FLOW_VALUE_MAX);
        return;
    }
    if (old != NULL && json_equal(old, value))
        return;
    json_set(home->values, old != NULL ? old->name : str_copy(flow->arena, name),
             json_copy(flow->arena, value));
    flow_value_note(flow, home, old != NULL ? old->name : name);
    flow->are_values_new = true;
}

void flow_value_note(struct flow *flow, struct flow_scope *scope, struct str name)
{
    for (size_t i = 0; i < scope->news.count; i++)
        if (str_equal(scope->news.items[i], name))
            return;
    VEC_PUSH(flow->arena, &scope->news, str_copy(flow->arena, name));
}

bool flow_compute(struct flow *flow, struct flow_token *token,
                  const struct bpmn_expression *expression, const struct json *values,
                  struct json **result)
{
    struct err err;

    *result = NULL;
    if (expression->feel == NULL) {
        *result = json_new(flow->scratch, JSON_NULL);
        return true;
    }
    if (flow_feel_value(expression->feel, flow->scratch, values, flow, result, &err))
        return true;
    flow->trouble = str_printf(flow->arena, "\"%.*s\": %s",
                               STR_ARG(utf8_head(expression->text, 100)), err.text);
    if (token != NULL)
        flow_token_stick(flow, token, "%.*s", STR_ARG(flow->trouble));
    return false;
}

bool flow_is_true(struct flow *flow, struct flow_token *token,
                  const struct bpmn_expression *expression, const struct json *values,
                  bool *is_true)
{
    struct json *result;

    if (!flow_compute(flow, token, expression, values, &result))
        return false;
    *is_true = json_is_true(result);
    return true;
}

/* One value on its way: copied, or computed from what is there. */
static bool carry(struct flow *flow, struct flow_token *token, const struct bpmn_mapping *mapping,
                  const struct json *values, struct json **value)
{
    const struct json *found;

    if (mapping->value.text.len > 0)
        return flow_compute(flow, token, &mapping->value, values, value);
    found = json_find(values, mapping->from);
    *value = found == NULL ? json_new(flow->scratch, JSON_NULL) : json_copy(flow->scratch, found);
    return true;
}

bool flow_inputs(struct flow *flow, struct flow_token *token, struct json **inputs)
{
    const struct bpmn_work *work = flow_node(flow, token->node)->work;
    const struct json *values = flow_values(flow, token->scope);
    struct json *made = json_new(flow->scratch, JSON_OBJECT);

    *inputs = NULL;
    if (work->input_count == 0)
        return true;
    for (size_t i = 0; i < work->input_count; i++) {
        struct json *value;

        if (!carry(flow, token, &work->inputs[i], values, &value))
            return false;
        json_set(made, work->inputs[i].to, value);
    }
    *inputs = made;
    return true;
}

static bool map_outputs(struct flow *flow, struct flow_token *token, int node, int scope,
                        const struct json *result)
{
    const struct bpmn_work *work = flow_node(flow, node)->work;
    struct json *values = json_new(flow->scratch, JSON_OBJECT);

    if (result != NULL) {
        add_heads(flow->scratch, values, result);
        if (json_find(values, STR("result")) == NULL)
            add_head(flow->scratch, values, STR("result"), result);
    }
    add_heads(flow->scratch, values, flow_values(flow, scope));
    for (size_t i = 0; i < work->output_count; i++) {
        struct json *value;

        if (!carry(flow, token, &work->outputs[i], values, &value))
            return false;
        flow_value_set(flow, scope, work->outputs[i].to, value);
    }
    return true;
}

bool flow_outputs(struct flow *flow, struct flow_token *token, int node, int scope,
                  const struct json *result)
{
    const struct bpmn_work *work = flow_node(flow, node)->work;

    if (work->output_count > 0)
        return map_outputs(flow, token, node, scope, result);
    if (result == NULL)
        return true;
    if (work->result.len > 0) {
        flow_value_set(flow, scope, work->result, result);
    } else if (result->kind == JSON_OBJECT) {
        for (const struct json *one = result->first; one != NULL; one = one->next)
            flow_value_set(flow, scope, one->name, one);
    }
    return true;
}

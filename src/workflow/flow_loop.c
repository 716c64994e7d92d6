/*
 * Activities that run several times (BPMN 2.0.2, 13.3.6 and 13.3.7).  The activity's token owns
 * a loop scope; in that each instance has a scope of its own with a token at the same activity.
 */
#include "core/arena.h"
#include "core/num.h"
#include "core/utf8.h"
#include "workflow/flow_engine.h"

enum {
    INSTANCES_MAX = 5000,
};

static const struct bpmn_loop *loop_of(const struct flow *flow, const struct flow_scope *scope)
{
    return flow_node(flow, scope->node)->loop;
}

static const struct json *item_at(const struct json *items, int place)
{
    const struct json *one = items->first;

    for (int i = 0; one != NULL && i < place; i++)
        one = one->next;
    return one;
}

static void put_int(struct flow *flow, struct flow_scope *scope, struct str name, int64_t value)
{
    json_set(scope->values, name, json_new_int(flow->arena, value));
    flow_value_note(flow, scope, name);
}

/* BPMN 2.0.2, table 10.31: what conditions of the loop may look at. */
static void count(struct flow *flow, struct flow_scope *loop)
{
    if (!loop_of(flow, loop)->is_multiple)
        return;
    put_int(flow, loop, STR("numberOfInstances"), loop->total);
    put_int(flow, loop, STR("numberOfActiveInstances"), loop->begun - loop->done);
    put_int(flow, loop, STR("numberOfCompletedInstances"), loop->done);
    put_int(flow, loop, STR("numberOfTerminatedInstances"), 0);
}

static void begin_instance(struct flow *flow, struct flow_scope *loop, const struct json *item)
{
    const struct bpmn_loop *how = loop_of(flow, loop);
    struct flow_scope *instance =
        flow_scope_add(flow, (struct flow_scope){.role = FLOW_INSTANCE,
                                                 .node = loop->node,
                                                 .parent = loop->part.id,
                                                 .owner = loop->owner,
                                                 .counter = ++loop->begun});

    put_int(flow, instance, STR("loopCounter"), loop->begun);
    if (item != NULL && how->item.len > 0)
        json_set(instance->values, how->item, json_copy(flow->arena, item));
    count(flow, loop);
    flow_token_ready(flow, flow_token_add(flow, instance->part.id, loop->node), loop->node);
}

static void finish(struct flow *flow, struct flow_scope *loop)
{
    struct flow_token *owner = flow_token_find(flow, loop->owner);
    const struct bpmn_loop *how = loop_of(flow, loop);

    if (how->output.len > 0)
        flow_value_set(flow, owner->scope, how->output, loop->output);
    flow_activity_finish(flow, owner);
}

static bool read_total(struct flow *flow, struct flow_token *token, const struct bpmn_loop *how,
                       struct json **items, int *total)
{
    const struct json *values = flow_values(flow, token->scope);
    bool has_items = how->collection.text.len > 0;
    struct json *inputs;
    struct json *found;
    int64_t number = 0;

    /* A loopDataInputRef may name an input of the activity rather than a value around it. */
    if (has_items && !flow_inputs(flow, token, &inputs))
        return false;
    if (has_items && inputs != NULL && json_find(inputs, how->collection.text) != NULL)
        found = json_find(inputs, how->collection.text);
    else if (!flow_compute(flow, token, has_items ? &how->collection : &how->cardinality, values,
                           &found))
        return false;
    *items = has_items ? found : NULL;
    if (has_items ? found->kind != JSON_ARRAY : !json_int(found, &number) || number < 0) {
        flow_token_stick(
            flow, token, "\"%.*s\" is %s",
            STR_ARG(utf8_head(has_items ? how->collection.text : how->cardinality.text, 100)),
            has_items ? "not a list" : "not a whole number from 0");
        return false;
    }
    if (has_items)
        number = found->count;
    if (number > INSTANCES_MAX) {
        flow_token_stick(flow, token, "%lld instances are more than %d", (long long)number,
                         INSTANCES_MAX);
        return false;
    }
    *total = (int)number;
    return true;
}

static void begin_multiple(struct flow *flow, struct flow_token *token, const struct bpmn_loop *how)
{
    struct flow_scope *loop;
    struct json *items;
    int total;

    if (!read_total(flow, token, how, &items, &total))
        return;
    loop = flow_scope_add(
        flow, (struct flow_scope){.role = FLOW_LOOP,
                                  .node = token->node,
                                  .parent = token->scope,
                                  .owner = token->part.id,
                                  .items = items == NULL ? NULL : json_copy(flow->arena, items),
                                  .output = json_new(flow->arena, JSON_ARRAY),
                                  .total = total});
    for (int i = 0; i < total && how->output.len > 0; i++)
        json_push(loop->output, json_new(flow->arena, JSON_NULL));
    if (total == 0) {
        finish(flow, loop);
        return;
    }
    const struct json *item = loop->items == NULL ? NULL : loop->items->first;
    for (int i = 0; i < (how->is_sequential ? 1 : total); i++) {
        begin_instance(flow, loop, item);
        item = item == NULL ? NULL : item->next;
    }
}

/* Shall a standard loop go round (again)?  False, too, when its token is stuck. */
static bool goes_on(struct flow *flow, struct flow_token *token, const struct bpmn_loop *how,
                    int rounds, int scope, bool *is_true)
{
    *is_true = how->most == 0 || rounds < how->most;
    if (!*is_true || how->condition.text.len == 0)
        return true;
    return flow_is_true(flow, token, &how->condition, flow_values(flow, scope), is_true);
}

void flow_loop_begin(struct flow *flow, struct flow_token *token)
{
    const struct bpmn_loop *how = flow_node(flow, token->node)->loop;
    bool is_true = true;

    if (how->is_multiple) {
        begin_multiple(flow, token, how);
        return;
    }
    if (how->is_tested_before && !goes_on(flow, token, how, 0, token->scope, &is_true))
        return;
    if (!is_true) {
        flow_activity_finish(flow, token);
        return;
    }
    begin_instance(flow,
                   flow_scope_add(flow, (struct flow_scope){.role = FLOW_LOOP,
                                                            .node = token->node,
                                                            .parent = token->scope,
                                                            .owner = token->part.id,
                                                            .total = -1}),
                   NULL);
}

/* What of an instance goes into the collection, at its place. */
static bool gather(struct flow *flow, struct flow_token *token, const struct bpmn_loop *how,
                   struct flow_scope *loop, int counter, const struct json *result)
{
    const struct json *values = flow_values(flow, token->scope);
    struct json *with = json_new(flow->scratch, JSON_OBJECT);
    struct json *got;
    struct json *place;

    if (how->output.len == 0)
        return true;
    for (const struct json *one = values->first; one != NULL; one = one->next)
        json_set(with, one->name, json_copy(flow->scratch, one));
    if (result != NULL && result->kind == JSON_OBJECT)
        for (const struct json *one = result->first; one != NULL; one = one->next)
            json_set(with, one->name, json_copy(flow->scratch, one));
    if (!flow_compute(flow, token, &how->output_item, with, &got))
        return false;
    place = (struct json *)item_at(loop->output, counter - 1);
    struct json *next = place->next;
    *place = *json_copy(flow->arena, got);
    place->next = next;
    VEC_PUSH(flow->arena, &loop->gathered, counter);
    return true;
}

static void next_multiple(struct flow *flow, struct flow_token *owner, struct flow_scope *loop,
                          const struct bpmn_loop *how, int instance)
{
    bool is_enough = loop->done == loop->total;

    if (!is_enough && how->condition.text.len > 0 &&
        !flow_is_true(flow, owner, &how->condition, flow_values(flow, instance), &is_enough))
        return;
    if (is_enough)
        finish(flow, loop);
    else if (how->is_sequential)
        begin_instance(flow, loop, loop->items == NULL ? NULL : item_at(loop->items, loop->begun));
}

void flow_loop_done(struct flow *flow, struct flow_token *token, const struct json *result)
{
    struct flow_scope *instance = flow_scope_find(flow, token->scope);
    struct flow_scope *loop = flow_scope_find(flow, instance->parent);
    struct flow_token *owner = flow_token_find(flow, loop->owner);
    const struct bpmn_loop *how = loop_of(flow, loop);
    bool is_true;

    if (how->is_multiple && !gather(flow, token, how, loop, instance->counter, result))
        return;
    loop->done++;
    loop->part.is_changed = true;
    count(flow, loop);
    flow_token_clear(flow, token);
    flow_token_drop(flow, token);
    if (how->is_multiple) {
        next_multiple(flow, owner, loop, how, instance->part.id);
    } else if (goes_on(flow, owner, how, loop->done, instance->part.id, &is_true)) {
        if (is_true)
            begin_instance(flow, loop, NULL);
        else
            flow_activity_finish(flow, owner);
    }
    flow_part_drop(&instance->part);
}

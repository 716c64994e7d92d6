/* Events that are waited for, and what happens when they come (BPMN 2.0.2, 13.5). */
#include "core/arena.h"
#include "core/utf8.h"
#include "workflow/flow_engine.h"
#include "workflow/flow_time.h"

/*
 * What cannot be waited for makes its token stuck.  The start of an event sub-process has none:
 * then one is put at the event sub-process.
 */
static bool stick(struct flow *flow, struct flow_token *token, const struct flow_wait *wait)
{
    if (token == NULL)
        token = flow_token_add(flow, wait->scope, flow_node(flow, wait->node)->scope);
    if (token->state != FLOW_TOKEN_STUCK)
        flow_token_stick(flow, token, "%.*s", STR_ARG(flow->trouble));
    return false;
}

static bool read_time(const struct flow *flow, const struct bpmn_event *event, struct str text,
                      struct flow_time *time)
{
    if (event->days.len == 0)
        return flow_time_parse(event->timer, text, flow->now, flow->offset_minutes, time);
    *time = (struct flow_time){.offset_minutes = flow->offset_minutes};
    return event->timer == BPMN_TIMER_DURATION &&
           flow_time_working(text, &flow->calendar, flow->now, flow->offset_minutes, &time->due_at);
}

static bool set_timer(struct flow *flow, const struct bpmn_event *event, struct flow_wait *wait)
{
    struct str text = event->when.text;
    struct flow_time time;
    struct json *computed = NULL;

    if (event->when.feel != NULL) {
        if (!flow_compute(flow, NULL, &event->when, flow_values(flow, wait->scope), &computed))
            return false;
        text = computed->text;
    }
    if (!read_time(flow, event, text, &time)) {
        flow->trouble = str_printf(
            flow->arena, "the timer %.*s says \"%.*s\", which is %s",
            STR_ARG(utf8_head(flow_node(flow, wait->node)->id, 100)), STR_ARG(utf8_head(text, 100)),
            event->days.len > 0 ? "no number of working days" : "not of its kind in ISO 8601");
        return false;
    }
    wait->due_at = time.due_at;
    wait->left = time.left;
    wait->every = str_copy(flow->arena, time.every);
    return true;
}

static bool set_message(struct flow *flow, const struct bpmn_event *event, struct flow_wait *wait)
{
    struct json *key;

    wait->name = event->name;
    if (event->key.feel == NULL)
        return true;
    if (!flow_compute(flow, NULL, &event->key, flow_values(flow, wait->scope), &key))
        return false;
    wait->key = str_copy(flow->arena, key->text);
    return true;
}

static bool is_waited_for(const struct bpmn_event *event)
{
    return event->trigger == BPMN_MESSAGE || event->trigger == BPMN_TIMER ||
           event->trigger == BPMN_SIGNAL || event->trigger == BPMN_CONDITION;
}

static bool set_wait(struct flow *flow, const struct bpmn_event *event, struct flow_wait *wait)
{
    if (event->trigger == BPMN_MESSAGE) {
        wait->kind = FLOW_WAIT_MESSAGE;
        return set_message(flow, event, wait);
    }
    if (event->trigger == BPMN_TIMER) {
        wait->kind = FLOW_WAIT_TIMER;
        return set_timer(flow, event, wait);
    }
    wait->kind = event->trigger == BPMN_SIGNAL ? FLOW_WAIT_SIGNAL : FLOW_WAIT_CONDITION;
    wait->name = event->name;
    flow->are_values_new |= wait->kind == FLOW_WAIT_CONDITION;
    return true;
}

/* Errors, escalations and compensation are thrown to a node, not waited for. */
void flow_event_wait(struct flow *flow, struct flow_token *token, int scope, int node)
{
    const struct bpmn_node *of = flow_node(flow, node);

    for (int i = 0; i < of->event_count; i++) {
        struct flow_wait wait = {
            .token = token == NULL ? 0 : token->part.id, .scope = scope, .node = node, .event = i};

        if (!is_waited_for(&of->events[i]))
            continue;
        if (!set_wait(flow, &of->events[i], &wait)) {
            (void)stick(flow, token, &wait);
            return;
        }
        int id = flow_wait_add(flow, wait)->part.id;
        flow_mark(flow, FLOW_DID_WAIT, node, wait.name)->wait = id;
    }
}

static bool throws(struct flow *flow, struct flow_token *token, const struct bpmn_event *event)
{
    struct json *data;
    struct json *key;
    struct flow_mark *mark;

    if (!flow_inputs(flow, token, &data) ||
        !flow_compute(flow, token, &event->key, flow_values(flow, token->scope), &key))
        return false;
    mark = flow_mark(flow, FLOW_DID_THROW, token->node, event->name);
    mark->trigger = event->trigger;
    mark->key = str_copy(flow->arena, key->text);
    mark->data = data == NULL ? NULL : json_copy(flow->arena, data);
    if (event->trigger == BPMN_SIGNAL)
        (void)flow_throw_signal(flow, event->name, data);
    return true;
}

/* Ends everything in its scope but itself; the scope is then over. */
static void terminate(struct flow *flow, struct flow_token *token)
{
    flow_scope_empty(flow, flow_scope_plain(flow, token->scope), token);
}

/* False: the token goes no further, or it is done elsewhere. */
static bool throw_one(struct flow *flow, struct flow_token *token, const struct bpmn_event *event)
{
    switch (event->trigger) {
    case BPMN_MESSAGE:
    case BPMN_SIGNAL:
        return throws(flow, token, event);
    case BPMN_ESCALATION:
        flow_throw_escalation(flow, token, event->name, false);
        return true;
    case BPMN_ERROR:
        flow_throw_error(flow, token, event->name, false);
        return false;
    case BPMN_COMPENSATE:
        flow_compensate_begin(flow, token, event->activity);
        return false;
    case BPMN_CANCEL:
        terminate(flow, token);
        flow_compensate_begin(flow, token, -1);
        return false;
    case BPMN_TERMINATE:
        terminate(flow, token);
        return true;
    case BPMN_LINK:
    case BPMN_TIMER:
    case BPMN_CONDITION:
        break;
    }
    return true;
}

static void throw_all(struct flow *flow, struct flow_token *token)
{
    const struct bpmn_node *node = flow_node(flow, token->node);

    flow_mark(flow, FLOW_DID_HAPPEN, token->node, (struct str){0});
    for (int i = 0; i < node->event_count; i++)
        if (!throw_one(flow, token, &node->events[i]) || token->part.is_gone ||
            token->state != FLOW_TOKEN_BUSY)
            return;
    if (node->link >= 0)
        flow_token_ready(flow, token, node->link);
    else
        flow_leave(flow, token);
}

void flow_event_enter(struct flow *flow, struct flow_token *token)
{
    const struct bpmn_node *node = flow_node(flow, token->node);
    bool waits = node->kind == BPMN_CATCH && bpmn_event_of(node, BPMN_LINK) == NULL;

    flow_token_is(flow, token, FLOW_TOKEN_BUSY);
    if (node->kind == BPMN_THROW || node->kind == BPMN_END) {
        throw_all(flow, token);
    } else if (waits) {
        flow_event_wait(flow, token, token->scope, token->node);
    } else {
        flow_mark(flow, FLOW_DID_HAPPEN, token->node, (struct str){0});
        flow_leave(flow, token);
    }
}

void flow_event_boundary(struct flow *flow, struct flow_token *host, int node)
{
    struct flow_token *token = host;

    if (flow_node(flow, node)->is_interrupting) {
        flow_token_clear(flow, host);
        flow_mark(flow, FLOW_DID_CANCEL, host->node, (struct str){0});
    } else {
        token = flow_token_add(flow, host->scope, node);
    }
    token->came_by = -1;
    flow_token_ready(flow, token, node);
}

void flow_event_sub(struct flow *flow, struct flow_scope *scope, int start, const struct json *data)
{
    const struct bpmn_node *node = flow_node(flow, start);
    struct flow_token *token;

    if (node->is_interrupting)
        flow_scope_empty(flow, scope, NULL);
    token = flow_token_add(flow, scope->part.id, node->scope);
    flow_token_is(flow, token, FLOW_TOKEN_BUSY);
    flow_mark(flow, FLOW_DID_ENTER, node->scope, (struct str){0});
    flow_scope_begin(flow, flow_scope_open(flow, node->scope, token, NULL), start);
    if (data != NULL)
        (void)flow_outputs(flow, token, start, scope->part.id, data);
}

/* A timer that comes again; whatever else can happen again waits on. */
static void repeat(struct flow *flow, struct flow_wait *wait)
{
    if (wait->kind != FLOW_WAIT_TIMER)
        return;
    if (wait->every.len == 0 || wait->left == 0 ||
        !flow_time_later(wait->every, wait->due_at, &wait->due_at)) {
        flow_part_drop(&wait->part);
        return;
    }
    if (wait->left > 0)
        wait->left--;
    wait->part.is_changed = true;
    (void)flow;
}

static void happen_at(struct flow *flow, struct flow_token *token, int node,
                      const struct json *data)
{
    bool is_gateway = flow_node(flow, token->node)->kind == BPMN_EVENT_GATEWAY;

    flow_mark(flow, FLOW_DID_HAPPEN, node, (struct str){0});
    if (is_gateway) {
        flow_token_clear(flow, token);
        token->node = node;
    }
    if (bpmn_is_activity(flow_node(flow, node))) {
        flow_activity_done(flow, token, data);
        return;
    }
    flow_token_clear(flow, token);
    if (flow_outputs(flow, token, node, token->scope, data))
        flow_leave(flow, token);
}

void flow_event_happen(struct flow *flow, struct flow_wait *wait, const struct json *data)
{
    const struct bpmn_node *node = flow_node(flow, wait->node);
    struct flow_token *token = flow_token_find(flow, wait->token);
    struct flow_scope *scope = flow_scope_find(flow, wait->scope);

    if (token == NULL) {
        if (!node->is_interrupting)
            repeat(flow, wait);
        flow_event_sub(flow, scope, wait->node, data);
    } else if (node->kind == BPMN_BOUNDARY) {
        if (!node->is_interrupting)
            repeat(flow, wait);
        if (flow_outputs(flow, token, wait->node, token->scope, data))
            flow_event_boundary(flow, token, wait->node);
    } else {
        happen_at(flow, token, wait->node, data);
    }
}

/* Has it become true?  One that already was does not count. */
static bool has_become_true(struct flow *flow, struct flow_wait *wait)
{
    const struct bpmn_event *event = &flow_node(flow, wait->node)->events[wait->event];
    struct flow_token *token = flow_token_find(flow, wait->token);
    bool was_true = wait->was_true;
    struct json *result;

    if (token != NULL && token->state == FLOW_TOKEN_STUCK)
        return false;
    flow->moves++;
    if (!flow_compute(flow, NULL, &event->when, flow_values(flow, wait->scope), &result))
        return stick(flow, token, wait);
    wait->was_true = json_is_true(result);
    wait->part.is_changed |= was_true != wait->was_true;
    return wait->was_true && !was_true;
}

bool flow_event_conditions(struct flow *flow)
{
    size_t count = flow->waits.count;

    for (size_t i = 0; i < count; i++) {
        struct flow_wait *wait = flow_wait_at(flow, i);

        if (wait == NULL || wait->kind != FLOW_WAIT_CONDITION || !has_become_true(flow, wait))
            continue;
        flow_event_happen(flow, wait, NULL);
        return true;
    }
    return false;
}

#include "workflow/flow_row.h"

#include "core/arena.h"
#include "core/buf.h"
#include "core/num.h"
#include "core/utf8.h"

const char *const flow_row_kinds[] = {
    [FLOW_ROW_SCOPE] = "scope", [FLOW_ROW_TOKEN] = "token", [FLOW_ROW_RECORD] = "record"};

const char *const flow_row_waits[] = {
    [FLOW_WAIT_TASK] = "task",           [FLOW_WAIT_SERVICE] = "service",
    [FLOW_WAIT_CALL] = "call",           [FLOW_WAIT_MESSAGE] = "message",
    [FLOW_WAIT_SIGNAL] = "signal",       [FLOW_WAIT_TIMER] = "timer",
    [FLOW_WAIT_CONDITION] = "condition",
};

const char *const flow_row_states[] = {
    [FLOW_RUNNING] = "running",
    [FLOW_ENDED] = "ended",
    [FLOW_FAILED] = "failed",
    [FLOW_CANCELLED] = "cancelled",
};

/* What a step may hold (FLOW_BYTES_MAX) has to be readable again. */
static const struct json_limits LIMITS = {.bytes = 256 << 20, .values = 10 * 1000 * 1000};

static void put(struct arena *arena, struct json *body, struct str name, int64_t value)
{
    if (value != 0)
        json_set_int(arena, body, name, value);
}

static struct str print(struct arena *arena, const struct json *body)
{
    struct buf buf = {.arena = arena};

    json_canonical(&buf, body);
    return buf_str(&buf);
}

struct str flow_row_scope(struct arena *arena, const struct flow_scope *scope)
{
    struct json *body = json_new(arena, JSON_OBJECT);

    put(arena, body, STR("role"), scope->role);
    put(arena, body, STR("parent"), scope->parent);
    put(arena, body, STR("owner"), scope->owner);
    put(arena, body, STR("total"), scope->total);
    put(arena, body, STR("begun"), scope->begun);
    put(arena, body, STR("done"), scope->done);
    put(arena, body, STR("counter"), scope->counter);
    return print(arena, body);
}

struct str flow_row_token(struct arena *arena, const struct flow *flow,
                          const struct flow_token *token)
{
    struct json *body = json_new(arena, JSON_OBJECT);

    put(arena, body, STR("state"), token->state);
    put(arena, body, STR("scope"), token->scope);
    put(arena, body, STR("record"), token->record);
    put(arena, body, STR("is_done"), token->is_done);
    if (token->came_by >= 0)
        json_set_text(arena, body, STR("came_by"), flow->model->flows[token->came_by].id);
    if (token->fault.len > 0)
        json_set_text(arena, body, STR("fault"), token->fault);
    return print(arena, body);
}

struct str flow_row_record(struct arena *arena, const struct flow_record *record)
{
    struct json *body = json_new(arena, JSON_OBJECT);

    put(arena, body, STR("scope"), record->scope);
    put(arena, body, STR("inner"), record->inner);
    put(arena, body, STR("thrower"), record->thrower);
    put(arena, body, STR("is_running"), record->is_running);
    if (record->values != NULL)
        json_set(body, STR("values"), json_copy(arena, record->values));
    return print(arena, body);
}

struct str flow_row_wait(struct arena *arena, const struct flow_wait *wait)
{
    struct json *body = json_new(arena, JSON_OBJECT);

    put(arena, body, STR("token"), wait->token);
    put(arena, body, STR("scope"), wait->scope);
    put(arena, body, STR("event"), wait->event);
    put(arena, body, STR("left"), wait->left);
    put(arena, body, STR("was_true"), wait->was_true);
    put(arena, body, STR("asked_at"), wait->asked_at);
    if (wait->kind != FLOW_WAIT_TIMER)
        put(arena, body, STR("due_at"), wait->due_at);
    if (wait->every.len > 0)
        json_set_text(arena, body, STR("every"), wait->every);
    if (wait->data != NULL)
        json_set(body, STR("data"), json_copy(arena, wait->data));
    return print(arena, body);
}

static int kind_of(const char *const *names, size_t count, struct str name)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(str_from_z(names[i]), name))
            return (int)i;
    return -1;
}

static int get(const struct json *body, const char *name)
{
    return (int)json_find_int(body, str_from_z(name), 0);
}

static bool find_node(const struct flow *flow, struct str id, int *node, struct err *err)
{
    const struct bpmn_node *found = bpmn_find(flow->model, id);

    if (found == NULL)
        return err_set(err, ERR_BROKEN, "the model has no element \"%.*s\" any more",
                       STR_ARG(utf8_head(id, 100)));
    *node = found->index;
    return true;
}

static void keep(struct flow *flow, struct flow_list *list, struct flow_part *part, int no)
{
    *part = (struct flow_part){.id = no, .is_stored = true};
    VEC_PUSH(flow->arena, list, part);
}

static bool add_scope(struct flow *flow, int no, int node, const struct json *body, struct err *err)
{
    struct flow_scope *scope = ARENA_NEW(flow->arena, struct flow_scope);
    const struct bpmn_loop *loop = flow->model->nodes[node].loop;

    *scope = (struct flow_scope){.role = (enum flow_role)get(body, "role"),
                                 .node = node,
                                 .parent = get(body, "parent"),
                                 .owner = get(body, "owner"),
                                 .values = json_new(flow->arena, JSON_OBJECT),
                                 .total = get(body, "total"),
                                 .begun = get(body, "begun"),
                                 .done = get(body, "done"),
                                 .counter = get(body, "counter")};
    if ((scope->role == FLOW_LOOP || scope->role == FLOW_INSTANCE) && loop == NULL)
        return err_set(err, ERR_BROKEN, "the model does not repeat \"%.*s\" any more",
                       STR_ARG(utf8_head(flow->model->nodes[node].id, 100)));
    if (scope->role == FLOW_LOOP && loop->is_multiple)
        scope->output = json_new(flow->arena, JSON_ARRAY);
    for (int i = 0; scope->role == FLOW_LOOP && loop->output.len > 0 && i < scope->total; i++)
        json_push(scope->output, json_new(flow->arena, JSON_NULL));
    keep(flow, &flow->scopes, &scope->part, no);
    return true;
}

static int came_by(const struct flow *flow, int node, struct str id)
{
    const struct bpmn_node *at = &flow->model->nodes[node];

    for (int i = 0; i < at->incoming_count; i++)
        if (str_equal(flow->model->flows[at->incoming[i]].id, id))
            return at->incoming[i];
    return -1;
}

static bool add_token(struct flow *flow, int no, int node, const struct json *body, struct err *err)
{
    struct flow_token *token = ARENA_NEW(flow->arena, struct flow_token);
    struct flow_scope *scope = flow_scope_find(flow, get(body, "scope"));

    *token =
        (struct flow_token){.state = (enum flow_token_state)get(body, "state"),
                            .node = node,
                            .came_by = came_by(flow, node, json_find_text(body, STR("came_by"))),
                            .scope = get(body, "scope"),
                            .record = get(body, "record"),
                            .is_done = get(body, "is_done") != 0,
                            .fault = json_find_text(body, STR("fault"))};
    if (scope == NULL)
        return err_set(err, ERR_BROKEN, "the token %d is in no scope", no);
    scope->live++;
    flow->live++;
    keep(flow, &flow->tokens, &token->part, no);
    return true;
}

static void add_record(struct flow *flow, int no, int node, const struct json *body)
{
    struct flow_record *record = ARENA_NEW(flow->arena, struct flow_record);

    *record = (struct flow_record){.node = node,
                                   .scope = get(body, "scope"),
                                   .inner = get(body, "inner"),
                                   .thrower = get(body, "thrower"),
                                   .is_running = get(body, "is_running") != 0,
                                   .values = json_find(body, STR("values"))};
    keep(flow, &flow->records, &record->part, no);
}

bool flow_row_add_part(struct flow *flow, const struct flow_row *row, struct err *err)
{
    int kind = kind_of(flow_row_kinds, ARRAY_LEN(flow_row_kinds), row->kind);
    struct json *body;
    int node;

    if (!find_node(flow, row->node, &node, err) ||
        !json_parse(flow->arena, row->body, &LIMITS, &body, err))
        return false;
    if (kind == FLOW_ROW_TOKEN)
        return add_token(flow, row->no, node, body, err);
    if (kind == FLOW_ROW_SCOPE)
        return add_scope(flow, row->no, node, body, err);
    add_record(flow, row->no, node, body);
    return true;
}

bool flow_row_add_wait(struct flow *flow, const struct flow_row *row, struct err *err)
{
    int kind = kind_of(flow_row_waits, ARRAY_LEN(flow_row_waits), row->kind);
    struct flow_wait *wait = ARENA_NEW(flow->arena, struct flow_wait);
    struct json *body;
    int node;

    if (kind < 0)
        return err_set(err, ERR_BROKEN, "a wait of an unknown kind");
    if (!find_node(flow, row->node, &node, err) ||
        !json_parse(flow->arena, row->body, &LIMITS, &body, err))
        return false;
    *wait = (struct flow_wait){
        .kind = (enum flow_wait_kind)kind,
        .token = get(body, "token"),
        .scope = get(body, "scope"),
        .node = node,
        .event = get(body, "event"),
        .due_at = kind == FLOW_WAIT_TIMER ? row->due_at : json_find_int(body, STR("due_at"), 0),
        .asked_at = json_find_int(body, STR("asked_at"), 0),
        .left = get(body, "left"),
        .every = json_find_text(body, STR("every")),
        .name = row->name,
        .key = row->tag,
        .was_true = get(body, "was_true") != 0,
        .data = json_find(body, STR("data"))};
    keep(flow, &flow->waits, &wait->part, row->no);
    return true;
}

/* "#items" is a loop's collection, "#3" what its third instance gave. */
static void add_own(struct flow_scope *scope, struct str name, struct json *value)
{
    struct json *place = scope->output == NULL ? NULL : scope->output->first;
    int64_t number = 0;

    if (!num_parse_int(str_slice(name, 1, name.len), &number)) {
        scope->items = value;
        return;
    }
    while (place != NULL && --number > 0)
        place = place->next;
    if (place == NULL)
        return;
    struct json *next = place->next;
    *place = *value;
    place->next = next;
}

bool flow_row_add_value(struct flow *flow, int id, struct str name, struct str text,
                        struct err *err)
{
    struct flow_scope *scope = flow_scope_find(flow, id);
    struct json *value;

    if (scope == NULL)
        return err_set(err, ERR_BROKEN, "the value \"%.*s\" is in no scope",
                       STR_ARG(utf8_head(name, 100)));
    if (!json_parse(flow->arena, text, &LIMITS, &value, err))
        return false;
    if (scope->role == FLOW_LOOP && str_starts(name, STR("#")))
        add_own(scope, name, value);
    else
        json_set(scope->values, name, value);
    return true;
}

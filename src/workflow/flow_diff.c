#include "workflow/flow_store.h"

#include "core/arena.h"
#include "core/buf.h"
#include "core/vec.h"
#include "workflow/flow_row.h"
#include "workflow/flow_trace.h"

enum {
    TRACE_MAX = 64 * 1024, /* bytes of one step's trace that are kept */
};

static const char LATE[] = "somebody else was first: the flow has gone on";

struct statement {
    const char *sql;
    struct store_args args; /* the first is the tenant's place */
};

struct flow_store_diff {
    struct arena *arena;
    const struct flow *flow;
    struct flow_store next;
    struct flow_store_doer doer;
    struct str trace;
    VEC(struct statement) statements;
};

/* $1 is the tenant, $2 the flow, what is given begins with $3. */
static void add(struct flow_store_diff *diff, const char *sql, struct store_args args)
{
    struct store_arg *own = ARENA_ARRAY(diff->arena, struct store_arg, args.count + 2);

    own[1] = INT(diff->next.id);
    for (size_t i = 0; i < args.count; i++)
        own[i + 2] = args.items[i];
    VEC_PUSH(diff->arena, &diff->statements, (struct statement){sql, {own, args.count + 2}});
}

static struct str node_id(const struct flow_store_diff *diff, int node)
{
    return diff->flow->model->nodes[node].id;
}

/* One that came and went within the step is not written at all. */
static bool is_written(const struct flow_part *part)
{
    return part->is_stored ? part->is_gone || part->is_changed : !part->is_gone;
}

static void put_part(struct flow_store_diff *diff, const struct flow_part *part,
                     enum flow_row_kind kind, int node, struct str body)
{
    if (part->is_gone)
        add(diff, "DELETE FROM flow_part WHERE tenant = $1 AND flow = $2 AND no = $3",
            ARGS(INT(part->id)));
    else if (!part->is_stored)
        add(diff,
            "INSERT INTO flow_part (tenant, flow, no, kind, node, body)"
            " VALUES ($1, $2, $3, $4, $5, $6)",
            ARGS(INT(part->id), TEXT(str_from_z(flow_row_kinds[kind])), TEXT(node_id(diff, node)),
                 TEXT(body)));
    else
        add(diff,
            "UPDATE flow_part SET node = $4, body = $5"
            " WHERE tenant = $1 AND flow = $2 AND no = $3",
            ARGS(INT(part->id), TEXT(node_id(diff, node)), TEXT(body)));
}

static void put_value(struct flow_store_diff *diff, const struct flow_scope *scope, struct str name,
                      const struct json *value)
{
    struct buf text = {.arena = diff->arena};

    if (value == NULL)
        return;
    json_canonical(&text, value);
    add(diff,
        "INSERT INTO flow_value (tenant, flow, scope, name, value) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (tenant, flow, scope, name) DO UPDATE SET value = excluded.value",
        ARGS(INT(scope->part.id), TEXT(str_copy(diff->arena, name)), TEXT(buf_str(&text))));
}

/* What the instances of a loop gave, one by one: the whole list would be written each time. */
static void put_gathered(struct flow_store_diff *diff, const struct flow_scope *scope)
{
    for (size_t i = 0; i < scope->gathered.count; i++) {
        const struct json *place = scope->output->first;

        for (int left = scope->gathered.items[i]; left > 1; left--)
            place = place->next;
        put_value(diff, scope, str_printf(diff->arena, "#%d", scope->gathered.items[i]), place);
    }
}

static void put_values(struct flow_store_diff *diff, const struct flow_scope *scope)
{
    if (scope->part.is_gone) {
        if (scope->part.is_stored)
            add(diff, "DELETE FROM flow_value WHERE tenant = $1 AND flow = $2 AND scope = $3",
                ARGS(INT(scope->part.id)));
        return;
    }
    put_gathered(diff, scope);
    if (scope->part.is_stored) {
        for (size_t i = 0; i < scope->news.count; i++)
            put_value(diff, scope, scope->news.items[i],
                      json_find(scope->values, scope->news.items[i]));
        return;
    }
    if (scope->role == FLOW_LOOP)
        put_value(diff, scope, STR("#items"), scope->items);
    for (const struct json *one = scope->values->first; one != NULL; one = one->next)
        put_value(diff, scope, one->name, one);
}

static void put_wait(struct flow_store_diff *diff, const struct flow_wait *wait)
{
    struct store_arg due = wait->kind == FLOW_WAIT_TIMER ? INT(wait->due_at) : NONE;
    bool has_term = wait->kind == FLOW_WAIT_TASK && wait->due_at > 0;
    struct store_arg term = INT(has_term ? wait->due_at : FLOW_ROW_NO_TERM);

    if (wait->part.is_gone && wait->part.is_stored)
        add(diff, "DELETE FROM flow_wait WHERE tenant = $1 AND flow = $2 AND no = $3",
            ARGS(INT(wait->part.id)));
    else if (!wait->part.is_gone && !wait->part.is_stored)
        add(diff,
            "INSERT INTO flow_wait (tenant, flow, no, kind, node, due_at, name, tag, body, term)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            ARGS(INT(wait->part.id), TEXT(str_from_z(flow_row_waits[wait->kind])),
                 TEXT(node_id(diff, wait->node)), due, TEXT(wait->name), TEXT(wait->key),
                 TEXT(flow_row_wait(diff->arena, wait)), term));
    else if (!wait->part.is_gone && wait->part.is_changed)
        add(diff,
            "UPDATE flow_wait SET due_at = $4, body = $5, term = $6"
            " WHERE tenant = $1 AND flow = $2 AND no = $3",
            ARGS(INT(wait->part.id), due, TEXT(flow_row_wait(diff->arena, wait)), term));
}

static void put_all(struct flow_store_diff *diff)
{
    const struct flow *flow = diff->flow;

    for (size_t i = 0; i < flow->scopes.count; i++) {
        const struct flow_scope *scope = (const struct flow_scope *)flow->scopes.items[i];

        if (is_written(&scope->part))
            put_part(diff, &scope->part, FLOW_ROW_SCOPE, scope->node,
                     flow_row_scope(diff->arena, scope));
        put_values(diff, scope);
    }
    for (size_t i = 0; i < flow->tokens.count; i++) {
        const struct flow_token *token = (const struct flow_token *)flow->tokens.items[i];

        if (is_written(&token->part))
            put_part(diff, &token->part, FLOW_ROW_TOKEN, token->node,
                     flow_row_token(diff->arena, flow, token));
    }
    for (size_t i = 0; i < flow->records.count; i++) {
        const struct flow_record *record = (const struct flow_record *)flow->records.items[i];

        if (is_written(&record->part))
            put_part(diff, &record->part, FLOW_ROW_RECORD, record->node,
                     flow_row_record(diff->arena, record));
    }
    for (size_t i = 0; i < flow->waits.count; i++)
        put_wait(diff, (const struct flow_wait *)flow->waits.items[i]);
}

static struct str trace_of(struct arena *arena, const struct flow *flow)
{
    struct buf trace = {.arena = arena};

    for (size_t i = 0; i < flow->marks.count && trace.len < TRACE_MAX; i++) {
        flow_trace_print(&trace, flow, &flow->marks.items[i]);
        buf_char(&trace, '\n');
    }
    return buf_str(&trace);
}

static bool has_stuck(const struct flow *flow)
{
    for (size_t i = 0; i < flow->tokens.count; i++) {
        const struct flow_token *token = flow_token_at(flow, i);

        if (token != NULL && token->state == FLOW_TOKEN_STUCK)
            return flow->state == FLOW_RUNNING;
    }
    return false;
}

struct flow_store_diff *flow_store_compare(struct arena *arena, const struct flow_store *kept,
                                           const struct flow *flow, struct flow_store_doer doer)
{
    struct flow_store_diff *diff = ARENA_NEW(arena, struct flow_store_diff);

    *diff = (struct flow_store_diff){
        .arena = arena, .flow = flow, .next = *kept, .doer = doer, .trace = trace_of(arena, flow)};
    diff->next.step++;
    diff->next.state = flow->state;
    diff->next.is_stuck = has_stuck(flow);
    diff->next.error = flow->error;
    diff->next.last_no = flow->last_id;
    diff->next.changed_at = flow->now;
    put_all(diff);
    return diff;
}

static bool put_head(struct tx *tx, const struct flow_store *next, struct err *err)
{
    struct str state = next->is_stuck ? STR("stuck") : str_from_z(flow_row_states[next->state]);
    int64_t changed;

    if (next->step == 1)
        return store_exec(tx,
                          "INSERT INTO flow (tenant, id, pack, version, file, process, state,"
                          " error, step, last_no, begun_at, changed_at, register, record, caller,"
                          " caller_wait) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11,"
                          " $12, $13, $14, $15, $16)",
                          ARGS(INT(tx->tenant), INT(next->id), TEXT(next->pack),
                               TEXT(next->version), TEXT(next->file), TEXT(next->process),
                               TEXT(state), TEXT(next->error), INT(next->step), INT(next->last_no),
                               INT(next->begun_at), INT(next->changed_at), INT(next->no),
                               INT(next->record), INT(next->caller), INT(next->caller_wait)),
                          err);
    if (!store_change(tx,
                      "UPDATE flow SET state = $4, error = $5, step = $6, last_no = $7,"
                      " changed_at = $8 WHERE tenant = $1 AND id = $2 AND step = $3",
                      ARGS(INT(tx->tenant), INT(next->id), INT(next->step - 1), TEXT(state),
                           TEXT(next->error), INT(next->step), INT(next->last_no),
                           INT(next->changed_at)),
                      &changed, err))
        return false;
    return changed == 1 || err_set(err, ERR_CONFLICT, "%s", LATE);
}

bool flow_store_put(struct tx *tx, const struct flow_store_diff *diff, struct err *err)
{
    if (!put_head(tx, &diff->next, err))
        return false;
    for (size_t i = 0; i < diff->statements.count; i++) {
        const struct statement *one = &diff->statements.items[i];

        ((struct store_arg *)one->args.items)[0] = INT(tx->tenant);
        if (!store_exec(tx, one->sql, one->args, err))
            return err_while(err, "writing a flow");
    }
    return store_exec(tx,
                      "INSERT INTO flow_step (tenant, flow, step, at, actor, wait, trace)"
                      " VALUES ($1, $2, $3, $4, $5, $6, $7)",
                      ARGS(INT(tx->tenant), INT(diff->next.id), INT(diff->next.step),
                           INT(diff->next.changed_at), INT(diff->doer.actor), INT(diff->doer.wait),
                           TEXT(diff->trace)),
                      err);
}

const struct flow_store *flow_store_next(const struct flow_store_diff *diff)
{
    return &diff->next;
}

bool flow_store_is_late(const struct err *err)
{
    return err->code == ERR_CONFLICT && strcmp(err->text, LATE) == 0;
}

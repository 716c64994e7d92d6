#include "workflow/conduct_migrate.h"

#include "auth/journal.h"
#include "core/utf8.h"
#include "workflow/conduct_part.h"

struct moving {
    struct conduct *conduct;
    const struct process *from, *to;
    struct flow *flow;
    struct buf missing;
};

static void miss(struct moving *it, const struct bpmn_node *node, const char *why)
{
    if (it->missing.len > 300)
        return;
    if (it->missing.len > 0)
        buf_add(&it->missing, STR(", "));
    buf_add(&it->missing, utf8_head(node->id, 100));
    buf_add(&it->missing, str_from_z(why));
}

/* An event has to wait for the same sort of thing, at the same place. */
static bool has_event(const struct bpmn_node *was, const struct bpmn_node *is, int event)
{
    return event < 0 ||
           (event < is->event_count && is->events[event].trigger == was->events[event].trigger);
}

static bool repeats_as(const struct bpmn_loop *was, const struct bpmn_loop *is)
{
    if (was == NULL || is == NULL)
        return was == is;
    return was->is_multiple == is->is_multiple && was->is_sequential == is->is_sequential;
}

static void look(struct moving *it, int node, int event)
{
    const struct bpmn_node *was = &it->from->model->nodes[node];
    const struct bpmn_node *is = bpmn_find(it->to->model, was->id);

    if (is == NULL)
        miss(it, was, "");
    else if (is->kind != was->kind)
        miss(it, was, " (of another kind)");
    else if (!has_event(was, is, event))
        miss(it, was, " (waits for something else)");
    else if (!repeats_as(was->loop, is->loop))
        miss(it, was, " (repeats in another way)");
}

/* A join counts by which sequence flow each came. */
static void look_at_join(struct moving *it, const struct flow_token *token)
{
    const struct bpmn *model = it->to->model;
    const struct bpmn_node *was = &it->from->model->nodes[token->node];
    const struct bpmn_node *is = bpmn_find(model, was->id);

    if (token->state != FLOW_TOKEN_JOINING || token->came_by < 0 || is == NULL)
        return;
    for (int i = 0; i < is->incoming_count; i++)
        if (str_equal(model->flows[is->incoming[i]].id, it->from->model->flows[token->came_by].id))
            return;
    miss(it, was, " (its sequence flows have other ids)");
}

static void look_at_all(struct moving *it)
{
    const struct flow *flow = it->flow;

    for (size_t i = 0; i < flow->scopes.count; i++)
        look(it, ((const struct flow_scope *)flow->scopes.items[i])->node, -1);
    for (size_t i = 0; i < flow->tokens.count; i++) {
        const struct flow_token *token = (const struct flow_token *)flow->tokens.items[i];

        look(it, token->node, -1);
        look_at_join(it, token);
    }
    for (size_t i = 0; i < flow->records.count; i++)
        look(it, ((const struct flow_record *)flow->records.items[i])->node, -1);
    for (size_t i = 0; i < flow->waits.count; i++) {
        const struct flow_wait *wait = (const struct flow_wait *)flow->waits.items[i];

        look(it, wait->node, wait->event);
    }
}

static bool run(struct tx *tx, void *data, struct err *err)
{
    const struct moving *it = data;
    const struct conduct *conduct = it->conduct;
    struct arena *arena = conduct->arena;
    struct str words = str_printf(arena, "moved from version %.*s to %.*s\n",
                                  STR_ARG(it->from->pack->version), STR_ARG(it->to->pack->version));
    struct journal_entry entry = {.at = conduct->now,
                                  .actor = conduct->actor,
                                  .action = STR("flow.migrate"),
                                  .no = conduct->head.no,
                                  .record = conduct->head.record,
                                  .cause = conduct->flow};
    int64_t changed = 0;

    if (!store_change(tx,
                      "UPDATE flow SET version = $4, step = step + 1, changed_at = $5"
                      " WHERE tenant = $1 AND id = $2 AND step = $3",
                      ARGS(INT(tx->tenant), INT(conduct->flow), INT(conduct->head.step),
                           TEXT(it->to->pack->version), INT(conduct->now)),
                      &changed, err))
        return false;
    if (changed == 0)
        return err_set(err, ERR_CONFLICT, "the flow has gone on meanwhile");
    return store_exec(tx,
                      "INSERT INTO flow_step (tenant, flow, step, at, actor, wait, trace)"
                      " VALUES ($1, $2, $3, $4, $5, 0, $6)",
                      ARGS(INT(tx->tenant), INT(conduct->flow), INT(conduct->head.step + 1),
                           INT(conduct->now), INT(conduct->actor), TEXT(words)),
                      err) &&
           journal_add(tx, &entry, err);
}

static bool load(struct tenant *tenant, struct moving *it, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct conduct *conduct = it->conduct;
    struct flow_store *head = &conduct->head;
    struct process_key key;
    const struct pack *pack;

    if (!tx_read(&tx, tenant, err) ||
        !flow_store_get(&tx, conduct->arena, conduct->flow, head, err))
        return false;
    if (head->state != FLOW_RUNNING)
        return err_set(err, ERR_CONFLICT, "the flow is over");
    key = (struct process_key){head->pack, head->version, head->file, head->process};
    pack = pack_set_find(&conduct->catalog->model->packs, head->pack);
    if (pack == NULL)
        return err_set(err, ERR_ABSENT, "the pack %.*s is not installed", STR_ARG(head->pack));
    if (!process_get(conduct->processes, &key, &it->from, err))
        return false;
    key.version = pack->version;
    if (!process_get(conduct->processes, &key, &it->to, err))
        return false;
    it->flow = flow_new(conduct->arena, it->from->model);
    return flow_store_load(&tx, head, it->flow, err);
}

bool conduct_migrate(struct tenant *tenant, struct conduct *conduct, bool *was_moved,
                     struct err *err)
{
    struct moving it = {.conduct = conduct, .missing = {.arena = conduct->arena}};

    *was_moved = false;
    if (!load(tenant, &it, err))
        return false;
    if (it.from == it.to)
        return true;
    if (it.to->fault.len > 0)
        return err_set(err, ERR_INPUT, "version %.*s cannot be executed: %.*s",
                       STR_ARG(it.to->pack->version), STR_ARG(utf8_head(it.to->fault, 300)));
    look_at_all(&it);
    if (it.missing.len > 0)
        return err_set(err, ERR_INPUT, "version %.*s has not all the flow is at: %.*s",
                       STR_ARG(it.to->pack->version), STR_ARG(buf_str(&it.missing)));
    if (!tenant_write_wait(tenant, run, &it, err))
        return false;
    *was_moved = true;
    return true;
}

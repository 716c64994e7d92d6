#include "workflow/flow.h"

#include "core/arena.h"

struct flow *flow_new(struct arena *arena, const struct bpmn *model)
{
    struct flow *flow = ARENA_NEW(arena, struct flow);

    *flow = (struct flow){.arena = arena,
                          .model = model,
                          .visits = ARENA_ARRAY(arena, int, (size_t)model->node_count)};
    return flow;
}

static void settle(struct flow_list *list)
{
    size_t kept = 0;

    for (size_t i = 0; i < list->count; i++) {
        struct flow_part *part = list->items[i];

        if (part->is_gone)
            continue;
        part->is_stored = true;
        part->is_changed = false;
        list->items[kept++] = part;
    }
    list->count = kept;
}

void flow_settle(struct flow *flow)
{
    for (size_t i = 0; i < flow->scopes.count; i++) {
        struct flow_scope *scope = (struct flow_scope *)flow->scopes.items[i];

        scope->news.count = scope->gathered.count = 0;
    }
    settle(&flow->scopes);
    settle(&flow->tokens);
    settle(&flow->waits);
    settle(&flow->records);
    flow->marks.count = 0;
}

/* Numbers only grow, so the parts are in their order. */
static struct flow_part *find(const struct flow_list *list, int id)
{
    size_t low = 0;
    size_t high = list->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (list->items[middle]->id < id)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == list->count || list->items[low]->id != id || list->items[low]->is_gone)
        return NULL;
    return list->items[low];
}

static struct flow_part *at(const struct flow_list *list, size_t place)
{
    return list->items[place]->is_gone ? NULL : list->items[place];
}

struct flow_scope *flow_scope_find(const struct flow *flow, int id)
{
    return (struct flow_scope *)find(&flow->scopes, id);
}

struct flow_token *flow_token_find(const struct flow *flow, int id)
{
    return (struct flow_token *)find(&flow->tokens, id);
}

struct flow_wait *flow_wait_find(const struct flow *flow, int id)
{
    return (struct flow_wait *)find(&flow->waits, id);
}

struct flow_record *flow_record_find(const struct flow *flow, int id)
{
    return (struct flow_record *)find(&flow->records, id);
}

struct flow_scope *flow_scope_at(const struct flow *flow, size_t place)
{
    return (struct flow_scope *)at(&flow->scopes, place);
}

struct flow_token *flow_token_at(const struct flow *flow, size_t place)
{
    return (struct flow_token *)at(&flow->tokens, place);
}

struct flow_wait *flow_wait_at(const struct flow *flow, size_t place)
{
    return (struct flow_wait *)at(&flow->waits, place);
}

struct flow_record *flow_record_at(const struct flow *flow, size_t place)
{
    return (struct flow_record *)at(&flow->records, place);
}

/* Sequence flows, where scopes begin, and what is never reached. */
#include "core/vec.h"
#include "workflow/bpmn_checker.h"

struct walk {
    bool *is_reached; /* by node */
    VEC(int) open;
};

static void check_flow(struct bpmn_checker *checker, const struct bpmn_flow *flow)
{
    const struct bpmn *model = checker->model;
    const struct bpmn_node *from = &model->nodes[flow->from];
    struct bpmn_node stand_in = {
        .id = flow->id, .name = flow->name, .line = flow->line, .process = flow->process};

    if (from->scope != model->nodes[flow->to].scope)
        bpmn_note(checker->findings, false, &stand_in,
                  "it crosses the border of a process or sub-process: use a message or an event");
    bpmn_checker_expression(checker, &stand_in, &flow->condition, "its condition");
    if (flow->condition.text.len > 0 && flow->index == from->default_flow)
        bpmn_note(checker->findings, true, &stand_in, "the condition of a default flow is ignored");
}

/* Without start events a scope begins at all that nothing leads to. */
static bool begins(const struct bpmn *model, const struct bpmn_node *node, bool has_start)
{
    (void)model;
    if (node->kind == BPMN_START)
        return true;
    if (node->kind == BPMN_EVENT_GATEWAY && node->instantiates)
        return true;
    return !has_start && node->incoming_count == 0 && node->kind != BPMN_BOUNDARY &&
           !node->is_event_sub && !node->is_compensation &&
           !(node->kind == BPMN_CATCH && bpmn_event_of(node, BPMN_LINK) != NULL);
}

static void check_scope(struct bpmn_checker *checker, const struct bpmn_node *scope)
{
    const struct bpmn *model = checker->model;
    int starts = 0;
    int plain = 0;
    int beginnings = 0;

    for (int i = scope->first_child; i >= 0; i = model->nodes[i].next_child) {
        starts += model->nodes[i].kind == BPMN_START;
        plain += model->nodes[i].kind == BPMN_START && model->nodes[i].event_count == 0;
    }
    for (int i = scope->first_child; i >= 0; i = model->nodes[i].next_child)
        beginnings += begins(model, &model->nodes[i], starts > 0);
    if (scope->first_child < 0 && scope->kind != BPMN_PROCESS)
        bpmn_note(checker->findings, true, scope, "nothing is drawn in it: it is done at once");
    else if (beginnings == 0)
        bpmn_note(checker->findings, false, scope, "nothing begins in it: draw a start event");
    if (scope->kind != BPMN_PROCESS && !scope->is_event_sub && starts > 1)
        bpmn_note(checker->findings, false, scope, "it has %d start events: one is enough", starts);
    if (scope->is_event_sub && starts != 1)
        bpmn_note(checker->findings, false, scope,
                  "an event sub-process has one start event, this has %d", starts);
    if (scope->kind == BPMN_PROCESS && plain > 1)
        bpmn_note(checker->findings, true, scope,
                  "it has %d start events without a trigger: a flow begins at the first, unless "
                  "another is named",
                  plain);
}

static void reach(struct bpmn_checker *checker, struct walk *walk, int node)
{
    if (node < 0 || walk->is_reached[node])
        return;
    walk->is_reached[node] = true;
    VEC_PUSH(checker->findings->arena, &walk->open, node);
}

static void reach_children(struct bpmn_checker *checker, struct walk *walk,
                           const struct bpmn_node *scope)
{
    const struct bpmn *model = checker->model;
    bool has_start = false;

    for (int i = scope->first_child; i >= 0; i = model->nodes[i].next_child)
        has_start |= model->nodes[i].kind == BPMN_START ||
                     (model->nodes[i].kind == BPMN_EVENT_GATEWAY && model->nodes[i].instantiates);
    for (int i = scope->first_child; i >= 0; i = model->nodes[i].next_child)
        if (begins(model, &model->nodes[i], has_start) || model->nodes[i].is_event_sub)
            reach(checker, walk, i);
}

static void reach_next(struct bpmn_checker *checker, struct walk *walk,
                       const struct bpmn_node *node)
{
    const struct bpmn *model = checker->model;

    for (int i = 0; i < node->outgoing_count; i++)
        reach(checker, walk, model->flows[node->outgoing[i]].to);
    for (int i = node->first_boundary; i >= 0; i = model->nodes[i].next_boundary)
        reach(checker, walk, i);
    reach(checker, walk, node->link);
    reach(checker, walk, node->handler);
    reach(checker, walk, node->called);
    if (bpmn_is_scope(node))
        reach_children(checker, walk, node);
}

static void check_reach(struct bpmn_checker *checker)
{
    const struct bpmn *model = checker->model;
    struct walk walk = {.is_reached =
                            ARENA_ARRAY(checker->findings->arena, bool, (size_t)model->node_count)};

    for (int i = 0; i < model->node_count; i++)
        if (checker->is_wanted[i] && model->nodes[i].kind == BPMN_PROCESS)
            reach(checker, &walk, i);
    while (walk.open.count > 0)
        reach_next(checker, &walk, &model->nodes[walk.open.items[--walk.open.count]]);
    for (int i = 0; i < model->node_count; i++)
        if (checker->is_wanted[i] && !walk.is_reached[i])
            bpmn_note(checker->findings, true, &model->nodes[i],
                      "no way leads here: it never happens");
}

void bpmn_checker_graph(struct bpmn_checker *checker)
{
    const struct bpmn *model = checker->model;

    for (int i = 0; i < model->flow_count; i++)
        if (model->flows[i].from >= 0 && checker->is_wanted[model->flows[i].from])
            check_flow(checker, &model->flows[i]);
    for (int i = 0; i < model->node_count; i++)
        if (checker->is_wanted[i] && bpmn_is_scope(&model->nodes[i]))
            check_scope(checker, &model->nodes[i]);
    check_reach(checker);
}

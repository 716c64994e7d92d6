/* Ids become indexes, once everything is read. */
#include "workflow/bpmn_reader.h"

static struct bpmn_node *find(struct bpmn_reader *reader, struct str id)
{
    return map_find(&reader->model->ids, id);
}

static void number_nodes(struct bpmn_reader *reader)
{
    struct bpmn *model = reader->model;

    model->nodes = reader->nodes.items;
    model->node_count = (int)reader->nodes.count;
    model->flows = reader->flows.items;
    model->flow_count = (int)reader->flows.count;
    model->data = reader->data.items;
    model->data_count = reader->data.count;
    for (int i = 0; i < model->node_count; i++) {
        struct bpmn_node *node = &model->nodes[i];

        if (node->id.len == 0)
            bpmn_note(&model->findings, false, node, "it has no id");
        else if (find(reader, node->id) != NULL)
            bpmn_note(&model->findings, false, node,
                      "its id is taken: each element needs one of its own");
        else
            map_put(&model->ids, node->id, node);
    }
}

/* Children in the order of the document: from the last to the first. */
static void link_children(struct bpmn *model)
{
    for (int i = model->node_count - 1; i >= 0; i--) {
        struct bpmn_node *node = &model->nodes[i];

        if (node->scope < 0)
            continue;
        node->next_child = model->nodes[node->scope].first_child;
        model->nodes[node->scope].first_child = i;
    }
}

static void link_end(struct bpmn_reader *reader, struct bpmn_flow *flow, bool is_from)
{
    struct str id = is_from ? flow->from_id : flow->to_id;
    const struct bpmn_node *node = find(reader, id);
    struct bpmn_node stand_in = {
        .id = flow->id, .name = flow->name, .line = flow->line, .process = flow->process};

    if (node == NULL || node->kind == BPMN_PROCESS) {
        bpmn_note(&reader->model->findings, false, &stand_in,
                  "this sequence flow %s nothing (\"%.*s\")", is_from ? "begins at" : "leads to",
                  STR_ARG(str_slice(id, 0, 100)));
        return;
    }
    if (is_from)
        flow->from = node->index;
    else
        flow->to = node->index;
}

/* Flows by node: counted, then put in the order of the document. */
static void link_flows(struct bpmn_reader *reader)
{
    struct bpmn *model = reader->model;
    int *places = ARENA_ARRAY(reader->arena, int, (size_t)model->flow_count * 2 + 1);

    for (int i = 0; i < model->flow_count; i++) {
        struct bpmn_flow *flow = &model->flows[i];

        link_end(reader, flow, true);
        link_end(reader, flow, false);
        if (flow->from < 0 || flow->to < 0) {
            flow->from = flow->to = -1;
            continue;
        }
        model->nodes[flow->from].outgoing_count++;
        model->nodes[flow->to].incoming_count++;
    }
    for (int i = 0; i < model->node_count; i++) {
        struct bpmn_node *node = &model->nodes[i];

        node->outgoing = places;
        places += node->outgoing_count;
        node->incoming = places;
        places += node->incoming_count;
        node->outgoing_count = node->incoming_count = 0;
    }
    for (int i = 0; i < model->flow_count; i++) {
        struct bpmn_flow *flow = &model->flows[i];

        if (flow->from < 0)
            continue;
        struct bpmn_node *from = &model->nodes[flow->from];
        struct bpmn_node *to = &model->nodes[flow->to];
        ((int *)from->outgoing)[from->outgoing_count++] = i;
        flow->place = to->incoming_count;
        ((int *)to->incoming)[to->incoming_count++] = i;
    }
}

static void link_default(struct bpmn *model, struct bpmn_node *node)
{
    for (int i = 0; i < node->outgoing_count; i++)
        if (str_equal(model->flows[node->outgoing[i]].id, node->default_id))
            node->default_flow = node->outgoing[i];
    if (node->default_flow < 0)
        bpmn_note(&model->findings, false, node, "its default flow \"%.*s\" does not begin at it",
                  STR_ARG(str_slice(node->default_id, 0, 100)));
}

static void link_host(struct bpmn_reader *reader, struct bpmn_node *node)
{
    struct bpmn_node *host = find(reader, node->host_id);

    if (host == NULL || !bpmn_is_activity(host) || host->scope != node->scope) {
        bpmn_note(&reader->model->findings, false, node,
                  "attachedToRef=\"%.*s\" names no activity beside it: attach the event to one",
                  STR_ARG(str_slice(node->host_id, 0, 100)));
        return;
    }
    node->host = host->index;
    node->next_boundary = host->first_boundary;
    host->first_boundary = node->index;
}

/* A compensation boundary event has an association with what compensates. */
static void link_handler(struct bpmn_reader *reader, struct bpmn_node *node)
{
    const struct xml_tree *association = map_find(&reader->handlers, node->id);
    const struct bpmn_node *handler;

    if (bpmn_event_of(node, BPMN_COMPENSATE) == NULL || node->host < 0 || association == NULL)
        return;
    handler = find(reader, str_trim(xml_tree_value(association, "targetRef")));
    if (handler == NULL || !bpmn_is_activity(handler))
        return;
    node->handler = handler->index;
    reader->model->nodes[node->host].handler = handler->index;
}

static void link_event(struct bpmn_reader *reader, struct bpmn_node *node)
{
    const struct bpmn_event *link = bpmn_event_of(node, BPMN_LINK);

    for (int i = 0; i < node->event_count; i++) {
        struct bpmn_event *event = (struct bpmn_event *)&node->events[i];
        const struct bpmn_node *activity = find(reader, event->activity_id);

        if (event->activity_id.len == 0)
            continue;
        if (activity == NULL || !bpmn_is_activity(activity))
            bpmn_note(&reader->model->findings, false, node,
                      "activityRef=\"%.*s\" names no activity",
                      STR_ARG(str_slice(event->activity_id, 0, 100)));
        else
            event->activity = activity->index;
    }
    if (link == NULL || node->kind != BPMN_THROW)
        return;
    for (int i = 0; i < reader->model->node_count; i++) {
        const struct bpmn_node *other = &reader->model->nodes[i];
        const struct bpmn_event *there = bpmn_event_of(other, BPMN_LINK);

        if (there != NULL && other->kind == BPMN_CATCH && other->scope == node->scope &&
            str_equal(there->name, link->name))
            node->link = i;
    }
}

static void link_called(struct bpmn_reader *reader, struct bpmn_node *node)
{
    struct str called = node->work->called;
    const struct bpmn_node *process = find(reader, called);

    if (process == NULL && str_find_char(called, ':') < called.len) {
        (void)str_cut(&called, ':');
        process = find(reader, called);
    }
    if (process != NULL && process->kind == BPMN_PROCESS)
        node->called = process->index;
}

static void link_drawing(struct bpmn_reader *reader)
{
    struct bpmn *model = reader->model;
    struct map flows = {.arena = reader->arena};

    for (int i = 0; i < model->flow_count; i++)
        map_put(&flows, model->flows[i].id, &model->flows[i]);
    for (size_t i = 0; i < model->shape_count; i++) {
        struct bpmn_shape *shape = (struct bpmn_shape *)&model->shapes[i];
        const struct bpmn_node *node = find(reader, shape->element);

        shape->node = node == NULL ? -1 : node->index;
    }
    for (size_t i = 0; i < model->edge_count; i++) {
        struct bpmn_edge *edge = (struct bpmn_edge *)&model->edges[i];
        const struct bpmn_flow *flow = map_find(&flows, edge->element);

        edge->flow = flow == NULL ? -1 : flow->index;
    }
}

void bpmn_reader_link(struct bpmn_reader *reader)
{
    struct bpmn *model = reader->model;

    number_nodes(reader);
    link_children(model);
    link_flows(reader);
    for (int i = 0; i < model->node_count; i++) {
        struct bpmn_node *node = &model->nodes[i];
        const struct bpmn_reader_lane *lane = map_find(&reader->lanes, node->id);

        if (lane != NULL)
            node->lane = lane->name;
        if (node->default_id.len > 0)
            link_default(model, node);
    }
    for (int i = model->node_count - 1; i >= 0; i--) /* so that the first is the first */
        if (model->nodes[i].kind == BPMN_BOUNDARY)
            link_host(reader, &model->nodes[i]);
    for (int i = 0; i < model->node_count; i++) {
        struct bpmn_node *node = &model->nodes[i];

        link_event(reader, node);
        if (node->kind == BPMN_BOUNDARY)
            link_handler(reader, node);
        if (node->kind == BPMN_CALL)
            link_called(reader, node);
    }
    link_drawing(reader);
}

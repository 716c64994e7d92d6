#include "core/utf8.h"
#include "workflow/bpmn_checker.h"

static void check_split(struct bpmn_checker *checker, const struct bpmn_node *node)
{
    for (int i = 0; i < node->outgoing_count; i++) {
        const struct bpmn_flow *flow = &checker->model->flows[node->outgoing[i]];
        bool has_condition = flow->condition.text.len > 0;
        struct bpmn_node stand_in = {
            .id = flow->id, .name = flow->name, .line = flow->line, .process = flow->process};
        bool decides = node->kind == BPMN_EXCLUSIVE || node->kind == BPMN_INCLUSIVE;

        if (decides && node->outgoing_count > 1 && !has_condition &&
            flow->index != node->default_flow)
            bpmn_note(checker->findings, false, &stand_in,
                      "it leaves the gateway %.*s without a condition: write one, or make it the "
                      "default flow",
                      STR_ARG(utf8_head(node->id, 100)));
        if (!decides && has_condition)
            bpmn_note(checker->findings, true, &stand_in,
                      "a condition behind this gateway is ignored");
    }
}

static bool can_follow(const struct bpmn_node *node)
{
    if (node->kind == BPMN_RECEIVE)
        return node->first_boundary < 0 && node->loop == NULL;
    return node->kind == BPMN_CATCH && bpmn_event_of(node, BPMN_LINK) == NULL;
}

static void check_event_gateway(struct bpmn_checker *checker, const struct bpmn_node *node)
{
    const struct bpmn *model = checker->model;

    if (node->is_parallel)
        bpmn_note(checker->findings, false, node,
                  "a parallel event-based gateway is not executed: use a parallel gateway");
    if (node->instantiates && node->incoming_count > 0)
        bpmn_note(checker->findings, false, node,
                  "a gateway that begins the process has no incoming sequence flow");
    if (node->instantiates && model->nodes[node->scope].kind != BPMN_PROCESS)
        bpmn_note(checker->findings, false, node, "only a process is begun by such a gateway");
    for (int i = 0; i < node->outgoing_count; i++) {
        const struct bpmn_node *to = &model->nodes[model->flows[node->outgoing[i]].to];

        if (!can_follow(to))
            bpmn_note(checker->findings, false, node,
                      "\"%.*s\" follows it, where only catching events (message, timer, signal, "
                      "conditional) and receive tasks without boundary events may stand",
                      STR_ARG(utf8_head(to->id, 100)));
        else if (to->incoming_count > 1)
            bpmn_note(checker->findings, false, node, "other sequence flows, too, lead to \"%.*s\"",
                      STR_ARG(utf8_head(to->id, 100)));
    }
}

void bpmn_checker_gateway(struct bpmn_checker *checker, const struct bpmn_node *node)
{
    if (node->kind == BPMN_COMPLEX) {
        bpmn_note(checker->findings, false, node,
                  "complex gateways are not executed: use inclusive and exclusive ones");
        return;
    }
    if (node->outgoing_count == 0)
        bpmn_note(checker->findings, false, node,
                  "no sequence flow leaves the gateway: draw where it goes on");
    check_split(checker, node);
    if (node->kind == BPMN_EVENT_GATEWAY)
        check_event_gateway(checker, node);
}

#include "core/utf8.h"
#include "workflow/bpmn_checker.h"
#include "workflow/flow_time.h"

static void check_loop(struct bpmn_checker *checker, const struct bpmn_node *node)
{
    const struct bpmn_loop *loop = node->loop;

    bpmn_checker_expression(checker, node, &loop->condition, "its loop's condition");
    bpmn_checker_expression(checker, node, &loop->cardinality, "its loop's cardinality");
    bpmn_checker_expression(checker, node, &loop->collection, "its loop's collection");
    bpmn_checker_expression(checker, node, &loop->output_item, "its loop's output item");
    if (loop->is_multiple && loop->cardinality.text.len == 0 && loop->collection.text.len == 0)
        bpmn_note(checker->findings, false, node,
                  "how many instances? Give a loopCardinality, a loopDataInputRef or "
                  "uprava:collection");
    if (!loop->is_multiple && loop->condition.text.len == 0 && loop->most == 0)
        bpmn_note(checker->findings, false, node,
                  "its loop has no end: give a loopCondition or a loopMaximum");
    if (loop->output.len > 0 && loop->output_item.text.len == 0)
        bpmn_note(checker->findings, false, node,
                  "what of each instance goes into \"%.*s\"? Give an outputDataItem or "
                  "uprava:output-item",
                  STR_ARG(utf8_head(loop->output, 80)));
    if (node->is_event_sub || node->is_compensation)
        bpmn_note(checker->findings, false, node,
                  "an event sub-process, or what compensates, has no loop");
}

static void check_mappings(struct bpmn_checker *checker, const struct bpmn_node *node)
{
    for (size_t i = 0; i < node->work->input_count; i++)
        bpmn_checker_expression(checker, node, &node->work->inputs[i].value, "an input");
    for (size_t i = 0; i < node->work->output_count; i++)
        bpmn_checker_expression(checker, node, &node->work->outputs[i].value, "an output");
}

static void check_script(struct bpmn_checker *checker, const struct bpmn_node *node)
{
    struct str format = node->work->script_format;

    if (format.len > 0 && str_find(format, STR("feel")) == format.len &&
        str_find(format, STR("FEEL")) == format.len)
        bpmn_note(checker->findings, false, node,
                  "scripts in \"%.*s\" are not executed: write FEEL",
                  STR_ARG(utf8_head(format, 80)));
    else if (node->work->script.text.len == 0)
        bpmn_note(checker->findings, false, node, "its script is empty: write FEEL");
    else
        bpmn_checker_expression(checker, node, &node->work->script, "its script");
}

static void check_call(struct bpmn_checker *checker, const struct bpmn_node *node)
{
    if (node->work->called.len == 0)
        bpmn_note(checker->findings, false, node, "which process does it call? Give calledElement");
    else if (node->called < 0)
        bpmn_note(checker->findings, true, node, "\"%.*s\" is no process of this file",
                  STR_ARG(utf8_head(node->work->called, 100)));
}

static void check_special(struct bpmn_checker *checker, const struct bpmn_node *node)
{
    bool has_flows = node->incoming_count + node->outgoing_count > 0;

    if (node->is_compensation && has_flows)
        bpmn_note(checker->findings, false, node,
                  "what compensates has no sequence flows, but an association");
    if (node->is_event_sub && has_flows)
        bpmn_note(checker->findings, false, node,
                  "an event sub-process has no sequence flows: its start event begins it");
    if (node->is_event_sub && node->kind != BPMN_SUB_PROCESS)
        bpmn_note(checker->findings, false, node,
                  "only a plain sub-process can be triggered by an event");
}

static void check_kind(struct bpmn_checker *checker, const struct bpmn_node *node)
{
    if (node->kind == BPMN_AD_HOC)
        bpmn_note(checker->findings, false, node,
                  "ad-hoc sub-processes are not executed: draw the order, or parallel branches");
    if (node->kind == BPMN_SCRIPT)
        check_script(checker, node);
    if (node->kind == BPMN_CALL)
        check_call(checker, node);
    if (node->kind == BPMN_RULE && node->work->called.len == 0)
        bpmn_note(checker->findings, true, node, "which decision? Give uprava:decision");
    if (node->kind == BPMN_RECEIVE && node->instantiates)
        bpmn_note(checker->findings, true, node,
                  "instantiate is ignored: begin the process with a message start event");
    for (int i = 0; i < node->event_count; i++)
        bpmn_checker_expression(checker, node, &node->events[i].key, "the message's correlation");
}

bool bpmn_checker_days(struct bpmn_checker *checker, const struct bpmn_node *node, struct str days)
{
    if (days.len > 0 && !str_equal(days, STR("working")))
        bpmn_note(checker->findings, false, node,
                  "uprava:days=\"%.*s\" is not known: it is working, or is left out",
                  STR_ARG(utf8_head(days, 80)));
    return str_equal(days, STR("working"));
}

static void check_term(struct bpmn_checker *checker, const struct bpmn_node *node)
{
    static const struct calendar PLAIN = {0};
    const struct bpmn_work *work = node->work;
    bool is_working = bpmn_checker_days(checker, node, work->days);
    struct str term = utf8_head(work->term, 80);
    int64_t at;

    if (work->days.len > 0 && (node->kind != BPMN_USER || work->term.len == 0))
        bpmn_note(checker->findings, false, node,
                  "uprava:days says how the uprava:term of a user task counts: here is none");
    else if (is_working && !flow_time_working(work->term, &PLAIN, 0, 0, &at))
        bpmn_note(checker->findings, false, node,
                  "uprava:term=\"%.*s\" is no number of working days: write it as P10D, or leave "
                  "uprava:days out",
                  STR_ARG(term));
    else if (!is_working && work->term.len > 0 && !flow_time_later(work->term, 0, &at))
        bpmn_note(checker->findings, false, node, "uprava:term=\"%.*s\" is no duration, as P10D",
                  STR_ARG(term));
}

void bpmn_checker_activity(struct bpmn_checker *checker, const struct bpmn_node *node)
{
    check_kind(checker, node);
    check_special(checker, node);
    check_mappings(checker, node);
    if (node->loop != NULL)
        check_loop(checker, node);
    check_term(checker, node);
}

/* What processes put before commissions (commission.put), and how they wait for it. */
#include "core/utf8.h"
#include "workflow/bpmn_checker.h"
#include "workflow/conduct_meeting.h"

static const struct bpmn_mapping *find_input(const struct bpmn_node *node, const char *name)
{
    for (size_t i = 0; i < node->work->input_count; i++)
        if (str_equal(node->work->inputs[i].to, str_from_z(name)))
            return &node->work->inputs[i];
    return NULL;
}

/* "…" written out; else it is computed, and empty here. */
static struct str literal_of(const struct bpmn_mapping *input)
{
    struct str text = str_trim(input->value.text);

    if (text.len < 2 || text.ptr[0] != '"' || text.ptr[text.len - 1] != '"')
        return (struct str){0};
    text = str_slice(text, 1, text.len - 2);
    return str_find_char(text, '"') == text.len ? text : (struct str){0};
}

static void check_commission(const struct pack_set *set, const struct pack *pack,
                             const struct bpmn_node *node, struct bpmn_findings *findings)
{
    const struct bpmn_mapping *input = find_input(node, "commission");
    struct str name = input == NULL ? (struct str){0} : literal_of(input);

    if (input == NULL)
        bpmn_note(findings, false, node,
                  "which commission decides? Give an input commission, the name of a file of "
                  "commissions/ without .json");
    else if (name.len == 0)
        bpmn_note(findings, false, node,
                  "its commission is written out: the name in quotation marks");
    else if (bpmn_checker_file(set, pack, name, "commissions", ".json") == NULL)
        bpmn_note(findings, false, node,
                  "there is no commission \"%.*s\", here or in a pack this one requires",
                  STR_ARG(utf8_head(name, 100)));
}

static bool waits(const struct bpmn_node *node)
{
    for (int i = 0; i < node->event_count; i++)
        if (node->events[i].trigger == BPMN_MESSAGE &&
            str_equal(node->events[i].name, STR(CONDUCT_COMMISSION_DECIDED)))
            return true;
    return false;
}

static void check_put(const struct pack_set *set, const struct pack *pack, const struct bpmn *model,
                      const struct bpmn_node *node, struct bpmn_findings *findings)
{
    bool is_waited_for = false;

    check_commission(set, pack, node, findings);
    if (find_input(node, "question") == NULL)
        bpmn_note(findings, false, node, "what does it decide about? Give an input question");
    for (size_t i = 0; i < node->work->input_count; i++) {
        struct str name = node->work->inputs[i].to;

        if (!str_equal(name, STR("commission")) && !str_equal(name, STR("question")))
            bpmn_note(findings, false, node,
                      "commission.put has no \"%.*s\": its inputs are commission and question",
                      STR_ARG(utf8_head(name, 100)));
    }
    for (int i = 0; i < model->node_count; i++)
        is_waited_for |= model->nodes[i].process == node->process && waits(&model->nodes[i]);
    if (!is_waited_for)
        bpmn_note(findings, false, node,
                  "nobody waits for what the commission decides: add a receive task for the "
                  "message \"" CONDUCT_COMMISSION_DECIDED "\"");
}

/* Without the number of the question any decision would do. */
static void check_waiting(const struct bpmn_node *node, struct bpmn_findings *findings)
{
    bool throws = node->kind == BPMN_THROW || node->kind == BPMN_END || node->kind == BPMN_SEND;

    for (int i = 0; i < node->event_count; i++) {
        const struct bpmn_event *event = &node->events[i];

        if (event->trigger != BPMN_MESSAGE ||
            !str_equal(event->name, STR(CONDUCT_COMMISSION_DECIDED)))
            continue;
        if (throws)
            bpmn_note(findings, false, node,
                      "only a meeting sends \"" CONDUCT_COMMISSION_DECIDED "\": give the message "
                      "another name");
        else if (event->key.text.len == 0)
            bpmn_note(findings, false, node,
                      "which question is waited for? Give uprava:correlation, the question that "
                      "commission.put gave");
    }
}

void bpmn_checker_commission(const struct pack_set *set, const struct pack *pack,
                             const struct bpmn *model, const struct bpmn_node *node,
                             struct bpmn_findings *findings)
{
    if (node->kind == BPMN_SERVICE && str_equal(node->work->operation, STR("commission.put")))
        check_put(set, pack, model, node, findings);
    check_waiting(node, findings);
}

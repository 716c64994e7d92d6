/* What processes ask people to pay (charge.make), and how they wait for it. */
#include "core/utf8.h"
#include "workflow/bpmn_checker.h"
#include "workflow/conduct_charge.h"

enum {
    CBC_LEN = 20,
};

static const struct bpmn_mapping *find_input(const struct bpmn_node *node, const char *name)
{
    for (size_t i = 0; i < node->work->input_count; i++)
        if (str_equal(node->work->inputs[i].to, str_from_z(name)))
            return &node->work->inputs[i];
    return NULL;
}

/* "…" written out; false: it is computed. */
static bool read_literal(const struct bpmn_mapping *input, struct str *literal)
{
    struct str text = str_trim(input->value.text);

    if (text.len < 2 || text.ptr[0] != '"' || text.ptr[text.len - 1] != '"')
        return false;
    *literal = str_slice(text, 1, text.len - 2);
    return str_find_char(*literal, '"') == literal->len;
}

static bool is_code(struct str text, size_t len)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
    return text.len == len;
}

static void check_inputs(const struct bpmn_node *node, struct bpmn_findings *findings)
{
    static const char *const NAMES[] = {"amount", "purpose", "cbc", "oktmo"};

    for (size_t i = 0; i < node->work->input_count; i++) {
        struct str name = node->work->inputs[i].to;
        bool is_known = false;

        for (size_t n = 0; n < ARRAY_LEN(NAMES); n++)
            is_known |= str_equal(str_from_z(NAMES[n]), name);
        if (!is_known)
            bpmn_note(findings, false, node,
                      "a charge has no \"%.*s\": its inputs are amount, purpose, cbc and oktmo",
                      STR_ARG(utf8_head(name, 100)));
    }
}

static void check_make(const struct bpmn_node *node, struct bpmn_findings *findings)
{
    const struct bpmn_mapping *cbc = find_input(node, "cbc");
    const struct bpmn_mapping *oktmo = find_input(node, "oktmo");
    struct str code;

    if (find_input(node, "amount") == NULL)
        bpmn_note(findings, false, node,
                  "how much is to be paid? Give an input amount, in roubles");
    if (find_input(node, "purpose") == NULL)
        bpmn_note(findings, false, node, "what is to be paid for? Give an input purpose");
    if (cbc != NULL && read_literal(cbc, &code) && !is_code(code, CBC_LEN))
        bpmn_note(findings, false, node, "its cbc \"%.*s\" is no КБК: it has 20 digits",
                  STR_ARG(utf8_head(code, 40)));
    if (oktmo != NULL && read_literal(oktmo, &code) && !is_code(code, 8) && !is_code(code, 11))
        bpmn_note(findings, false, node, "its oktmo \"%.*s\" is no ОКТМО: it has 8 or 11 digits",
                  STR_ARG(utf8_head(code, 40)));
    check_inputs(node, findings);
}

/* Without its number anybody's payment would do. */
static void check_waiting(const struct bpmn_node *node, struct bpmn_findings *findings)
{
    bool throws = node->kind == BPMN_THROW || node->kind == BPMN_END || node->kind == BPMN_SEND;

    for (int i = 0; i < node->event_count; i++) {
        const struct bpmn_event *event = &node->events[i];

        if (event->trigger != BPMN_MESSAGE || !str_equal(event->name, STR(CONDUCT_CHARGE_PAID)))
            continue;
        if (throws)
            bpmn_note(findings, false, node,
                      "only who pays sends \"" CONDUCT_CHARGE_PAID "\": give the message another "
                      "name");
        else if (event->key.text.len == 0)
            bpmn_note(findings, false, node,
                      "which charge is waited for? Give uprava:correlation, the number that "
                      "charge.make gave");
    }
}

void bpmn_checker_charge(const struct bpmn_node *node, struct bpmn_findings *findings)
{
    if (node->kind == BPMN_SERVICE && str_starts(node->work->operation, STR("charge.")))
        check_make(node, findings);
    check_waiting(node, findings);
}

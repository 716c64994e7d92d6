#include "workflow/bpmn_check.h"

#include "core/arena.h"
#include "core/buf.h"
#include "core/utf8.h"
#include "workflow/bpmn_checker.h"
#include "workflow/bpmn_read.h"
#include "workflow/dmn_check.h"

void bpmn_checker_expression(struct bpmn_checker *checker, const struct bpmn_node *node,
                             const struct bpmn_expression *expression, const char *what)
{
    struct bpmn_node at = *node;

    if (expression->fault.len == 0)
        return;
    at.line = expression->line;
    bpmn_note(checker->findings, false, &at, "%s \"%.*s\" cannot be read: %.*s", what,
              STR_ARG(utf8_head(expression->text, 100)), STR_ARG(expression->fault));
}

/* The processes a wanted one calls are wanted. */
static bool add_called(const struct bpmn *model, bool *is_wanted)
{
    bool has_more = false;

    for (int i = 0; i < model->node_count; i++) {
        int called = model->nodes[i].called;

        if (is_wanted[model->nodes[i].process] && called >= 0 && !is_wanted[called])
            has_more = is_wanted[called] = true;
    }
    return has_more;
}

static const bool *choose(const struct bpmn *model, struct arena *arena, int process)
{
    bool *is_wanted = ARENA_ARRAY(arena, bool, (size_t)model->node_count);
    bool has_executable = false;

    for (int i = 0; i < model->node_count; i++)
        has_executable |= model->nodes[i].kind == BPMN_PROCESS && model->nodes[i].is_executable;
    for (int i = 0; i < model->node_count; i++)
        if (model->nodes[i].kind == BPMN_PROCESS)
            is_wanted[i] =
                process >= 0 ? i == process : model->nodes[i].is_executable || !has_executable;
    while (add_called(model, is_wanted))
        ;
    for (int i = 0; i < model->node_count; i++)
        is_wanted[i] = is_wanted[model->nodes[i].process];
    return is_wanted;
}

static void check_node(struct bpmn_checker *checker, const struct bpmn_node *node)
{
    if (node->kind >= BPMN_START && node->kind <= BPMN_END)
        bpmn_checker_event(checker, node);
    else if (node->kind >= BPMN_EXCLUSIVE && node->kind <= BPMN_COMPLEX)
        bpmn_checker_gateway(checker, node);
    else if (bpmn_is_activity(node))
        bpmn_checker_activity(checker, node);
}

/* Stable, by line: what was found first of one line stays first. */
static void sort(struct bpmn_findings *findings)
{
    struct bpmn_finding *sorted = NULL;
    struct bpmn_finding *last = NULL;

    for (struct bpmn_finding *one = findings->first, *next; one != NULL; one = next) {
        struct bpmn_finding **place =
            last != NULL && last->line <= one->line ? &last->next : &sorted;

        next = one->next;
        while (*place != NULL && (*place)->line <= one->line)
            place = &(*place)->next;
        one->next = *place;
        *place = one;
        if (one->next == NULL)
            last = one;
    }
    findings->first = sorted;
    findings->last = last;
}

void bpmn_check(const struct bpmn *model, int process, struct bpmn_findings *findings)
{
    struct bpmn_checker checker = {model, findings, choose(model, findings->arena, process)};

    for (const struct bpmn_finding *one = model->findings.first; one != NULL; one = one->next) {
        struct bpmn_node at = {
            .id = one->id, .name = one->name, .line = one->line, .process = one->process};

        if (one->process < 0 || checker.is_wanted[one->process])
            bpmn_note(findings, one->is_warning, &at, "%.*s", STR_ARG(one->text));
    }
    for (int i = 0; i < model->node_count; i++)
        if (checker.is_wanted[i])
            check_node(&checker, &model->nodes[i]);
    bpmn_checker_graph(&checker);
    sort(findings);
}

static void find_in_pack(struct pack_findings *to, const struct pack_file *file,
                         const struct bpmn_finding *one)
{
    pack_find(to, file->path, one->line, "%.*s%s%.*s", STR_ARG(utf8_head(one->id, 100)),
              one->id.len > 0 ? ": " : "", STR_ARG(one->text));
}

/* A process in a pack is run by itself: nobody is there to say what a service does. */
static void check_work(const struct pack_set *set, const struct pack *pack,
                       const struct bpmn *model, struct bpmn_findings *findings)
{
    bool has_executable = false;

    for (int i = 0; i < model->node_count; i++) {
        const struct bpmn_node *node = &model->nodes[i];

        has_executable |= node->kind == BPMN_PROCESS && node->is_executable;
        if (!model->nodes[node->process].is_executable)
            continue;
        bpmn_checker_work(set, pack, node, findings);
        bpmn_checker_commission(set, pack, model, node, findings);
        if (node->kind == BPMN_RULE && node->work->called.len == 0)
            bpmn_note(findings, false, node, "which decision? Give uprava:decision");
        if (node->kind == BPMN_RULE && node->work->called.len > 0 &&
            !dmn_check_has(set, node->work->called))
            bpmn_note(findings, false, node,
                      "no decision in decisions/ is called \"%.*s\": mend the name, or add it",
                      STR_ARG(utf8_head(node->work->called, 100)));
    }
    if (!has_executable)
        bpmn_note(findings, false, &model->nodes[0],
                  "no process in it is to be executed: set isExecutable");
}

void bpmn_check_file(const struct pack_set *set, const struct pack *pack,
                     const struct pack_file *file, struct pack_findings *to)
{
    struct bpmn_findings findings = {.arena = to->arena};
    const struct bpmn *model;
    struct err err;

    if (!str_ends(file->path, STR(".bpmn"))) {
        pack_find(to, file->path, 0, "processes are files .bpmn");
        return;
    }
    if (!bpmn_read(to->arena, file->bytes, &model, &err)) {
        pack_find(to, file->path, 0, "%s", err.text);
        return;
    }
    bpmn_check(model, -1, &findings);
    check_work(set, pack, model, &findings);
    for (const struct bpmn_finding *one = findings.first; one != NULL; one = one->next)
        if (!one->is_warning)
            find_in_pack(to, file, one);
}

void bpmn_check_print(struct buf *buf, const struct bpmn_finding *finding)
{
    buf_printf(buf, "line %d", finding->line);
    if (finding->id.len > 0)
        buf_printf(buf, ", %.*s", STR_ARG(finding->id));
    if (finding->name.len > 0) {
        buf_add(buf, STR(" \""));
        for (size_t i = 0; i < finding->name.len; i++)
            buf_char(buf, finding->name.ptr[i] < ' ' && finding->name.ptr[i] > 0
                              ? ' '
                              : finding->name.ptr[i]);
        buf_char(buf, '"');
    }
    buf_printf(buf, ": %s%.*s", finding->is_warning ? "(warning) " : "", STR_ARG(finding->text));
}

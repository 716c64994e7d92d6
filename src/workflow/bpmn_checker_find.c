/* Tasks that look for records: their filter has to become SQL, whatever their inputs will be. */
#include "core/arena.h"
#include "core/utf8.h"
#include "registry/record_where.h"
#include "workflow/bpmn_checker.h"
#include "workflow/conduct.h"

struct checking {
    struct arena *arena;
    const struct register_type *type;
    const struct bpmn_node *node;
    struct bpmn_findings *findings;
};

/* Nothing is known of what the inputs will be, so each is null. */
static const struct feel_value *inputs_of(const struct checking *it)
{
    const struct bpmn_work *work = it->node->work;
    struct feel_entry *members = ARENA_ARRAY(it->arena, struct feel_entry, work->input_count + 1);

    for (size_t i = 0; i < work->input_count; i++)
        members[i] = (struct feel_entry){work->inputs[i].to, &feel_null};
    return feel_value_context(it->arena, members, work->input_count);
}

static void check_where(const struct checking *it)
{
    struct record_where_asker asker = {.input = inputs_of(it)};
    const struct record_where *where;
    struct err err = {0};

    if (!record_where_parse_as(it->arena, it->type, it->node->work->where, &asker, &where, &err))
        bpmn_note(it->findings, false, it->node, "uprava:where: %s", err.text);
}

static void check_order(const struct checking *it)
{
    const struct bpmn_work *work = it->node->work;
    const struct register_field *field;
    bool is_descending, is_count = str_equal(work->operation, STR("record.count"));
    int limit;

    if (is_count && (work->sort.len > 0 || work->limit.len > 0))
        bpmn_note(it->findings, false, it->node,
                  "uprava:sort and uprava:limit are of record.find: what is counted has no order");
    else if (work->sort.len > 0 && !conduct_find_sort(it->type, work->sort, &field, &is_descending))
        bpmn_note(it->findings, false, it->node,
                  "uprava:sort names a field of %.*s with \"sort\" or \"index\", not \"%.*s\"",
                  STR_ARG(it->type->id), STR_ARG(utf8_head(work->sort, 60)));
    else if (!conduct_find_limit(work->limit, &limit))
        bpmn_note(it->findings, false, it->node, "uprava:limit is a number from 1 to %d, not %.*s",
                  CONDUCT_FIND_MAX, STR_ARG(utf8_head(work->limit, 20)));
}

/* An input nobody asks for is a mistyped one. */
static void check_inputs(const struct checking *it)
{
    const struct bpmn_work *work = it->node->work;

    for (size_t i = 0; i < work->input_count; i++) {
        struct str name = work->inputs[i].to;
        struct str said = str_printf(it->arena, "input.%.*s", STR_ARG(name));

        if (!str_equal(name, STR("except")) && str_find(work->where, said) == work->where.len)
            bpmn_note(it->findings, false, it->node,
                      "uprava:where does not ask for input.%.*s: what is it for?",
                      STR_ARG(utf8_head(name, 60)));
    }
}

void bpmn_checker_find(const struct pack_set *set, const struct pack *pack,
                       const struct bpmn_node *node, struct bpmn_findings *findings)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct str subject = node->work->subject;
    const struct pack_file *file = bpmn_checker_file(set, pack, subject, "registers", ".json");
    struct pack_findings others = {.arena = scratch}; /* told with the register's own file */
    struct checking it = {.arena = scratch, .node = node, .findings = findings};
    struct str id = str_slice(subject, 0, str_find_char(subject, '.'));
    const struct pack *its = str_equal(id, pack->id) ? pack : pack_set_find(set, id);

    if (subject.len == 0)
        bpmn_note(findings, false, node, "which register? Give uprava:register");
    else if (file == NULL || its == NULL)
        bpmn_note(findings, false, node,
                  "there is no register \"%.*s\", here or in a pack this one requires",
                  STR_ARG(utf8_head(subject, 100)));
    else
        it.type = register_type_compile(scratch, its, file, &others);
    if (it.type == NULL)
        return;
    if (node->work->where.len > 0)
        check_where(&it);
    check_order(&it);
    check_inputs(&it);
}

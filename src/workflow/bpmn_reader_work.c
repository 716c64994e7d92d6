/* What an activity does and with which data: associations, loops, our own attributes. */
#include "core/num.h"
#include "workflow/bpmn_reader.h"

#include <string.h>

struct mappings {
    VEC(struct bpmn_mapping) inputs;
    VEC(struct bpmn_mapping) outputs;
};

static void push(struct bpmn_reader *reader, struct mappings *mappings, bool is_input,
                 struct bpmn_mapping mapping)
{
    if (is_input)
        VEC_PUSH(reader->arena, &mappings->inputs, mapping);
    else
        VEC_PUSH(reader->arena, &mappings->outputs, mapping);
}

/* uprava:input and uprava:output: a name, and FEEL in an attribute or as text. */
static void read_own(struct bpmn_reader *reader, const struct xml_tree *element,
                     struct mappings *mappings)
{
    const struct xml_tree *extensions = xml_tree_find(element, "extensionElements");

    for (const struct xml_tree *one = extensions == NULL ? NULL : extensions->first; one != NULL;
         one = one->next) {
        struct str name = str_trim(xml_tree_value(one, "name"));
        struct str value = xml_tree_value(one, "value");
        bool is_input = bpmn_reader_is(one->name, "input");

        if (!str_equal(one->space, STR(BPMN_SPACE_UPRAVA)))
            continue;
        if ((!is_input && !bpmn_reader_is(one->name, "output")) || name.len == 0) {
            bpmn_reader_note(reader, false, element,
                             "<uprava:%.*s> is not known, or has no name: "
                             "there are input and output",
                             STR_ARG(str_slice(one->name, 0, 50)));
            continue;
        }
        push(reader, mappings, is_input,
             (struct bpmn_mapping){
                 .to = name,
                 .value = bpmn_reader_expression(reader, value.len > 0 ? value : one->text, one)});
    }
}

static struct str reference_in(const struct xml_tree *association, const char *name)
{
    const struct xml_tree *child = xml_tree_find(association, name);

    return child == NULL ? (struct str){0} : str_trim(child->text);
}

/* Assignments of an association: from an expression to a name. */
static bool read_assignments(struct bpmn_reader *reader, const struct xml_tree *association,
                             struct mappings *mappings, bool is_input)
{
    bool has_one = false;

    for (const struct xml_tree *one = association->first; one != NULL; one = one->next) {
        const struct xml_tree *to = xml_tree_find(one, "to");

        if (!xml_tree_is(one, association->space, "assignment") || to == NULL)
            continue;
        push(reader, mappings, is_input,
             (struct bpmn_mapping){.to = str_trim(to->text),
                                   .value = bpmn_reader_child(reader, one, "from")});
        has_one = true;
    }
    return has_one;
}

/*
 * A data association: a value copied, or transformed on its way.  What it ends at inside the
 * activity may be left out or be an editor's stand-in: then both ends have one name.
 */
static void read_association(struct bpmn_reader *reader, const struct xml_tree *association,
                             struct mappings *mappings, bool is_input)
{
    struct str outer_id = reference_in(association, is_input ? "sourceRef" : "targetRef");
    struct str inner_id = reference_in(association, is_input ? "targetRef" : "sourceRef");
    const struct xml_tree *inner = bpmn_reader_find(reader, inner_id);
    struct str outer = bpmn_reader_value_name(reader, outer_id);
    struct str inside = outer;
    struct bpmn_mapping mapping;

    if (read_assignments(reader, association, mappings, is_input))
        return;
    if (outer.len == 0) {
        bpmn_reader_note(reader, true, association,
                         "a data store, or what is not in this file, has no value: ignored");
        return;
    }
    if (inner != NULL &&
        (bpmn_reader_is(inner->name, "dataInput") || bpmn_reader_is(inner->name, "dataOutput")) &&
        xml_tree_value(inner, "name").len > 0)
        inside = bpmn_reader_label(inner);
    mapping =
        (struct bpmn_mapping){.to = is_input ? inside : outer,
                              .from = is_input ? outer : inside,
                              .value = bpmn_reader_child(reader, association, "transformation")};
    push(reader, mappings, is_input, mapping);
}

static void read_mappings(struct bpmn_reader *reader, const struct xml_tree *element,
                          struct bpmn_work *work)
{
    struct mappings mappings = {0};

    for (const struct xml_tree *one = element->first; one != NULL; one = one->next) {
        if (xml_tree_is(one, element->space, "dataInputAssociation"))
            read_association(reader, one, &mappings, true);
        if (xml_tree_is(one, element->space, "dataOutputAssociation"))
            read_association(reader, one, &mappings, false);
    }
    read_own(reader, element, &mappings);
    work->inputs = mappings.inputs.items;
    work->input_count = mappings.inputs.count;
    work->outputs = mappings.outputs.items;
    work->output_count = mappings.outputs.count;
}

void bpmn_reader_work(struct bpmn_reader *reader, const struct xml_tree *element,
                      struct bpmn_node *node)
{
    struct bpmn_work *work = ARENA_NEW(reader->arena, struct bpmn_work);

    work->operation = bpmn_reader_own(element, "operation");
    work->subject = bpmn_reader_own(element, "register");
    if (work->subject.len == 0)
        work->subject = bpmn_reader_own(element, "process");
    work->result = bpmn_reader_own(element, "result");
    work->form = bpmn_reader_own(element, "form");
    work->role = bpmn_reader_own(element, "role");
    work->term = bpmn_reader_own(element, "term");
    work->days = bpmn_reader_days(reader, element);
    work->where = bpmn_reader_own(element, "where");
    work->sort = bpmn_reader_own(element, "sort");
    work->limit = bpmn_reader_own(element, "limit");
    work->letter = bpmn_reader_own(element, "letter");
    work->message = bpmn_reader_own(element, "message");
    work->stage = bpmn_reader_own(element, "stage");
    work->pause = bpmn_reader_own(element, "pause");
    work->is_visit = str_equal(bpmn_reader_own(element, "visit"), STR("true"));
    if (node->kind == BPMN_CALL)
        work->called = str_trim(xml_tree_value(element, "calledElement"));
    if (node->kind == BPMN_RULE)
        work->called = bpmn_reader_own(element, "decision");
    if (node->kind == BPMN_SCRIPT) {
        const struct xml_tree *script = xml_tree_find(element, "script");
        struct bpmn_expression *expression = &work->script;

        work->script_format = str_trim(xml_tree_value(element, "scriptFormat"));
        if (script != NULL)
            *expression = bpmn_reader_expression(reader, script->text, script);
    }
    read_mappings(reader, element, work);
    node->work = work;
}

/* The name of a loop's item: of the element, as its name or its id. */
static struct str item_name(const struct xml_tree *loop, const char *child, const char *own)
{
    const struct xml_tree *item = xml_tree_find(loop, child);
    struct str name = bpmn_reader_own(loop, own);

    return name.len > 0 || item == NULL ? name : bpmn_reader_label(item);
}

/* An expression from our attribute, or the name of the value a reference stands for. */
static struct bpmn_expression collection_of(struct bpmn_reader *reader, const struct xml_tree *loop)
{
    struct str own = bpmn_reader_own(loop, "collection");
    struct str reference = reference_in(loop, "loopDataInputRef");
    struct str name = bpmn_reader_value_name(reader, reference);

    if (reference.len > 0 && name.len == 0 && own.len == 0)
        bpmn_reader_note(reader, false, loop, "loopDataInputRef names nothing in this file");
    return bpmn_reader_expression(reader, own.len > 0 ? own : name, loop);
}

static void read_multiple(struct bpmn_reader *reader, const struct xml_tree *loop,
                          struct bpmn_loop *to)
{
    struct str behavior = xml_tree_value(loop, "behavior");
    struct str item = bpmn_reader_own(loop, "output-item");

    to->is_multiple = true;
    to->is_sequential = bpmn_reader_is(xml_tree_value(loop, "isSequential"), "true");
    to->condition = bpmn_reader_child(reader, loop, "completionCondition");
    to->cardinality = bpmn_reader_child(reader, loop, "loopCardinality");
    to->collection = collection_of(reader, loop);
    to->item = item_name(loop, "inputDataItem", "item");
    to->output = bpmn_reader_own(loop, "output");
    if (to->output.len == 0)
        to->output = bpmn_reader_value_name(reader, reference_in(loop, "loopDataOutputRef"));
    if (item.len == 0)
        item = item_name(loop, "outputDataItem", "output-item");
    to->output_item = bpmn_reader_expression(reader, item, loop);
    if (behavior.len > 0 && !bpmn_reader_is(behavior, "All"))
        bpmn_reader_note(reader, true, loop->parent,
                         "behavior=\"%.*s\" of the multi-instance is ignored: it throws no event",
                         STR_ARG(str_slice(behavior, 0, 20)));
}

const struct bpmn_loop *bpmn_reader_loop(struct bpmn_reader *reader, const struct xml_tree *element)
{
    const struct xml_tree *standard = xml_tree_find(element, "standardLoopCharacteristics");
    const struct xml_tree *multiple = xml_tree_find(element, "multiInstanceLoopCharacteristics");
    struct bpmn_loop *loop;

    if (standard == NULL && multiple == NULL)
        return NULL;
    loop = ARENA_NEW(reader->arena, struct bpmn_loop);
    loop->line = multiple != NULL ? multiple->line : standard->line;
    if (multiple != NULL) {
        read_multiple(reader, multiple, loop);
        return loop;
    }
    loop->is_tested_before = bpmn_reader_is(xml_tree_value(standard, "testBefore"), "true");
    loop->condition = bpmn_reader_child(reader, standard, "loopCondition");
    if (!num_parse_int(xml_tree_value(standard, "loopMaximum"), &loop->most) || loop->most < 0)
        loop->most = 0;
    return loop;
}

void bpmn_reader_data(struct bpmn_reader *reader, const struct xml_tree *element, int scope)
{
    struct bpmn_data data = {.id = xml_tree_value(element, "id"),
                             .name = bpmn_reader_value_name(reader, xml_tree_value(element, "id")),
                             .scope = scope};
    struct str initial = bpmn_reader_own(element, "value");

    if (data.name.len == 0)
        return;
    data.is_collection = bpmn_reader_is(xml_tree_value(element, "isCollection"), "true");
    data.initial = bpmn_reader_expression(reader, initial, element);
    /* Several references stand for one value. */
    for (size_t i = 0; i < reader->data.count; i++)
        if (reader->data.items[i].scope == scope &&
            str_equal(reader->data.items[i].name, data.name)) {
            if (initial.len > 0)
                reader->data.items[i].initial = data.initial;
            return;
        }
    VEC_PUSH(reader->arena, &reader->data, data);
}

#include "workflow/bpmn_read.h"

#include "core/buf.h"
#include "workflow/bpmn_reader.h"

struct kind {
    const char *element;
    enum bpmn_kind kind;
};

/* Sorted by element. */
static const struct kind KINDS[] = {
    {"adHocSubProcess", BPMN_AD_HOC},
    {"boundaryEvent", BPMN_BOUNDARY},
    {"businessRuleTask", BPMN_RULE},
    {"callActivity", BPMN_CALL},
    {"complexGateway", BPMN_COMPLEX},
    {"endEvent", BPMN_END},
    {"eventBasedGateway", BPMN_EVENT_GATEWAY},
    {"exclusiveGateway", BPMN_EXCLUSIVE},
    {"inclusiveGateway", BPMN_INCLUSIVE},
    {"intermediateCatchEvent", BPMN_CATCH},
    {"intermediateThrowEvent", BPMN_THROW},
    {"manualTask", BPMN_MANUAL},
    {"parallelGateway", BPMN_PARALLEL},
    {"process", BPMN_PROCESS},
    {"receiveTask", BPMN_RECEIVE},
    {"scriptTask", BPMN_SCRIPT},
    {"sendTask", BPMN_SEND},
    {"serviceTask", BPMN_SERVICE},
    {"startEvent", BPMN_START},
    {"subProcess", BPMN_SUB_PROCESS},
    {"task", BPMN_TASK},
    {"transaction", BPMN_TRANSACTION},
    {"userTask", BPMN_USER},
};

/* Elements in a process that are read elsewhere, or say nothing about what is executed. */
static const char *const SILENT[] = {
    "artifact",
    "association",
    "auditing",
    "category",
    "correlationSubscription",
    "dataObject",
    "dataObjectReference",
    "dataStoreReference",
    "documentation",
    "extensionElements",
    "group",
    "ioBinding",
    "ioSpecification",
    "incoming",
    "laneSet",
    "monitoring",
    "outgoing",
    "performer",
    "potentialOwner",
    "humanPerformer",
    "property",
    "resourceRole",
    "sequenceFlow",
    "supports",
    "textAnnotation",
    "dataInputAssociation",
    "dataOutputAssociation",
    "standardLoopCharacteristics",
    "multiInstanceLoopCharacteristics",
};

/* Extensions of other engines: what they say there is not done here. */
static const char *const ENGINES[] = {
    "http://camunda.org/schema/1.0/bpmn", "http://camunda.org/schema/zeebe/1.0",
    "http://activiti.org/bpmn",           "http://flowable.org/bpmn",
    "http://www.jboss.org/drools",
};

static const struct kind *kind_of(const struct xml_tree *element)
{
    for (size_t i = 0; i < ARRAY_LEN(KINDS); i++)
        if (bpmn_reader_is(element->name, KINDS[i].element))
            return &KINDS[i];
    return NULL;
}

static bool is_engine(struct str space)
{
    for (size_t i = 0; i < ARRAY_LEN(ENGINES); i++)
        if (bpmn_reader_is(space, ENGINES[i]))
            return true;
    return false;
}

static void note_extensions(struct bpmn_reader *reader, const struct xml_tree *element)
{
    const struct xml_tree *extensions = xml_tree_find(element, "extensionElements");
    struct buf names = {.arena = reader->arena};

    for (size_t i = 0; i < element->count; i++)
        if (is_engine(element->attributes[i].space))
            buf_printf(&names, "%s%.*s", names.len > 0 ? ", " : "",
                       STR_ARG(str_slice(element->attributes[i].name, 0, 50)));
    for (const struct xml_tree *one = extensions == NULL ? NULL : extensions->first; one != NULL;
         one = one->next)
        if (is_engine(one->space))
            buf_printf(&names, "%s%.*s", names.len > 0 ? ", " : "",
                       STR_ARG(str_slice(one->name, 0, 50)));
    if (names.len > 0)
        bpmn_reader_note(reader, true, element, "extensions of another engine are ignored: %.*s",
                         STR_ARG(str_slice(buf_str(&names), 0, 300)));
}

/* Everything with an id can be referred to, before or behind where it stands. */
static void gather(struct bpmn_reader *reader, const struct xml_tree *element)
{
    for (const struct xml_tree *one = element->first; one != NULL; one = one->next) {
        struct str id = xml_tree_value(one, "id");
        struct str name = xml_tree_value(one, "name");

        if (!str_equal(one->space, STR(BPMN_SPACE)))
            continue;
        if (id.len > 0 && map_find(&reader->elements, id) == NULL)
            map_put(&reader->elements, id, (void *)one);
        if (str_starts(one->name, STR("data")) && str_find_char(name, ' ') < name.len)
            VEC_PUSH(reader->arena, &reader->names, str_trim(name));
        if (bpmn_reader_is(one->name, "association"))
            map_put(&reader->handlers, str_trim(xml_tree_value(one, "sourceRef")), (void *)one);
        gather(reader, one);
    }
}

static void read_lanes(struct bpmn_reader *reader, const struct xml_tree *set)
{
    for (const struct xml_tree *lane = set->first; lane != NULL; lane = lane->next)
        for (const struct xml_tree *one = lane->first; one != NULL; one = one->next) {
            struct bpmn_reader_lane *found;

            if (bpmn_reader_is(one->name, "childLaneSet"))
                read_lanes(reader, one);
            if (!bpmn_reader_is(one->name, "flowNodeRef") ||
                map_find(&reader->lanes, str_trim(one->text)) != NULL)
                continue;
            found = ARENA_NEW(reader->arena, struct bpmn_reader_lane);
            found->name = bpmn_reader_label(lane);
            map_put(&reader->lanes, str_trim(one->text), found);
        }
}

static void read_flow(struct bpmn_reader *reader, const struct xml_tree *element)
{
    struct bpmn_flow flow = {
        .index = (int)reader->flows.count,
        .from = -1,
        .to = -1,
        .line = element->line,
        .process = reader->process,
        .id = xml_tree_value(element, "id"),
        .name = xml_tree_value(element, "name"),
        .from_id = str_trim(xml_tree_value(element, "sourceRef")),
        .to_id = str_trim(xml_tree_value(element, "targetRef")),
        .condition = bpmn_reader_child(reader, element, "conditionExpression"),
    };

    VEC_PUSH(reader->arena, &reader->flows, flow);
}

static bool is_true(const struct xml_tree *element, const char *name)
{
    return bpmn_reader_is(str_trim(xml_tree_value(element, name)), "true");
}

static bool is_not_false(const struct xml_tree *element, const char *name)
{
    return !bpmn_reader_is(str_trim(xml_tree_value(element, name)), "false");
}

static void read_event(struct bpmn_reader *reader, const struct xml_tree *element,
                       struct bpmn_node *node)
{
    node->is_parallel = is_true(element, "parallelMultiple");
    node->is_interrupting =
        is_not_false(element, node->kind == BPMN_BOUNDARY ? "cancelActivity" : "isInterrupting");
    node->host_id = str_trim(xml_tree_value(element, "attachedToRef"));
    bpmn_reader_events(reader, element, node);
    bpmn_reader_work(reader, element, node);
}

static void read_activity(struct bpmn_reader *reader, const struct xml_tree *element,
                          struct bpmn_node *node)
{
    node->is_event_sub = is_true(element, "triggeredByEvent");
    node->is_compensation = is_true(element, "isForCompensation");
    node->instantiates = is_true(element, "instantiate");
    bpmn_reader_work(reader, element, node);
    node->loop = bpmn_reader_loop(reader, element);
    if (node->kind == BPMN_SEND || node->kind == BPMN_RECEIVE)
        bpmn_reader_events(reader, element, node);
}

static bool read_scope(struct bpmn_reader *reader, const struct xml_tree *element, int scope,
                       struct err *err);

static struct str read_help(const struct xml_tree *element)
{
    const struct xml_tree *help = xml_tree_find(element, "documentation");

    return help != NULL ? str_trim(help->text) : (struct str){0};
}

static bool read_node(struct bpmn_reader *reader, const struct xml_tree *element,
                      enum bpmn_kind kind, int scope, struct err *err)
{
    struct bpmn_node node = {
        .kind = kind,
        .index = (int)reader->nodes.count,
        .process = scope < 0 ? (int)reader->nodes.count : reader->process,
        .scope = scope,
        .line = element->line,
        .id = xml_tree_value(element, "id"),
        .name = str_trim(xml_tree_value(element, "name")),
        .help = read_help(element),
        .default_flow = -1,
        .default_id = str_trim(xml_tree_value(element, "default")),
        .host = -1,
        .handler = -1,
        .link = -1,
        .called = -1,
        .first_child = -1,
        .next_child = -1,
        .first_boundary = -1,
        .next_boundary = -1,
    };

    if (reader->nodes.count >= BPMN_NODES_MAX || reader->flows.count >= BPMN_FLOWS_MAX)
        return err_set(err, ERR_LIMIT,
                       "line %d: the model has more than %d events, activities and gateways, "
                       "or %d sequence flows",
                       element->line, BPMN_NODES_MAX, BPMN_FLOWS_MAX);
    reader->process = node.process;
    node.is_executable = is_not_false(element, "isExecutable");
    if (kind >= BPMN_START && kind <= BPMN_END)
        read_event(reader, element, &node);
    if (kind == BPMN_EVENT_GATEWAY) {
        node.instantiates = is_true(element, "instantiate");
        node.is_parallel = bpmn_reader_is(xml_tree_value(element, "eventGatewayType"), "Parallel");
    }
    if (kind >= BPMN_TASK)
        read_activity(reader, element, &node);
    note_extensions(reader, element);
    VEC_PUSH(reader->arena, &reader->nodes, node);
    return !bpmn_is_scope(&node) || read_scope(reader, element, node.index, err);
}

static bool is_silent(const struct xml_tree *element)
{
    for (size_t i = 0; i < ARRAY_LEN(SILENT); i++)
        if (bpmn_reader_is(element->name, SILENT[i]))
            return true;
    return false;
}

static bool is_data(const struct xml_tree *element)
{
    return bpmn_reader_is(element->name, "dataObject") ||
           bpmn_reader_is(element->name, "dataObjectReference") ||
           bpmn_reader_is(element->name, "property");
}

/* What lies in a process or sub-process. */
static bool read_scope(struct bpmn_reader *reader, const struct xml_tree *element, int scope,
                       struct err *err)
{
    for (const struct xml_tree *one = element->first; one != NULL; one = one->next) {
        const struct kind *kind = kind_of(one);

        if (!str_equal(one->space, STR(BPMN_SPACE)))
            continue;
        if (bpmn_reader_is(one->name, "sequenceFlow"))
            read_flow(reader, one);
        else if (bpmn_reader_is(one->name, "laneSet"))
            read_lanes(reader, one);
        else if (is_data(one))
            bpmn_reader_data(reader, one, scope);
        else if (kind != NULL && kind->kind != BPMN_PROCESS) {
            if (!read_node(reader, one, kind->kind, scope, err))
                return false;
        } else if (!is_silent(one) && !str_starts(one->name, STR("completionCondition")))
            bpmn_reader_note(reader, false, one, "<%.*s> is not executed",
                             STR_ARG(str_slice(one->name, 0, 50)));
    }
    return true;
}

static bool read_definitions(struct bpmn_reader *reader, const struct xml_tree *root,
                             struct err *err)
{
    for (const struct xml_tree *one = root->first; one != NULL; one = one->next)
        if (xml_tree_is(one, STR(BPMN_SPACE), "process") &&
            !read_node(reader, one, BPMN_PROCESS, -1, err))
            return false;
    reader->process = -1;
    return reader->nodes.count > 0 || err_set(err, ERR_INPUT, "there is no process in it");
}

bool bpmn_read(struct arena *arena, struct str text, const struct bpmn **model, struct err *err)
{
    struct xml_tree *root;
    struct bpmn *made = ARENA_NEW(arena, struct bpmn);
    struct bpmn_reader reader = {.arena = arena,
                                 .model = made,
                                 .process = -1,
                                 .elements = {.arena = arena},
                                 .lanes = {.arena = arena},
                                 .handlers = {.arena = arena}};

    if (!xml_tree_parse(arena, text, NULL, &root, err))
        return false;
    if (!xml_tree_is(root, STR(BPMN_SPACE), "definitions"))
        return err_set(err, ERR_INPUT,
                       "this is no BPMN 2.0 model: the outermost element is not its definitions");
    *made = (struct bpmn){.arena = arena, .ids = {.arena = arena}, .findings = {.arena = arena}};
    gather(&reader, root);
    if (!read_definitions(&reader, root, err))
        return false;
    bpmn_reader_diagram(&reader, root);
    bpmn_reader_link(&reader);
    *model = made;
    return true;
}

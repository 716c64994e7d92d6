/* Event definitions: what an event waits for, or what it does. */
#include "workflow/bpmn_reader.h"
#include "workflow/flow_time.h"

struct definition {
    const char *element;
    enum bpmn_trigger trigger;
    const char *reference; /* the attribute that names what is meant */
    const char *code;      /* the attribute of that which two events have to share */
};

static const struct definition DEFINITIONS[] = {
    {"cancelEventDefinition", BPMN_CANCEL, NULL, NULL},
    {"compensateEventDefinition", BPMN_COMPENSATE, NULL, NULL},
    {"conditionalEventDefinition", BPMN_CONDITION, NULL, NULL},
    {"errorEventDefinition", BPMN_ERROR, "errorRef", "errorCode"},
    {"escalationEventDefinition", BPMN_ESCALATION, "escalationRef", "escalationCode"},
    {"linkEventDefinition", BPMN_LINK, NULL, NULL},
    {"messageEventDefinition", BPMN_MESSAGE, "messageRef", "name"},
    {"signalEventDefinition", BPMN_SIGNAL, "signalRef", "name"},
    {"terminateEventDefinition", BPMN_TERMINATE, NULL, NULL},
    {"timerEventDefinition", BPMN_TIMER, NULL, NULL},
};

static const struct definition *definition_of(const struct xml_tree *element)
{
    for (size_t i = 0; i < ARRAY_LEN(DEFINITIONS); i++)
        if (bpmn_reader_is(element->name, DEFINITIONS[i].element))
            return &DEFINITIONS[i];
    return NULL;
}

static void read_timer(struct bpmn_reader *reader, const struct xml_tree *element,
                       struct bpmn_event *event)
{
    static const char *const NAMES[] = {
        [BPMN_TIMER_DATE] = "timeDate",
        [BPMN_TIMER_DURATION] = "timeDuration",
        [BPMN_TIMER_CYCLE] = "timeCycle",
    };

    for (enum bpmn_timer timer = BPMN_TIMER_DATE; timer <= BPMN_TIMER_CYCLE; timer++) {
        const struct xml_tree *child = xml_tree_find(element, NAMES[timer]);
        struct str text = child == NULL ? (struct str){0} : str_trim(child->text);

        if (text.len == 0)
            continue;
        event->timer = timer;
        if (flow_time_is_literal(timer, text))
            event->when = (struct bpmn_expression){.text = text, .line = child->line};
        else
            event->when = bpmn_reader_expression(reader, text, child);
    }
}

/* Two events mean the same when names (codes) are equal; what has none goes by its id. */
static void read_name(struct bpmn_reader *reader, const struct xml_tree *element,
                      const struct xml_tree *of, const struct definition *definition,
                      struct bpmn_event *event)
{
    struct str reference = str_trim(xml_tree_value(of, definition->reference));
    const struct xml_tree *named = bpmn_reader_find(reader, reference);
    bool wants_name = event->trigger == BPMN_MESSAGE || event->trigger == BPMN_SIGNAL;

    event->has_name = reference.len > 0;
    if (named != NULL) {
        struct str code = str_trim(xml_tree_value(named, definition->code));

        event->name = code.len > 0 ? code : xml_tree_value(named, "id");
        event->key = bpmn_reader_expression(reader, bpmn_reader_own(named, "correlation"), named);
    } else if (reference.len > 0) {
        bpmn_reader_note(reader, false, element, "%s=\"%.*s\" names nothing in this file",
                         definition->reference, STR_ARG(str_slice(reference, 0, 100)));
    } else if (wants_name) {
        event->name = bpmn_reader_label(element);
        bpmn_reader_note(
            reader, true, element, "no %s is drawn for it: it goes by the name \"%.*s\"",
            bpmn_trigger_name(event->trigger), STR_ARG(str_slice(event->name, 0, 100)));
    }
    if (bpmn_reader_own(of, "correlation").len > 0)
        event->key = bpmn_reader_expression(reader, bpmn_reader_own(of, "correlation"), of);
}

static struct bpmn_event read_event(struct bpmn_reader *reader, const struct xml_tree *element,
                                    const struct xml_tree *of, const struct definition *definition)
{
    struct bpmn_event event = {.trigger = definition->trigger, .activity = -1, .line = of->line};

    if (definition->reference != NULL)
        read_name(reader, element, of, definition, &event);
    if (event.trigger == BPMN_TIMER) {
        event.days = bpmn_reader_days(reader, of);
        read_timer(reader, of, &event);
    }
    if (event.trigger == BPMN_CONDITION)
        event.when = bpmn_reader_child(reader, of, "condition");
    if (event.trigger == BPMN_LINK)
        event.name = str_trim(xml_tree_value(of, "name"));
    if (event.trigger == BPMN_COMPENSATE) {
        event.activity_id = str_trim(xml_tree_value(of, "activityRef"));
        if (bpmn_reader_is(xml_tree_value(of, "waitForCompletion"), "false"))
            bpmn_reader_note(reader, true, element,
                             "waitForCompletion=\"false\" is ignored: the flow waits");
    }
    return event;
}

/* An event has its definition in it, or refers to one that stands beside the processes. */
static const struct xml_tree *definition_at(const struct bpmn_reader *reader,
                                            const struct xml_tree *child)
{
    if (bpmn_reader_is(child->name, "eventDefinitionRef"))
        return bpmn_reader_find(reader, str_trim(child->text));
    return child;
}

void bpmn_reader_events(struct bpmn_reader *reader, const struct xml_tree *element,
                        struct bpmn_node *node)
{
    VEC(struct bpmn_event) events = {0};

    if (node->kind == BPMN_SEND || node->kind == BPMN_RECEIVE) {
        static const struct definition MESSAGE = {"", BPMN_MESSAGE, "messageRef", "name"};

        VEC_PUSH(reader->arena, &events, read_event(reader, element, element, &MESSAGE));
    }
    for (const struct xml_tree *child = element->first; child != NULL; child = child->next) {
        const struct xml_tree *of = definition_at(reader, child);
        const struct definition *definition = of == NULL ? NULL : definition_of(of);

        if (of == NULL)
            bpmn_reader_note(reader, false, element, "eventDefinitionRef names nothing here");
        if (definition != NULL && str_equal(of->space, STR(BPMN_SPACE)))
            VEC_PUSH(reader->arena, &events, read_event(reader, element, of, definition));
    }
    node->events = events.items;
    node->event_count = (int)events.count;
}

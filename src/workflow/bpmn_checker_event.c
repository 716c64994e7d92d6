/* What events may wait for and do, by where they stand. */
#include "core/utf8.h"
#include "workflow/bpmn_checker.h"
#include "workflow/flow_time.h"

/* Sets of triggers: a bit for each. */
enum {
    WAITED_FOR = 1 << BPMN_MESSAGE | 1 << BPMN_TIMER | 1 << BPMN_SIGNAL | 1 << BPMN_CONDITION,
    OF_PROCESS = WAITED_FOR,
    OF_EVENT_SUB = WAITED_FOR | 1 << BPMN_ERROR | 1 << BPMN_ESCALATION | 1 << BPMN_COMPENSATE,
    CAUGHT = WAITED_FOR | 1 << BPMN_LINK,
    THROWN = 1 << BPMN_MESSAGE | 1 << BPMN_SIGNAL | 1 << BPMN_ESCALATION | 1 << BPMN_COMPENSATE |
             1 << BPMN_LINK,
    AT_BOUNDARY = OF_EVENT_SUB | 1 << BPMN_CANCEL,
    AT_END = 1 << BPMN_MESSAGE | 1 << BPMN_SIGNAL | 1 << BPMN_ESCALATION | 1 << BPMN_COMPENSATE |
             1 << BPMN_ERROR | 1 << BPMN_TERMINATE | 1 << BPMN_CANCEL,
};

static const struct bpmn_node *scope_of(const struct bpmn_checker *checker,
                                        const struct bpmn_node *node)
{
    return &checker->model->nodes[node->scope];
}

static unsigned allowed(const struct bpmn_checker *checker, const struct bpmn_node *node)
{
    const struct bpmn_node *scope = scope_of(checker, node);

    switch ((int)node->kind) {
    case BPMN_START:
        return scope->kind == BPMN_PROCESS ? OF_PROCESS : scope->is_event_sub ? OF_EVENT_SUB : 0;
    case BPMN_CATCH:
        return CAUGHT;
    case BPMN_THROW:
        return THROWN;
    case BPMN_BOUNDARY:
        return AT_BOUNDARY;
    default:
        return AT_END;
    }
}

/* What FEEL gives is looked at when it is waited for. */
static void check_days(struct bpmn_checker *checker, const struct bpmn_node *node,
                       const struct bpmn_event *event)
{
    static const struct calendar PLAIN = {0};
    int64_t at;

    if (!bpmn_checker_days(checker, node, event->days))
        return;
    if (event->timer != BPMN_TIMER_DURATION)
        bpmn_note(checker->findings, false, node,
                  "uprava:days=\"working\" counts a timeDuration: give the timer one, as P10D");
    else if (event->when.feel == NULL && event->when.fault.len == 0 &&
             !flow_time_working(event->when.text, &PLAIN, 0, 0, &at))
        bpmn_note(checker->findings, false, node,
                  "its timer \"%.*s\" is no number of working days: write it as P10D, or leave "
                  "uprava:days out",
                  STR_ARG(utf8_head(event->when.text, 80)));
    if (node->kind == BPMN_START && scope_of(checker, node)->kind == BPMN_PROCESS)
        bpmn_note(checker->findings, false, node,
                  "a process that begins by the clock counts all days: leave uprava:days out");
}

static void check_timer(struct bpmn_checker *checker, const struct bpmn_node *node,
                        const struct bpmn_event *event)
{
    static const char *const EXAMPLES[] = {
        [BPMN_TIMER_DATE] = "2026-03-02T09:00:00+03:00",
        [BPMN_TIMER_DURATION] = "PT15M or P3D",
        [BPMN_TIMER_CYCLE] = "R3/PT10M or R/2026-03-02T09:00:00+03:00/P1D",
    };

    if (event->timer == BPMN_TIMER_NONE)
        bpmn_note(checker->findings, false, node,
                  "its timer has no time: give it a date, a duration or a cycle");
    else if (event->when.fault.len > 0)
        bpmn_note(checker->findings, false, node,
                  "its timer \"%.*s\" is neither FEEL nor ISO 8601, as %s: %.*s",
                  STR_ARG(utf8_head(event->when.text, 80)), EXAMPLES[event->timer],
                  STR_ARG(event->when.fault));
    check_days(checker, node, event);
}

static void check_definition(struct bpmn_checker *checker, const struct bpmn_node *node,
                             const struct bpmn_event *event)
{
    bool is_thrown = node->kind == BPMN_THROW || node->kind == BPMN_END;

    if ((allowed(checker, node) & (1U << event->trigger)) == 0) {
        bpmn_note(checker->findings, false, node, "a %s here cannot have the trigger %s",
                  bpmn_kind_name(node->kind), bpmn_trigger_name(event->trigger));
        return;
    }
    if (event->trigger == BPMN_TIMER)
        check_timer(checker, node, event);
    if (event->trigger == BPMN_CONDITION && event->when.text.len == 0)
        bpmn_note(checker->findings, false, node, "its condition is empty: write it in FEEL");
    if (event->trigger == BPMN_CONDITION)
        bpmn_checker_expression(checker, node, &event->when, "its condition");
    if (event->trigger == BPMN_MESSAGE)
        bpmn_checker_expression(checker, node, &event->key, "the message's correlation");
    if (event->trigger == BPMN_ESCALATION && is_thrown && !event->has_name)
        bpmn_note(checker->findings, true, node,
                  "it has no escalation: only what catches any escalation sees it");
    if (event->trigger == BPMN_ERROR && is_thrown && !event->has_name)
        bpmn_note(checker->findings, true, node,
                  "it has no error: only what catches any error sees it");
    if (event->trigger == BPMN_LINK && node->kind == BPMN_THROW && node->link < 0)
        bpmn_note(checker->findings, false, node,
                  "there is no catching link event \"%.*s\" beside it",
                  STR_ARG(utf8_head(event->name, 80)));
}

/* What an expression gives is known when the pack is installed: then it begins nothing. */
static void check_pace(struct bpmn_checker *checker, const struct bpmn_node *node)
{
    const struct bpmn_event *event = bpmn_event_of(node, BPMN_TIMER);
    struct flow_time time;
    int64_t second = 1;
    int64_t at;

    if (event == NULL || event->timer != BPMN_TIMER_CYCLE || event->when.feel != NULL ||
        !flow_time_parse(event->timer, event->when.text, 0, 0, &time) ||
        !flow_time_next(&time, INT64_MIN, &second, &at))
        return;
    if (at - time.due_at < FLOW_TIME_START_LEAST_MS)
        bpmn_note(checker->findings, false, node,
                  "a process does not begin by itself more often than once a minute: give its "
                  "cycle PT1M or more");
}

static void check_start(struct bpmn_checker *checker, const struct bpmn_node *node)
{
    const struct bpmn_node *scope = scope_of(checker, node);

    if (node->incoming_count > 0)
        bpmn_note(checker->findings, false, node,
                  "sequence flows lead to a start event: end them elsewhere");
    if (scope->is_event_sub && node->event_count == 0)
        bpmn_note(checker->findings, false, node,
                  "the start of an event sub-process needs a trigger, as a message or a timer");
    if (scope->is_event_sub && bpmn_event_of(node, BPMN_ERROR) != NULL && !node->is_interrupting)
        bpmn_note(checker->findings, false, node, "an error always interrupts: set isInterrupting");
    if (scope->kind == BPMN_PROCESS)
        check_pace(checker, node);
    if (scope->kind == BPMN_PROCESS && bpmn_event_of(node, BPMN_CONDITION) != NULL)
        bpmn_note(checker->findings, true, node,
                  "nothing watches the condition before a flow begins: it is begun by hand");
}

static void check_end(struct bpmn_checker *checker, const struct bpmn_node *node)
{
    if (node->outgoing_count > 0)
        bpmn_note(checker->findings, false, node,
                  "sequence flows leave an end event: use a throwing event instead");
    if (bpmn_event_of(node, BPMN_CANCEL) != NULL &&
        scope_of(checker, node)->kind != BPMN_TRANSACTION)
        bpmn_note(checker->findings, false, node,
                  "a cancel end event belongs directly into a transaction");
}

static void check_boundary(struct bpmn_checker *checker, const struct bpmn_node *node)
{
    const struct bpmn_node *host = node->host < 0 ? NULL : &checker->model->nodes[node->host];
    bool compensates = bpmn_event_of(node, BPMN_COMPENSATE) != NULL;

    if (node->event_count == 0)
        bpmn_note(checker->findings, false, node, "a boundary event needs a trigger");
    if (node->incoming_count > 0)
        bpmn_note(checker->findings, false, node, "sequence flows lead to a boundary event");
    if (compensates && node->handler < 0)
        bpmn_note(checker->findings, false, node,
                  "it needs an association to the activity that compensates");
    if (compensates && node->outgoing_count > 0)
        bpmn_note(checker->findings, false, node,
                  "a compensation event has no sequence flows, but an association");
    if (!compensates && node->outgoing_count == 0)
        bpmn_note(checker->findings, false, node,
                  "no sequence flow leaves it: draw what happens then");
    if (host == NULL)
        return;
    if (host->is_event_sub)
        bpmn_note(checker->findings, false, node, "event sub-processes have no boundary events");
    if (bpmn_event_of(node, BPMN_CANCEL) != NULL && host->kind != BPMN_TRANSACTION)
        bpmn_note(checker->findings, false, node,
                  "a cancel boundary event belongs to a transaction");
    if (bpmn_event_of(node, BPMN_ERROR) != NULL && !node->is_interrupting)
        bpmn_note(checker->findings, false, node, "an error always interrupts: set cancelActivity");
}

static void check_between(struct bpmn_checker *checker, const struct bpmn_node *node)
{
    bool is_link = bpmn_event_of(node, BPMN_LINK) != NULL;

    if (node->kind == BPMN_CATCH && node->event_count == 0)
        bpmn_note(checker->findings, false, node, "it waits for nothing: give it a trigger");
    if (is_link && node->event_count > 1)
        bpmn_note(checker->findings, false, node, "a link event has no other trigger");
    if (is_link && (node->kind == BPMN_CATCH ? node->incoming_count : node->outgoing_count) > 0)
        bpmn_note(checker->findings, false, node,
                  "on that side a link event has no sequence flow, but its other half");
}

void bpmn_checker_event(struct bpmn_checker *checker, const struct bpmn_node *node)
{
    if (node->is_parallel && node->event_count > 1)
        bpmn_note(checker->findings, false, node,
                  "parallelMultiple is not executed: use a parallel gateway and an event on "
                  "each branch");
    for (int i = 0; i < node->event_count; i++)
        check_definition(checker, node, &node->events[i]);
    if (node->kind == BPMN_START)
        check_start(checker, node);
    else if (node->kind == BPMN_END)
        check_end(checker, node);
    else if (node->kind == BPMN_BOUNDARY)
        check_boundary(checker, node);
    else
        check_between(checker, node);
}

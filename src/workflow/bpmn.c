#include "workflow/bpmn.h"

#include "core/arena.h"

#include <stdarg.h>
#include <stdio.h>

static const char *const KINDS[] = {
    [BPMN_PROCESS] = "process",
    [BPMN_START] = "startEvent",
    [BPMN_CATCH] = "intermediateCatchEvent",
    [BPMN_THROW] = "intermediateThrowEvent",
    [BPMN_BOUNDARY] = "boundaryEvent",
    [BPMN_END] = "endEvent",
    [BPMN_EXCLUSIVE] = "exclusiveGateway",
    [BPMN_PARALLEL] = "parallelGateway",
    [BPMN_INCLUSIVE] = "inclusiveGateway",
    [BPMN_EVENT_GATEWAY] = "eventBasedGateway",
    [BPMN_COMPLEX] = "complexGateway",
    [BPMN_TASK] = "task",
    [BPMN_MANUAL] = "manualTask",
    [BPMN_USER] = "userTask",
    [BPMN_SERVICE] = "serviceTask",
    [BPMN_SEND] = "sendTask",
    [BPMN_RECEIVE] = "receiveTask",
    [BPMN_SCRIPT] = "scriptTask",
    [BPMN_RULE] = "businessRuleTask",
    [BPMN_CALL] = "callActivity",
    [BPMN_SUB_PROCESS] = "subProcess",
    [BPMN_TRANSACTION] = "transaction",
    [BPMN_AD_HOC] = "adHocSubProcess",
};

static const char *const TRIGGERS[] = {
    [BPMN_MESSAGE] = "message",       [BPMN_TIMER] = "timer",
    [BPMN_SIGNAL] = "signal",         [BPMN_ERROR] = "error",
    [BPMN_ESCALATION] = "escalation", [BPMN_CONDITION] = "conditional",
    [BPMN_TERMINATE] = "terminate",   [BPMN_COMPENSATE] = "compensation",
    [BPMN_CANCEL] = "cancel",         [BPMN_LINK] = "link",
};

const struct bpmn_node *bpmn_find(const struct bpmn *model, struct str id)
{
    return map_find(&model->ids, id);
}

const char *bpmn_kind_name(enum bpmn_kind kind)
{
    return KINDS[kind];
}

const char *bpmn_trigger_name(enum bpmn_trigger trigger)
{
    return TRIGGERS[trigger];
}

const struct bpmn_event *bpmn_event_of(const struct bpmn_node *node, enum bpmn_trigger trigger)
{
    for (int i = 0; i < node->event_count; i++)
        if (node->events[i].trigger == trigger)
            return &node->events[i];
    return NULL;
}

void bpmn_note(struct bpmn_findings *findings, bool is_warning, const struct bpmn_node *node,
               const char *format, ...)
{
    struct bpmn_finding *finding;
    char text[ERR_TEXT_MAX];
    va_list args;

    if (is_warning)
        findings->warnings++;
    else
        findings->faults++;
    if (findings->warnings + findings->faults > BPMN_FINDINGS_MAX)
        return;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    finding = ARENA_NEW(findings->arena, struct bpmn_finding);
    *finding = (struct bpmn_finding){.is_warning = is_warning,
                                     .line = node->line,
                                     .id = node->id,
                                     .name = node->name,
                                     .text = str_copy(findings->arena, str_from_z(text)),
                                     .process = node->process};
    if (findings->last == NULL)
        findings->first = finding;
    else
        findings->last->next = finding;
    findings->last = finding;
}

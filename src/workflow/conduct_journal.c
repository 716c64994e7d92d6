/* Whoever makes a flow go on stands in the journal with it. */
#include "auth/journal.h"
#include "workflow/conduct_part.h"

/* Their names: what they were and are stands in the flow. */
static void note_values(struct buf *detail, const struct conduct *conduct)
{
    const struct json *data = conduct->step.data;

    if (conduct->step.kind != FLOW_STEP_VALUES || data == NULL || data->first == NULL)
        return;
    for (const struct json *one = data->first; one != NULL; one = one->next) {
        buf_add(detail, one == data->first ? STR(",\"values\":[") : STR(","));
        json_write_text(detail, one->name);
    }
    buf_char(detail, ']');
}

bool conduct_journal(struct tx *tx, const struct conduct *conduct, struct err *err)
{
    static const char *const ACTIONS[] = {
        [FLOW_STEP_BEGIN] = "flow.begin",     [FLOW_STEP_DONE] = "flow.answer",
        [FLOW_STEP_ERROR] = "flow.answer",    [FLOW_STEP_ESCALATE] = "flow.answer",
        [FLOW_STEP_BROKEN] = "flow.answer",   [FLOW_STEP_TIMER] = "flow.timer",
        [FLOW_STEP_MESSAGE] = "flow.message", [FLOW_STEP_SIGNAL] = "flow.signal",
        [FLOW_STEP_VALUES] = "flow.values",   [FLOW_STEP_RETRY] = "flow.retry",
        [FLOW_STEP_CANCEL] = "flow.cancel",
    };
    struct buf detail = {.arena = conduct->arena};
    struct journal_entry entry = {.at = conduct->now,
                                  .actor = conduct->actor,
                                  .action = str_from_z(ACTIONS[conduct->step.kind]),
                                  .no = conduct->head.no,
                                  .record = conduct->head.record,
                                  .cause = conduct->flow};

    if (conduct->actor == 0)
        return true;
    buf_add(&detail, STR("{\"process\":"));
    json_write_text(&detail, conduct->process->name);
    buf_printf(&detail, ",\"step\":%lld", (long long)conduct->head.step);
    if (conduct->work->element.len > 0) {
        buf_add(&detail, STR(",\"element\":"));
        json_write_text(&detail, conduct->work->element);
    }
    if (conduct->reason.len > 0) {
        buf_add(&detail, STR(",\"reason\":"));
        json_write_text(&detail, conduct->reason);
    }
    note_values(&detail, conduct);
    buf_char(&detail, '}');
    entry.detail = buf_str(&detail);
    return journal_add(tx, &entry, err);
}

#include "workflow/flow_trace.h"

#include "core/buf.h"
#include "core/time.h"

static const char *const WAITS[] = {
    [FLOW_WAIT_TASK] = "a person",
    [FLOW_WAIT_SERVICE] = "a service",
    [FLOW_WAIT_CALL] = "a process of another file",
    [FLOW_WAIT_MESSAGE] = "the message",
    [FLOW_WAIT_SIGNAL] = "the signal",
    [FLOW_WAIT_TIMER] = "the time",
    [FLOW_WAIT_CONDITION] = "its condition",
};

static const char *const DIDS[] = {
    [FLOW_DID_BEGIN] = "begins",
    [FLOW_DID_END] = "ends",
    [FLOW_DID_ENTER] = "is entered",
    [FLOW_DID_WAIT] = "",
    [FLOW_DID_FINISH] = "is done",
    [FLOW_DID_TAKE] = "is taken",
    [FLOW_DID_HAPPEN] = "happens",
    [FLOW_DID_CANCEL] = "is cancelled",
    [FLOW_DID_THROW] = "",
    [FLOW_DID_STICK] = "is stuck: ",
    [FLOW_DID_COMPENSATE] = "is compensated",
    [FLOW_DID_FAIL] = "ends the flow by the error ",
};

static void put_label(struct buf *buf, struct str id, struct str name)
{
    buf_add(buf, id);
    buf_char(buf, ' ');
    if (name.len == 0)
        return;
    buf_char(buf, '"');
    for (size_t i = 0; i < name.len; i++)
        buf_char(buf, name.ptr[i] == '\n' || name.ptr[i] == '\r' ? ' ' : name.ptr[i]);
    buf_add(buf, STR("\" "));
}

static void put_wait(struct buf *buf, const struct flow_wait *wait)
{

    buf_printf(buf, "waits for %s", WAITS[wait->kind]);
    if (wait->name.len > 0 && wait->kind >= FLOW_WAIT_MESSAGE)
        buf_printf(buf, " \"%.*s\"", STR_ARG(wait->name));
    if (wait->key.len > 0 && wait->kind >= FLOW_WAIT_MESSAGE)
        buf_printf(buf, " with the key \"%.*s\"", STR_ARG(wait->key));
    if (wait->kind == FLOW_WAIT_TIMER) {
        buf_char(buf, ' ');
        time_print_moment(buf, wait->due_at);
    }
    if (wait->data != NULL && (wait->kind == FLOW_WAIT_TASK || wait->kind == FLOW_WAIT_SERVICE)) {
        buf_add(buf, STR(" with "));
        json_canonical(buf, wait->data);
    }
}

/* A wait that is over again in the same step is told all the same. */
static const struct flow_wait *wait_of(const struct flow *flow, int id)
{
    for (size_t i = 0; i < flow->waits.count; i++)
        if (flow->waits.items[i]->id == id)
            return (const struct flow_wait *)flow->waits.items[i];
    return NULL;
}

static void put_thrown(struct buf *buf, const struct flow_mark *mark)
{
    buf_printf(buf, "throws the %s", bpmn_trigger_name(mark->trigger));
    if (mark->name.len > 0)
        buf_printf(buf, " \"%.*s\"", STR_ARG(mark->name));
    if (mark->key.len > 0)
        buf_printf(buf, " with the key \"%.*s\"", STR_ARG(mark->key));
    if (mark->data != NULL) {
        buf_add(buf, STR(" with "));
        json_canonical(buf, mark->data);
    }
}

void flow_trace_print(struct buf *buf, const struct flow *flow, const struct flow_mark *mark)
{
    if (mark->did == FLOW_DID_TAKE) {
        const struct bpmn_flow *taken = &flow->model->flows[mark->node];

        put_label(buf, taken->id, taken->name);
    } else {
        const struct bpmn_node *node = &flow->model->nodes[mark->node];

        put_label(buf, node->id, node->name);
    }
    buf_add(buf, str_from_z(DIDS[mark->did]));
    if (mark->did == FLOW_DID_WAIT)
        put_wait(buf, wait_of(flow, mark->wait));
    if (mark->did == FLOW_DID_THROW)
        put_thrown(buf, mark);
    if (mark->did == FLOW_DID_STICK || mark->did == FLOW_DID_FAIL)
        buf_add(buf, mark->name);
}

void flow_trace_print_open(struct buf *buf, const struct flow *flow)
{
    for (size_t i = 0; i < flow->tokens.count; i++) {
        const struct flow_token *token = flow_token_at(flow, i);
        const struct bpmn_node *node;

        if (token == NULL || token->state != FLOW_TOKEN_STUCK)
            continue;
        node = &flow->model->nodes[token->node];
        put_label(buf, node->id, node->name);
        buf_printf(buf, "is stuck: %.*s\n", STR_ARG(token->fault));
    }
    for (size_t i = 0; i < flow->waits.count; i++) {
        const struct flow_wait *wait = flow_wait_at(flow, i);
        const struct bpmn_node *node;

        if (wait == NULL)
            continue;
        node = &flow->model->nodes[wait->node];
        put_label(buf, node->id, node->name);
        put_wait(buf, wait);
        buf_char(buf, '\n');
    }
    for (size_t i = 0; i < flow->tokens.count; i++) {
        const struct flow_token *token = flow_token_at(flow, i);
        const struct bpmn_node *node;

        if (token == NULL || token->state != FLOW_TOKEN_JOINING)
            continue;
        node = &flow->model->nodes[token->node];
        put_label(buf, node->id, node->name);
        buf_add(buf, STR("waits for its other tokens\n"));
    }
}

/* What stands behind a word; false when the text does not begin with it. */
static bool behind(struct str text, const char *word, struct str *rest)
{
    struct str start = str_from_z(word);

    if (start.len == 0 || !str_starts(text, start))
        return false;
    *rest = str_slice(text, start.len, text.len);
    return true;
}

static bool read_wait(struct str text, struct flow_trace_line *read)
{
    for (size_t i = 0; i < ARRAY_LEN(WAITS); i++)
        if (behind(text, WAITS[i], &read->rest)) {
            read->did = FLOW_DID_WAIT;
            read->waits = (enum flow_wait_kind)i;
            return true;
        }
    return false;
}

/* The longest word fits: "ends" begins "ends the flow by the error", too. */
static bool read_did(struct str text, struct flow_trace_line *read)
{
    size_t longest = 0;
    struct str rest;

    if (behind(text, "waits for ", &rest))
        return read_wait(rest, read);
    if (behind(text, "throws the ", &read->rest)) {
        read->did = FLOW_DID_THROW;
        return true;
    }
    for (size_t i = 0; i < ARRAY_LEN(DIDS); i++)
        if (behind(text, DIDS[i], &rest) && text.len - rest.len > longest) {
            longest = text.len - rest.len;
            read->did = (enum flow_did)i;
            read->rest = rest;
        }
    return longest > 0;
}

bool flow_trace_read(const struct bpmn *model, struct str line, struct flow_trace_line *read)
{
    struct str text = line;
    const struct bpmn_node *node;

    *read = (struct flow_trace_line){.node = -1, .id = str_cut(&text, ' ')};
    node = bpmn_find(model, read->id);
    if (node == NULL) {
        read->did = FLOW_DID_TAKE;
        return str_ends(text, STR("is taken"));
    }
    read->node = node->index;
    return read_did(str_slice(text, node->name.len > 0 ? node->name.len + 3 : 0, text.len), read);
}

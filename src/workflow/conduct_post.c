/* What a step has for other flows, and for later: gathered before it is written. */
#include "core/id.h"
#include "workflow/conduct_part.h"

struct flow_post conduct_post_new(const struct conduct *conduct, enum flow_post_kind kind)
{
    return (struct flow_post){
        .kind = kind, .sender = conduct->head.id, .actor = conduct->actor, .put_at = conduct->now};
}

struct str conduct_post_print(struct arena *arena, const struct json *value)
{
    struct buf buf = {.arena = arena};

    if (value != NULL)
        json_canonical(&buf, value);
    return buf_str(&buf);
}

static void post_thrown(struct conduct *conduct)
{
    const struct flow *flow = conduct->after;

    for (size_t i = 0; i < flow->marks.count; i++) {
        const struct flow_mark *mark = &flow->marks.items[i];
        struct flow_post post = conduct_post_new(
            conduct, mark->trigger == BPMN_SIGNAL ? FLOW_POST_SIGNAL : FLOW_POST_MESSAGE);

        if (mark->did != FLOW_DID_THROW)
            continue;
        post.name = mark->name;
        post.tag = mark->key;
        post.body = conduct_post_print(conduct->arena, mark->data);
        VEC_PUSH(conduct->arena, &conduct->work->posts, post);
    }
}

/* A process that was called begins when its call is written, and ends when nobody waits for it. */
static void post_call(struct conduct *conduct, const struct flow_wait *wait)
{
    bool is_answered = conduct->step.wait == wait->part.id;
    struct flow_post post =
        conduct_post_new(conduct, wait->part.is_gone ? FLOW_POST_CANCEL : FLOW_POST_BEGIN);

    if (wait->part.is_gone != wait->part.is_stored || is_answered ||
        !id_parse(wait->key, &post.flow))
        return;
    post.name = wait->name;
    post.wait = wait->part.id;
    post.body = conduct_post_print(conduct->arena, wait->data);
    VEC_PUSH(conduct->arena, &conduct->work->posts, post);
}

static void post_end(struct conduct *conduct)
{
    const struct flow *flow = conduct->after;
    struct flow_post post = conduct_post_new(conduct, FLOW_POST_DONE);

    if (flow->state == FLOW_RUNNING || conduct->head.caller == 0)
        return;
    post.flow = conduct->head.caller;
    post.wait = conduct->head.caller_wait;
    if (flow->state == FLOW_FAILED) {
        post.kind = FLOW_POST_ERROR;
        post.name = flow->error;
    } else if (flow->state == FLOW_CANCELLED) {
        post.kind = FLOW_POST_BROKEN;
        post.name = STR("the flow it began was cancelled");
    } else {
        post.body = conduct_post_print(conduct->arena,
                                       ((struct flow_scope *)flow->scopes.items[0])->values);
    }
    VEC_PUSH(conduct->arena, &conduct->work->posts, post);
}

static void look_at_waits(struct conduct *conduct)
{
    const struct flow *flow = conduct->after;
    struct conduct_work *work = conduct->work;

    for (size_t i = 0; i < flow->waits.count; i++) {
        const struct flow_wait *wait = (const struct flow_wait *)flow->waits.items[i];
        bool is_new = !wait->part.is_gone && (!wait->part.is_stored || wait->part.is_changed);

        if (wait->kind == FLOW_WAIT_CALL)
            post_call(conduct, wait);
        if (is_new && wait->kind == FLOW_WAIT_TIMER)
            work->due_at = MIN(work->due_at, wait->due_at);
        if (is_new && wait->kind == FLOW_WAIT_MESSAGE && wait->key.len > 0)
            VEC_PUSH(conduct->arena, &work->messages, wait);
    }
}

void conduct_post_gather(struct conduct *conduct)
{
    post_thrown(conduct);
    look_at_waits(conduct);
    post_end(conduct);
}

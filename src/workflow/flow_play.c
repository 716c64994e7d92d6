#include "workflow/flow_play.h"

#include "core/buf.h"
#include "core/time.h"
#include "workflow/flow_decide.h"
#include "workflow/flow_step.h"
#include "workflow/flow_time.h"
#include "workflow/flow_trace.h"

enum {
    STEPS_MAX = 10000,
};

static bool step_once(struct flow_play *play, const struct flow_step *what, bool *was_taken,
                      struct err *err)
{
    struct flow *flow = play->flow;

    if (!flow_step(flow, what, play->now, was_taken, err))
        return false;
    for (size_t i = 0; i < flow->marks.count && play->trace != NULL; i++) {
        flow_trace_print(play->trace, flow, &flow->marks.items[i]);
        buf_char(play->trace, '\n');
    }
    return true;
}

static const struct flow_wait *next_decision(const struct flow *flow)
{
    for (size_t i = 0; i < flow->waits.count; i++) {
        const struct flow_wait *wait = flow_wait_at(flow, i);

        if (wait != NULL && wait->kind == FLOW_WAIT_SERVICE &&
            flow->model->nodes[wait->node].kind == BPMN_RULE)
            return wait;
    }
    return NULL;
}

/* Where there are decisions, they are taken at once. */
static bool step(struct flow_play *play, const struct flow_step *what, bool *was_taken,
                 struct err *err)
{
    const struct flow_wait *wait;
    bool was_wanted;

    if (!step_once(play, what, was_taken, err))
        return false;
    for (int i = 0;
         i < STEPS_MAX && play->decisions != NULL && (wait = next_decision(play->flow)) != NULL;
         i++) {
        struct flow_step done = {.kind = FLOW_STEP_DONE, .wait = wait->part.id};
        struct json *result;

        if (!flow_decide(play->arena, play->decisions, play->flow, wait, &result, err))
            return err_while(err, "%.*s", STR_ARG(play->flow->model->nodes[wait->node].id));
        done.data = result;
        if (!step_once(play, &done, &was_wanted, err))
            return false;
    }
    return true;
}

/* The next timer that is due by then; NULL: none. */
static struct flow_wait *next_timer(const struct flow *flow, int64_t by)
{
    struct flow_wait *next = NULL;

    for (size_t i = 0; i < flow->waits.count; i++) {
        struct flow_wait *wait = flow_wait_at(flow, i);

        if (wait != NULL && wait->kind == FLOW_WAIT_TIMER && wait->due_at <= by &&
            (next == NULL || wait->due_at < next->due_at))
            next = wait;
    }
    return next;
}

static void tell_clock(struct flow_play *play)
{
    if (play->trace == NULL)
        return;
    buf_add(play->trace, STR("(the clock says "));
    time_print_moment(play->trace, play->now);
    buf_add(play->trace, STR(")\n"));
}

/* To a moment, with every timer on the way at its time. */
static bool go_to(struct flow_play *play, int64_t to, struct err *err)
{
    bool was_taken;

    for (int i = 0; i < STEPS_MAX; i++) {
        const struct flow_wait *timer = next_timer(play->flow, to);

        if (timer == NULL || play->flow->state != FLOW_RUNNING)
            break;
        play->now = MAX(play->now, timer->due_at);
        tell_clock(play);
        if (!step(play, &(struct flow_step){.kind = FLOW_STEP_TIMER, .wait = timer->part.id},
                  &was_taken, err))
            return false;
    }
    if (play->now < to)
        play->now = to;
    return true;
}

static bool is_aside(const struct flow *flow, const struct flow_wait *wait)
{
    return wait->token == 0 || flow->model->nodes[wait->node].kind == BPMN_BOUNDARY;
}

/*
 * What is done next when nobody says: first what is asked of somebody, then messages and
 * signals the main way waits for, then the next timer.  NULL: only what may never come.
 */
static const struct flow_wait *choose(const struct flow *flow)
{
    const struct flow_wait *other = NULL;
    const struct flow_wait *timer = NULL;

    for (size_t i = 0; i < flow->waits.count; i++) {
        const struct flow_wait *wait = flow_wait_at(flow, i);

        if (wait == NULL)
            continue;
        if (wait->kind <= FLOW_WAIT_CALL)
            return wait;
        if ((wait->kind == FLOW_WAIT_MESSAGE || wait->kind == FLOW_WAIT_SIGNAL) &&
            !is_aside(flow, wait) && other == NULL)
            other = wait;
        if (wait->kind == FLOW_WAIT_TIMER && (timer == NULL || wait->due_at < timer->due_at))
            timer = wait;
    }
    return other != NULL ? other : timer;
}

static bool let_happen(struct flow_play *play, const struct flow_wait *wait,
                       const struct json *data, struct err *err)
{
    static const enum flow_step_kind KINDS[] = {
        [FLOW_WAIT_TASK] = FLOW_STEP_DONE,        [FLOW_WAIT_SERVICE] = FLOW_STEP_DONE,
        [FLOW_WAIT_CALL] = FLOW_STEP_DONE,        [FLOW_WAIT_MESSAGE] = FLOW_STEP_MESSAGE,
        [FLOW_WAIT_SIGNAL] = FLOW_STEP_SIGNAL,    [FLOW_WAIT_TIMER] = FLOW_STEP_TIMER,
        [FLOW_WAIT_CONDITION] = FLOW_STEP_VALUES,
    };
    struct flow_step what = {.kind = KINDS[wait->kind],
                             .wait = wait->part.id,
                             .name = wait->name,
                             .key = wait->key,
                             .data = data};
    bool was_taken;

    if (wait->kind == FLOW_WAIT_TIMER)
        return go_to(play, wait->due_at, err);
    return step(play, &what, &was_taken, err);
}

static bool play_on(struct flow_play *play, struct err *err)
{
    for (int i = 0; i < STEPS_MAX; i++) {
        const struct flow_wait *wait = choose(play->flow);

        if (play->flow->state != FLOW_RUNNING || wait == NULL)
            return true;
        if (!let_happen(play, wait, NULL, err))
            return false;
    }
    return err_set(err, ERR_LIMIT, "it is not over after %d steps", STEPS_MAX);
}

/* The oldest wait of an element; one of somebody's doing first. */
static const struct flow_wait *wait_at(const struct flow *flow, struct str id)
{
    const struct bpmn_node *node = bpmn_find(flow->model, id);

    for (size_t i = 0; node != NULL && i < flow->waits.count; i++) {
        const struct flow_wait *wait = flow_wait_at(flow, i);

        if (wait != NULL && wait->node == node->index)
            return wait;
    }
    return NULL;
}

static bool play_element(struct flow_play *play, const struct json *line, struct err *err)
{
    struct str id = json_find_text(line, STR("element"));
    const struct flow_wait *wait = wait_at(play->flow, id);
    struct flow_step what = {.kind = FLOW_STEP_DONE};
    bool was_taken;

    if (wait == NULL)
        return err_set(err, ERR_INPUT, "nothing waits at \"%.*s\"", STR_ARG(str_slice(id, 0, 100)));
    what.wait = wait->part.id;
    if (json_find(line, STR("error")) != NULL) {
        what.kind = FLOW_STEP_ERROR;
        what.name = json_find_text(line, STR("error"));
    } else if (json_find(line, STR("escalation")) != NULL) {
        what.kind = FLOW_STEP_ESCALATE;
        what.name = json_find_text(line, STR("escalation"));
    } else if (json_find(line, STR("broken")) != NULL) {
        what.kind = FLOW_STEP_BROKEN;
        what.name = json_find_text(line, STR("broken"));
    } else {
        return let_happen(play, wait, json_find(line, STR("data")), err);
    }
    return step(play, &what, &was_taken, err);
}

static bool play_clock(struct flow_play *play, struct str text, struct err *err)
{
    int64_t at;

    if (!flow_time_later(text, play->now, &at) && !time_parse_moment(text, &at))
        return err_set(err, ERR_INPUT, "\"%.*s\" is neither a duration nor a moment",
                       STR_ARG(str_slice(text, 0, 100)));
    return go_to(play, at, err);
}

static bool play_line(struct flow_play *play, const struct json *line, struct err *err)
{
    struct flow_step what = {.key = json_find_text(line, STR("key")),
                             .data = json_find(line, STR("data"))};
    bool was_taken;

    if (json_find(line, STR("element")) != NULL)
        return play_element(play, line, err);
    if (json_find(line, STR("clock")) != NULL)
        return play_clock(play, json_find_text(line, STR("clock")), err);
    if (json_find(line, STR("auto")) != NULL)
        return play_on(play, err);
    if (json_find(line, STR("message")) != NULL) {
        what.kind = FLOW_STEP_MESSAGE;
        what.name = json_find_text(line, STR("message"));
    } else if (json_find(line, STR("signal")) != NULL) {
        what.kind = FLOW_STEP_SIGNAL;
        what.name = json_find_text(line, STR("signal"));
    } else if (json_find(line, STR("values")) != NULL) {
        what.kind = FLOW_STEP_VALUES;
        what.data = json_find(line, STR("values"));
    } else if (json_find(line, STR("retry")) != NULL) {
        what.kind = FLOW_STEP_RETRY;
    } else if (json_find(line, STR("cancel")) != NULL) {
        what.kind = FLOW_STEP_CANCEL;
    } else {
        return err_set(err, ERR_INPUT,
                       "it names no element, message, signal, clock, values, "
                       "retry, cancel or auto");
    }
    if (!step(play, &what, &was_taken, err))
        return false;
    if (!was_taken && play->trace != NULL)
        buf_printf(play->trace, "(nothing waits for \"%.*s\")\n", STR_ARG(what.name));
    return true;
}

static bool play_script(struct flow_play *play, struct err *err)
{
    struct str rest = play->script;

    for (int number = 1; rest.len > 0; number++) {
        struct str text = str_trim(str_cut(&rest, '\n'));
        struct json *line;

        if (text.len == 0 || str_starts(text, STR("#")))
            continue;
        if (!json_parse(play->arena, text, NULL, &line, err) || !play_line(play, line, err))
            return err_while(err, "line %d of the events", number);
    }
    return true;
}

bool flow_play(struct flow_play *play, struct err *err)
{
    struct flow_step first = {
        .kind = FLOW_STEP_BEGIN, .process = play->process, .node = play->start, .data = play->data};
    bool was_taken;

    if (!step(play, &first, &was_taken, err))
        return false;
    return play->script.len > 0 ? play_script(play, err) : play_on(play, err);
}

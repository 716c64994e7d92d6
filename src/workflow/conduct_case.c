/*
 * A flow whose record is the application of a case: what the process says to the applicant
 * (uprava:stage), while what is waited for the term stands (uprava:pause), how the case ends.
 */
#include "core/time.h"
#include "core/utf8.h"
#include "registry/workdays.h"
#include "service/application.h"
#include "workflow/conduct_escalate.h"
#include "workflow/conduct_leave.h"
#include "workflow/conduct_part.h"

static struct conduct_case *new_case(struct conduct *conduct, const struct service_case *one)
{
    struct conduct_case *about = ARENA_NEW(conduct->arena, struct conduct_case);

    *about = (struct conduct_case){.one = *one};
    return about;
}

size_t conduct_case_tell(struct conduct *conduct, enum service_case_event_kind kind,
                         struct str body)
{
    struct conduct_case *about = conduct->work->about;
    struct service_case_event event = {
        .at = conduct->now, .actor = conduct->actor, .kind = kind, .body = body};

    about->has_changed = true;
    VEC_PUSH(conduct->arena, &about->events, event);
    return about->events.count - 1;
}

static void tell(struct conduct *conduct, enum service_case_event_kind kind, struct str body)
{
    (void)conduct_case_tell(conduct, kind, body);
}

bool conduct_case_load(struct tx *read, struct conduct *conduct, struct err *err)
{
    struct service_case one;
    struct err found = {0};

    if (conduct->opening != NULL) {
        conduct->opening->one.flow = conduct->flow;
        conduct->work->about = new_case(conduct, &conduct->opening->one);
        tell(conduct, SERVICE_CASE_REGISTERED, conduct->opening->secret);
        if (conduct->opening->consent.len > 0)
            tell(conduct, SERVICE_CASE_CONSENTED, conduct->opening->consent);
        return true;
    }
    /* A process that another one called speaks of the same record; the case is its caller's. */
    if (conduct->head.record == 0)
        return true;
    if (service_case_get(read, conduct->arena, conduct->head.record, &one, &found)) {
        if (one.flow == conduct->flow)
            conduct->work->about = new_case(conduct, &one);
        return !conduct->is_withdrawal || one.state == SERVICE_CASE_OPEN ||
               err_set(err, ERR_CONFLICT, "the case is decided already");
    }
    *err = found;
    return found.code == ERR_ABSENT;
}

/* What it left in the registers is put right by another process. */
static void leave(struct conduct *conduct)
{
    const struct service_case *one = &conduct->work->about->one;
    const struct service *service;
    struct err none;

    if (!process_service(conduct->processes, conduct->catalog->model, one->service, &service,
                         &none) ||
        service->leave.process.len == 0)
        return;
    VEC_PUSH(conduct->arena, &conduct->work->posts,
             conduct_leave_post(conduct->arena, service, one->id, conduct->actor, conduct->now));
}

static void end(struct conduct *conduct, enum service_case_state state)
{
    struct service_case *one = &conduct->work->about->one;

    if (state == SERVICE_CASE_WITHDRAWN)
        leave(conduct);
    one->state = state;
    one->closed_at = conduct->now;
    one->closed_on = catalog_day(conduct->catalog, conduct->now);
    conduct->work->about->is_over = state != SERVICE_CASE_GRANTED;
    tell(conduct, SERVICE_CASE_DECIDED, service_case_state_text(state));
}

/* An activity is entered, a catching event waited for, at whichever of its triggers; any other
 * event happens. */
static bool is_beginning(const struct flow *flow, size_t at)
{
    const struct flow_mark *mark = &flow->marks.items[at];
    bool is_again = at > 0 && flow->marks.items[at - 1].did == FLOW_DID_WAIT &&
                    flow->marks.items[at - 1].node == mark->node;
    const struct bpmn_node *node;

    if (mark->did == FLOW_DID_TAKE) /* a sequence flow, no node */
        return false;
    node = &flow->model->nodes[mark->node];
    if (node->kind == BPMN_CATCH && node->event_count > 0 && node->events[0].trigger != BPMN_LINK)
        return mark->did == FLOW_DID_WAIT && !is_again;
    return mark->did == FLOW_DID_ENTER ||
           (mark->did == FLOW_DID_HAPPEN && node->kind >= BPMN_START && node->kind <= BPMN_END);
}

void conduct_case_note(struct conduct *conduct)
{
    struct conduct_case *about = conduct->work->about;
    const struct flow *flow = conduct->after;

    for (; about != NULL && about->noted < flow->marks.count; about->noted++) {
        const struct bpmn_node *node;

        if (!is_beginning(flow, about->noted))
            continue;
        node = &flow->model->nodes[flow->marks.items[about->noted].node];
        if (node->work == NULL)
            continue;
        if (node->work->stage.len > 0)
            tell(conduct, SERVICE_CASE_STAGE, node->work->stage);
        about->has_changed |= node->work->is_visit && !about->one.has_visit;
        about->one.has_visit |= node->work->is_visit;
    }
}

static const struct service_ground *find_ground(struct conduct *conduct, struct str id)
{
    const struct service *service;
    struct err err;

    if (!process_service(conduct->processes, conduct->catalog->model,
                         conduct->work->about->one.service, &service, &err))
        return NULL;
    return service_find_ground(service, id);
}

void conduct_case_decide(struct conduct *conduct, const struct flow_wait *wait,
                         struct flow_step *answer)
{
    struct str result = json_find_text(wait->data, STR("result"));
    struct str ground = json_find_text(wait->data, STR("ground"));
    struct conduct_case *about = conduct->work->about;

    if (about == NULL)
        conduct_break(conduct, answer, "the flow is not that of a case");
    else if (about->one.state != SERVICE_CASE_OPEN)
        conduct_break(conduct, answer, "the case is decided already");
    else if (str_equal(result, STR("granted")))
        end(conduct, SERVICE_CASE_GRANTED);
    else if (!str_equal(result, STR("refused")))
        conduct_break(conduct, answer, "its input result is \"granted\" or \"refused\"");
    else if (find_ground(conduct, ground) == NULL)
        conduct_break(conduct, answer,
                      "a refusal names a ground of the service's card; there is none \"%.*s\"",
                      STR_ARG(utf8_head(ground, 60)));
    else {
        about->one.ground = ground;
        end(conduct, SERVICE_CASE_REFUSED);
    }
}

/* Why the term stands now; empty: it runs. */
static struct str pause_of(const struct conduct *conduct)
{
    const struct flow *flow = conduct->after;

    for (size_t i = 0; i < flow->waits.count; i++) {
        const struct flow_wait *wait = flow_wait_at(flow, i);
        const struct bpmn_node *node = wait == NULL ? NULL : &flow->model->nodes[wait->node];

        if (node != NULL && node->work != NULL && node->work->pause.len > 0)
            return node->work->pause;
    }
    return (struct str){0};
}

static void move_pause(struct conduct *conduct, int64_t today)
{
    struct service_case *one = &conduct->work->about->one;
    struct str pause = pause_of(conduct);

    if (pause.len > 0 && !service_case_stands(one)) {
        service_case_pause(conduct->arena, one, today, pause);
        if (service_case_stands(one)) /* it has not stood too often */
            tell(conduct, SERVICE_CASE_PAUSED, pause);
    } else if (pause.len == 0 && service_case_stands(one)) {
        service_case_resume(conduct->arena, one, today);
        tell(conduct, SERVICE_CASE_RESUMED, (struct str){0});
    }
}

/* When staff is to be told of its last day. */
static void find_reminder(struct conduct *conduct, const struct calendar *calendar)
{
    struct conduct_case *about = conduct->work->about;
    const struct service *service;
    struct err none;

    if (process_service(conduct->processes, conduct->catalog->model, about->one.service, &service,
                        &none))
        about->remind_at =
            conduct_escalate_next(&about->one, &service->work, calendar, conduct->catalog);
}

/* Somebody else is waited for: what the engine does itself is over in a moment. */
static bool is_asked(const struct bpmn_node *node, const struct flow_wait *wait)
{
    return wait->kind == FLOW_WAIT_TASK || wait->kind == FLOW_WAIT_CALL ||
           (wait->kind == FLOW_WAIT_SERVICE && node->kind != BPMN_RULE &&
            !conduct_provides(node->work->operation));
}

/* What holds it: who was asked first, else the first event; a token that is stuck before all. */
static struct str step_of(const struct conduct *conduct, int64_t *since)
{
    const struct flow *flow = conduct->after;
    const struct bpmn_node *held = NULL;
    bool is_held_by_others = false;

    for (size_t i = 0; i < flow->tokens.count; i++) {
        const struct flow_token *token = (const struct flow_token *)flow->tokens.items[i];

        if (!token->part.is_gone && token->state == FLOW_TOKEN_STUCK)
            return str_printf(conduct->arena, "!%.*s", STR_ARG(flow->model->nodes[token->node].id));
    }
    for (size_t i = 0; i < flow->waits.count; i++) {
        const struct flow_wait *wait = flow_wait_at(flow, i);
        const struct bpmn_node *node = wait == NULL ? NULL : &flow->model->nodes[wait->node];

        if (node == NULL || wait->token == 0)
            continue;
        if (is_asked(node, wait) && !is_held_by_others) {
            is_held_by_others = true;
            held = node;
            *since = wait->asked_at > 0 ? catalog_day(conduct->catalog, wait->asked_at) : *since;
        } else if (held == NULL && wait->kind > FLOW_WAIT_CALL)
            held = node;
    }
    return held == NULL ? (struct str){0} : held->id;
}

static void move_step(struct conduct *conduct, int64_t today)
{
    struct conduct_case *about = conduct->work->about;
    struct service_case *one = &about->one;
    int64_t since = 0;
    struct str step = step_of(conduct, &since);

    if (step.len == 0) /* it goes on in the next write */
        return;
    if (since == 0)
        since = str_equal(step, one->step) ? one->step_on : today;
    about->has_changed |= since != one->step_on || !str_equal(step, one->step);
    one->step = step;
    one->step_on = since;
}

static bool find_due(struct tx *read, struct conduct *conduct, int64_t today, struct err *err)
{
    struct registry registry = {read, conduct->arena, conduct->catalog, conduct->now, NULL};
    struct service_case *one = &conduct->work->about->one;
    struct term_result result;
    struct calendar calendar;

    one->due_on = SERVICE_CASE_NO_TERM;
    if (one->term.count == 0)
        return true;
    if (!workdays_load_for(&registry, &one->term, today, MODEL_RU, &calendar, err) ||
        !term_compute(&one->term, &calendar, conduct->arena, &result, err))
        return false;
    if (result.is_still)
        return true;
    one->due_on = result.due;
    find_reminder(conduct, &calendar);
    return true;
}

/* The job that reminds of the last day is asked for where that is said. */
static bool need_reminder(struct tx *tx, struct conduct *conduct, struct err *err)
{
    int64_t at = conduct->work->about->remind_at;
    bool has_moved = false;

    if (at == 0 || at == INT64_MAX)
        return true;
    if (!conduct_escalate_need(tx, MAX(at, conduct->now), conduct->now, &has_moved, err))
        return false;
    conduct->has_job |= has_moved;
    return true;
}

bool conduct_case_follow(struct tx *read, struct conduct *conduct, struct err *err)
{
    struct conduct_case *about = conduct->work->about;
    int64_t today = catalog_day(conduct->catalog, conduct->now);

    if (about == NULL)
        return true;
    if (conduct->after->state != FLOW_RUNNING && about->one.state == SERVICE_CASE_OPEN)
        end(conduct,
            conduct->after->state == FLOW_CANCELLED ? SERVICE_CASE_WITHDRAWN : SERVICE_CASE_CLOSED);
    if (about->one.state == SERVICE_CASE_OPEN) {
        move_pause(conduct, today);
        move_step(conduct, today);
    }
    return !(about->has_changed || conduct->opening != NULL) || find_due(read, conduct, today, err);
}

/* Before the flow's own rows: what it is about is there. */
bool conduct_case_open(struct tx *tx, struct conduct *conduct, struct err *err)
{
    struct conduct_opening *opening = conduct->opening;
    struct service_case *one;
    int year;

    if (opening == NULL)
        return true;
    one = &conduct->work->about->one;
    year = time_date_from_day(catalog_day(conduct->catalog, conduct->now)).year;
    if (!change_run(tx, opening->change, err) ||
        !service_case_open(tx, conduct->arena, year, one, err) ||
        !application_drop(tx, opening->draft_of, opening->one.service, err))
        return false;
    for (size_t i = 0; i < opening->file_count; i++)
        if (!attachment_put(tx, conduct->arena, &opening->files[i], err))
            return false;
    if (!need_reminder(tx, conduct, err))
        return false;
    opening->made = *one;
    conduct->has_job |= opening->change->draft.has_job;
    return true;
}

bool conduct_case_put(struct tx *tx, struct conduct *conduct, struct err *err)
{
    struct conduct_case *about = conduct->work->about;
    struct service_case one, kept;

    if (about == NULL || !about->has_changed)
        return true;
    one = about->one;
    /* People write between the steps, too. */
    if (!service_case_get(tx, conduct->arena, one.id, &kept, err))
        return false;
    one.last_event = kept.last_event;
    for (size_t i = 0; i < about->events.count; i++) {
        struct service_case_event event = about->events.items[i];

        if (!service_case_add_event(tx, &one, &event, err))
            return false;
    }
    if (about->is_over &&
        !charge_withdraw(tx, conduct->arena, &one, conduct->actor, conduct->now, err))
        return false;
    if (one.state != SERVICE_CASE_OPEN &&
        !meeting_question_withdraw(tx, conduct->arena, one.id, err))
        return false;
    return service_case_change(tx, conduct->arena, &one, err) &&
           (conduct->opening != NULL || need_reminder(tx, conduct, err));
}

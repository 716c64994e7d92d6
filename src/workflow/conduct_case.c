/*
 * A flow whose record is the application of a case: what the process says to the applicant
 * (uprava:stage), while what is waited for the term stands (uprava:pause), how the case ends.
 */
#include "core/time.h"
#include "core/utf8.h"
#include "registry/workdays.h"
#include "service/application.h"
#include "workflow/conduct_part.h"

static struct conduct_case *new_case(struct conduct *conduct, const struct service_case *one)
{
    struct conduct_case *about = ARENA_NEW(conduct->arena, struct conduct_case);

    *about = (struct conduct_case){.one = *one};
    return about;
}

static void tell(struct conduct *conduct, enum service_case_event_kind kind, struct str body)
{
    struct conduct_case *about = conduct->work->about;
    struct service_case_event event = {
        .at = conduct->now, .actor = conduct->actor, .kind = kind, .body = body};

    about->has_changed = true;
    VEC_PUSH(conduct->arena, &about->events, event);
}

bool conduct_case_load(struct tx *read, struct conduct *conduct, struct err *err)
{
    struct service_case one;
    struct err found = {0};

    if (conduct->opening != NULL) {
        conduct->opening->one.flow = conduct->flow;
        conduct->work->about = new_case(conduct, &conduct->opening->one);
        tell(conduct, SERVICE_CASE_REGISTERED, (struct str){0});
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

static void end(struct conduct *conduct, enum service_case_state state)
{
    struct service_case *one = &conduct->work->about->one;

    one->state = state;
    one->closed_at = conduct->now;
    tell(conduct, SERVICE_CASE_DECIDED, service_case_state_text(state));
}

void conduct_case_note(struct conduct *conduct)
{
    struct conduct_case *about = conduct->work->about;
    const struct flow *flow = conduct->after;

    for (; about != NULL && about->noted < flow->marks.count; about->noted++) {
        const struct flow_mark *mark = &flow->marks.items[about->noted];
        const struct bpmn_node *node = &flow->model->nodes[mark->node];

        if (mark->did == FLOW_DID_ENTER && node->work != NULL && node->work->stage.len > 0)
            tell(conduct, SERVICE_CASE_STAGE, node->work->stage);
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
    if (!result.is_still)
        one->due_on = result.due;
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
    if (about->one.state == SERVICE_CASE_OPEN)
        move_pause(conduct, today);
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
    return service_case_change(tx, conduct->arena, &one, err);
}

#include "web/case_view.h"

#include "core/id.h"
#include "core/time.h"
#include "registry/workdays.h"
#include "web/charges.h"
#include "web/flow_drawing.h"
#include "web/flow_form.h"
#include "web/flow_wording.h"
#include "web/input.h"
#include "web/look.h"
#include "web/meetings.h"
#include "web/page_files.h"
#include "web/people.h"
#include "web/seen.h"
#include "web/term_wording.h"

static struct term_wording wording_of(struct request *request)
{
    return (struct term_wording){
        .arena = request->arena,
        .messages = request->web->look->messages[request->language],
        .event = request_text(request, STR("from registration on %s")),
    };
}

/* Reasons of pauses are texts of the pack. */
static struct term read_term(struct request *request, const struct service_case *one)
{
    struct term term = one->term;
    struct term_pause *pauses = ARENA_ARRAY(request->arena, struct term_pause, term.pause_count);

    for (size_t i = 0; i < term.pause_count; i++) {
        pauses[i] = term.pauses[i];
        pauses[i].reason = request_pack_text(request, pauses[i].reason);
    }
    term.pauses = pauses;
    return term;
}

static void tell_rest(const struct term_wording *wording, const struct term *term,
                      const struct calendar *calendar, int64_t today, struct case_view_term *shown)
{
    struct term_rest rest = term_rest_at(term, calendar, &shown->result, today);

    shown->rest = term_wording_short(wording, rest);
    shown->kind = term_wording_colour(rest);
}

static bool has_rest(const struct service_case *one)
{
    return one->state == SERVICE_CASE_OPEN && one->term.count > 0;
}

bool case_view_rests(struct request *request, const struct service_case *cases, size_t count,
                     struct case_view_term *terms, struct err *err)
{
    struct workdays_ask ask = {.language = request->language};
    struct term_wording wording = wording_of(request);
    int64_t today = request_today(request);
    struct calendar calendar = {0};
    bool has_some = false;

    for (size_t i = 0; i < count; i++) {
        terms[i] = (struct case_view_term){.kind = ""};
        if (has_rest(&cases[i]))
            workdays_ask_add(&ask, &cases[i].term, today);
        has_some = has_some || has_rest(&cases[i]);
    }
    if (has_some && !workdays_load(&request->registry, &ask, &calendar, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!has_rest(&cases[i]))
            continue;
        if (!term_compute(&cases[i].term, &calendar, request->arena, &terms[i].result, err))
            return false;
        tell_rest(&wording, &cases[i].term, &calendar, today, &terms[i]);
    }
    return true;
}

bool case_view_term(struct request *request, const struct service_case *one,
                    struct case_view_term *shown, struct err *err)
{
    struct term_wording wording = wording_of(request);
    struct term term = read_term(request, one);
    int64_t today = request_today(request);
    struct term_result result;
    struct calendar calendar;

    *shown = (struct case_view_term){.kind = ""};
    if (term.count == 0)
        return true;
    if (!workdays_load_for(&request->registry, &term, today, request->language, &calendar, err) ||
        !term_compute(&term, &calendar, request->arena, &result, err))
        return false;
    shown->text = term_wording_long(&wording, &term, &result);
    shown->result = result;
    if (one->state == SERVICE_CASE_OPEN)
        tell_rest(&wording, &term, &calendar, today, shown);
    return true;
}

/* Fields of these classes. */
static bool add_application(struct request *request, const struct services_case *found,
                            unsigned classes, struct json *view, struct err *err)
{
    struct display display = display_start(request, &request->tx, classes);
    const struct register_type *type = catalog_type(request->catalog, found->one.no);
    struct json *application = view_object(request, view, "application");
    struct json *facts = view_list(request, application, "facts");
    struct display_value shown;

    for (size_t i = 0; type != NULL && i < type->field_count; i++) {
        const struct register_field *field = &type->fields[i];
        const struct json *value = json_find(found->value, field->name);

        if (value == NULL || !display_sees(&display, field))
            continue;
        if (!display_field(&display, field, value, &shown, err))
            return false;
        input_fact_link(request, facts, display_title(request, field), shown.text,
                        page_is_staff(request) ? shown.href : (struct str){0});
    }
    return true;
}

/* What this person may see of what a case began with; 0: nothing. */
static bool find_classes(struct request *request, const struct services_case *found,
                         const struct register_type *type, unsigned *classes, struct err *err)
{
    bool reads = false;

    *classes = FLOW_FORM_CLASSES;
    if (services_may_watch(request, &found->one))
        return true;
    if (!policy_may_some(&request->actor.rights, type->index, POLICY_READ, classes))
        *classes = 0;
    else if (!request_reads(request, type, found->one.id, &reads, err))
        return false;
    else if (!reads)
        *classes = 0;
    return true;
}

bool case_view_application(struct request *request, const struct flow_store *flow,
                           struct json *view, struct err *err)
{
    const struct register_type *type = catalog_type(request->catalog, flow->no);
    struct services_case found;
    struct err absent = {0};
    unsigned classes;

    if (type == NULL || flow->record == 0 ||
        !services_load_case(request, flow->record, &found, &absent)) {
        view_bool(request, view, "has_application", false);
        view_none(request, view, "case_href");
        return absent.code == ERR_NONE || absent.code == ERR_ABSENT ||
               err_set(err, absent.code, "%s", absent.text);
    }
    if (!find_classes(request, &found, type, &classes, err) ||
        !add_application(request, &found, classes, view, err))
        return false;
    view_bool(request, view, "has_application", classes != 0);
    view_maybe(
        request, view, "case_href",
        services_may_watch(request, &found.one)
            ? page_href(request, "/cases/%.*s", STR_ARG(id_text(request->arena, found.one.id)))
            : (struct str){0});
    if (classes != 0)
        seen_add(request, type, type->classes & classes, &found.one.id, 1);
    return true;
}

static bool add_files(struct request *request, const struct services_case *found,
                      struct str files_href, struct json *view, struct err *err)
{
    struct json *files = view_list(request, view, "files");
    struct attachment_page page = {0};

    if (found->record.body.len > 0 &&
        !attachment_list(&request->tx, request->arena, found->one.no, found->one.id, &page, err))
        return false;
    for (size_t i = 0; i < page.count; i++) {
        struct json *one = view_push(request, files);

        view_text(request, one, "href",
                  str_printf(request->arena, "%.*s%.*s", STR_ARG(files_href),
                             STR_ARG(id_text(request->arena, page.items[i].id))));
        view_text(request, one, "name", page.items[i].name);
        view_text(request, one, "size_text", page_files_size(request, page.items[i].size));
        view_text(request, one, "note", view_moment(request, page.items[i].at));
        view_none(request, one, "remove_href");
    }
    view_bool(request, view, "has_files", page.count > 0);
    return true;
}

static struct str decided_text(struct request *request, const struct services_case *found,
                               struct str how)
{
    const struct service_ground *ground =
        found->of.service == NULL || found->one.ground.len == 0
            ? NULL
            : service_find_ground(found->of.service, found->one.ground);

    if (str_equal(how, STR("granted")) && found->of.service != NULL &&
        found->of.service->granted.len > 0)
        return str_printf(request->arena, "%.*s %.*s.",
                          STR_ARG(request_text(request, STR("How it ended:"))),
                          STR_ARG(request_pack_text(request, found->of.service->granted)));
    if (str_equal(how, STR("granted")))
        return request_text(request, STR("It is decided: granted."));
    if (str_equal(how, STR("withdrawn")))
        return request_text(request, STR("The application is withdrawn."));
    if (str_equal(how, STR("refused")))
        return str_printf(
            request->arena, "%.*s %.*s",
            STR_ARG(request_text(request, STR("It is decided: refused."))),
            STR_ARG(ground == NULL ? (struct str){0} : request_pack_text(request, ground->title)));
    return request_text(request, STR("The work on it is over."));
}

/* "Handed over: Check the application, Иванова → Петров. In hospital" */
static struct str handed_text(struct request *request, const struct services_case *found,
                              struct str body)
{
    const struct service_case_handing it = service_case_read_handing(request->arena, body);
    const struct bpmn_node *node =
        found->of.process == NULL ? NULL : bpmn_find(found->of.process->model, it.element);
    struct people people = {.request = request, .tx = &request->tx};
    struct str from =
        it.from == 0 ? request_text(request, STR("nobody yet")) : people_find(&people, it.from);

    return str_printf(request->arena, "%.*s: %.*s, %.*s → %.*s. %.*s",
                      STR_ARG(request_text(request, STR("Handed over"))),
                      STR_ARG(node == NULL ? request_text(request, STR("task"))
                                           : flow_drawing_name(request, node)),
                      STR_ARG(from), STR_ARG(people_find(&people, it.to)), STR_ARG(it.reason));
}

/* Why a payment was corrected is for those who look after it. */
static struct str charged_text(struct request *request, const struct services_case *found,
                               const struct service_case_event *event)
{
    bool is_told = page_is_staff(request) && !found->is_own;
    struct str what = request_text(request, event->kind == SERVICE_CASE_PAID ? STR("Paid")
                                            : event->kind == SERVICE_CASE_UNPAID
                                                ? STR("A payment was written down by mistake")
                                                : STR("To be paid"));
    struct str reason = is_told ? charge_event_reason(event->body) : (struct str){0};
    int64_t n, kop;

    if (!charge_event_read(event->body, &n, &kop))
        return what;
    return str_printf(request->arena, "%.*s: %.*s%s%.*s", STR_ARG(what),
                      STR_ARG(charges_amount(request, kop)), reason.len > 0 ? ". " : "",
                      STR_ARG(reason));
}

struct str case_view_event(struct request *request, const struct services_case *found,
                           const struct service_case_event *event)
{
    switch (event->kind) {
    case SERVICE_CASE_REGISTERED:
        return request_text(request, STR("The application is accepted."));
    case SERVICE_CASE_STAGE:
        return request_pack_text(request, event->body);
    case SERVICE_CASE_PAUSED:
        return str_printf(request->arena, "%.*s: %.*s",
                          STR_ARG(request_text(request, STR("The term stands still"))),
                          STR_ARG(request_pack_text(request, event->body)));
    case SERVICE_CASE_RESUMED:
        return request_text(request, STR("The term runs again."));
    case SERVICE_CASE_DECIDED:
        return decided_text(request, found, event->body);
    case SERVICE_CASE_HANDED:
        return handed_text(request, found, event->body);
    case SERVICE_CASE_CHARGED:
    case SERVICE_CASE_PAID:
    case SERVICE_CASE_UNPAID:
        return charged_text(request, found, event);
    case SERVICE_CASE_PUT:
    case SERVICE_CASE_LISTED:
    case SERVICE_CASE_JUDGED:
        return meetings_event_text(request, event);
    case SERVICE_CASE_LEFT:
        return found->of.service != NULL && found->of.service->leave.done.len > 0
                   ? request_pack_text(request, found->of.service->leave.done)
                   : request_text(request, STR("The applicant has given it up."));
    case SERVICE_CASE_CONSENTED:
        return request_text(request, STR("Consent to the processing of personal data is given."));
    case SERVICE_CASE_REVOKED:
        return request_text(request,
                            STR("Consent to the processing of personal data is withdrawn."));
    case SERVICE_CASE_WROTE:
    case SERVICE_CASE_ANSWERED:
        break;
    }
    return event->body;
}

/* What goes on inside the administration is not for applicants. */
bool case_view_shows(const struct request *request, const struct services_case *found,
                     const struct service_case_event *event)
{
    return event->kind != SERVICE_CASE_HANDED || (page_is_staff(request) && !found->is_own);
}

/* The latest first; to applicants an office has no names. */
static bool add_events(struct request *request, const struct services_case *found,
                       struct json *view, struct err *err)
{
    struct people people = {.request = request, .tx = &request->tx};
    struct json *list = view_list(request, view, "events");
    bool is_staff = page_is_staff(request);
    bool is_revoked = false;
    struct service_case_event *events;
    size_t count;

    if (!service_case_events(&request->tx, request->arena, found->one.id, &events, &count, err))
        return false;
    for (size_t i = count; i-- > 0;) {
        bool is_mine = events[i].actor == request->actor.account;
        struct str who = (struct str){0};
        struct json *one;

        if (!case_view_shows(request, found, &events[i]))
            continue;
        one = view_push(request, list);
        if (is_staff && events[i].actor > 0)
            who = people_find(&people, events[i].actor);
        else if (events[i].kind == SERVICE_CASE_ANSWERED)
            who = request_text(request, STR("The administration"));
        else if (events[i].kind == SERVICE_CASE_WROTE && is_mine)
            who = request_text(request, STR("you"));
        view_text(request, one, "when", view_moment(request, events[i].at));
        view_maybe(request, one, "who", who);
        view_none(request, one, "href");
        view_text(request, one, "text", case_view_event(request, found, &events[i]));
        view_bool(request, one, "has_changes", false);
        is_revoked |= events[i].kind == SERVICE_CASE_REVOKED;
    }
    view_bool(request, view, "is_revoked", is_revoked);
    return true;
}

static bool add_head(struct request *request, const struct services_case *found, struct json *view,
                     struct err *err)
{
    struct flow_wording_state state = services_state(request, &found->one);
    struct json *facts = view_list(request, view, "facts");
    struct json *tag = view_object(request, view, "state");
    struct case_view_term term;

    if (!case_view_term(request, &found->one, &term, err))
        return false;
    view_text(request, tag, "kind", str_from_z(state.kind));
    view_text(request, tag, "text", state.text);
    view_text(request, view, "number", found->one.number);
    view_text(request, view, "heading",
              found->of.service == NULL ? found->one.service
                                        : request_pack_text(request, found->of.service->title));
    input_fact(request, facts, request_text(request, STR("Accepted")),
               view_moment(request, found->one.registered_at));
    if (term.text.len > 0)
        input_fact(request, facts, request_text(request, STR("Term")), term.text);
    view_maybe(request, view, "rest", term.rest);
    return true;
}

bool case_view_fill(struct request *request, const struct services_case *found,
                    struct str files_href, struct json *view, struct err *err)
{
    return add_head(request, found, view, err) &&
           add_application(request, found, FLOW_FORM_CLASSES, view, err) &&
           add_files(request, found, files_href, view, err) &&
           add_events(request, found, view, err) && charges_fill(request, found, view, err);
}

bool case_view_tasks(struct request *request, const struct service_case *one,
                     struct case_view_tasks *tasks, struct err *err)
{
    struct flow_store head;
    struct flows_one of;
    struct flow *flow;

    *tasks = (struct case_view_tasks){0};
    if (one->state != SERVICE_CASE_OPEN && one->closed_at != 0 && one->flow == 0)
        return true;
    if (!flow_store_get(&request->tx, request->arena, one->flow, &head, err))
        return false;
    flows_tell(request, &head, &of);
    if (of.process == NULL || !flows_load(request, &of, &flow, err))
        return of.process == NULL;
    tasks->items = ARENA_ARRAY(request->arena, struct case_view_task, flow->waits.count + 1);
    for (size_t i = 0; i < flow->waits.count; i++) {
        const struct flow_wait *wait = flow_wait_at(flow, i);
        struct case_view_task *task = &tasks->items[tasks->count];

        if (wait == NULL || wait->kind != FLOW_WAIT_TASK)
            continue;
        if (!flow_task_get(&request->tx, request->arena, head.id, wait->part.id, &task->task, err))
            return false;
        flows_tell_task(request, &task->task, &task->told);
        task->is_applicants = policy_is_applicant(task->task.name);
        tasks->count++;
    }
    return true;
}

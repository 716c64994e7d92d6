#include "core/id.h"
#include "core/json_put.h"
#include "core/time.h"
#include "web/api_case.h"
#include "web/api_charge.h"
#include "web/display.h"
#include "web/page.h"
#include "web/people.h"

static void put_day(struct buf *out, const char *name, int64_t day)
{
    struct buf text = {.arena = out->arena};

    json_put_name(out, name);
    if (day == SERVICE_CASE_NO_TERM) {
        buf_add(out, STR("null"));
        return;
    }
    time_print_day(&text, day);
    json_write_text(out, buf_str(&text));
}

static void put_number(struct buf *out, const char *name, int64_t id)
{
    json_put_name(out, name);
    if (id == 0) {
        buf_add(out, STR("null"));
        return;
    }
    buf_char(out, '"');
    id_print(out, id);
    buf_char(out, '"');
}

void api_case_print(struct buf *out, const struct service_case *one)
{
    buf_char(out, '{');
    put_number(out, "id", one->id);
    json_put_text(out, "number", one->number);
    json_put_text(out, "service", one->service);
    json_put_text(out, "state", service_case_state_text(one->state));
    json_put_text(out, "way", service_way_text(one->way));
    json_put_moment(out, "registered_at", one->registered_at);
    json_put_moment(out, "closed_at", one->closed_at);
    put_day(out, "due_on", one->due_on);
    json_put_bool(out, "is_paused", one->state == SERVICE_CASE_OPEN && service_case_stands(one));
    json_put_text(out, "ground", one->ground);
    put_number(out, "flow", one->flow);
}

static void put_texts(struct buf *out, struct request *request, const struct service *service)
{
    json_put_text(out, "title", request_pack_text(request, service->title));
    json_put_text(out, "summary", request_pack_text(request, service->summary));
    json_put_text(out, "who", request_pack_text(request, service->who));
    json_put_text(out, "result", request_pack_text(request, service->result));
    json_put_text(out, "cost", request_pack_text(request, service->cost));
    json_put_text(out, "term", services_term(request, service));
    json_put_text(out, "order",
                  service->order.len > 0 ? request_pack_text(request, service->order)
                                         : request_text(request, STR("Order the service")));
}

static void put_ways(struct buf *out, const struct service *service)
{
    bool has_some = false;

    json_put_name(out, "ways");
    buf_char(out, '[');
    for (unsigned way = SERVICE_PAGE; way <= SERVICE_PAPER; way *= 2) {
        if ((service->ways & way) == 0)
            continue;
        if (has_some)
            buf_char(out, ',');
        json_write_text(out, service_way_text((enum service_way)way));
        has_some = true;
    }
    buf_char(out, ']');
}

void api_case_print_service(struct buf *out, struct request *request,
                            const struct services_one *one)
{
    buf_char(out, '{');
    json_put_text(out, "name", one->service->name);
    put_texts(out, request, one->service);
    put_ways(out, one->service);
    json_put_text(out, "register", one->service->register_id);
    json_put_text(out, "process", one->service->process);
    json_put_bool(out, "may_take", services_may_take(request, one->service));
}

static void put_lists(struct buf *out, struct request *request, const struct service *service)
{
    buf_add(out, STR(",\"documents\":["));
    for (size_t i = 0; i < service->document_count; i++) {
        const struct service_document *document = &service->documents[i];

        buf_add(out, i > 0 ? STR(",{") : STR("{"));
        json_put_text(out, "title", request_pack_text(request, document->title));
        json_put_text(out, "help",
                      document->help.len > 0 ? request_pack_text(request, document->help)
                                             : (struct str){0});
        json_put_bool(out, "required", document->is_required);
        buf_char(out, '}');
    }
    buf_add(out, STR("],\"grounds\":["));
    for (size_t i = 0; i < service->ground_count; i++) {
        const struct service_ground *ground = &service->grounds[i];

        buf_add(out, i > 0 ? STR(",{") : STR("{"));
        json_put_text(out, "id", ground->id);
        json_put_text(out, "title", request_pack_text(request, ground->title));
        json_put_text(out, "law", ground->law);
        buf_char(out, '}');
    }
    buf_add(out, STR("],\"laws\":["));
    for (size_t i = 0; i < service->law_count; i++) {
        buf_add(out, i > 0 ? STR(",{") : STR("{"));
        json_put_text(out, "title", request_pack_text(request, service->laws[i].title));
        json_put_text(out, "href", service->laws[i].href);
        buf_char(out, '}');
    }
    buf_char(out, ']');
}

static void put_consent(struct buf *out, struct request *request, const struct service *service)
{
    json_put_name(out, "consent");
    if (service->consent.version.len == 0) {
        buf_add(out, STR("null"));
        return;
    }
    buf_char(out, '{');
    json_put_text(out, "version", service->consent.version);
    json_put_text(out, "text", request_pack_text(request, service->consent.text));
    buf_char(out, '}');
}

static void put_steps(struct buf *out, struct request *request, const struct services_one *one)
{
    const struct service_form *form = one->service->form;

    buf_add(out, STR(",\"steps\":["));
    for (size_t i = 0; i < form->step_count; i++) {
        const struct service_step *step = &form->steps[i];

        buf_add(out, i > 0 ? STR(",{") : STR("{"));
        json_put_text(out, "title", request_pack_text(request, step->title));
        json_put_bool(out, "has_files", step->has_files);
        json_put_bool(out, "is_conditional", step->shown != NULL);
        buf_add(out, STR(",\"fields\":["));
        for (size_t j = 0; j < step->field_count; j++) {
            if (j > 0)
                buf_char(out, ',');
            json_write_text(out, step->fields[j].name);
        }
        buf_add(out, STR("]}"));
    }
    buf_char(out, ']');
}

/* Needed whatever else is answered. */
static bool is_required(const struct services_one *one, const struct service_step *step,
                        const struct service_field *field)
{
    const struct register_field *kept = register_type_field(one->type, field->name);

    return step->shown == NULL && field->shown == NULL && kept != NULL &&
           (field->is_required || kept->is_required);
}

/* The JSON Schema of data: the fields of the register that the form asks. */
static void put_schema(struct buf *out, const struct services_one *one)
{
    const struct service_form *form = one->service->form;
    struct buf required = {.arena = out->arena};
    bool has_some = false;

    buf_add(out, STR(",\"schema\":{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\","
                     "\"type\":\"object\",\"additionalProperties\":false,\"properties\":{"));
    for (size_t i = 0; i < form->step_count; i++)
        for (size_t j = 0; j < form->steps[i].field_count; j++) {
            const struct service_field *field = &form->steps[i].fields[j];
            const struct register_field *kept = register_type_field(one->type, field->name);

            if (kept == NULL || kept->computed != NULL)
                continue;
            if (has_some)
                buf_char(out, ',');
            has_some = true;
            json_write_text(out, field->name);
            buf_char(out, ':');
            json_canonical(out, kept->schema);
            if (!is_required(one, &form->steps[i], field))
                continue;
            if (required.len > 0)
                buf_char(&required, ',');
            json_write_text(&required, field->name);
        }
    buf_add(out, STR("},\"required\":["));
    buf_add(out, buf_str(&required));
    buf_add(out, STR("]}"));
}

void api_case_print_card(struct buf *out, struct request *request, const struct services_one *one)
{
    api_case_print_service(out, request, one);
    put_lists(out, request, one->service);
    put_consent(out, request, one->service);
    put_steps(out, request, one);
    put_schema(out, one);
    buf_char(out, '}');
}

static void put_term_steps(struct buf *out, const struct term_result *result)
{
    static const char *const KINDS[] = {
        [TERM_STEP_START] = "start", [TERM_STEP_SHORT_MONTH] = "short_month",
        [TERM_STEP_OFF] = "off",     [TERM_STEP_PAUSE] = "pause",
        [TERM_STEP_STILL] = "still", [TERM_STEP_CARRY] = "carry",
        [TERM_STEP_DUE] = "due",
    };

    buf_add(out, STR(",\"steps\":["));
    for (size_t i = 0; i < result->step_count; i++) {
        const struct term_step *step = &result->steps[i];
        bool has_end = step->kind == TERM_STEP_OFF || step->kind == TERM_STEP_PAUSE ||
                       step->kind == TERM_STEP_CARRY;

        buf_add(out, i > 0 ? STR(",{") : STR("{"));
        json_put_text(out, "kind", str_from_z(KINDS[step->kind]));
        put_day(out, "from", step->from);
        put_day(out, "to", has_end ? step->to : SERVICE_CASE_NO_TERM);
        json_put_int(out, "count", step->count);
        json_put_text(out, "text", step->text);
        buf_char(out, '}');
    }
    buf_char(out, ']');
}

static bool put_term(struct buf *out, struct request *request, const struct service_case *one,
                     struct err *err)
{
    struct case_view_term term;

    if (!case_view_term(request, one, &term, err))
        return false;
    buf_add(out, STR(",\"term\":"));
    if (one->term.count == 0) {
        buf_add(out, STR("null"));
        return true;
    }
    buf_char(out, '{');
    json_put_text(out, "text", term.text);
    put_day(out, "due_on", term.result.is_still ? SERVICE_CASE_NO_TERM : term.result.due);
    put_term_steps(out, &term.result);
    buf_char(out, '}');
    return true;
}

/* To applicants an office has no names. */
static bool put_events(struct buf *out, struct request *request, const struct services_case *found,
                       struct err *err)
{
    struct people people = {.request = request, .tx = &request->tx};
    struct service_case_event *events;
    size_t count;

    if (!service_case_events(&request->tx, request->arena, found->one.id, &events, &count, err))
        return false;
    buf_add(out, STR(",\"events\":["));
    for (size_t i = 0; i < count; i++) {
        if (!case_view_shows(request, found, &events[i]))
            continue;
        buf_add(out, out->ptr[out->len - 1] == '}' ? STR(",{") : STR("{"));
        json_put_int(out, "no", events[i].no);
        json_put_moment(out, "at", events[i].at);
        json_put_text(out, "kind", service_case_kind_text(events[i].kind));
        json_put_text(out, "text", case_view_event(request, found, &events[i]));
        json_put_text(out, "actor",
                      page_is_staff(request) && events[i].actor > 0
                          ? people_find(&people, events[i].actor)
                          : (struct str){0});
        buf_char(out, '}');
    }
    buf_char(out, ']');
    return true;
}

static bool put_tasks(struct buf *out, struct request *request, const struct services_case *found,
                      struct err *err)
{
    bool is_staff = page_is_staff(request);
    struct case_view_tasks tasks;

    if (!case_view_tasks(request, &found->one, &tasks, err))
        return false;
    buf_add(out, STR(",\"tasks\":["));
    for (size_t i = 0; i < tasks.count; i++) {
        const struct case_view_task *task = &tasks.items[i];

        buf_add(out, i > 0 ? STR(",{") : STR("{"));
        json_put_int(out, "task", task->task.wait);
        json_put_text(out, "element", task->task.element);
        json_put_text(out, "for", task->task.name);
        json_put_bool(out, "may_answer",
                      task->is_applicants ? found->is_own : is_staff && task->told.is_ours);
        buf_char(out, '}');
    }
    buf_char(out, ']');
    return true;
}

static bool put_files(struct buf *out, struct request *request, const struct services_case *found,
                      struct err *err)
{
    struct attachment_page page = {0};

    if (found->record.body.len > 0 &&
        !attachment_list(&request->tx, request->arena, found->one.no, found->one.id, &page, err))
        return false;
    buf_add(out, STR(",\"files\":["));
    for (size_t i = 0; i < page.count; i++) {
        buf_add(out, i > 0 ? STR(",{") : STR("{"));
        json_put_id(out, "id", page.items[i].id);
        json_put_text(out, "name", page.items[i].name);
        json_put_text(out, "type", page.items[i].type);
        json_put_int(out, "size", page.items[i].size);
        json_put_text(out, "sha256", page.items[i].digest);
        json_put_moment(out, "at", page.items[i].at);
        buf_char(out, '}');
    }
    buf_char(out, ']');
    return true;
}

static bool put_charges(struct buf *out, struct request *request, const struct services_case *found,
                        struct err *err)
{
    struct charge *charges;
    size_t count;

    if (!charge_list(&request->tx, request->arena, found->one.id, &charges, &count, err))
        return false;
    buf_add(out, STR(",\"charges\":["));
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_char(out, ',');
        api_charge_print(out, request, &(struct charges_one){charges[i], *found});
    }
    buf_char(out, ']');
    return true;
}

bool api_case_print_all(struct request *request, const struct services_case *found, struct err *err)
{
    struct buf *out = &request->exchange->out;

    api_case_print(out, &found->one);
    put_number(out, "person", found->one.person);
    json_put_int(out, "rating", found->one.rating);
    buf_add(out, STR(",\"data\":"));
    json_canonical(out, found->value);
    if (!put_term(out, request, &found->one, err) || !put_events(out, request, found, err) ||
        !put_tasks(out, request, found, err) || !put_charges(out, request, found, err) ||
        !put_files(out, request, found, err))
        return false;
    buf_char(out, '}');
    return true;
}

#include "web/services.h"

#include "core/id.h"
#include "registry/record_feel.h"
#include "web/flow_wording.h"
#include "web/look.h"
#include "web/page.h"
#include "web/seen.h"
#include "web/term_wording.h"

bool services_get(struct request *request, struct str name, struct services_one *one,
                  struct err *err)
{
    const struct model *model = request->catalog->model;

    *one = (struct services_one){0};
    if (!process_service(request->web->processes, model, name, &one->service, err) ||
        !process_find(request->web->processes, model, one->service->process, &one->process, err))
        return false;
    one->type = model_type(model, one->service->register_id);
    return one->type != NULL || err_set(err, ERR_ABSENT, "there is no such service");
}

bool services_find(struct request *request, size_t part, struct services_one *one, struct err *err)
{
    return services_get(request, request->parts[part], one, err);
}

bool services_may_take(const struct request *request, const struct service *service)
{
    return page_is_staff(request) && flows_may(request, service->process, POLICY_BEGIN);
}

struct str services_href(const struct request *request, const struct service *service)
{
    return page_href(request, "/services/%.*s", STR_ARG(service->name));
}

static bool may(const struct request *request, const struct service_case *one,
                enum policy_process action)
{
    const struct service *service;
    struct err err;

    if (!page_is_staff(request))
        return false;
    if (!process_service(request->web->processes, request->catalog->model, one->service, &service,
                         &err))
        return flows_may(request, STR("*"), action);
    return flows_may(request, service->process, action);
}

bool services_may_watch(const struct request *request, const struct service_case *one)
{
    return may(request, one, POLICY_WATCH);
}

bool services_may_answer(const struct request *request, const struct service_case *one)
{
    return may(request, one, POLICY_BEGIN) || may(request, one, POLICY_MANAGE);
}

static bool read_application(struct request *request, struct services_case *found, struct err *err)
{
    struct registry own = request->registry;
    struct err absent = {0};

    /* Whoever may see the case sees what was applied for. */
    own.reader = NULL;
    found->value = json_new(request->arena, JSON_OBJECT);
    if (!record_get(&own, found->one.no, found->one.id, request_today(request), &found->record,
                    &absent)) {
        *err = absent;
        return absent.code == ERR_ABSENT;
    }
    return json_parse(request->arena, found->record.body,
                      &(struct json_limits){.bytes = RECORD_BODY_MAX}, &found->value, err);
}

bool services_load_case(struct request *request, int64_t id, struct services_case *found,
                        struct err *err)
{
    struct tx *tx;
    struct err none;

    *found = (struct services_case){0};
    if (!request_read(request, &tx, err) ||
        !service_case_get(tx, request->arena, id, &found->one, err))
        return false;
    found->is_own = found->one.applicant != 0 && found->one.applicant == request->actor.account;
    if (!services_get(request, found->one.service, &found->of, &none))
        found->of = (struct services_one){0};
    return read_application(request, found, err);
}

bool services_find_case(struct request *request, size_t part, bool is_staff,
                        struct services_case *found, struct err *err)
{
    const struct register_type *type;
    int64_t id;

    if (!request_id(request, part, &id, err) || !services_load_case(request, id, found, err))
        return false;
    if (is_staff ? !services_may_watch(request, &found->one) : !found->is_own)
        return err_set(err, ERR_ABSENT, "there is no such case");
    type = catalog_type(request->catalog, found->one.no);
    if (is_staff && type != NULL)
        seen_add(request, type, type->classes, &found->one.id, 1);
    return true;
}

struct str services_term(struct request *request, const struct service *service)
{
    const struct term_wording wording = {
        .arena = request->arena,
        .messages = request->web->look->messages[request->language],
    };
    const struct term term = {.count = service->count, .unit = service->unit};

    return service->count == 0 ? (struct str){0} : term_wording_length(&wording, &term);
}

struct flow_wording_state services_state_bare(struct request *request,
                                              const struct service_case *one)
{
    static const struct {
        const char *text, *kind;
    } STATES[] = {
        [SERVICE_CASE_OPEN] = {"in work", ""},
        [SERVICE_CASE_GRANTED] = {"granted", "ok"},
        [SERVICE_CASE_REFUSED] = {"not granted", "bad"},
        [SERVICE_CASE_WITHDRAWN] = {"withdrawn", ""},
        [SERVICE_CASE_CLOSED] = {"closed", ""},
    };

    if (service_case_stands(one) && one->state == SERVICE_CASE_OPEN)
        return (struct flow_wording_state){request_text(request, STR("the term stands still")),
                                           "warn"};
    return (struct flow_wording_state){request_text(request, str_from_z(STATES[one->state].text)),
                                       STATES[one->state].kind};
}

struct flow_wording_state services_state(struct request *request, const struct service_case *one)
{
    struct flow_wording_state state = services_state_bare(request, one);
    const struct service *service;
    struct err none;

    if (one->state == SERVICE_CASE_GRANTED &&
        process_service(request->web->processes, request->catalog->model, one->service, &service,
                        &none) &&
        service->granted.len > 0)
        state.text = request_pack_text(request, service->granted);
    return state;
}

static bool holds(struct request *request, const struct services_one *one,
                  const struct feel_node *shown, const struct json *value)
{
    const struct feel_value *said;

    if (shown == NULL)
        return true;
    said = record_feel_eval(feel_run_new(request->arena, request->now), one->type, shown, value);
    return said->kind == FEEL_BOOLEAN && said->boolean;
}

static bool is_asked(struct request *request, const struct services_one *one,
                     const struct service_field *field, const struct json *value)
{
    return holds(request, one, field->shown, value);
}

bool services_step_shows(struct request *request, const struct services_one *one,
                         const struct service_step *step, const struct json *value)
{
    if (!holds(request, one, step->shown, value))
        return false;
    for (size_t i = 0; i < step->field_count; i++)
        if (is_asked(request, one, &step->fields[i], value))
            return true;
    return step->has_files || step->field_count == 0;
}

const struct register_type *services_step_type(struct request *request,
                                               const struct services_one *one,
                                               const struct service_step *step,
                                               const struct json *value)
{
    struct register_type *type = ARENA_NEW(request->arena, struct register_type);

    *type = *one->type;
    type->fields = ARENA_ARRAY(request->arena, struct register_field, step->field_count + 1);
    type->field_count = 0;
    type->geometry = -1;
    for (size_t i = 0; i < step->field_count; i++) {
        const struct service_field *field = &step->fields[i];
        const struct register_field *kept = register_type_field(one->type, field->name);
        struct register_field *asked = &type->fields[type->field_count];

        if (kept == NULL || kept->computed != NULL || !is_asked(request, one, field, value))
            continue;
        *asked = *kept;
        asked->is_required |= field->is_required;
        if (field->label.len > 0)
            asked->title = field->label;
        if (kept->type == FIELD_GEOMETRY)
            type->geometry = (int)type->field_count;
        type->field_count++;
    }
    return type;
}

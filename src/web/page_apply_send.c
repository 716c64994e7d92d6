/* The last look at an application, and its way into the register: one write makes the record, its
 * files, the case and the first step of the process. */
#include "web/page_service.h"

#include "core/id.h"
#include "web/answer.h"
#include "web/apply.h"
#include "web/flow_form.h"
#include "web/input.h"
#include "web/page_files.h"
#include "web/page_work.h"
#include "web/wording.h"
#include "workflow/conduct_open.h"

static bool add_step(const struct apply *apply, struct json *steps, size_t place, struct err *err)
{
    struct request *request = apply->request;
    const struct service_step *step = &apply->one.service->form->steps[place];
    const struct register_type *type =
        services_step_type(request, &apply->one, step, apply->application.value);
    struct display display = display_start(request, &request->tx, FLOW_FORM_CLASSES);
    struct json *one = view_push(request, steps);
    struct json *facts;
    struct display_value shown;

    view_text(request, one, "heading", request_pack_text(request, step->title));
    view_text(request, one, "edit_href",
              page_href(request, "%.*s", STR_ARG(apply_step_path(apply, place))));
    facts = view_list(request, one, "facts");
    for (size_t i = 0; i < type->field_count; i++) {
        const struct json *value = json_find(apply->application.value, type->fields[i].name);

        shown = (struct display_value){0};
        if (value != NULL && !display_typed(&display, &type->fields[i], value, &shown, err))
            return false;
        input_fact(request, facts, display_title(request, &type->fields[i]), shown.text);
    }
    for (size_t i = 0; step->has_files && i < apply->application.file_count; i++)
        input_fact(request, facts, request_text(request, STR("File")),
                   apply->application.files[i].name);
    return true;
}

/* To this wording: that of another version is asked for anew. */
static bool is_agreed(const struct apply *apply)
{
    struct str version = apply->one.service->consent.version;

    return version.len == 0 || str_equal(request_field(apply->request, STR("consent")), version);
}

/* The wording and the box; null where the card asks for none. */
static void add_consent(const struct apply *apply, struct json *view, struct str error)
{
    struct request *request = apply->request;
    const struct service_consent *consent = &apply->one.service->consent;
    struct json *one;

    view_none(request, view, "consent");
    if (consent->version.len == 0)
        return;
    one = view_object(request, view, "consent");
    view_text(request, one, "wording", request_pack_text(request, consent->text));
    view_text(request, one, "version", consent->version);
    view_maybe(request, one, "consent_error", error);
    view_text(request, one, "consent_label",
              request_text(request, apply->is_taken
                                        ? STR("The applicant has signed this consent on paper")
                                        : STR("I agree to this")));
}

static bool show(const struct apply *apply, int status, struct str error, struct err *err)
{
    struct request *request = apply->request;
    struct json *view = view_new(request);
    struct json *notices = view_list(request, page_of(request, view), "notices");
    struct json *steps = view_list(request, view, "sections");
    size_t places[SERVICE_FORM_STEPS_MAX];
    size_t count = apply_steps(apply, places);

    page_title(request, view, request_text(request, STR("Check your answers")));
    apply_head(apply, view, SERVICE_FORM_STEPS_MAX);
    for (size_t i = 0; i < count; i++)
        if (!add_step(apply, steps, places[i], err))
            return false;
    if (error.len > 0) {
        struct json *notice = view_push(request, notices);

        view_text(request, notice, "kind", STR("bad"));
        view_text(request, notice, "text", error);
        view_none(request, notice, "link");
    }
    add_consent(apply, view, status == 422 && !is_agreed(apply) ? error : (struct str){0});
    view_text(request, view, "number", id_text(request->arena, apply->application.id));
    view_text(request, view, "action",
              page_href(request, "%.*s", STR_ARG(apply_path(apply, "send"))));
    view_text(request, view, "drop_action",
              page_href(request, "%.*s", STR_ARG(apply_path(apply, "drop"))));
    return answer_page(request, status, STR("page/apply-check"), view, err);
}

/* The first step that lacks something; SERVICE_FORM_STEPS_MAX: none does. */
static bool find_lack(const struct apply *apply, size_t *place, struct err *err)
{
    size_t places[SERVICE_FORM_STEPS_MAX];
    size_t count = apply_steps(apply, places);

    *place = SERVICE_FORM_STEPS_MAX;
    for (size_t i = 0; i < count && *place == SERVICE_FORM_STEPS_MAX; i++) {
        const struct register_type *type = services_step_type(
            apply->request, &apply->one, &apply->one.service->form->steps[places[i]],
            apply->application.value);
        struct flaws flaws = {0};

        if (!apply_check(apply, type, apply->application.value, &flaws, err))
            return false;
        if (flaws.count > 0)
            *place = places[i];
    }
    return true;
}

bool page_apply_check(struct request *request, struct err *err)
{
    struct apply apply;
    size_t lack;

    if (!apply_start(request, &apply, err) || !find_lack(&apply, &lack, err))
        return false;
    if (lack < SERVICE_FORM_STEPS_MAX)
        return answer_redirect(request, apply_step_path(&apply, lack));
    return show(&apply, 200, (struct str){0}, err);
}

static bool send(struct apply *apply, struct err *err)
{
    struct request *request = apply->request;
    struct conduct *conduct = flows_conduct(request, 0);
    const struct conduct_application application = {
        .service = apply->one.service,
        .data = apply_data(apply),
        .id = apply->application.id,
        .way = apply->is_taken ? service_way_read(apply->application.way) : SERVICE_PAGE,
        .applicant = apply->is_taken ? 0 : request->actor.account,
        .person = apply_person(apply),
        .clerk = apply->is_taken ? request->actor.account : 0,
        .consent = apply_consent(apply),
        .draft_of = request->actor.account,
        .files = apply->application.files,
        .file_count = apply->application.file_count,
    };
    struct flaws flaws = {0};

    if (conduct_open(&request->tx, conduct, &application, &flaws, err))
        return page_work_step(request, conduct, err);
    return flaws.first == NULL
               ? false
               : err_set(err, ERR_INPUT, "%.*s", STR_ARG(answer_flaw_text(request, flaws.first)));
}

static struct str case_path(const struct apply *apply, int64_t id)
{
    return str_printf(apply->request->arena, apply->is_taken ? "/cases/%.*s" : "/my/cases/%.*s",
                      STR_ARG(id_text(apply->request->arena, id)));
}

/* Who sent it sees the receipt first; at the desk the work goes on. */
static struct str sent_path(const struct apply *apply, int64_t id)
{
    struct str path = case_path(apply, id);

    return apply->is_taken ? path
                           : str_printf(apply->request->arena, "%.*s/receipt", STR_ARG(path));
}

/* The button was pressed twice: it is a case already. */
static bool is_sent(const struct apply *apply, int64_t id)
{
    struct request *request = apply->request;
    struct service_case one;
    struct err err;
    struct tx *tx;

    return request_read(request, &tx, &err) &&
           service_case_get(tx, request->arena, id, &one, &err) &&
           (apply->is_taken ? one.clerk : one.applicant) == request->actor.account;
}

bool page_apply_send(struct request *request, struct err *err)
{
    struct apply apply;
    int64_t id;
    size_t lack;

    if (!apply_start(request, &apply, err) || !request_form(request, err))
        return false;
    if (!id_parse(request_field(request, STR("number")), &id))
        return err_set(err, ERR_INPUT, "the form is too old: open the page again and repeat");
    if (is_sent(&apply, id))
        return answer_redirect(request, sent_path(&apply, id));
    if (id != apply.application.id || apply.application.changed_at == 0)
        return answer_redirect(request, apply_path(&apply, "check"));
    if (!find_lack(&apply, &lack, err))
        return false;
    if (lack < SERVICE_FORM_STEPS_MAX)
        return answer_redirect(request, apply_step_path(&apply, lack));
    if (!is_agreed(&apply))
        return show(&apply, 422,
                    request_text(request, STR("Tick that you agree: without it the application "
                                              "cannot be sent.")),
                    err);
    if (send(&apply, err) || is_sent(&apply, id)) {
        answer_notice(request, STR("ok"),
                      request_text(request, STR("The application is accepted.")));
        return answer_redirect(request, sent_path(&apply, id));
    }
    if (err->code != ERR_INPUT && err->code != ERR_LIMIT && err->code != ERR_CONFLICT)
        return false;
    struct str error = wording_err(request, err);
    struct tx *tx;

    return request_read(request, &tx, err) && show(&apply, 422, error, err);
}

/* One that must bring documents is looked through by whoever brings them. */
static bool lacks_files(const struct apply *apply)
{
    const struct service *service = apply->one.service;
    bool needs = false;

    for (size_t i = 0; i < service->document_count; i++)
        needs |= service->documents[i].is_required;
    return needs && apply->application.file_count == 0;
}

bool page_apply_send_filled(struct apply *apply, struct str *path, struct err *err)
{
    struct request *request = apply->request;
    struct err found = {0};
    size_t lack;

    bool is_whole, is_taken = false;

    if (!find_lack(apply, &lack, err))
        return false;
    is_whole = lack == SERVICE_FORM_STEPS_MAX && !lacks_files(apply);
    *path =
        lack < SERVICE_FORM_STEPS_MAX ? apply_step_path(apply, lack) : apply_path(apply, "check");
    if (is_whole)
        is_taken = send(apply, &found) || is_sent(apply, apply->application.id);
    if (is_whole && !is_taken && found.code != ERR_INPUT && found.code != ERR_LIMIT &&
        found.code != ERR_CONFLICT) {
        *err = found;
        return false;
    }
    if (is_taken)
        *path = case_path(apply, apply->application.id);
    answer_notice(request, is_taken ? STR("ok") : STR("info"),
                  request_text(request, is_taken
                                            ? STR("The application is accepted.")
                                            : STR("What we know is filled in. Add the rest.")));
    return true;
}

bool page_apply_drop(struct request *request, struct err *err)
{
    struct apply apply;

    if (!apply_start(request, &apply, err) || !request_form(request, err) ||
        !apply_drop(&apply, err))
        return false;
    answer_notice(request, STR("ok"), request_text(request, STR("The application is deleted.")));
    return answer_redirect(
        request, str_printf(request->arena, "/services/%.*s", STR_ARG(apply.one.service->name)));
}

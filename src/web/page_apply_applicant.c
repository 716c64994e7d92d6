/* Who it is that applies, when staff take an application in: their card, and how they came. */
#include "web/page_service.h"

#include "core/id.h"
#include "web/answer.h"
#include "web/apply.h"
#include "web/flow_form.h"
#include "web/form_view.h"
#include "web/input.h"

static void add_ways(const struct apply *apply, struct json *fields)
{
    struct request *request = apply->request;
    static const struct {
        enum service_way way;
        const char *title;
    } WAYS[] = {{SERVICE_DESK, "They came to the desk"},
                {SERVICE_PHONE, "They called"},
                {SERVICE_PAPER, "A letter on paper came"}};
    struct json *field =
        input_add(request, fields, "is_radio", "way", request_text(request, STR("How they came")));

    for (size_t i = 0; i < ARRAY_LEN(WAYS); i++)
        if ((apply->one.service->ways & WAYS[i].way) != 0)
            input_option(request, field, service_way_text(WAYS[i].way),
                         request_text(request, str_from_z(WAYS[i].title)),
                         str_equal(service_way_text(WAYS[i].way), apply->application.way));
}

/* Cards whose words fit; nobody is sought before a name is typed. */
static bool add_people(const struct apply *apply, struct str words, struct json *fields,
                       struct err *err)
{
    struct request *request = apply->request;
    const struct register_type *type = request->catalog->model->person;
    struct display display = display_start(request, &request->tx, FLOW_FORM_CLASSES);
    struct form_view_options found;
    struct json *field;

    if (type == NULL || words.len == 0)
        return true;
    if (!form_view_find(&display, type, words, &found, err))
        return false;
    field =
        input_add(request, fields, "is_radio", "person", request_text(request, STR("Who applies")));
    for (size_t i = 0; i < found.count; i++)
        input_option(request, field, id_text(request->arena, found.items[i].id),
                     found.items[i].title, found.items[i].id == apply->application.person);
    input_option(request, field, STR("none"),
                 request_text(request, STR("Their card is not among these, or is not needed")),
                 found.count == 0);
    return true;
}

static bool show(const struct apply *apply, struct str words, int status, struct err *err)
{
    struct request *request = apply->request;
    struct json *view = view_new(request);
    struct json *fields = view_list(request, view, "fields");
    struct json *field = input_add(request, fields, "is_text", "words",
                                   request_text(request, STR("Name of the applicant")));

    page_title(request, view, request_text(request, STR("Who applies")));
    apply_head(apply, view, 0);
    input_optional(request, field);
    input_value(request, field, words);
    input_hint(request, field,
               request_text(request, STR("Surname and first name, as on their card")));
    input_errors_begin(request, view);
    view_text(request, view, "action",
              page_href(request, "%.*s", STR_ARG(apply_path(apply, "applicant"))));
    if (!add_people(apply, words, fields, err))
        return false;
    add_ways(apply, fields);
    view_bool(request, view, "is_sought", words.len > 0);
    return answer_page(request, status, STR("page/apply-applicant"), view, err);
}

static bool start(struct request *request, struct apply *apply, struct err *err)
{
    return apply_start(request, apply, err) &&
           (apply->is_taken || err_set(err, ERR_DENIED, "your role does not allow this"));
}

bool page_apply_applicant(struct request *request, struct err *err)
{
    struct apply apply;

    return start(request, &apply, err) &&
           show(&apply, str_trim(request_query(request, STR("q"))), 200, err);
}

bool page_apply_applicant_post(struct request *request, struct err *err)
{
    struct str person, words, way;
    struct apply apply;

    if (!start(request, &apply, err) || !request_form(request, err))
        return false;
    person = request_field(request, STR("person"));
    words = str_trim(request_field(request, STR("words")));
    way = request_field(request, STR("way"));
    if ((service_way_read(way) & apply.one.service->ways & ~(unsigned)SERVICE_PAGE) != 0)
        apply.application.way = way;
    if (request_field(request, STR("seek")).len > 0 || (person.len == 0 && words.len > 0))
        return show(&apply, words, 200, err);
    apply.application.person = 0;
    return (person.len == 0 || str_equal(person, STR("none")) ||
            apply_set_person(&apply, person, err)) &&
           apply_put(&apply, err) && answer_redirect(request, apply_step_path(&apply, 0));
}

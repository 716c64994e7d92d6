#include "web/apply.h"

#include "core/id.h"
#include "registry/record_feel.h"
#include "web/flow_form.h"
#include "web/seen.h"
#include "web/view.h"
#include "web/wording.h"

bool apply_start(struct request *request, struct apply *apply, struct err *err)
{
    struct tx *tx;

    *apply = (struct apply){.request = request};
    if (!request_read(request, &tx, err) || !services_find(request, 0, &apply->one, err))
        return false;
    apply->is_taken = services_may_take(request, apply->one.service);
    if (!apply->is_taken &&
        (page_is_staff(request) || (apply->one.service->ways & SERVICE_PAGE) == 0))
        return err_set(err, ERR_DENIED, "your role does not allow this");
    apply->application.account = request->actor.account;
    apply->application.service = apply->one.service->name;
    if (!application_get(tx, request->arena, request->now, &apply->application, err))
        return false;
    if (apply->application.changed_at == 0 && apply->is_taken)
        apply->application.way = STR("desk");
    return true;
}

int64_t apply_person(const struct apply *apply)
{
    return apply->is_taken ? apply->application.person : request_person(apply->request);
}

bool apply_set_person(struct apply *apply, struct str id, struct err *err)
{
    struct request *request = apply->request;
    const struct register_type *type = request->catalog->model->person;
    struct record record;

    if (type == NULL || !id_parse(id, &apply->application.person) ||
        !policy_may_some(&request->actor.rights, type->index, POLICY_READ, NULL) ||
        !record_get(&request->registry, catalog_no(request->catalog, type),
                    apply->application.person, request_today(request), &record, err))
        return err_set(err, ERR_ABSENT, "there is no such record");
    return true;
}

size_t apply_steps(const struct apply *apply, size_t *places)
{
    const struct service_form *form = apply->one.service->form;
    size_t count = 0;

    for (size_t i = 0; i < form->step_count; i++)
        if (services_step_shows(apply->request, &apply->one, &form->steps[i],
                                apply->application.value))
            places[count++] = i;
    return count;
}

/* The card of whoever it is about, as FEEL sees a record; null: it is not known. */
static bool read_person(const struct apply *apply, const struct feel_value **person,
                        struct err *err)
{
    struct request *request = apply->request;
    const struct register_type *type = request->catalog->model->person;
    struct registry own = request->registry;
    struct record record;
    struct json *body;
    struct err found = {0};

    *person = &feel_null;
    if (type == NULL || apply_person(apply) == 0)
        return true;
    own.reader = NULL;
    if (apply->is_taken)
        seen_add(request, type, type->classes, &(int64_t){apply_person(apply)}, 1);
    if (!record_get(&own, catalog_no(request->catalog, type), apply_person(apply),
                    request_today(request), &record, &found)) {
        *err = found;
        return found.code == ERR_ABSENT;
    }
    if (!json_parse(request->arena, record.body, NULL, &body, err))
        return false;
    *person = record_feel_values(request->arena, type, body);
    return true;
}

/* Their latest application for the same service. */
static bool read_last(const struct apply *apply, const struct feel_value **last, struct err *err)
{
    struct request *request = apply->request;
    struct service_case_ask ask = {.applicant = request->actor.account, .limit = 20};
    struct registry own = request->registry;
    struct service_case_page page;

    *last = &feel_null;
    own.reader = NULL;
    if (apply->is_taken)
        return true;
    if (!service_case_list(&request->tx, request->arena, &ask, &page, err))
        return false;
    for (size_t i = 0; i < page.count; i++) {
        struct err found = {0};
        struct record record;
        struct json *body;

        if (!str_equal(page.items[i].service, apply->one.service->name))
            continue;
        if (!record_get(&own, page.items[i].no, page.items[i].id, request_today(request), &record,
                        &found)) {
            *err = found;
            if (found.code == ERR_ABSENT) /* it was deleted */
                continue;
            return false;
        }
        if (!json_parse(request->arena, record.body, NULL, &body, err))
            return false;
        *last = record_feel_values(request->arena, apply->one.type, body);
        return true;
    }
    return true;
}

static const struct feel_frame *make_frame(const struct apply *apply,
                                           const struct feel_value *person,
                                           const struct feel_value *last)
{
    struct request *request = apply->request;
    struct json *account = json_new(request->arena, JSON_OBJECT);
    struct feel_entry *entries = ARENA_ARRAY(request->arena, struct feel_entry, 3);
    struct feel_frame *frame = ARENA_NEW(request->arena, struct feel_frame);
    const struct feel_value *item =
        record_feel_values(request->arena, apply->one.type, apply->application.value);

    json_set_text(request->arena, account, STR("name"),
                  apply->is_taken ? (struct str){0} : request->actor.name);
    entries[0] = (struct feel_entry){STR("person"), person};
    entries[1] = (struct feel_entry){STR("last"), last};
    entries[2] = (struct feel_entry){STR("account"), feel_from_json(request->arena, account)};
    *frame = (struct feel_frame){.entries = entries, .count = 3, .item = item};
    return frame;
}

bool apply_prefill(const struct apply *apply, const struct service_step *step, struct json **value,
                   struct err *err)
{
    struct request *request = apply->request;
    struct feel_run *run =
        feel_run_new_at(request->arena, catalog_clock(request->catalog, request->now));
    const struct feel_value *person, *last;
    const struct feel_frame *frame = NULL;

    *value = json_copy(request->arena, apply->application.value);
    for (size_t i = 0; i < step->field_count; i++) {
        const struct service_field *field = &step->fields[i];
        struct json *known;

        if (field->prefill == NULL || json_find(*value, field->name) != NULL)
            continue;
        if (frame == NULL) {
            if (!read_person(apply, &person, err) || !read_last(apply, &last, err))
                return false;
            frame = make_frame(apply, person, last);
        }
        known = feel_to_json(request->arena, feel_eval(run, field->prefill, frame));
        if (known != NULL && known->kind != JSON_NULL)
            json_set(*value, field->name, known);
    }
    return true;
}

static bool is_of(const struct register_type *type, struct str path)
{
    struct str name = str_slice(path, 1, path.len);

    return register_type_field(type, str_slice(name, 0, str_find_char(name, '/'))) != NULL;
}

static void need(const struct apply *apply, const struct register_type *type,
                 const struct json *value, struct flaws *flaws)
{
    struct arena *arena = apply->request->arena;

    for (size_t i = 0; i < type->field_count; i++) {
        const struct json *one = json_find(value, type->fields[i].name);

        if (type->fields[i].is_required && (one == NULL || one->kind == JSON_NULL))
            flaws_add(flaws, arena, str_printf(arena, "/%.*s", STR_ARG(type->fields[i].name)),
                      "required", (struct str){0});
    }
}

bool apply_check(const struct apply *apply, const struct register_type *type,
                 const struct json *value, struct flaws *flaws, struct err *err)
{
    struct arena *arena = apply->request->arena;
    struct flaws all = {0};

    schema_check(apply->one.type->schema, value, arena, &all);
    for (const struct flaw *flaw = all.first; flaw != NULL; flaw = flaw->next)
        if (is_of(type, flaw->path) && str_compare(str_from_z(flaw->id), STR("required")) != 0)
            flaws_add(flaws, arena, flaw->path, flaw->id, flaw->detail);
    need(apply, type, value, flaws);
    return flow_form_look_up(apply->request, type, value, NULL, flaws, err);
}

struct writing {
    struct arena *arena;
    int64_t now;
    struct application *application;
};

static bool run_put(struct tx *tx, void *data, struct err *err)
{
    struct writing *writing = data;

    return application_put(tx, writing->arena, writing->now, writing->application, err);
}

static bool run_drop(struct tx *tx, void *data, struct err *err)
{
    struct writing *writing = data;

    return application_drop(tx, writing->application->account, writing->application->service, err);
}

bool apply_put(struct apply *apply, struct err *err)
{
    struct writing writing = {apply->request->arena, apply->request->now, &apply->application};

    return request_write_wait(apply->request, run_put, &writing, err);
}

bool apply_again(struct apply *apply, struct err *err)
{
    bool was_kept = apply->application.changed_at > 0;
    struct tx *tx;

    if (!request_read(apply->request, &tx, err) ||
        !application_get(tx, apply->request->arena, apply->request->now, &apply->application, err))
        return false;
    return !was_kept || apply->application.changed_at > 0 ||
           err_set(err, ERR_INPUT, "%s", APPLY_GONE);
}

bool apply_drop(struct apply *apply, struct err *err)
{
    struct writing writing = {apply->request->arena, apply->request->now, &apply->application};

    return request_write_wait(apply->request, run_drop, &writing, err);
}

struct str apply_path(const struct apply *apply, const char *place)
{
    return str_printf(apply->request->arena, "/services/%.*s/apply/%s",
                      STR_ARG(apply->one.service->name), place);
}

struct str apply_step_path(const struct apply *apply, size_t place)
{
    return str_printf(apply->request->arena, "/services/%.*s/apply/%zu",
                      STR_ARG(apply->one.service->name), place + 1);
}

void apply_head(const struct apply *apply, struct json *view, size_t place)
{
    struct request *request = apply->request;
    struct str title = request_pack_text(request, apply->one.service->title);
    size_t places[SERVICE_FORM_STEPS_MAX];
    size_t count = apply_steps(apply, places);
    size_t at = 0;

    while (at < count && places[at] < place)
        at++;
    page_crumb(request, view, request_text(request, STR("Services")), STR("/services/"));
    page_crumb(request, view, title,
               str_printf(request->arena, "/services/%.*s", STR_ARG(apply->one.service->name)));
    view_text(request, view, "service", title);
    view_text(request, view, "step_no", str_printf(request->arena, "%zu", at + 1));
    view_text(request, view, "step_count", str_printf(request->arena, "%zu", count + 1));
    view_text(request, view, "back_href",
              at == 0
                  ? services_href(request, apply->one.service)
                  : page_href(request, "%.*s", STR_ARG(apply_step_path(apply, places[at - 1]))));
}

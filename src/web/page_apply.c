#include "web/page_service.h"

#include "core/num.h"
#include "web/answer.h"
#include "web/apply.h"
#include "web/flow_form.h"
#include "web/form_read.h"
#include "web/form_view.h"
#include "web/page_files.h"

/* A step on its page. */
struct stepping {
    struct apply apply;
    size_t place;
    const struct service_step *step;
    const struct register_type *type; /* the fields of the step */
    const struct json *value;
    const struct url_form *typed;
    struct flaws flaws;
    struct str find;
};

static bool find_step(struct request *request, struct stepping *stepping, struct err *err)
{
    const struct service_form *form;
    int64_t number;

    *stepping = (struct stepping){0};
    if (!apply_start(request, &stepping->apply, err))
        return false;
    form = stepping->apply.one.service->form;
    if (!num_parse_int(request->parts[1], &number) || number < 1 ||
        number > (int64_t)form->step_count)
        return err_set(err, ERR_ABSENT, "there is no such step");
    stepping->place = (size_t)number - 1;
    stepping->step = &form->steps[stepping->place];
    stepping->type = services_step_type(request, &stepping->apply.one, stepping->step,
                                        stepping->apply.application.value);
    return true;
}

static void add_files(struct stepping *stepping, struct json *view)
{
    struct request *request = stepping->apply.request;
    const struct application *application = &stepping->apply.application;
    struct json *files = view_list(request, view, "files");

    view_bool(request, view, "asks_files", stepping->step->has_files);
    view_text(request, view, "files_href",
              page_href(request, "%.*s", STR_ARG(apply_path(&stepping->apply, "files"))));
    for (size_t i = 0; i < application->file_count; i++) {
        struct json *one = view_push(request, files);

        view_text(request, one, "name", application->files[i].name);
        view_text(request, one, "size_text", page_files_size(request, application->files[i].size));
        view_text(request, one, "digest", application->files[i].digest);
    }
    view_bool(request, view, "has_files", files->count > 0);
}

static bool show(struct stepping *stepping, int status, struct err *err)
{
    struct request *request = stepping->apply.request;
    struct json *view = view_new(request);
    struct display display = display_start(request, &request->tx, FLOW_FORM_CLASSES);
    struct form_view shown = {
        .display = &display,
        .type = stepping->type,
        .value = stepping->value,
        .typed = stepping->typed,
        .flaws = &stepping->flaws,
        .find = stepping->find,
    };
    struct str heading = request_pack_text(request, stepping->step->title);

    page_title(request, view, heading);
    apply_head(&stepping->apply, view, stepping->place);
    view_text(request, view, "heading", heading);
    view_maybe(request, view, "help",
               stepping->step->help.len > 0 ? request_pack_text(request, stepping->step->help)
                                            : (struct str){0});
    view_text(
        request, view, "action",
        page_href(request, "%.*s", STR_ARG(apply_step_path(&stepping->apply, stepping->place))));
    add_files(stepping, view);
    return form_view_fill(&shown, view, err) &&
           answer_page(request, status, STR("page/apply"), view, err);
}

/* Where an application goes on: at the first step that lacks something. */
static bool find_first(struct stepping *stepping, struct str *path, struct err *err)
{
    struct apply *apply = &stepping->apply;
    const struct service_form *form = apply->one.service->form;
    size_t places[SERVICE_FORM_STEPS_MAX];
    size_t count = apply_steps(apply, places);

    for (size_t i = 0; i < count; i++) {
        const struct register_type *type = services_step_type(
            apply->request, &apply->one, &form->steps[places[i]], apply->application.value);
        struct flaws flaws = {0};

        if (!apply_check(apply, type, apply->application.value, &flaws, err))
            return false;
        if (flaws.count > 0 || apply->application.changed_at == 0) {
            *path = apply_step_path(apply, places[i]);
            return true;
        }
    }
    *path = apply_path(apply, "check");
    return true;
}

bool page_apply(struct request *request, struct err *err)
{
    struct stepping stepping = {0};
    struct str path;

    if (!apply_start(request, &stepping.apply, err))
        return false;
    if (stepping.apply.is_taken && stepping.apply.application.changed_at == 0)
        return answer_redirect(request, apply_path(&stepping.apply, "applicant"));
    return find_first(&stepping, &path, err) && answer_redirect(request, path);
}

bool page_apply_step(struct request *request, struct err *err)
{
    struct stepping stepping;
    struct json *value;

    if (!find_step(request, &stepping, err) ||
        !apply_prefill(&stepping.apply, stepping.step, &value, err))
        return false;
    stepping.value = value;
    return show(&stepping, 200, err);
}

/* What was entered so far, with the fields of this step as they were sent now. */
static struct json *merge(const struct stepping *stepping, const struct json *read)
{
    struct arena *arena = stepping->apply.request->arena;
    struct json *value = json_copy(arena, stepping->apply.application.value);

    for (size_t i = 0; i < stepping->type->field_count; i++) {
        struct str name = stepping->type->fields[i].name;
        const struct json *one = json_find(read, name);

        json_drop(value, name);
        if (one != NULL)
            json_set(value, name, json_copy(arena, one));
    }
    return value;
}

/* The step after this one, or the last look. */
static struct str next_path(const struct stepping *stepping)
{
    size_t places[SERVICE_FORM_STEPS_MAX];
    size_t count = apply_steps(&stepping->apply, places);

    for (size_t i = 0; i < count; i++)
        if (places[i] > stepping->place)
            return apply_step_path(&stepping->apply, places[i]);
    return apply_path(&stepping->apply, "check");
}

/* What another window changed meanwhile stays: each writes the fields of its own step. */
static bool put(struct stepping *stepping, const struct json *read, struct err *err)
{
    struct err found = {0};

    for (int i = 0; i < APPLY_TRIES_MAX; i++) {
        stepping->apply.application.value = merge(stepping, read);
        if (apply_put(&stepping->apply, &found))
            return true;
        if (found.code != ERR_CONFLICT || !apply_again(&stepping->apply, &found))
            break;
    }
    *err = found;
    return false;
}

/* An application begins with its first step: another one's was sent or deleted. */
static bool is_gone(const struct stepping *stepping)
{
    size_t places[SERVICE_FORM_STEPS_MAX];

    return stepping->apply.application.changed_at == 0 &&
           apply_steps(&stepping->apply, places) > 0 && places[0] != stepping->place;
}

static bool tell_gone(const struct apply *apply, struct err *err)
{
    struct request *request = apply->request;

    (void)err;
    answer_notice(request, STR("bad"), request_text(request, STR(APPLY_GONE)));
    return answer_redirect(
        request, str_printf(request->arena, "/services/%.*s", STR_ARG(apply->one.service->name)));
}

/* "Save and come back": what can be read is kept, the rest stays open. */
static bool save(struct stepping *stepping, const struct json *read, struct err *err)
{
    struct request *request = stepping->apply.request;

    if (!put(stepping, read, err))
        return false;
    answer_notice(request, STR("ok"),
                  request_text(request, STR("The application is saved. You can go on later.")));
    return answer_redirect(request, page_is_staff(request)
                                        ? str_printf(request->arena, "/services/%.*s",
                                                     STR_ARG(stepping->apply.one.service->name))
                                        : STR("/my/"));
}

bool page_apply_post(struct request *request, struct err *err)
{
    struct stepping stepping;
    struct json *read;

    if (!find_step(request, &stepping, err) || !request_form(request, err))
        return false;
    if (is_gone(&stepping))
        return tell_gone(&stepping.apply, err);
    stepping.typed = &request->form;
    stepping.find = request_field(request, STR("find"));
    read = form_read(request, stepping.type, FLOW_FORM_CLASSES, stepping.typed, &stepping.flaws);
    if (stepping.find.len > 0) {
        stepping.flaws = (struct flaws){0};
        return show(&stepping, 200, err);
    }
    stepping.apply.application.value = merge(&stepping, read);
    if (request_field(request, STR("save")).len > 0)
        return save(&stepping, read, err);
    if (!apply_check(&stepping.apply, stepping.type, stepping.apply.application.value,
                     &stepping.flaws, err))
        return false;
    if (stepping.flaws.count > 0)
        return show(&stepping, 422, err);
    return put(&stepping, read, err) && answer_redirect(request, next_path(&stepping));
}

/*
 * A form in the workshop as people will fill it in: the fields of a task, or each step of an
 * application, drawn by the same code as for them, with fields that take nothing.
 */
#include "web/page_workshop.h"

#include "registry/register_type.h"
#include "service/service.h"
#include "service/service_form.h"
#include "web/form_view.h"
#include "web/page.h"
#include "web/services.h"

#define CLASSES (POLICY_PUBLIC | POLICY_INTERNAL | POLICY_PERSONAL)

/* Whose card names that form. NULL: none, or it cannot be read. */
static const struct service *find_service(struct arena *arena, const struct pack *pack,
                                          struct str path)
{
    struct pack_findings findings = {.arena = arena};

    for (size_t i = 0; i < pack->file_count; i++) {
        const struct service *one;

        if (!str_starts(pack->files[i].path, STR("services/")))
            continue;
        one = service_read(arena, pack, &pack->files[i], &findings);
        if (one != NULL && str_equal(one->form_path, path))
            return one;
    }
    return NULL;
}

struct str page_workshop_asks(struct request *request, const struct pack *pack, struct str path)
{
    const struct service *service = find_service(request->arena, pack, path);

    return service == NULL ? (struct str){0} : service->title;
}

const struct register_type *page_workshop_asked(struct request *request, const struct pack *pack,
                                                struct str path)
{
    const struct service *service = find_service(request->arena, pack, path);

    return service == NULL ? NULL : model_type(request->catalog->model, service->register_id);
}

static struct json *add_screen(struct request *request, struct json *list, struct str title)
{
    struct json *screen = view_push(request, list);

    view_maybe(request, screen, "title", title);
    view_none(request, screen, "help");
    view_bool(request, screen, "asks_files", false);
    return screen;
}

static bool fill(struct display *display, const struct register_type *type, struct json *screen,
                 struct err *err)
{
    struct flaws flaws = {0};

    return form_view_fill(&(struct form_view){.display = display, .type = type, .flaws = &flaws},
                          screen, err);
}

/* With every field that may be asked: a condition is told in the table. */
static bool show_step(struct display *display, const struct services_one *one,
                      const struct service_step *step, struct json *list, struct err *err)
{
    struct request *request = display->request;
    struct json *screen = add_screen(request, list, request_pack_text(request, step->title));
    struct service_step whole = *step;

    whole.fields = ARENA_ARRAY(request->arena, struct service_field, step->field_count + 1);
    for (size_t i = 0; i < step->field_count; i++) {
        whole.fields[i] = step->fields[i];
        whole.fields[i].shown = NULL;
    }
    if (step->help.len > 0)
        view_text(request, screen, "help", request_pack_text(request, step->help));
    view_bool(request, screen, "asks_files", step->has_files);
    return fill(display, services_step_type(request, one, &whole, NULL), screen, err);
}

static bool show_steps(struct display *display, const struct pack *pack, struct str path,
                       struct json *list, struct err *err)
{
    const struct service *service = find_service(display->request->arena, pack, path);
    struct services_one one = {.service = service};

    if (service != NULL)
        one.type = model_type(display->request->catalog->model, service->register_id);
    if (one.type == NULL)
        return true;
    for (size_t i = 0; i < service->form->step_count; i++)
        if (!show_step(display, &one, &service->form->steps[i], list, err))
            return false;
    return true;
}

bool page_workshop_preview(struct request *request, const struct workshop_file *file,
                           struct json *view, struct err *err)
{
    struct pack_findings findings = {.arena = request->arena};
    struct pack_file now = {file->path, file->text};
    struct json *list = view_list(request, view, "screens");
    const struct register_type *type;
    struct pack_draft_sum sum;
    struct display display;
    struct json *json;
    struct tx *tx;

    view_none(request, view, "preview");
    if (!request_read(request, &tx, err) ||
        !json_parse(request->arena, file->text, NULL, &json, err))
        return false;
    display = display_start(request, tx, CLASSES);
    if (service_form_is_one(json)) {
        if (!pack_draft_gather(tx, request->arena, request->catalog, file->pack->id, &sum, err) ||
            !show_steps(&display, sum.pack, file->path, list, err))
            return false;
    } else {
        type = register_type_compile_form(request->arena, file->pack, &now, &findings);
        if (type != NULL && !fill(&display, type, add_screen(request, list, (struct str){0}), err))
            return false;
    }
    if (list->count > 0)
        view_text(request, view, "preview", request_text(request, STR("As a phone shows it")));
    return true;
}

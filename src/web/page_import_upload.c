#include "registry/export.h"
#include "registry/gar_plan.h"
#include "web/answer.h"
#include "web/import_view.h"
#include "web/input.h"
#include "web/page_import.h"
#include "web/wording.h"

struct target {
    const struct register_type *type;
    unsigned classes;
};

static bool find_target(struct request *request, struct target *target, struct err *err)
{
    return request_register(request, 0, POLICY_IMPORT, &target->type, &target->classes, err);
}

static struct str register_href(struct request *request, const struct register_type *type,
                                const char *below)
{
    return page_href(request, "/registers/%.*s%s", STR_ARG(type->id), below);
}

static bool show(struct request *request, const struct target *target, struct str error,
                 struct err *err)
{
    const struct register_type *type = target->type;
    struct json *view = view_new(request);
    struct json *about = view_object(request, view, "register");
    struct json *field;

    page_title(request, view, request_text(request, STR("Import of a file")));
    page_crumb(request, view, request_pack_text(request, type->title),
               str_printf(request->arena, "/registers/%.*s", STR_ARG(type->id)));
    view_text(request, about, "title", request_pack_text(request, type->title));
    view_text(request, about, "href", register_href(request, type, ""));
    import_view_steps(request, view, IMPORT_VIEW_FILE, (struct str){0});
    input_errors_begin(request, view);
    view_text(request, view, "action", register_href(request, type, "/import"));
    field = input_add(request, view_list(request, view, "fields"), "is_file", "file",
                      request_text(request, STR("File")));
    input_hint(request, field,
               str_printf(request->arena, "%.*s %.*s",
                          STR_ARG(request_text(request, STR("At most:"))),
                          STR_ARG(wording_size(request, ANSWER_FILE_MAX))));
    view_text(request, field, "accept", STR(".csv,.txt,.ndjson,.json,.geojson,.zip"));
    if (error.len > 0)
        input_error(request, view, field, error);
    view_bool(request, view, "is_gar",
              gar_plan_takes(request->arena, request->catalog->model, type));
    view_bool(request, view, "is_calendar", type->meaning == REGISTER_TYPE_DAYS);
    view_text(request, view, "sample_href", register_href(request, type, "/import/sample.csv"));
    return answer_page(request, error.len > 0 ? 422 : 200, STR("page/import-upload"), view, err);
}

bool page_import_upload(struct request *request, struct err *err)
{
    struct target target;

    return find_target(request, &target, err) && show(request, &target, (struct str){0}, err);
}

static bool write_import(struct tx *tx, void *data, struct err *err)
{
    return import_put(tx, data, err);
}

static bool keep(struct request *request, const struct target *target,
                 const struct multipart_part *file, struct err *err)
{
    struct import_upload upload = {.fd = file->fd, .name = file->file_name};
    struct import import;

    if (!import_keep(request->tenant, request->arena, &upload, &import, err))
        return false;
    import.no = catalog_no(request->catalog, target->type);
    import.actor = request->actor.account;
    import.created_at = request->now;
    import.options.classes = target->classes;
    return request_write_wait(request, write_import, &import, err) &&
           answer_redirect(
               request, str_printf(request->arena, "/imports/%lld/columns", (long long)import.id));
}

bool page_import_upload_post(struct request *request, struct err *err)
{
    CLEANUP(multipart_done) struct multipart multipart = {0};
    const struct multipart_part *file;
    struct target target;

    if (!request_multipart(request, &multipart, err) || !find_target(request, &target, err))
        return false;
    file = multipart_find(&multipart, STR("file"));
    if (file == NULL || file->fd < 0 || file->size == 0)
        return show(request, &target, request_text(request, STR("Choose a file.")), err);
    if (keep(request, &target, file, err))
        return true;
    if (err->code != ERR_INPUT)
        return false;
    return show(request, &target, wording_err(request, err), err);
}

/* A header line alone, in the columns an import would know at once. */
bool page_import_sample(struct request *request, struct err *err)
{
    struct buf *out = &request->exchange->out;
    struct target target;

    if (!find_target(request, &target, err))
        return false;
    buf_add(out, STR("\xef\xbb\xbf")); /* office programs take it for CP1251 otherwise */
    export_sample(out, target.type, target.classes, ';');
    http_add(
        request->exchange, STR("Content-Disposition"),
        str_printf(request->arena, "attachment; filename=\"%.*s.csv\"", STR_ARG(target.type->id)));
    return answer_text(request, 200, STR("text/csv; charset=utf-8"));
}

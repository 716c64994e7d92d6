#include "web/api_import.h"

#include "core/id.h"
#include "core/time.h"
#include "web/answer.h"
#include "web/import_view.h"

enum {
    BODY_MAX = 256 * 1024,
};

static void print_columns(struct buf *out, const struct import_options *options)
{
    buf_add(out, STR(",\"columns\":{"));
    for (size_t i = 0; i < options->column_count; i++) {
        buf_add(out, i > 0 ? STR(",") : STR(""));
        json_write_text(out, options->columns[i].title);
        buf_char(out, ':');
        json_write_text(out, options->columns[i].target);
    }
    buf_char(out, '}');
}

static void print(struct buf *out, const struct import *import, const struct register_type *type)
{
    const struct import_counts *counts = &import->counts;

    buf_printf(out, "{\"id\":%lld,\"register\":", (long long)import->id);
    json_write_text(out, type->id);
    buf_add(out, STR(",\"name\":"));
    json_write_text(out, import->name);
    buf_add(out, STR(",\"format\":"));
    json_write_text(out, import_format_word(import->format));
    buf_add(out, STR(",\"status\":"));
    json_write_text(out, import_status_word(import->status));
    buf_add(out, STR(",\"created_at\":\""));
    time_print_moment(out, import->created_at);
    buf_add(out, STR("\",\"job\":"));
    if (import->job != 0) {
        buf_char(out, '"');
        id_print(out, import->job);
        buf_char(out, '"');
    } else {
        buf_add(out, STR("null"));
    }
    buf_printf(out,
               ",\"counts\":{\"rows\":%lld,\"created\":%lld,\"changed\":%lld,\"same\":%lld,"
               "\"kept\":%lld,\"wrong\":%lld,\"errors\":%lld}",
               (long long)counts->rows, (long long)counts->created, (long long)counts->changed,
               (long long)counts->same, (long long)counts->kept, (long long)counts->wrong,
               (long long)counts->errors);
    print_columns(out, &import->options);
    buf_char(out, '}');
}

static bool write_new(struct tx *tx, void *data, struct err *err)
{
    return import_put(tx, data, err);
}

bool api_import_create(struct request *request, struct err *err)
{
    CLEANUP(multipart_done) struct multipart multipart = {0};
    const struct multipart_part *file;
    const struct register_type *type;
    struct import import;
    unsigned classes;

    if (!request_multipart(request, &multipart, err) ||
        !request_register(request, 0, POLICY_IMPORT, &type, &classes, err))
        return false;
    file = multipart_find(&multipart, STR("file"));
    if (file == NULL || file->fd < 0 || file->size == 0)
        return err_set(err, ERR_INPUT, "the form has no file");
    struct import_upload upload = {.fd = file->fd, .name = file->file_name};
    if (!import_keep(request->tenant, request->arena, &upload, &import, err))
        return false;
    import.no = catalog_no(request->catalog, type);
    import.actor = request->actor.account;
    import.created_at = request->now;
    import.options.classes = classes;
    if (!request_write_wait(request, write_new, &import, err))
        return false;
    http_add(request->exchange, STR("Location"),
             page_href(request, "/api/v1/imports/%lld", (long long)import.id));
    print(&request->exchange->out, &import, type);
    return answer_json(request, 201);
}

bool api_import_get(struct request *request, struct err *err)
{
    struct import_view view;

    if (!import_view_find(request, &view, err))
        return false;
    print(&request->exchange->out, &view.import, view.type);
    return answer_json(request, 200);
}

bool api_import_errors(struct request *request, struct err *err)
{
    struct buf *out = &request->exchange->out;
    struct import_view view;
    struct import_error *errors;
    size_t count;

    if (!import_view_find(request, &view, err) ||
        !import_errors(&request->registry, view.import.id, IMPORT_ERRORS_MAX, &errors, &count, err))
        return false;
    buf_add(out, STR("{\"items\":["));
    for (size_t i = 0; i < count; i++) {
        buf_printf(out, "%s{\"line\":%lld,\"field\":", i > 0 ? "," : "", (long long)errors[i].line);
        json_write_text(out, errors[i].field);
        buf_add(out, STR(",\"code\":"));
        json_write_text(out, errors[i].id);
        buf_add(out, STR(",\"detail\":"));
        json_write_text(out, import_view_problem(&view, &errors[i]));
        buf_add(out, STR(",\"value\":"));
        json_write_text(out, errors[i].value);
        buf_char(out, '}');
    }
    buf_add(out, STR("]}"));
    return answer_json(request, 200);
}

/* Columns as guessed or remembered, and over them what the body says. */
static bool map_columns(struct request *request, struct import_view *view, const struct json *body,
                        struct err *err)
{
    const struct json *columns = json_find(body, STR("columns"));
    struct import_options *options = &view->import.options;
    struct import_preview preview;

    if (view->import.format != IMPORT_GAR) {
        if (!import_look(&request->registry, &view->import, &preview, err))
            return false;
        *options = preview.options;
    }
    for (size_t i = 0; i < options->column_count; i++) {
        const struct json *target = json_find(columns, options->columns[i].title);

        if (target != NULL)
            options->columns[i].target = json_text(target);
    }
    options->classes = view->classes;
    if (json_find(body, STR("existing")) != NULL)
        options->keeps_existing = str_equal(json_find_text(body, STR("existing")), STR("skip"));
    return true;
}

enum act {
    ACT_CHECK,
    ACT_START,
    ACT_UNDO,
};

struct order {
    struct import_view *view;
    enum act act;
};

static bool write_order(struct tx *tx, void *data, struct err *err)
{
    const struct order *order = data;
    struct request *request = order->view->request;
    struct import *import = &order->view->import;
    struct registry registry = request_registry(request, tx);
    int64_t actor = request->actor.account;
    int64_t *job = &import->job;

    if (order->act == ACT_UNDO)
        return import_undo_start(&registry, import->id, actor, job, err);
    return (order->act != ACT_CHECK || import_set(&registry, import, err)) &&
           import_start(&registry, import->id, order->act == ACT_CHECK, actor, job, err);
}

static bool run(struct request *request, struct import_view *view, enum act act, struct err *err)
{
    struct order order = {view, act};

    if (!request_write_wait(request, write_order, &order, err))
        return false;
    worker_wake(request->web->workers, tenant_info(request->tenant)->name);
    http_add(request->exchange, STR("Location"),
             page_href(request, "/api/v1/jobs/%.*s",
                       STR_ARG(id_text(request->arena, view->import.job))));
    buf_add(&request->exchange->out, STR("{\"job\":\""));
    id_print(&request->exchange->out, view->import.job);
    buf_add(&request->exchange->out, STR("\"}"));
    return answer_json(request, 202);
}

bool api_import_check(struct request *request, struct err *err)
{
    struct import_view view;
    struct json *body = NULL;

    if (!import_view_find(request, &view, err) ||
        (request->exchange->body_size > 0 && !request_json(request, BODY_MAX, &body, err)) ||
        !map_columns(request, &view, body, err))
        return false;
    return run(request, &view, ACT_CHECK, err);
}

bool api_import_start(struct request *request, struct err *err)
{
    struct import_view view;

    return import_view_find(request, &view, err) && run(request, &view, ACT_START, err);
}

bool api_import_undo(struct request *request, struct err *err)
{
    struct import_view view;

    return import_view_find(request, &view, err) && run(request, &view, ACT_UNDO, err);
}

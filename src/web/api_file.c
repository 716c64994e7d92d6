#include "web/api_file.h"

#include "core/id.h"
#include "core/time.h"
#include "registry/attachment.h"
#include "registry/record_reach.h"
#include "web/answer.h"
#include "web/seen.h"

/* The record of the path; files are of the class internal. */
static bool find_place(struct request *request, enum policy_action action,
                       struct attachment *attachment, struct err *err)
{
    const struct register_type *type;
    unsigned classes;
    struct tx *tx;

    *attachment = (struct attachment){0};
    if (!request_register_some(request, 0, action, &type, &classes, err) ||
        !request_id(request, 1, &attachment->record, err))
        return false;
    if (!(classes & POLICY_INTERNAL))
        return err_set(err, ERR_DENIED, "your role does not allow the files of this register");
    if (!request_read(request, &tx, err) ||
        !record_reach_need(&request->registry, type, attachment->record, action, err))
        return false;
    attachment->no = catalog_no(request->catalog, type);
    if (action == POLICY_READ)
        seen_add(request, type, classes, &attachment->record, 1);
    return true;
}

bool api_file_find(struct request *request, enum policy_action action,
                   struct attachment *attachment, struct err *err)
{
    struct tx *tx;

    if (!find_place(request, action, attachment, err))
        return false;
    if (!id_parse(request->parts[2], &attachment->id))
        return err_set(err, ERR_ABSENT, "this record has no such file");
    return request_read(request, &tx, err) && attachment_get(tx, request->arena, attachment, err);
}

static void print_file(struct buf *out, const struct attachment *file)
{
    buf_add(out, STR("{\"id\":\""));
    id_print(out, file->id);
    buf_add(out, STR("\",\"name\":"));
    json_write_text(out, file->name);
    buf_add(out, STR(",\"type\":"));
    json_write_text(out, file->type);
    buf_add(out, STR(",\"size\":"));
    buf_int(out, file->size);
    buf_add(out, STR(",\"sha256\":"));
    json_write_text(out, file->digest);
    buf_add(out, STR(",\"at\":\""));
    time_print_moment(out, file->at);
    buf_add(out, STR("\",\"actor\":"));
    json_write_text(out, file->actor_name);
    buf_char(out, '}');
}

bool api_file_list(struct request *request, struct err *err)
{
    struct buf *out = &request->exchange->out;
    struct attachment place;
    struct attachment_page page;
    struct tx *tx;

    if (!find_place(request, POLICY_READ, &place, err) || !request_read(request, &tx, err) ||
        !attachment_list(tx, request->arena, place.no, place.record, &page, err))
        return false;
    buf_add(out, STR("{\"files\":["));
    for (size_t i = 0; i < page.count; i++) {
        if (i > 0)
            buf_char(out, ',');
        print_file(out, &page.items[i]);
    }
    buf_add(out, STR("]}"));
    return answer_json(request, 200);
}

/* The bytes themselves, with ?name=. */
static bool take_body(struct request *request, struct attachment_source *source)
{
    const struct http_exchange *exchange = request->exchange;

    *source = (struct attachment_source){
        .fd = exchange->body_fd,
        .bytes = exchange->body,
        .size = exchange->body_fd >= 0 ? (int64_t)exchange->body_size : (int64_t)exchange->body.len,
        .name = request_query(request, STR("name")),
    };
    return true;
}

/* The first file of a form; multipart keeps it open. */
static bool take_part(struct request *request, struct multipart *multipart,
                      struct attachment_source *source, struct err *err)
{
    bool was_empty = false;

    if (!request_multipart(request, multipart, err))
        return false;
    for (size_t i = 0; i < multipart->count; i++) {
        const struct multipart_part *part = &multipart->parts[i];

        *source = (struct attachment_source){
            .fd = part->fd, .size = (int64_t)part->size, .name = part->file_name};
        if (part->fd >= 0 && part->size > 0)
            return true;
        was_empty = was_empty || part->file_name.len > 0;
    }
    return err_set(err, ERR_INPUT, "%s", was_empty ? "the file is empty" : "no file was chosen");
}

bool api_file_take(struct request *request, struct multipart *multipart,
                   struct attachment_source *source, struct err *err)
{
    struct str type = http_header(request->exchange, STR("content-type"));

    return str_starts(type, STR("multipart/form-data")) ? take_part(request, multipart, source, err)
                                                        : take_body(request, source);
}

struct writing {
    const struct request *request;
    struct attachment *file;
};

static bool run_put(struct tx *tx, void *data, struct err *err)
{
    const struct writing *writing = data;

    return attachment_put(tx, writing->request->arena, writing->file, err);
}

bool api_file_add(struct request *request, struct attachment *file, struct err *err)
{
    struct attachment place;
    CLEANUP(multipart_done) struct multipart multipart = {0};
    struct writing writing = {request, file};
    struct attachment_source source;

    if (!find_place(request, POLICY_CHANGE, &place, err) ||
        !api_file_take(request, &multipart, &source, err) ||
        !attachment_keep(request->tenant, request->arena, &source, file, err))
        return false;
    file->no = place.no;
    file->record = place.record;
    file->at = request->now;
    file->actor = request->actor.account;
    file->actor_name = request->actor.name;
    return request_write_wait(request, run_put, &writing, err);
}

bool api_file_create(struct request *request, struct err *err)
{
    struct attachment file;
    struct buf path = {.arena = request->arena};

    if (!api_file_add(request, &file, err)) {
        if (err->code != ERR_LIMIT)
            return false;
        answer_problem(request, 413, request_text(request, str_from_z(err->text)), NULL);
        return true;
    }
    buf_add(&path, request->base);
    buf_add(&path, request->path);
    buf_char(&path, '/');
    id_print(&path, file.id);
    http_add(request->exchange, STR("Location"), buf_str(&path));
    print_file(&request->exchange->out, &file);
    return answer_json(request, 201);
}

/* RFC 6266: the name as it is in UTF-8, and without it for the very old. */
static struct str print_disposition(struct request *request, struct str name)
{
    struct buf line = {.arena = request->arena};

    buf_add(&line, STR("attachment; filename*=UTF-8''"));
    url_encode(&line, name);
    return buf_str(&line);
}

bool api_file_send(struct request *request, const struct attachment *file, struct err *err)
{
    int fd;

    if (!attachment_open(request->tenant, request->arena, file, &fd, err))
        return false;
    http_add(request->exchange, STR("Content-Disposition"), print_disposition(request, file->name));
    http_add(request->exchange, STR("Content-Security-Policy"),
             STR("default-src 'none'; sandbox; frame-ancestors 'none'"));
    return answer_file(request, fd, file->size, file->type);
}

bool api_file_get(struct request *request, struct err *err)
{
    struct attachment file;

    return api_file_find(request, POLICY_READ, &file, err) && api_file_send(request, &file, err);
}

static bool run_remove(struct tx *tx, void *data, struct err *err)
{
    const struct writing *writing = data;
    const struct request *request = writing->request;

    return attachment_remove(tx, request->arena, writing->file, request->actor.account,
                             request->now, err);
}

bool api_file_remove(struct request *request, struct attachment *file, struct err *err)
{
    struct writing writing = {request, file};

    return api_file_find(request, POLICY_CHANGE, file, err) &&
           request_write_wait(request, run_remove, &writing, err);
}

bool api_file_delete(struct request *request, struct err *err)
{
    struct attachment file;

    return api_file_remove(request, &file, err) && answer_empty(request, 204);
}

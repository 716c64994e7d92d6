#include "web/page_files.h"

#include "core/id.h"
#include "web/answer.h"
#include "web/api_file.h"

/* "1,2 МБ", "640 кБ": one digit is enough to know whether a phone should fetch it. */
struct str page_files_size(struct request *request, int64_t size)
{
    int64_t kilobytes = size / 1000 > 0 ? size / 1000 : 1;

    if (kilobytes < 1000)
        return str_printf(request->arena, "%lld %.*s", (long long)kilobytes,
                          STR_ARG(request_text(request, STR("kB"))));
    return str_printf(request->arena, "%lld,%lld %.*s", (long long)(kilobytes / 1000),
                      (long long)(kilobytes % 1000 / 100),
                      STR_ARG(request_text(request, STR("MB"))));
}

static struct str files_href(struct request *request, const struct page_card_found *found)
{
    return str_printf(request->arena, "%.*s/files",
                      STR_ARG(display_record_href(request, found->type, found->id)));
}

static void add_file(struct request *request, struct json *files,
                     const struct page_card_found *found, const struct attachment *file,
                     bool may_remove)
{
    struct json *one = view_push(request, files);
    struct str id = id_text(request->arena, file->id);

    view_text(request, one, "href",
              page_href(request, "/api/v1/registers/%.*s/records/%.*s/files/%.*s",
                        STR_ARG(found->type->id), STR_ARG(id_text(request->arena, found->id)),
                        STR_ARG(id)));
    view_text(request, one, "name", file->name);
    view_text(request, one, "size_text", page_files_size(request, file->size));
    view_text(request, one, "note", view_moment(request, file->at));
    view_maybe(request, one, "remove_href",
               may_remove ? str_printf(request->arena, "%.*s/%.*s/remove",
                                       STR_ARG(files_href(request, found)), STR_ARG(id))
                          : (struct str){0});
}

static void add_form(struct request *request, struct json *view,
                     const struct page_card_found *found)
{
    struct json *attach = view_object(request, view, "attach");
    struct json *field;

    view_text(request, attach, "href", files_href(request, found));
    field = view_object(request, attach, "field");
    view_bool(request, field, "is_file", true);
    view_bool(request, field, "is_filter", true);
    view_text(request, field, "id", STR("f-file"));
    view_text(request, field, "name", STR("file"));
    view_text(request, field, "label", request_text(request, STR("Add a file")));
    view_text(request, field, "hint", request_text(request, STR("Up to 20 MB")));
    view_none(request, field, "error");
    view_bool(request, field, "is_required", true);
    view_none(request, field, "accept");
    view_bool(request, field, "is_many", false);
}

bool page_files_fill(struct request *request, struct json *view,
                     const struct page_card_found *found, struct err *err)
{
    struct json *files = view_list(request, view, "files");
    struct attachment_page page = {0};
    unsigned may = 0;
    bool may_change =
        page_card_may(request, found, POLICY_CHANGE, &may) && (may & POLICY_INTERNAL) != 0;

    view_none(request, view, "attach");
    if ((found->classes & POLICY_INTERNAL) != 0 &&
        !attachment_list(found->tx, request->arena, catalog_no(request->catalog, found->type),
                         found->id, &page, err))
        return false;
    for (size_t i = 0; i < page.count; i++)
        add_file(request, files, found, &page.items[i], may_change);
    view_bool(request, view, "has_files", page.count > 0);
    if (may_change)
        add_form(request, view, found);
    return true;
}

static bool back_to_card(struct request *request, const char *kind, struct str text)
{
    answer_notice(request, str_from_z(kind), request_text(request, text));
    return answer_redirect(request,
                           str_printf(request->arena, "/registers/%.*s/%.*s",
                                      STR_ARG(request->parts[0]), STR_ARG(request->parts[1])));
}

bool page_files_post(struct request *request, struct err *err)
{
    struct attachment file;

    if (api_file_add(request, &file, err))
        return back_to_card(request, "ok", STR("The file is attached."));
    if (err->code != ERR_LIMIT && err->code != ERR_INPUT && err->code != ERR_CONFLICT)
        return false;
    return back_to_card(request, "bad", str_copy(request->arena, str_from_z(err->text)));
}

bool page_files_remove(struct request *request, struct err *err)
{
    struct page_card_found found = {0};
    struct json *view = view_new(request);
    struct attachment file;

    if (!page_card_find(request, POLICY_CHANGE, &found, err) ||
        !api_file_find(request, POLICY_CHANGE, &file, err))
        return false;
    page_card_head(request, view, &found, request_text(request, STR("Remove")), true);
    view_text(request, view, "question", request_text(request, STR("Remove this file?")));
    view_text(request, view, "subject", file.name);
    view_text(request, view, "what_happens",
              request_text(request, STR("The file leaves the card. The history keeps that it was "
                                        "there.")));
    view_bool(request, view, "has_consequences", false);
    view_list(request, view, "consequences");
    view_bool(request, view, "can_do", true);
    view_text(request, view, "action", page_href(request, "%.*s", STR_ARG(request->path)));
    view_none(request, view, "etag");
    view_none(request, view, "reason");
    view_text(request, view, "do_text", request_text(request, STR("Remove")));
    view_text(request, view, "cancel_href", display_record_href(request, found.type, found.id));
    return answer_page(request, 200, STR("page/confirm-delete"), view, err);
}

bool page_files_remove_post(struct request *request, struct err *err)
{
    struct attachment file;

    return api_file_remove(request, &file, err) &&
           back_to_card(request, "ok", STR("The file is removed."));
}

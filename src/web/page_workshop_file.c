/* One file of a pack in the workshop: its page, its text, its draft dropped. */
#include "web/page_workshop.h"

#include "core/utf8.h"
#include "web/answer.h"
#include "web/people.h"
#include "web/refusal.h"
#include "xml/xml_tree.h"

enum {
    TITLE_MAX = 100,
};

static const struct {
    struct str folder;
    const char *title; /* msgid */
} KINDS[] = {
    {STR_INIT("decisions/"), "Decision"}, {STR_INIT("forms/"), "Form"},
    {STR_INIT("i18n/"), "Translation"},   {STR_INIT("messages/"), "Message"},
    {STR_INIT("processes/"), "Process"},  {STR_INIT("services/"), "Service"},
    {STR_INIT("tests/"), "Test cases"},
};

struct str page_workshop_kind(struct request *request, struct str path)
{
    for (size_t i = 0; i < ARRAY_LEN(KINDS); i++)
        if (str_starts(path, KINDS[i].folder))
            return request_text(request, str_from_z(KINDS[i].title));
    return path;
}

struct str page_workshop_href(struct request *request, const struct workshop_file *file,
                              const char *more)
{
    return page_href(request, "/workshop/%.*s/%.*s%s", STR_ARG(file->pack->id), STR_ARG(file->path),
                     more);
}

/* The name of the first process, or of the model. */
static struct str title_of_model(struct request *request, struct str text)
{
    const struct xml_tree *process;
    struct xml_tree *root;
    struct err err;

    if (!xml_tree_parse(request->arena, text, NULL, &root, &err))
        return (struct str){0};
    process = xml_tree_find(root, "process");
    return xml_tree_value(process != NULL ? process : root, "name");
}

struct str page_workshop_title(struct request *request, const struct pack *pack, struct str path,
                               struct str text)
{
    struct str title = {0};
    struct json *json;
    struct err err;

    if (str_ends(path, STR(".bpmn")) || str_ends(path, STR(".dmn")))
        title = title_of_model(request, text);
    else if (str_ends(path, STR(".json")) && json_parse(request->arena, text, NULL, &json, &err))
        title = json_find_text(json, STR("title"));
    if (title.len == 0 && str_starts(path, STR("forms/")))
        title = page_workshop_asks(request, pack, path);
    if (title.len == 0)
        return str_slice(path, str_find_char(path, '/') + 1, path.len);
    return utf8_head(request_pack_text(request, title), TITLE_MAX);
}

/* Who has changed the draft last, and whether it can go live. */
static bool add_draft(struct request *request, const struct workshop_file *file, struct json *view,
                      struct err *err)
{
    struct people people = {.request = request};

    view_none(request, view, "draft");
    if (!file->has_draft)
        return true;
    if (!request_read(request, &people.tx, err))
        return false;

    struct json *draft = view_object(request, view, "draft");
    view_text(request, draft, "who", people_find(&people, file->draft.actor));
    view_text(request, draft, "when", view_moment(request, file->draft.at));
    view_bool(request, draft, "is_gone", file->draft.is_gone);
    view_bool(request, draft, "is_stale",
              !str_equal(file->draft.base, pack_draft_digest(request->arena, file->live)));
    view_text(request, draft, "drop_href", page_workshop_href(request, file, "/drop"));
    return true;
}

static bool add_findings(struct request *request, const struct workshop_file *file,
                         struct json *view, struct err *err)
{
    struct json *list = view_list(request, view, "findings");
    struct workshop_verdict verdict;
    struct pack_draft_sum sum;
    struct tx *tx;

    if (!request_read(request, &tx, err) ||
        !pack_draft_gather(tx, request->arena, request->catalog, file->pack->id, &sum, err) ||
        !workshop_verdict(request, &sum, &verdict, err))
        return false;
    for (const struct json *one = verdict.findings == NULL ? NULL : verdict.findings->first;
         one != NULL; one = one->next) {
        struct json *row;

        if (!str_equal(json_find_text(one, STR("file")), file->path))
            continue;
        row = view_push(request, list);
        view_text(
            request, row, "line",
            str_printf(request->arena, "%lld", (long long)json_find_int(one, STR("line"), 0)));
        view_text(request, row, "what", json_find_text(one, STR("text")));
    }
    view_bool(request, view, "has_findings", list->count > 0);
    view_bool(request, view, "are_old", !verdict.is_current);
    return true;
}

bool page_workshop_head(struct request *request, const struct workshop_file *file,
                        struct json *view, struct err *err)
{
    struct str title = page_workshop_title(request, file->pack, file->path, file->text);

    page_title(request, view, title);
    page_crumb(request, view, request_text(request, STR("Workshop")), STR("/workshop/"));
    page_crumb(request, view, request_pack_text(request, file->pack->title),
               str_printf(request->arena, "/workshop/%.*s", STR_ARG(file->pack->id)));
    view_text(request, view, "heading", title);
    view_text(request, view, "kind_text", page_workshop_kind(request, file->path));
    view_text(request, view, "path", file->path);
    view_text(request, view, "tag_now", file->tag);
    view_text(request, view, "pack_href",
              page_href(request, "/workshop/%.*s", STR_ARG(file->pack->id)));
    return add_draft(request, file, view, err) && add_findings(request, file, view, err);
}

bool page_workshop_faults(struct request *request, const struct workshop_file *file,
                          struct json *view,
                          void (*check)(const struct pack_set *set, const struct pack *pack,
                                        const struct pack_file *file,
                                        struct pack_findings *findings),
                          struct err *err)
{
    struct pack_findings findings = {.arena = request->arena};
    struct json *list = view_list(request, view, "faults");
    struct pack_file now = {file->path, file->text};
    struct pack_draft_sum sum;
    struct tx *tx;

    if (!request_read(request, &tx, err) ||
        !pack_draft_gather(tx, request->arena, request->catalog, file->pack->id, &sum, err))
        return false;
    check(&request->catalog->model->packs, sum.pack, &now, &findings);
    for (const struct pack_finding *one = findings.first; one != NULL; one = one->next) {
        struct json *row = view_push(request, list);

        view_text(request, row, "line", str_printf(request->arena, "%d", one->line));
        view_text(request, row, "what", one->text);
    }
    view_bool(request, view, "has_faults", list->count > 0);
    return true;
}

/* typed: what somebody sent that could not be kept. */
static bool show_text(struct request *request, const struct workshop_file *file, struct str typed,
                      struct str wrong, int status, struct err *err)
{
    struct json *view = view_new(request);

    if (!page_workshop_head(request, file, view, err))
        return false;
    view_text(request, view, "action", page_workshop_href(request, file, ""));
    view_text(request, view, "body", typed.ptr != NULL ? typed : file->text);
    view_maybe(request, view, "wrong", wrong);
    view_bool(request, view, "is_conflict", status == 412);
    view_text(request, view, "now", status == 412 ? file->text : STR(""));
    return answer_page(request, status, STR("page/workshop-text"), view, err);
}

bool page_workshop_file(struct request *request, struct err *err)
{
    struct workshop_file file;

    if (!workshop_find(request, &file, err))
        return false;
    if (file.live == NULL && !file.has_draft)
        return err_set(err, ERR_ABSENT, "there is no such file to be changed");
    if (str_equal(request_query(request, STR("as")), STR("text")) || file.text.ptr == NULL)
        return show_text(request, &file, (struct str){0}, (struct str){0}, 200, err);
    if (str_ends(file.path, STR(".bpmn")) && page_workshop_process_reads(request, &file))
        return page_workshop_process(request, &file, err);
    if (str_ends(file.path, STR(".dmn")) && page_workshop_decision_reads(request, &file))
        return page_workshop_decision(request, &file, err);
    if (str_starts(file.path, STR("forms/")) && page_workshop_form_reads(request, &file))
        return page_workshop_form(request, &file, err);
    return show_text(request, &file, (struct str){0}, (struct str){0}, 200, err);
}

struct str page_workshop_lines(struct request *request, struct str text)
{
    struct buf out = {.arena = request->arena};

    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] != '\r')
            buf_char(&out, text.ptr[i]);
    return out.len > 0 ? buf_str(&out) : STR("");
}

bool page_workshop_saved(struct request *request, const struct workshop_file *file,
                         const char *more)
{
    answer_notice(request, STR("ok"), request_text(request, STR("The draft is saved.")));
    return answer_redirect(request, str_printf(request->arena, "/workshop/%.*s/%.*s%s",
                                               STR_ARG(file->pack->id), STR_ARG(file->path), more));
}

static bool take_text(struct request *request, struct err *err)
{
    CLEANUP(multipart_done) struct multipart multipart = {0};
    const struct multipart_part *text, *tag;
    struct workshop_file file;
    struct str typed;

    if (!request_multipart(request, &multipart, err) || !workshop_find(request, &file, err))
        return false;
    text = multipart_find(&multipart, STR("text"));
    tag = multipart_find(&multipart, STR("tag"));
    if (text == NULL || tag == NULL)
        return err_set(err, ERR_INPUT, "the form could not be read");
    typed = page_workshop_lines(request, text->text);
    if (workshop_save(request, &file, tag->text, typed, err))
        return page_workshop_saved(request, &file, "");
    if (err->code == ERR_CONFLICT)
        return show_text(request, &file, typed, request_text(request, STR(WORKSHOP_STALE)), 412,
                         err);
    if (err->code == ERR_INPUT || err->code == ERR_LIMIT)
        return show_text(request, &file, typed, refusal_text(request, str_from_z(err->text)), 422,
                         err);
    return false;
}

/* The whole text comes as multipart, what is filled in on a page for people as any form. */
bool page_workshop_post(struct request *request, struct err *err)
{
    struct workshop_file file;

    if (request_has_type(request->exchange, STR("multipart/form-data")))
        return take_text(request, err);
    if (!request_form(request, err) || !workshop_find(request, &file, err))
        return false;
    if (str_ends(file.path, STR(".bpmn")))
        return page_workshop_process_post(request, &file, err);
    if (str_ends(file.path, STR(".dmn")))
        return page_workshop_decision_post(request, &file, err);
    if (str_starts(file.path, STR("forms/")))
        return page_workshop_form_post(request, &file, err);
    return err_set(err, ERR_INPUT, "the form could not be read");
}

bool page_workshop_drop(struct request *request, struct err *err)
{
    struct workshop_file file;

    if (!request_form(request, err) || !workshop_find(request, &file, err))
        return false;
    if (!workshop_drop(request, &file, request_field(request, STR("tag")), err)) {
        if (err->code != ERR_CONFLICT)
            return false;
        answer_notice(request, STR("bad"), request_text(request, STR(WORKSHOP_STALE)));
    } else {
        answer_notice(request, STR("ok"), request_text(request, STR("The draft is dropped.")));
    }
    return answer_redirect(request,
                           str_printf(request->arena, "/workshop/%.*s", STR_ARG(file.pack->id)));
}

#include "web/page_document.h"

#include "core/id.h"
#include "web/answer.h"
#include "web/input.h"
#include "web/page_work.h"
#include "web/people.h"
#include "web/table.h"
#include "web/wording.h"

#define PATH "/work/documents/"

static bool is_open(const struct request *request, struct err *err)
{
    return page_is_staff(request) || err_set(err, ERR_DENIED, "your role does not allow this");
}

static struct str state_text(struct request *request, const struct document *document)
{
    if (document->is_revoked)
        return request_text(request, STR("revoked"));
    return request_text(request, document->attachment == 0 ? STR("not made yet") : STR("valid"));
}

static const char *state_kind(const struct document *document)
{
    if (document->is_revoked)
        return "bad";
    return document->attachment == 0 ? "warn" : "ok";
}

static void add_row(struct request *request, struct json *view, struct people *people,
                    const struct documents_one *one)
{
    const struct document *document = &one->document;
    struct json *row =
        table_row(request, view, document->number,
                  page_href(request, PATH "%.*s", STR_ARG(id_text(request->arena, document->id))));

    table_cell(request, view, row, view_day(request, document->registered_on));
    table_cell(request, view, row, request_pack_text(request, document->title));
    table_link(request, view, row, one->record_title, one->record_href);
    table_tag(request, view, row, state_kind(document), state_text(request, document));
    table_cell(request, view, row, people_find(people, document->actor));
}

static void add_pages(struct request *request, struct json *view, const struct documents_page *page,
                      bool is_first)
{
    struct str next = {0};

    if (page->next != 0)
        next =
            page_href(request, PATH "?before=%.*s", STR_ARG(id_text(request->arena, page->next)));
    table_pages(
        request, view,
        &(struct table_pages){
            .shown = (int64_t)page->count,
            .total_text = view_count(request, (int64_t)page->count, next.len > 0 || page->is_cut),
            .first_href = is_first ? (struct str){0} : page_href(request, PATH),
            .next_href = next,
            .page_size = DOCUMENT_PAGE,
        });
}

static void add_search(struct request *request, struct json *view, struct str number)
{
    struct json *field =
        input_add(request, view_list(request, view, "filters"), "is_text", "number",
                  request_text(request, STR("Number, or how it begins")));

    view_bool(request, field, "is_filter", true);
    input_optional(request, field);
    input_value(request, field, number);
    view_text(request, view, "action", page_href(request, PATH));
    view_bool(request, view, "is_search", number.len > 0);
    view_text(request, view, "all_href", page_href(request, PATH));
}

bool page_document_list(struct request *request, struct err *err)
{
    struct json *view = view_new(request);
    struct str before = request_query(request, STR("before"));
    struct document_ask ask = {.number = str_trim(request_query(request, STR("number"))),
                               .limit = DOCUMENT_PAGE};
    struct documents_page page;

    if (!is_open(request, err))
        return false;
    if (before.len > 0 && !id_parse(before, &ask.before))
        return err_set(err, ERR_INPUT, "the address has a broken query");
    ask.number = str_slice(ask.number, 0, 200);
    page_title(request, view, request_text(request, STR("Documents")));
    page_work_views(request, view, PAGE_WORK_DOCUMENTS);
    add_search(request, view, ask.number);
    if (!documents_list(request, &ask, &page, err))
        return false;
    struct people people = {.request = request, .tx = &request->tx};

    table_begin(request, view, request_text(request, STR("Documents")));
    table_column(request, view, "Number", false);
    table_column(request, view, "Day", false);
    table_column(request, view, "Kind of document", false);
    table_column(request, view, "About", false);
    table_column(request, view, "State", false);
    table_column(request, view, "Registered by", false);
    for (size_t i = 0; i < page.count; i++)
        add_row(request, view, &people, &page.items[i]);
    view_bool(request, view, "is_cut", page.is_cut);
    add_pages(request, view, &page, before.len == 0);
    return answer_page(request, 200, STR("page/documents"), view, err);
}

/* One page on its way. */
struct showing {
    struct request *request;
    struct documents_one *one;
    struct json *view;
    struct people people;
};

static void add_fact(struct showing *it, const char *label, struct str text, struct str href)
{
    if (text.len > 0)
        input_fact_link(it->request, json_find(it->view, STR("facts")),
                        request_text(it->request, str_from_z(label)), text, href);
}

static struct str by_whom(struct showing *it, int64_t at, int64_t actor)
{
    return str_printf(it->request->arena, "%.*s, %.*s", STR_ARG(view_moment(it->request, at)),
                      STR_ARG(people_find(&it->people, actor)));
}

static void add_facts(struct showing *it)
{
    struct request *request = it->request;
    const struct document *document = &it->one->document;
    struct str address =
        document_address(request->arena, request->catalog, request->tenant, document);
    struct str href = documents_public_href(request, document);

    view_list(request, it->view, "facts");
    add_fact(it, "Number", document->number, (struct str){0});
    add_fact(it, "Day", view_day(request, document->registered_on), (struct str){0});
    add_fact(it, "State", state_text(request, document), (struct str){0});
    add_fact(it, "Why it was revoked", document->reason, (struct str){0});
    add_fact(it, "About", it->one->record_title, it->one->record_href);
    if (document->flow != 0)
        add_fact(it, "Made by the process", id_text(request->arena, document->flow),
                 page_href(request, "/work/flows/%.*s",
                           STR_ARG(id_text(request->arena, document->flow))));
    add_fact(it, "The page that confirms it", address.len > 0 ? address : href, href);
}

static void add_file(struct showing *it, struct json *files, const char *name, int64_t attachment,
                     struct str digest)
{
    struct request *request = it->request;
    struct json *file;

    if (attachment == 0)
        return;
    file = view_push(request, files);
    view_text(request, file, "href", documents_file_href(request, it->one, attachment));
    view_text(request, file, "file_name", str_from_z(name));
    view_text(request, file, "digest", digest);
}

static void add_files(struct showing *it)
{
    struct request *request = it->request;
    const struct document *document = &it->one->document;
    struct json *files = view_list(request, it->view, "files");
    struct str pdf = documents_pdf_text(document);
    bool may_ask = it->one->may_change && document->attachment != 0 &&
                   document->pdf_attachment == 0 && !str_equal(document->pdf, STR("wanted"));

    add_file(it, files, "ODT", document->attachment, document->digest);
    add_file(it, files, "PDF", document->pdf_attachment, document->pdf_digest);
    view_bool(request, it->view, "has_files", files->first != NULL);
    view_maybe(request, it->view, "pdf_text",
               pdf.len > 0 ? request_text(request, pdf) : (struct str){0});
    view_maybe(
        request, it->view, "pdf_href",
        may_ask && request->web->has_office
            ? page_href(request, PATH "%.*s/pdf", STR_ARG(id_text(request->arena, document->id)))
            : (struct str){0});
    view_bool(request, it->view, "has_no_office", may_ask && !request->web->has_office);
}

static void add_signer(struct showing *it, struct json *list, const struct signature *signature,
                       const struct cms_signer *signer)
{
    struct request *request = it->request;
    struct json *one = view_push(request, list);

    view_text(request, one, "who", signer->name);
    view_maybe(request, one, "position", signer->position);
    view_maybe(request, one, "organization", signer->organization);
    view_maybe(request, one, "private_names", signer->private_names);
    view_maybe(request, one, "signed_text",
               signer->signed_at != 0 ? view_moment(request, signer->signed_at) : (struct str){0});
    view_text(request, one, "issuer", signer->issuer);
    view_text(request, one, "of_text", signature->is_of_pdf ? STR("PDF") : STR("ODT"));
    view_text(request, one, "trust_kind", signer->trust == CMS_TRUSTED ? STR("ok") : STR("warn"));
    view_text(request, one, "trust_text", documents_trust_text(request, signer->trust));
    view_text(request, one, "brought_text", by_whom(it, signature->at, signature->actor));
    view_maybe(request, one, "file_href",
               signature->attachment != 0
                   ? documents_file_href(request, it->one, signature->attachment)
                   : (struct str){0});
}

static bool add_signatures(struct showing *it, struct err *err)
{
    struct json *list = view_list(it->request, it->view, "signatures");
    struct signature *signatures;
    size_t count;

    if (!signature_list(it->request->arena, &it->one->document, &signatures, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        for (size_t s = 0; s < signatures[i].count; s++)
            add_signer(it, list, &signatures[i], &signatures[i].signers[s]);
    view_bool(it->request, it->view, "has_signatures", list->first != NULL);
    return true;
}

static void add_event(struct showing *it, const char *what, int64_t at, int64_t actor)
{
    struct json *one;

    if (at == 0)
        return;
    one = view_push(it->request, json_find(it->view, STR("events")));
    view_text(it->request, one, "event", wording_action(it->request, str_from_z(what)));
    view_text(it->request, one, "when", by_whom(it, at, actor));
}

static bool add_events(struct showing *it, struct err *err)
{
    const struct document *document = &it->one->document;
    struct signature *signatures;
    size_t count;

    view_list(it->request, it->view, "events");
    if (!signature_list(it->request->arena, document, &signatures, &count, err))
        return false;
    add_event(it, "document.register", document->registered_at, document->actor);
    for (size_t i = 0; i < count; i++)
        add_event(it, "document.sign", signatures[i].at, signatures[i].actor);
    add_event(it, "document.revoke", document->revoked_at, document->revoked_by);
    return true;
}

static void add_forms(struct showing *it)
{
    struct request *request = it->request;
    const struct document *document = &it->one->document;
    struct str place =
        page_href(request, PATH "%.*s", STR_ARG(id_text(request->arena, document->id)));
    bool may_change = it->one->may_change && !document->is_revoked;
    struct json *field;

    field = input_add(request, view_list(request, it->view, "sign_fields"), "is_file", "file",
                      request_text(request, STR("File of the signature (.sig, .p7s)")));
    view_text(request, field, "accept", STR(".sig,.p7s,.pem"));
    input_hint(request, field,
               request_text(request, STR("Signed apart from the file, by any signing program")));
    view_maybe(request, it->view, "sign_href",
               may_change && document->attachment != 0
                   ? str_printf(request->arena, "%.*s/signatures", STR_ARG(place))
                   : (struct str){0});
    field = input_add(request, view_list(request, it->view, "revoke_fields"), "is_long", "reason",
                      request_text(request, STR("Why it is revoked")));
    input_hint(request, field,
               request_text(request, STR("Staff reads it. The page for everybody says only that "
                                         "the document was revoked.")));
    input_value(request, field, request_field(request, STR("reason")));
    view_maybe(request, it->view, "revoke_href",
               may_change ? str_printf(request->arena, "%.*s/revoke", STR_ARG(place))
                          : (struct str){0});
}

bool page_document_show(struct request *request, int status, struct documents_one *one,
                        struct str fault, struct err *err)
{
    struct str heading = str_printf(request->arena, "%.*s № %.*s",
                                    STR_ARG(request_pack_text(request, one->document.title)),
                                    STR_ARG(one->document.number));
    struct showing it = {.request = request,
                         .one = one,
                         .view = view_new(request),
                         .people = {.request = request, .tx = &request->tx}};
    struct tx *tx;

    if (!request_read(request, &tx, err))
        return false;
    page_title(request, it.view, heading);
    page_crumb(request, it.view, request_text(request, STR("Work")), STR("/work/"));
    page_crumb(request, it.view, request_text(request, STR("Documents")), STR(PATH));
    view_text(request, it.view, "heading", heading);
    view_maybe(request, it.view, "fault", fault);
    add_facts(&it);
    add_files(&it);
    add_forms(&it);
    return add_signatures(&it, err) && add_events(&it, err) &&
           answer_page(request, status, STR("page/document"), it.view, err);
}

bool page_document(struct request *request, struct err *err)
{
    struct documents_one one;

    return is_open(request, err) && documents_find(request, 0, false, &one, err) &&
           page_document_show(request, 200, &one, (struct str){0}, err);
}

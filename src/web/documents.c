#include "web/documents.h"

#include "core/id.h"
#include "registry/record_reach.h"
#include "web/display.h"
#include "web/page.h"

enum {
    LOOKED_AT_MAX = 2000, /* documents one page passes over that are not for this person */
};

static struct str name_without(struct request *request, const struct register_type *type,
                               int64_t id)
{
    return str_printf(request->arena, "%.*s, %.*s",
                      STR_ARG(request_pack_text(request, type->title)),
                      STR_ARG(id_text(request->arena, id)));
}

/* Titles that hold more than everybody of the staff may see are not shown in lists. */
static void name_record(struct request *request, struct documents_one *one, unsigned classes,
                        const struct record *record)
{
    unsigned open = classes & (POLICY_PUBLIC | POLICY_INTERNAL);

    one->record_title = (one->type->title_classes & ~open) == 0
                            ? record->title
                            : name_without(request, one->type, record->id);
    one->record_href = display_record_href(request, one->type, record->id);
}

static bool may_change(const struct request *request, const struct register_type *type)
{
    unsigned classes = 0;

    return (policy_may_some(&request->actor.rights, type->index, POLICY_CHANGE, &classes) &&
            (classes & POLICY_INTERNAL) != 0) ||
           (request->actor.rights.admin & POLICY_DOCUMENTS) != 0;
}

bool documents_tell(struct request *request, const struct document *document,
                    struct documents_one *one, bool *reads, struct err *err)
{
    unsigned classes = 0;
    struct record record;
    struct err absent = {0};

    *reads = false;
    *one = (struct documents_one){.document = *document,
                                  .type = catalog_type(request->catalog, document->no)};
    if (one->type == NULL ||
        !policy_may_some(&request->actor.rights, one->type->index, POLICY_READ, &classes) ||
        !(classes & POLICY_INTERNAL))
        return true;
    if (record_get(&request->registry, document->no, document->record, request_today(request),
                   &record, &absent)) {
        name_record(request, one, classes, &record);
        *reads = true;
    } else if (absent.code != ERR_ABSENT) {
        *err = absent;
        return false;
    } else {
        one->record_title = name_without(request, one->type, document->record);
        *reads = !policy_is_limited(&request->actor.rights, one->type->index, POLICY_READ);
    }
    one->may_change = *reads && may_change(request, one->type);
    return true;
}

static bool no_document(struct err *err)
{
    return err_set(err, ERR_ABSENT, "there is no such document");
}

bool documents_find(struct request *request, size_t part, bool to_change, struct documents_one *one,
                    struct err *err)
{
    struct document document;
    struct tx *tx;
    int64_t id;
    bool reads;

    if (!id_parse(request->parts[part], &id))
        return no_document(err);
    if (!request_read(request, &tx, err) || !document_get(tx, request->arena, id, &document, err) ||
        !documents_tell(request, &document, one, &reads, err))
        return false;
    if (!reads)
        return no_document(err);
    if (!to_change)
        return true;
    if (!one->may_change)
        return err_set(err, ERR_DENIED, "your role does not allow this");
    return (request->actor.rights.admin & POLICY_DOCUMENTS) != 0 || one->record_href.len == 0 ||
           record_reach_need(&request->registry, one->type, document.record, POLICY_CHANGE, err);
}

bool documents_list(struct request *request, struct document_ask *ask, struct documents_page *page,
                    struct err *err)
{
    size_t wanted = (size_t)ask->limit;
    size_t looked_at = 0;
    struct document *found;
    size_t count;
    struct tx *tx;
    bool reads;

    *page =
        (struct documents_page){.items = ARENA_ARRAY(request->arena, struct documents_one, wanted)};
    ask->limit++;
    do {
        if (!request_read(request, &tx, err) ||
            !document_list(tx, request->arena, ask, &found, &count, err))
            return false;
        for (size_t i = 0; i < count; i++) {
            if (page->count == wanted || looked_at++ == LOOKED_AT_MAX) {
                page->next = ask->before;
                break;
            }
            if (!documents_tell(request, &found[i], &page->items[page->count], &reads, err))
                return false;
            page->count += reads;
            ask->before = found[i].id;
        }
    } while (page->next == 0 && count == (size_t)ask->limit && ask->number.len == 0);
    if (ask->number.len > 0) {
        page->is_cut = page->next != 0;
        page->next = 0;
    }
    return true;
}

struct str documents_pdf_text(const struct document *document)
{
    if (document->pdf.len == 0 || str_equal(document->pdf, STR("done")))
        return (struct str){0};
    return str_equal(document->pdf, STR("wanted")) ? STR("The PDF is being made.") : document->pdf;
}

struct str documents_trust_text(struct request *request, enum cms_trust trust)
{
    static const char *const TEXTS[] = {
        [CMS_UNKNOWN] = "the signature is intact; its certificate is not among those trusted here",
        [CMS_TRUSTED] = "the signature is intact; its certificate is trusted",
        [CMS_OUTDATED] = "the signature is intact; its certificate was not valid any more, or not "
                         "yet, when it was brought",
    };

    return request_text(request, str_from_z(TEXTS[trust]));
}

struct str documents_public_href(struct request *request, const struct document *document)
{
    return page_href(request, "/documents/%.*s", STR_ARG(document_token(request->arena, document)));
}

struct str documents_file_href(struct request *request, const struct documents_one *one,
                               int64_t attachment)
{
    return page_href(request, "/api/v1/registers/%.*s/records/%.*s/files/%.*s",
                     STR_ARG(one->type->id), STR_ARG(id_text(request->arena, one->document.record)),
                     STR_ARG(id_text(request->arena, attachment)));
}

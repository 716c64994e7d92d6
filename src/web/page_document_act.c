#include "core/file.h"
#include "core/utf8.h"
#include "document/pdf.h"
#include "web/answer.h"
#include "web/page_document.h"
#include "web/wording.h"

struct acting {
    struct request *request;
    struct document document;
};

static bool go_back(struct request *request, const char *notice)
{
    answer_notice(request, STR("ok"), request_text(request, str_from_z(notice)));
    return answer_redirect(
        request, str_printf(request->arena, "/work/documents/%.*s", STR_ARG(request->parts[0])));
}

/* What a person can mend is said on the page, above what they sent. */
static bool say(struct request *request, struct documents_one *one, const struct err *found,
                struct err *err)
{
    if (found->code != ERR_INPUT && found->code != ERR_LIMIT && found->code != ERR_CONFLICT) {
        *err = *found;
        return false;
    }
    return page_document_show(request, answer_status(found->code), one, wording_err(request, found),
                              err);
}

static bool run_revoke(struct tx *tx, void *data, struct err *err)
{
    const struct acting *acting = data;

    return document_revoke(tx, acting->request->arena, &acting->document, err);
}

bool page_document_revoke(struct request *request, struct err *err)
{
    struct documents_one one;
    struct acting acting = {.request = request};
    struct err found = {0};
    struct str reason;

    if (!request_form(request, err) || !documents_find(request, 0, true, &one, err))
        return false;
    reason = str_trim(request_field(request, STR("reason")));
    acting.document = one.document;
    acting.document.reason = reason;
    acting.document.revoked_at = request->now;
    acting.document.revoked_by = request->actor.account;
    if (reason.len == 0)
        (void)!err_set(&found, ERR_INPUT, "Say why the document is revoked.");
    else if (utf8_length(reason) > DOCUMENT_REASON_MAX)
        (void)!err_set(&found, ERR_INPUT, "This is too long.");
    else if (request_write_wait(request, run_revoke, &acting, &found))
        return go_back(request, "The document is revoked.");
    return say(request, &one, &found, err);
}

static bool run_pdf(struct tx *tx, void *data, struct err *err)
{
    const struct acting *acting = data;

    return pdf_ask(tx, &acting->document, acting->request->now, err);
}

bool page_document_pdf(struct request *request, struct err *err)
{
    struct documents_one one;
    struct acting acting = {.request = request};
    struct err found = {0};

    if (!request_form(request, err) || !documents_find(request, 0, true, &one, err))
        return false;
    acting.document = one.document;
    if (!request->web->has_office)
        (void)!err_set(&found, ERR_CONFLICT, "No office suite is installed on this server.");
    else if (one.document.attachment == 0 || one.document.pdf_attachment != 0)
        (void)!err_set(&found, ERR_CONFLICT,
                       "the document was changed meanwhile: look at it once more");
    else if (request_write_wait(request, run_pdf, &acting, &found)) {
        request_wake_workers(request);
        return go_back(request, "The PDF is being made. It will be here in a moment.");
    }
    return say(request, &one, &found, err);
}

/* The file of the form, in memory: signatures are small. */
static bool read_upload(struct request *request, const struct multipart *multipart,
                        struct signature_adding *adding, struct err *err)
{
    for (size_t i = 0; i < multipart->count; i++) {
        const struct multipart_part *part = &multipart->parts[i];
        char *room;
        size_t got;

        if (part->fd < 0 || part->size == 0)
            continue;
        if (part->size > CMS_BYTES_MAX)
            return err_set(err, ERR_LIMIT, "a signature has at most 1 MB");
        room = arena_alloc(request->arena, part->size);
        if (!file_pull(part->fd, 0, room, part->size, &got, err))
            return false;
        adding->name = part->file_name;
        adding->bytes = (struct str){room, got};
        return true;
    }
    return err_set(err, ERR_INPUT, "no file was chosen");
}

static bool sign(struct request *request, const struct multipart *multipart,
                 const struct documents_one *one, struct err *err)
{
    struct signature_adding adding = {.document = one->document,
                                      .trusted = {request->web->trusted, request->now},
                                      .actor = request->actor.account,
                                      .now = request->now};
    struct tx *tx;

    return read_upload(request, multipart, &adding, err) && request_read(request, &tx, err) &&
           signature_prepare(tx, request->arena, &adding, err) &&
           request_write_wait(request, signature_run, &adding, err);
}

bool page_document_sign(struct request *request, struct err *err)
{
    CLEANUP(multipart_done) struct multipart multipart = {0};
    struct documents_one one;
    struct err found = {0};

    if (!request_multipart(request, &multipart, err) ||
        !documents_find(request, 0, true, &one, err))
        return false;
    if (sign(request, &multipart, &one, &found))
        return go_back(request, "The signature is good and is kept with the document.");
    return say(request, &one, &found, err);
}

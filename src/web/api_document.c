#include "web/api_document.h"

#include "core/id.h"
#include "core/json_put.h"
#include "core/num.h"
#include "core/time.h"
#include "core/utf8.h"
#include "web/answer.h"
#include "web/documents.h"

enum {
    BODY_MAX = 16 * 1024,
    NUMBER_MAX = 200,
};

static void print_file(struct buf *out, const char *name, int64_t attachment, struct str digest)
{
    json_put_name(out, name);
    if (attachment == 0) {
        buf_add(out, STR("null"));
        return;
    }
    buf_char(out, '{');
    json_put_id(out, "file", attachment);
    json_put_text(out, "sha256", digest);
    buf_char(out, '}');
}

static void print_day(struct buf *out, const char *name, int64_t day)
{
    json_put_name(out, name);
    buf_char(out, '"');
    time_print_day(out, day);
    buf_char(out, '"');
}

static void print_signer(struct buf *out, const struct signature *signature,
                         const struct cms_signer *signer)
{
    static const char *const TRUST[] = {
        [CMS_UNKNOWN] = "unknown", [CMS_TRUSTED] = "trusted", [CMS_OUTDATED] = "outdated"};

    buf_char(out, '{');
    json_put_text(out, "name", signer->name);
    json_put_text(out, "organization", signer->organization);
    json_put_text(out, "position", signer->position);
    json_put_text(out, "issuer", signer->issuer);
    json_put_text(out, "of", signature->is_of_pdf ? STR("pdf") : STR("letter"));
    json_put_moment(out, "signed_at", signer->signed_at);
    json_put_moment(out, "brought_at", signature->at);
    json_put_text(out, "certificate", str_from_z(TRUST[signer->trust]));
    buf_char(out, '}');
}

static bool print_signatures(struct buf *out, const struct document *document, struct err *err)
{
    struct signature *signatures;
    size_t count;
    bool is_first = true;

    if (!signature_list(out->arena, document, &signatures, &count, err))
        return false;
    json_put_name(out, "signatures");
    buf_char(out, '[');
    for (size_t i = 0; i < count; i++)
        for (size_t s = 0; s < signatures[i].count; s++) {
            if (!is_first)
                buf_char(out, ',');
            is_first = false;
            print_signer(out, &signatures[i], &signatures[i].signers[s]);
        }
    buf_char(out, ']');
    return true;
}

static bool print_document(struct buf *out, const struct documents_one *one, struct err *err)
{
    const struct document *document = &one->document;

    buf_char(out, '{');
    json_put_id(out, "id", document->id);
    json_put_text(out, "number", document->number);
    print_day(out, "date", document->registered_on);
    json_put_text(out, "title", document->title);
    json_put_text(out, "series", document->series);
    json_put_text(out, "register", one->type->id);
    json_put_id(out, "record", document->record);
    json_put_name(out, "flow");
    if (document->flow != 0)
        json_write_text(out, id_text(out->arena, document->flow));
    else
        buf_add(out, STR("null"));
    json_put_moment(out, "registered_at", document->registered_at);
    json_put_text(out, "state", document->is_revoked ? STR("revoked") : STR("valid"));
    json_put_text(out, "reason", document->reason);
    json_put_moment(out, "revoked_at", document->revoked_at);
    print_file(out, "letter", document->attachment, document->digest);
    print_file(out, "pdf", document->pdf_attachment, document->pdf_digest);
    json_put_text(out, "token", document_token(out->arena, document));
    if (!print_signatures(out, document, err))
        return false;
    buf_char(out, '}');
    return true;
}

static bool read_ask(const struct request *request, struct document_ask *ask, struct err *err)
{
    struct str cursor = request_query(request, STR("cursor"));
    struct str text = request_query(request, STR("limit"));
    int64_t limit = DOCUMENT_PAGE;

    *ask = (struct document_ask){.number = request_query(request, STR("number"))};
    if (ask->number.len > NUMBER_MAX)
        return err_set(err, ERR_INPUT, "number: at most %d bytes", NUMBER_MAX);
    if (cursor.len > 0 && !id_parse(cursor, &ask->before))
        return err_set(err, ERR_INPUT, "cursor: it is none of ours");
    if (text.len > 0 && (!num_parse_int(text, &limit) || limit < 1 || limit > DOCUMENT_PAGE))
        return err_set(err, ERR_INPUT, "limit: 1 to %d", DOCUMENT_PAGE);
    ask->limit = (int)limit;
    return true;
}

bool api_document_list(struct request *request, struct err *err)
{
    struct buf *out = &request->exchange->out;
    struct documents_page page;
    struct document_ask ask;

    if (!read_ask(request, &ask, err) || !documents_list(request, &ask, &page, err))
        return false;
    buf_add(out, STR("{\"documents\":["));
    for (size_t i = 0; i < page.count; i++) {
        if (i > 0)
            buf_char(out, ',');
        if (!print_document(out, &page.items[i], err))
            return false;
    }
    buf_char(out, ']');
    if (page.next != 0)
        json_put_id(out, "cursor", page.next);
    buf_char(out, '}');
    return answer_json(request, 200);
}

bool api_document_get(struct request *request, struct err *err)
{
    struct documents_one one;

    return documents_find(request, 0, false, &one, err) &&
           print_document(&request->exchange->out, &one, err) && answer_json(request, 200);
}

struct revoking {
    struct request *request;
    struct document document;
};

static bool run_revoke(struct tx *tx, void *data, struct err *err)
{
    const struct revoking *it = data;

    return document_revoke(tx, it->request->arena, &it->document, err);
}

bool api_document_revoke(struct request *request, struct err *err)
{
    struct revoking it = {.request = request};
    struct documents_one one;
    struct json *input;
    struct str reason;

    if (!request_json(request, BODY_MAX, &input, err) ||
        !documents_find(request, 0, true, &one, err))
        return false;
    reason = str_trim(json_find_text(input, STR("reason")));
    if (reason.len == 0 || utf8_length(reason) > DOCUMENT_REASON_MAX)
        return err_set(err, ERR_INPUT, "reason: why, in 1 to %d letters", DOCUMENT_REASON_MAX);
    it.document = one.document;
    it.document.reason = reason;
    it.document.revoked_at = request->now;
    it.document.revoked_by = request->actor.account;
    if (!request_write_wait(request, run_revoke, &it, err))
        return false;
    it.document.is_revoked = true;
    one.document = it.document;
    return print_document(&request->exchange->out, &one, err) && answer_json(request, 200);
}

/*
 * Is this document genuine?  Anybody who has its address may ask, without signing in.  The page
 * tells what the document itself says, and whether a file or a SHA-256 is the one that was
 * registered; nothing of a person, nor why it was revoked.
 */
#include "core/file.h"
#include "sign/digest.h"
#include "web/answer.h"
#include "web/input.h"
#include "web/page_document.h"

enum {
    PIECE = 64 * 1024,
    HEX_LEN = 2 * DIGEST_SIZE,
};

enum verdict {
    NOT_ASKED,
    SAME,
    OTHER,
    NO_HASH, /* what was typed is none */
    NO_FILE,
};

/* A wrong secret is as if there were no document of that id. */
static bool find(struct request *request, struct document *document, struct err *err)
{
    struct tx *tx;
    int64_t id, secret;

    if (!document_read_token(request->parts[0], &id, &secret))
        return err_set(err, ERR_ABSENT, "there is no such document");
    return request_read(request, &tx, err) && document_get(tx, request->arena, id, document, err) &&
           (document->secret == secret || err_set(err, ERR_ABSENT, "there is no such document"));
}

static void add_fact(struct request *request, struct json *view, const char *label, struct str text)
{
    if (text.len > 0)
        input_fact(request, json_find(view, STR("facts")), request_text(request, str_from_z(label)),
                   text);
}

static void add_facts(struct request *request, struct json *view, const struct document *document)
{
    view_list(request, view, "facts");
    add_fact(request, view, "Kind of document", request_pack_text(request, document->title));
    add_fact(request, view, "Number", document->number);
    add_fact(request, view, "Day", view_day(request, document->registered_on));
    add_fact(request, view, "Given by", tenant_info(request->tenant)->title);
    if (document->is_revoked)
        add_fact(request, view, "Revoked", view_moment(request, document->revoked_at));
    add_fact(request, view, "SHA-256 of the file (ODT)", document->digest);
    add_fact(request, view, "SHA-256 of the file (PDF)", document->pdf_digest);
}

static bool add_signers(struct request *request, struct json *view, const struct document *document,
                        struct err *err)
{
    struct json *list = view_list(request, view, "signatures");
    struct signature *signatures;
    size_t count;

    if (!signature_list(request->arena, document, &signatures, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        for (size_t s = 0; s < signatures[i].count; s++) {
            const struct cms_signer *signer = &signatures[i].signers[s];
            struct json *one = view_push(request, list);

            view_text(request, one, "who", signer->name);
            view_maybe(request, one, "position", signer->position);
            view_maybe(request, one, "organization", signer->organization);
            view_maybe(request, one, "signed_text",
                       signer->signed_at != 0 ? view_moment(request, signer->signed_at)
                                              : (struct str){0});
            view_text(request, one, "trust_text", documents_trust_text(request, signer->trust));
        }
    view_bool(request, view, "has_signatures", list->first != NULL);
    return true;
}

static void add_verdict(struct request *request, struct json *view, const struct document *document,
                        enum verdict verdict)
{
    static const struct {
        const char *kind, *text;
    } VERDICTS[] = {
        [NOT_ASKED] = {"", ""},
        [SAME] = {"ok", "It is the same file, to the last letter."},
        [OTHER] = {"bad", "It is another file: the one that was registered is not this one, or it "
                          "was changed afterwards."},
        [NO_HASH] = {"warn", "This is no SHA-256: it has 64 digits and letters from a to f."},
        [NO_FILE] = {"warn", "Choose a file first."},
    };
    struct json *notice;

    view_none(request, view, "notice");
    if (verdict == NOT_ASKED)
        return;
    notice = view_object(request, view, "notice");
    view_text(request, notice, "kind", str_from_z(VERDICTS[verdict].kind));
    view_text(request, notice, "text",
              request_text(request, verdict == SAME && document->is_revoked
                                        ? STR("It is the same file. The document was revoked.")
                                        : str_from_z(VERDICTS[verdict].text)));
    view_none(request, notice, "link");
}

static bool show(struct request *request, const struct document *document, enum verdict verdict,
                 struct err *err)
{
    struct json *view = view_new(request);
    struct json *field;

    page_title(request, view, request_text(request, STR("Is the document genuine")));
    view_text(request, view, "tag_kind", document->is_revoked ? STR("bad") : STR("ok"));
    view_text(request, view, "state",
              request_text(request, document->is_revoked ? STR("The document was revoked")
                                                         : STR("The document is valid")));
    view_text(request, view, "action", documents_public_href(request, document));
    field = input_add(request, view_list(request, view, "file_fields"), "is_file", "file",
                      request_text(request, STR("The file you have")));
    input_optional(request, field);
    input_hint(request, field,
               request_text(request, STR("ODT or PDF, up to 20 MB. It is compared and not kept.")));
    field = input_add(request, view_list(request, view, "hash_fields"), "is_text", "sha256",
                      request_text(request, STR("Or its SHA-256")));
    input_optional(request, field);
    input_value(request, field, str_slice(request_query(request, STR("sha256")), 0, 100));
    view_bool(request, view, "is_made", document->attachment != 0);
    add_facts(request, view, document);
    add_verdict(request, view, document, verdict);
    return add_signers(request, view, document, err) &&
           answer_page(request, 200, STR("page/document-ask"), view, err);
}

static bool is_one_of(const struct document *document, struct str digest)
{
    return digest.len == HEX_LEN &&
           (str_equal(digest, document->digest) || str_equal(digest, document->pdf_digest));
}

/* As programs print it: in capitals, in groups, with the file's name behind it. */
static struct str read_hash(struct arena *arena, struct str typed)
{
    struct buf hex = {.arena = arena};

    for (size_t i = 0; i < typed.len && hex.len < HEX_LEN; i++) {
        char c = typed.ptr[i];

        if (c >= 'A' && c <= 'F')
            c = (char)(c - 'A' + 'a');
        if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))
            buf_char(&hex, c);
        else if (c != ' ' && c != '-' && c != ':')
            break;
    }
    return buf_str(&hex);
}

bool page_document_ask(struct request *request, struct err *err)
{
    struct str typed = str_trim(request_query(request, STR("sha256")));
    struct document document;
    struct str hash;

    if (!find(request, &document, err))
        return false;
    if (typed.len == 0)
        return show(request, &document, NOT_ASKED, err);
    hash = read_hash(request->arena, typed);
    if (hash.len != HEX_LEN)
        return show(request, &document, NO_HASH, err);
    return show(request, &document, is_one_of(&document, hash) ? SAME : OTHER, err);
}

static void end_stream(struct digest_stream **stream)
{
    if (*stream != NULL)
        (void)digest_finish(stream);
}

static bool digest_part(struct request *request, const struct multipart_part *part,
                        struct str *digest, struct err *err)
{
    CLEANUP(end_stream) struct digest_stream *stream = digest_start();
    char *room = arena_alloc(request->arena, PIECE);
    struct buf hex = {.arena = request->arena};
    struct digest whole;
    size_t got = 1;

    for (int64_t at = 0; got > 0; at += (int64_t)got) {
        if (!file_pull(part->fd, at, room, PIECE, &got, err))
            return false;
        digest_add(stream, (struct str){room, got});
    }
    whole = digest_finish(&stream);
    digest_print_hex(&hex, &whole);
    *digest = buf_str(&hex);
    return true;
}

bool page_document_ask_post(struct request *request, struct err *err)
{
    CLEANUP(multipart_done) struct multipart multipart = {0};
    struct document document;
    struct str digest;

    if (!find(request, &document, err) || !request_multipart(request, &multipart, err))
        return false;
    for (size_t i = 0; i < multipart.count; i++) {
        if (multipart.parts[i].fd < 0 || multipart.parts[i].size == 0)
            continue;
        if (!digest_part(request, &multipart.parts[i], &digest, err))
            return false;
        return show(request, &document, is_one_of(&document, digest) ? SAME : OTHER, err);
    }
    return show(request, &document, NO_FILE, err);
}

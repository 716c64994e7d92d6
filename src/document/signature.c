#include "document/signature.h"

#include <assert.h>

#include "core/file.h"
#include "core/id.h"
#include "core/utf8.h"
#include "registry/quota.h"

static_assert(DOCUMENT_SIGNATURES_MAX == 20, "the sentences name another limit");

enum {
    KEPT_NAME_MAX = 100, /* letters of a file's name that are kept */
};

static const char *const TRUST[] = {
    [CMS_UNKNOWN] = "unknown",
    [CMS_TRUSTED] = "trusted",
    [CMS_OUTDATED] = "outdated",
};

static enum cms_trust trust_of(struct str text)
{
    for (size_t i = 0; i < ARRAY_LEN(TRUST); i++)
        if (str_equal(str_from_z(TRUST[i]), text))
            return (enum cms_trust)i;
    return CMS_UNKNOWN;
}

static struct cms_signer read_signer(const struct json *json)
{
    return (struct cms_signer){
        .name = json_find_text(json, STR("name")),
        .organization = json_find_text(json, STR("organization")),
        .position = json_find_text(json, STR("position")),
        .issuer = json_find_text(json, STR("issuer")),
        .serial = json_find_text(json, STR("serial")),
        .private_names = json_find_text(json, STR("private")),
        .valid_from = json_find_int(json, STR("from"), 0),
        .valid_until = json_find_int(json, STR("until"), 0),
        .signed_at = json_find_int(json, STR("signed_at"), 0),
        .trust = trust_of(json_find_text(json, STR("trust"))),
    };
}

static struct signature read_one(struct arena *arena, const struct json *json)
{
    struct signature one = {
        .is_of_pdf = str_equal(json_find_text(json, STR("of")), STR("pdf")),
        .at = json_find_int(json, STR("at"), 0),
        .actor = json_find_int(json, STR("actor"), 0),
        .digest = json_find_text(json, STR("digest")),
    };
    const struct json *signers = json_find(json, STR("signers"));

    if (!id_parse(json_find_text(json, STR("file")), &one.attachment))
        one.attachment = 0;
    one.signers = ARENA_ARRAY(arena, struct cms_signer, CMS_SIGNERS_MAX);
    for (const struct json *signer = signers != NULL ? signers->first : NULL;
         signer != NULL && one.count < CMS_SIGNERS_MAX; signer = signer->next)
        one.signers[one.count++] = read_signer(signer);
    return one;
}

static bool parse(struct arena *arena, struct str text, struct json **list, struct err *err)
{
    *list = json_new(arena, JSON_ARRAY);
    return text.len == 0 || json_parse(arena, text, NULL, list, err);
}

bool signature_list(struct arena *arena, const struct document *document,
                    struct signature **signatures, size_t *count, struct err *err)
{
    struct json *list;

    if (!parse(arena, document->signatures, &list, err))
        return false;
    *count = 0;
    *signatures = ARENA_ARRAY(arena, struct signature, DOCUMENT_SIGNATURES_MAX);
    for (const struct json *one = list->first; one != NULL && *count < DOCUMENT_SIGNATURES_MAX;
         one = one->next)
        (*signatures)[(*count)++] = read_one(arena, one);
    return true;
}

static struct json *print_signer(struct arena *arena, const struct cms_signer *signer)
{
    struct json *json = json_new(arena, JSON_OBJECT);

    json_set_text(arena, json, STR("name"), signer->name);
    json_set_text(arena, json, STR("organization"), signer->organization);
    json_set_text(arena, json, STR("position"), signer->position);
    json_set_text(arena, json, STR("issuer"), signer->issuer);
    json_set_text(arena, json, STR("serial"), signer->serial);
    json_set_text(arena, json, STR("private"), signer->private_names);
    json_set_int(arena, json, STR("from"), signer->valid_from);
    json_set_int(arena, json, STR("until"), signer->valid_until);
    json_set_int(arena, json, STR("signed_at"), signer->signed_at);
    json_set_text(arena, json, STR("trust"), str_from_z(TRUST[signer->trust]));
    return json;
}

static struct str print_digest(struct arena *arena, const struct digest *digest)
{
    struct buf hex = {.arena = arena};

    digest_print_hex(&hex, digest);
    return buf_str(&hex);
}

static struct json *print_one(struct arena *arena, const struct signature_adding *adding,
                              const struct cms *cms, bool is_of_pdf)
{
    struct json *json = json_new(arena, JSON_OBJECT);
    struct json *signers = json_set(json, STR("signers"), json_new(arena, JSON_ARRAY));

    json_set_text(arena, json, STR("file"), id_text(arena, adding->file.id));
    json_set_text(arena, json, STR("of"), is_of_pdf ? STR("pdf") : STR("letter"));
    json_set_int(arena, json, STR("at"), adding->now);
    json_set_int(arena, json, STR("actor"), adding->actor);
    json_set_text(arena, json, STR("digest"), print_digest(arena, &cms->digest));
    for (size_t i = 0; i < cms->count; i++)
        (void)json_push(signers, print_signer(arena, &cms->signers[i]));
    return json;
}

static bool read_file(struct tx *read, struct arena *arena, struct attachment *file,
                      struct str *bytes, struct err *err)
{
    CLEANUP(file_close) int fd = -1;
    char *room;
    size_t got;

    if (!attachment_get(read, arena, file, err) ||
        !attachment_open(read->owner, arena, file, &fd, err))
        return false;
    room = arena_alloc(arena, (size_t)file->size);
    if (!file_pull(fd, 0, room, (size_t)file->size, &got, err))
        return false;
    *bytes = (struct str){room, got};
    return true;
}

/* Of the letter; if not, of the PDF.  What is wrong is said of the letter. */
static bool check(struct tx *read, struct arena *arena, const struct signature_adding *adding,
                  struct cms *cms, bool *is_of_pdf, struct err *err)
{
    const struct document *document = &adding->document;
    const int64_t files[] = {document->attachment, document->pdf_attachment};
    struct err later;

    for (size_t i = 0; i < ARRAY_LEN(files) && files[i] != 0; i++) {
        struct attachment file = {.no = document->no, .record = document->record, .id = files[i]};
        struct str bytes;

        if (!read_file(read, arena, &file, &bytes, i == 0 ? err : &later))
            return false;
        *is_of_pdf = i > 0;
        if (cms_check(arena, adding->bytes, bytes, &adding->trusted, cms, i == 0 ? err : &later))
            return true;
    }
    return false;
}

/* Nobody is told apart by a second copy of the same bytes. */
static bool is_new(const struct json *list, struct str digest, struct err *err)
{
    int count = 0;

    for (const struct json *one = list->first; one != NULL; one = one->next, count++)
        if (str_equal(json_find_text(one, STR("digest")), digest))
            return err_set(err, ERR_CONFLICT, "this signature is here already");
    return count < DOCUMENT_SIGNATURES_MAX ||
           err_set(err, ERR_LIMIT, "a document has at most 20 signatures");
}

static struct str name_of(struct arena *arena, struct str name)
{
    name = utf8_is_valid(name) ? utf8_head(name, KEPT_NAME_MAX) : (struct str){0};
    return str_ends(name, STR(".sig")) || str_ends(name, STR(".p7s"))
               ? name
               : str_printf(arena, "%.*s.sig", STR_ARG(name.len > 0 ? name : STR("signature")));
}

static bool keep(struct tenant *tenant, struct arena *arena, struct signature_adding *adding,
                 struct err *err)
{
    struct attachment_source source = {.fd = -1,
                                       .bytes = adding->bytes,
                                       .size = (int64_t)adding->bytes.len,
                                       .name = name_of(arena, adding->name)};

    if (!quota_need_file(tenant, source.size, adding->now, err) ||
        !attachment_keep(tenant, arena, &source, &adding->file, err))
        return false;
    adding->file.id = id_next(adding->now);
    adding->file.no = adding->document.no;
    adding->file.record = adding->document.record;
    adding->file.at = adding->now;
    adding->file.actor = adding->actor;
    adding->file.cause = adding->document.flow;
    return true;
}

bool signature_prepare(struct tx *read, struct arena *arena, struct signature_adding *adding,
                       struct err *err)
{
    struct buf out = {.arena = arena};
    struct json *list;
    struct cms cms;
    bool is_of_pdf;

    if (adding->document.attachment == 0)
        return err_set(err, ERR_CONFLICT, "the document is being made: come back in a moment");
    if (!parse(arena, adding->document.signatures, &list, err) ||
        !check(read, arena, adding, &cms, &is_of_pdf, err) ||
        !is_new(list, print_digest(arena, &cms.digest), err) ||
        !keep(read->owner, arena, adding, err))
        return false;
    (void)json_push(list, print_one(arena, adding, &cms, is_of_pdf));
    json_write(&out, list);
    if (out.len > DOCUMENT_SIGNATURES_BYTES)
        return err_set(err, ERR_LIMIT, "a document has at most 20 signatures");
    adding->signatures = buf_str(&out);
    return true;
}

bool signature_run(struct tx *tx, void *data, struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct signature_adding *adding = data;
    struct document document = adding->document;

    document.signatures = adding->signatures;
    document.actor = adding->actor;
    document.registered_at = adding->now;
    return attachment_put(tx, scratch, &adding->file, err) &&
           document_set_signatures(tx, scratch, &document, adding->document.signatures, err);
}

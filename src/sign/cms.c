/* The engine of ГОСТ is one of OpenSSL 1.1's kind, whose functions are old but there. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "sign/cms.h"

#include <assert.h>
#include <pthread.h>
#include <time.h>

#include <openssl/cms.h>
#include <openssl/engine.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>

#include "core/arena.h"
#include "core/base64.h"
#include "core/file.h"
#include "core/time.h"
#include "core/utf8.h"

/* Parts of a name (X.520). */
#define COMMON_NAME  "2.5.4.3"
#define SURNAME      "2.5.4.4"
#define GIVEN_NAME   "2.5.4.42"
#define ORGANIZATION "2.5.4.10"
#define POSITION     "2.5.4.12"

enum {
    PART_LETTERS_MAX = 200, /* letters of one part of a name */
    CHAIN_MAX = 10,
    PEM_MAX = 64, /* certificates in one file */
};

/* The sentences below are translated as they stand (ui/i18n), so they name the limits. */
static_assert(CMS_BYTES_MAX == 1024 * 1024 && CMS_SIGNERS_MAX == 10,
              "the sentences name other limits");

static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool has_gost;

static void load_gost(void)
{
    ENGINE *engine = ENGINE_by_id("gost");

    has_gost = engine != NULL && ENGINE_init(engine) == 1 &&
               ENGINE_set_default(engine, ENGINE_METHOD_DIGESTS | ENGINE_METHOD_CIPHERS |
                                              ENGINE_METHOD_PKEY_METHS |
                                              ENGINE_METHOD_PKEY_ASN1_METHS) == 1;
    if (engine != NULL)
        ENGINE_free(engine);
    ERR_clear_error();
}

bool cms_knows_gost(void)
{
    pthread_once(&once, load_gost);
    return has_gost;
}

/* What is open while a signature is looked at. */
struct check {
    struct arena *arena;
    struct str content;
    const struct cms_trusted *trusted;
    CMS_ContentInfo *info;
    STACK_OF(X509) * certificates; /* in the signature */
    X509_STORE *store;
};

static void end_check(struct check *check)
{
    CMS_ContentInfo_free(check->info);
    sk_X509_pop_free(check->certificates, X509_free);
    X509_STORE_free(check->store);
    ERR_clear_error();
}

static void drop_bio(BIO **bio)
{
    BIO_free_all(*bio);
}

static void drop_context(X509_STORE_CTX **context)
{
    X509_STORE_CTX_free(*context);
}

static void drop_object(ASN1_OBJECT **object)
{
    ASN1_OBJECT_free(*object);
}

static bool no_signature(struct err *err)
{
    return err_set(err, ERR_INPUT,
                   "this is no signature: give a .sig or .p7s file that a signing program made "
                   "apart from the document");
}

/* Between the lines of PEM, or all there is; without white space. */
static bool decode(struct arena *arena, struct str text, struct str *bytes)
{
    struct buf letters = {.arena = arena};
    struct buf decoded = {.arena = arena};
    size_t begin = str_find(text, STR("-----BEGIN "));

    if (begin < text.len) {
        text = str_slice(text, begin + sizeof "-----BEGIN " - 1, text.len);
        text = str_slice(text, str_find(text, STR("-----")) + 5, text.len);
        text = str_slice(text, 0, str_find(text, STR("-----END ")));
    }
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] > ' ')
            buf_char(&letters, text.ptr[i]);
    if (!base64_parse(&decoded, buf_str(&letters)))
        return false;
    *bytes = buf_str(&decoded);
    return true;
}

static bool read_info(struct check *check, struct str signature, struct cms *cms, struct err *err)
{
    struct str der = signature;
    const unsigned char *at;

    if (signature.len > CMS_BYTES_MAX)
        return err_set(err, ERR_LIMIT, "a signature has at most 1 MB");
    if (signature.len == 0 ||
        (signature.ptr[0] != 0x30 && !decode(check->arena, signature, &der)) || der.len == 0)
        return no_signature(err);
    at = (const unsigned char *)der.ptr;
    check->info = d2i_CMS_ContentInfo(NULL, &at, (long)der.len);
    if (check->info == NULL || (size_t)(at - (const unsigned char *)der.ptr) != der.len ||
        OBJ_obj2nid(CMS_get0_type(check->info)) != NID_pkcs7_signed)
        return no_signature(err);
    cms->digest = digest_of(der);
    return CMS_is_detached(check->info) == 1 ||
           err_set(err, ERR_INPUT,
                   "this signature has a file in it: sign the document itself, and choose a "
                   "detached signature");
}

/* Those that nobody can make a second file for. */
static bool digest_is_good(int nid)
{
    static const int GOOD[] = {NID_sha256,
                               NID_sha384,
                               NID_sha512,
                               NID_sha512_256,
                               NID_sha3_256,
                               NID_sha3_384,
                               NID_sha3_512,
                               NID_id_GostR3411_2012_256,
                               NID_id_GostR3411_2012_512};

    for (size_t i = 0; i < ARRAY_LEN(GOOD); i++)
        if (GOOD[i] == nid)
            return true;
    return false;
}

static bool is_gost(int nid)
{
    return nid == NID_id_GostR3411_2012_256 || nid == NID_id_GostR3411_2012_512 ||
           nid == NID_id_GostR3411_94;
}

static bool check_algorithms(const struct check *check, struct err *err)
{
    STACK_OF(CMS_SignerInfo) *signers = CMS_get0_SignerInfos(check->info);
    int count = signers != NULL ? sk_CMS_SignerInfo_num(signers) : 0;

    if (count < 1)
        return no_signature(err);
    if (count > CMS_SIGNERS_MAX || sk_X509_num(check->certificates) > CMS_CERTIFICATES_MAX)
        return err_set(err, ERR_LIMIT, "a signature is of at most 10 people");
    for (int i = 0; i < count; i++) {
        X509_ALGOR *digest;
        const ASN1_OBJECT *object;
        int nid;

        CMS_SignerInfo_get0_algs(sk_CMS_SignerInfo_value(signers, i), NULL, NULL, &digest, NULL);
        X509_ALGOR_get0(&object, NULL, NULL, digest);
        nid = OBJ_obj2nid(object);
        if (is_gost(nid) && !cms_knows_gost())
            return err_set(err, ERR_INPUT,
                           "this signature is by ГОСТ, which this server cannot check: the "
                           "operator has to install the engine gost of OpenSSL");
        if (!digest_is_good(nid))
            return err_set(err, ERR_INPUT,
                           "this signature is made in a way that protects nothing any more, or "
                           "that is not known: sign with SHA-256 or ГОСТ 2012");
    }
    return true;
}

static bool has_reason(int reason)
{
    unsigned long code;
    bool found = false;

    while ((code = ERR_get_error()) != 0)
        found |= ERR_GET_LIB(code) == ERR_LIB_CMS && ERR_GET_REASON(code) == reason;
    return found;
}

/*
 * The content to be read.  A filter stands before it, for of a plain one CMS_verify() makes a copy
 * that some versions (3.0.19 is one) leak when a signature names no digest.
 */
static BIO *open_content(struct str content)
{
    BIO *bytes = BIO_new_mem_buf(content.ptr, (int)content.len);
    BIO *filter = BIO_new(BIO_f_null());

    if (bytes != NULL && filter != NULL)
        return BIO_push(filter, bytes);
    BIO_free(bytes);
    BIO_free(filter);
    return NULL;
}

static bool verify(const struct check *check, struct err *err)
{
    CLEANUP(drop_bio) BIO *content = open_content(check->content);

    ERR_clear_error();
    if (content != NULL && CMS_verify(check->info, NULL, NULL, content, NULL,
                                      CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY) == 1)
        return true;
    if (has_reason(CMS_R_SIGNER_CERTIFICATE_NOT_FOUND))
        return err_set(err, ERR_INPUT,
                       "the signer's certificate is not in the signature: sign once more and have "
                       "it put in");
    return err_set(
        err, ERR_INPUT,
        "this is no signature of this file: the file was changed after it was signed, or "
        "it is of another one");
}

/* One line of text that is shown: no control characters, not endless. */
static struct str clean(struct arena *arena, const ASN1_STRING *string)
{
    unsigned char *bytes = NULL;
    int len = ASN1_STRING_to_UTF8(&bytes, string);
    struct str text = {(const char *)bytes, len > 0 ? (size_t)len : 0};
    struct buf buf = {.arena = arena};

    text.len = utf8_valid_head(text);
    text = utf8_head(text, PART_LETTERS_MAX);
    for (size_t i = 0; i < text.len; i++)
        buf_char(&buf, (unsigned char)text.ptr[i] < ' ' || text.ptr[i] == 0x7f ? ' ' : text.ptr[i]);
    OPENSSL_free(bytes);
    return str_trim(buf_str(&buf));
}

/* The value of a part of a name, by its number; empty when there is none. */
static struct str part_of(struct arena *arena, const X509_NAME *name, const char *number)
{
    CLEANUP(drop_object) ASN1_OBJECT *object = OBJ_txt2obj(number, 1);
    int at = object != NULL ? X509_NAME_get_index_by_OBJ(name, object, -1) : -1;

    return at < 0 ? (struct str){0}
                  : clean(arena, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
}

static struct str private_names(struct arena *arena, const X509_NAME *name)
{
    static const struct {
        const char *number, *text;
    } PARTS[] = {
        {"1.2.643.3.131.1.1", "ИНН"}, {"1.2.643.100.4", "ИНН ЮЛ"}, {"1.2.643.100.1", "ОГРН"},
        {"1.2.643.100.5", "ОГРНИП"},  {"1.2.643.100.3", "СНИЛС"},
    };
    struct buf buf = {.arena = arena};

    for (size_t i = 0; i < ARRAY_LEN(PARTS); i++) {
        struct str value = part_of(arena, name, PARTS[i].number);

        if (value.len > 0)
            buf_printf(&buf, "%s%s %.*s", buf.len > 0 ? ", " : "", PARTS[i].text, STR_ARG(value));
    }
    return buf_str(&buf);
}

static struct str serial_of(struct arena *arena, const X509 *certificate)
{
    const ASN1_INTEGER *serial = X509_get0_serialNumber(certificate);
    int len = ASN1_STRING_length(serial);
    const unsigned char *bytes = ASN1_STRING_get0_data(serial);
    struct buf hex = {.arena = arena};

    for (int i = 0; i < MIN(len, 32); i++)
        buf_printf(&hex, "%02x", bytes[i]);
    return buf_str(&hex);
}

static int64_t moment_of(const ASN1_TIME *time)
{
    struct tm tm;

    if (time == NULL || ASN1_TIME_to_tm(time, &tm) != 1)
        return 0;
    return time_day_from_date((struct time_date){tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday}) *
               TIME_DAY_MS +
           (tm.tm_hour * 60 + tm.tm_min) * (int64_t)TIME_MINUTE_MS + tm.tm_sec * 1000;
}

static int64_t signed_at(const CMS_SignerInfo *info)
{
    int at = CMS_signed_get_attr_by_NID(info, NID_pkcs9_signingTime, -1);
    X509_ATTRIBUTE *attribute = at >= 0 ? CMS_signed_get_attr(info, at) : NULL;
    const ASN1_TYPE *value = attribute != NULL ? X509_ATTRIBUTE_get0_type(attribute, 0) : NULL;

    if (value == NULL || (value->type != V_ASN1_UTCTIME && value->type != V_ASN1_GENERALIZEDTIME))
        return 0;
    return moment_of(value->value.utctime);
}

static struct digest certificate_digest(const X509 *certificate)
{
    unsigned char *der = NULL;
    int len = i2d_X509(certificate, &der);
    struct digest digest = digest_of((struct str){(const char *)der, len > 0 ? (size_t)len : 0});

    OPENSSL_free(der);
    return digest;
}

static void tell(struct arena *arena, const X509 *certificate, const CMS_SignerInfo *info,
                 struct cms_signer *signer)
{
    const X509_NAME *subject = X509_get_subject_name(certificate);
    struct str surname = part_of(arena, subject, SURNAME);
    struct str given = part_of(arena, subject, GIVEN_NAME);

    *signer = (struct cms_signer){
        .name = part_of(arena, subject, COMMON_NAME),
        .organization = part_of(arena, subject, ORGANIZATION),
        .position = part_of(arena, subject, POSITION),
        .issuer = part_of(arena, X509_get_issuer_name(certificate), COMMON_NAME),
        .serial = serial_of(arena, certificate),
        .private_names = private_names(arena, subject),
        .valid_from = moment_of(X509_get0_notBefore(certificate)),
        .valid_until = moment_of(X509_get0_notAfter(certificate)),
        .signed_at = signed_at(info),
        .certificate = certificate_digest(certificate),
    };
    /* A certificate of an organization is called like that; who signed stands beside it. */
    if (surname.len > 0 && given.len > 0)
        signer->name = str_printf(arena, "%.*s %.*s", STR_ARG(surname), STR_ARG(given));
    if (str_equal(signer->organization, signer->name))
        signer->organization = (struct str){0};
}

static bool add_trusted(struct check *check, struct str path, int *count, struct err *err)
{
    struct str pem;

    if (!file_read(check->arena, path, CMS_TRUSTED_BYTES_MAX, &pem, err))
        return false;
    CLEANUP(drop_bio) BIO *bio = BIO_new_mem_buf(pem.ptr, (int)pem.len);

    for (int i = 0; bio != NULL && i < PEM_MAX && *count < CMS_TRUSTED_MAX; i++) {
        X509 *one = PEM_read_bio_X509(bio, NULL, NULL, NULL);

        if (one == NULL)
            break;
        (void)X509_STORE_add_cert(check->store, one); /* one that is there already is no matter */
        X509_free(one);
        ++*count;
    }
    ERR_clear_error();
    return true;
}

static bool open_store(struct check *check, struct err *err)
{
    struct str path = check->trusted->path;
    struct str *names;
    size_t count;
    int trusted = 0;

    check->store = X509_STORE_new();
    if (check->store == NULL)
        return err_set(err, ERR_BROKEN, "no memory for certificates");
    if (path.len == 0)
        return true;
    if (!file_is_folder(path))
        return add_trusted(check, path, &trusted, err);
    if (!file_list(check->arena, path, &names, &count, err))
        return false;
    for (size_t i = 0; i < count && trusted < CMS_TRUSTED_MAX; i++) {
        struct str file = file_join(check->arena, path, names[i]);

        if (!file_is_folder(file) && !add_trusted(check, file, &trusted, err))
            return false;
    }
    return true;
}

/* flags: of OpenSSL; *error: why not. */
static bool has_chain(const struct check *check, X509 *certificate, unsigned long flags, int *error)
{
    CLEANUP(drop_context) X509_STORE_CTX *context = X509_STORE_CTX_new();
    bool ok;

    *error = X509_V_ERR_OUT_OF_MEM;
    if (context == NULL ||
        X509_STORE_CTX_init(context, check->store, certificate, check->certificates) != 1)
        return false;
    X509_VERIFY_PARAM_set_depth(X509_STORE_CTX_get0_param(context), CHAIN_MAX);
    if (!(flags & X509_V_FLAG_NO_CHECK_TIME)) /* a time that is set would win over the flag */
        X509_STORE_CTX_set_time(context, 0, (time_t)(check->trusted->now / 1000));
    X509_STORE_CTX_set_flags(context, flags | X509_V_FLAG_PARTIAL_CHAIN);
    ok = X509_verify_cert(context) == 1;
    *error = X509_STORE_CTX_get_error(context);
    ERR_clear_error();
    return ok;
}

static enum cms_trust trust_of(const struct check *check, X509 *certificate)
{
    int error;

    if (has_chain(check, certificate, 0, &error))
        return CMS_TRUSTED;
    if ((error == X509_V_ERR_CERT_HAS_EXPIRED || error == X509_V_ERR_CERT_NOT_YET_VALID) &&
        has_chain(check, certificate, X509_V_FLAG_NO_CHECK_TIME, &error))
        return CMS_OUTDATED;
    return CMS_UNKNOWN;
}

static bool list_signers(const struct check *check, struct cms *cms, struct err *err)
{
    STACK_OF(CMS_SignerInfo) *signers = CMS_get0_SignerInfos(check->info);

    cms->count = (size_t)sk_CMS_SignerInfo_num(signers);
    cms->signers = ARENA_ARRAY(check->arena, struct cms_signer, cms->count);
    for (size_t i = 0; i < cms->count; i++) {
        CMS_SignerInfo *info = sk_CMS_SignerInfo_value(signers, (int)i);
        X509 *certificate = NULL;

        CMS_SignerInfo_get0_algs(info, NULL, &certificate, NULL, NULL);
        if (certificate == NULL)
            return no_signature(err);
        tell(check->arena, certificate, info, &cms->signers[i]);
        cms->signers[i].trust = trust_of(check, certificate);
    }
    return true;
}

bool cms_check(struct arena *arena, struct str signature, struct str content,
               const struct cms_trusted *trusted, struct cms *cms, struct err *err)
{
    CLEANUP(end_check)
    struct check check = {.arena = arena, .content = content, .trusted = trusted};
    struct cms read = {0};

    (void)cms_knows_gost(); /* before anything of it is read: keys are made while parsing */
    if (!read_info(&check, signature, &read, err))
        return false;
    check.certificates = CMS_get1_certs(check.info);
    if (!check_algorithms(&check, err) || !verify(&check, err) || !open_store(&check, err) ||
        !list_signers(&check, &read, err))
        return false;
    *cms = read;
    return true;
}

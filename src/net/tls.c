#include "net/tls.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/time.h"

enum {
    PAIR_SIZE = 17 * 1024, /* one record of the largest size, and a little */
};

static bool fail(struct err *err, const char *what, struct str path)
{
    unsigned long code = ERR_peek_last_error();
    const char *reason = ERR_reason_error_string(code);

    ERR_clear_error();
    return err_set(err, ERR_INPUT, "%s %.*s: %s", what, STR_ARG(path),
                   reason != NULL ? reason : "cannot be used");
}

/* Of the protocols the client offers (ALPN), HTTP/1.1 is the only one we speak. */
static int choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *out_len,
                           const unsigned char *in, unsigned in_len, void *data)
{
    static const unsigned char OURS[] = "\x08http/1.1";
    unsigned char *chosen;

    (void)ssl, (void)data;
    if (SSL_select_next_proto(&chosen, out_len, OURS, sizeof OURS - 1, in, in_len) !=
        OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_NOACK;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

static bool set_files(SSL_CTX *context, struct str certificate, struct str key, struct err *err)
{
    char path[4096];

    if (certificate.len >= sizeof path || key.len >= sizeof path)
        return err_set(err, ERR_INPUT, "the path of the certificate or its key is too long");
    snprintf(path, sizeof path, "%.*s", STR_ARG(certificate));
    if (SSL_CTX_use_certificate_chain_file(context, path) != 1)
        return fail(err, "certificate", certificate);
    snprintf(path, sizeof path, "%.*s", STR_ARG(key));
    if (SSL_CTX_use_PrivateKey_file(context, path, SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_check_private_key(context) != 1)
        return fail(err, "key", key);
    return true;
}

bool tls_load(struct str certificate, struct str key, struct ssl_ctx_st **context, struct err *err)
{
    SSL_CTX *made = SSL_CTX_new(TLS_server_method());

    if (made == NULL)
        return err_set(err, ERR_BROKEN, "OpenSSL cannot be used");
    SSL_CTX_set_options(made, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                  SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
    SSL_CTX_set_mode(made, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                               SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_session_cache_mode(made, SSL_SESS_CACHE_OFF); /* tickets are enough */
    SSL_CTX_set_alpn_select_cb(made, choose_protocol, NULL);
    if (SSL_CTX_set_min_proto_version(made, TLS1_2_VERSION) != 1 ||
        SSL_CTX_set_cipher_list(made, "ECDHE+AESGCM:ECDHE+CHACHA20") != 1 ||
        !set_files(made, certificate, key, err)) {
        SSL_CTX_free(made);
        return false;
    }
    *context = made;
    return true;
}

bool tls_read_end(struct str certificate, int64_t *at, struct err *err)
{
    char path[4096];
    struct tm end;

    snprintf(path, sizeof path, "%.*s", STR_ARG(certificate));
    BIO *file = BIO_new_file(path, "r");
    X509 *read = file != NULL ? PEM_read_bio_X509(file, NULL, NULL, NULL) : NULL;
    bool ok = read != NULL && ASN1_TIME_to_tm(X509_get0_notAfter(read), &end) == 1;

    if (ok)
        *at = time_day_from_date(
                  (struct time_date){end.tm_year + 1900, end.tm_mon + 1, end.tm_mday}) *
                  TIME_DAY_MS +
              (int64_t)((end.tm_hour * 60 + end.tm_min) * 60 + end.tm_sec) * 1000;
    X509_free(read);
    BIO_free(file);
    return ok || fail(err, "certificate", certificate);
}

void tls_unload(struct ssl_ctx_st **context)
{
    SSL_CTX_free(*context);
    *context = NULL;
}

bool tls_open(struct tls *tls, struct ssl_ctx_st *context)
{
    BIO *inner = NULL;

    tls->ssl = SSL_new(context);
    if (tls->ssl == NULL || BIO_new_bio_pair(&inner, PAIR_SIZE, &tls->wire, PAIR_SIZE) != 1) {
        tls_close(tls);
        return false;
    }
    SSL_set_bio(tls->ssl, inner, inner);
    SSL_set_accept_state(tls->ssl);
    return true;
}

void tls_close(struct tls *tls)
{
    SSL_free(tls->ssl);
    BIO_free(tls->wire);
    *tls = (struct tls){0};
}

bool tls_is_open(const struct tls *tls)
{
    return tls->ssl != NULL;
}

bool tls_is_ready(const struct tls *tls)
{
    return SSL_is_init_finished(tls->ssl) != 0;
}

size_t tls_room(struct tls *tls, char **room)
{
    int count = BIO_nwrite0(tls->wire, room);

    return count > 0 ? (size_t)count : 0;
}

void tls_received(struct tls *tls, size_t count)
{
    char *room;

    BIO_nwrite(tls->wire, &room, (int)count);
}

/* What SSL_read or SSL_write returned: what it did, 0 to try later, -1 for the end. */
static int result_of(struct tls *tls, int count)
{
    if (count > 0)
        return count;
    int error = SSL_get_error(tls->ssl, count);
    ERR_clear_error();
    return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? 0 : -1;
}

int tls_read(struct tls *tls, char *bytes, size_t room)
{
    return result_of(tls, SSL_read(tls->ssl, bytes, (int)room));
}

int tls_write(struct tls *tls, struct str plain)
{
    return result_of(tls, SSL_write(tls->ssl, plain.ptr, (int)MIN(plain.len, (size_t)PAIR_SIZE)));
}

struct str tls_waiting(struct tls *tls)
{
    char *bytes = NULL;
    int count = BIO_nread0(tls->wire, &bytes);

    return count > 0 ? (struct str){bytes, (size_t)count} : (struct str){0};
}

void tls_sent(struct tls *tls, size_t count)
{
    char *bytes;

    BIO_nread(tls->wire, &bytes, (int)count);
}

void tls_finish(struct tls *tls)
{
    if (tls_is_ready(tls))
        SSL_shutdown(tls->ssl);
    ERR_clear_error();
}

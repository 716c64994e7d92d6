#include "sign/digest.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <sodium.h>

static EVP_MD *sha256; /* set once; fetching it at every use costs more than a short digest */
static pthread_once_t fetched = PTHREAD_ONCE_INIT;

static void fetch(void)
{
    sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    assert(sha256 != NULL);
}

/* Without a digest nothing can be trusted: as with memory, the process ends. */
static void must(int ok)
{
    if (ok != 1)
        abort();
}

static EVP_MD_CTX *start(void)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();

    pthread_once(&fetched, fetch);
    must(context != NULL && EVP_DigestInit_ex2(context, sha256, NULL) == 1);
    return context;
}

static pthread_key_t own; /* each thread's context: making one costs more than a short digest */
static pthread_once_t keyed = PTHREAD_ONCE_INIT;

static void free_own(void *context)
{
    EVP_MD_CTX_free(context);
}

static void make_key(void)
{
    must(pthread_key_create(&own, free_own) == 0);
}

struct digest digest_of(struct str bytes)
{
    struct digest digest;

    pthread_once(&keyed, make_key);
    EVP_MD_CTX *context = pthread_getspecific(own);
    if (context == NULL) {
        context = start();
        must(pthread_setspecific(own, context) == 0);
    } else {
        must(EVP_DigestInit_ex2(context, NULL, NULL));
    }
    if (bytes.len > 0)
        must(EVP_DigestUpdate(context, bytes.ptr, bytes.len));
    must(EVP_DigestFinal_ex(context, digest.bytes, NULL));
    return digest;
}

struct digest digest_of_parts(const struct str *parts, size_t count)
{
    struct digest_stream *stream = digest_start();

    for (size_t i = 0; i < count; i++)
        digest_add(stream, parts[i]);
    return digest_finish(&stream);
}

struct digest_stream *digest_start(void)
{
    return (struct digest_stream *)start();
}

void digest_add(struct digest_stream *stream, struct str bytes)
{
    if (bytes.len > 0)
        must(EVP_DigestUpdate((EVP_MD_CTX *)stream, bytes.ptr, bytes.len));
}

struct digest digest_finish(struct digest_stream **stream)
{
    struct digest digest;

    must(EVP_DigestFinal_ex((EVP_MD_CTX *)*stream, digest.bytes, NULL));
    EVP_MD_CTX_free((EVP_MD_CTX *)*stream);
    *stream = NULL;
    return digest;
}

void digest_print(struct buf *buf, const struct digest *digest)
{
    sodium_bin2base64(buf_room(buf, DIGEST_TEXT_LEN + 1), DIGEST_TEXT_LEN + 1, digest->bytes,
                      DIGEST_SIZE, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    buf->len += DIGEST_TEXT_LEN;
}

void digest_print_hex(struct buf *buf, const struct digest *digest)
{
    sodium_bin2hex(buf_room(buf, DIGEST_SIZE * 2 + 1), DIGEST_SIZE * 2 + 1, digest->bytes,
                   DIGEST_SIZE);
    buf->len += (size_t)DIGEST_SIZE * 2;
}

bool digest_parse(struct str text, struct digest *digest)
{
    struct digest parsed;
    size_t len;

    if (text.len != DIGEST_TEXT_LEN ||
        sodium_base642bin(parsed.bytes, DIGEST_SIZE, text.ptr, text.len, NULL, &len, NULL,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
        len != DIGEST_SIZE)
        return false;
    *digest = parsed;
    return true;
}

bool digest_equal(const struct digest *a, const struct digest *b)
{
    return CRYPTO_memcmp(a->bytes, b->bytes, DIGEST_SIZE) == 0;
}

#include "sign/seal.h"

#include <assert.h>
#include <string.h>

#include <sodium.h>

#include "core/arena.h"
#include "core/file.h"

enum {
    URL = sodium_base64_VARIANT_URLSAFE_NO_PADDING,
    KEY_TEXT = 44,
    WORK_OPS = 3,
    WORK_MEMORY = 64 * 1024 * 1024,
};

static_assert(SEAL_STATE_SIZE >= sizeof(crypto_secretstream_xchacha20poly1305_state) &&
                  SEAL_HEADER_SIZE == crypto_secretstream_xchacha20poly1305_HEADERBYTES &&
                  SEAL_MORE == crypto_secretstream_xchacha20poly1305_ABYTES &&
                  SEAL_BOX_SIZE ==
                      crypto_secretstream_xchacha20poly1305_KEYBYTES + crypto_box_SEALBYTES &&
                  SEAL_SALT_SIZE == crypto_pwhash_SALTBYTES,
              "libsodium has other sizes");

static bool parse_key(struct str text, unsigned char key[SEAL_KEY_SIZE])
{
    size_t len = 0;

    return sodium_base642bin(key, SEAL_KEY_SIZE, text.ptr, text.len, NULL, &len, NULL, URL) == 0 &&
           len == SEAL_KEY_SIZE;
}

bool seal_load(struct seal *seal, struct str path, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct str secret = STR("secret:");
    struct str public = STR("public:");
    struct str text;

    *seal = (struct seal){0};
    if (!file_read(arena, path, 4096, &text, err))
        return false;
    text = str_trim(text);
    if (str_starts(text, public)) {
        if (parse_key(str_slice(text, public.len, text.len), seal->public_bytes))
            return true;
    } else if (str_starts(text, secret)) {
        seal->has_secret = true;
        if (parse_key(str_slice(text, secret.len, text.len), seal->secret_bytes))
            return crypto_scalarmult_base(seal->public_bytes, seal->secret_bytes) == 0;
    } else if (text.len >= SEAL_PASSPHRASE_MIN && text.len <= SEAL_PASSPHRASE_MAX) {
        memcpy(seal->passphrase, text.ptr, text.len);
        seal->passphrase_len = text.len;
        return true;
    }
    return err_set(err, ERR_INPUT,
                   "%.*s holds no key: a passphrase of at least %d letters, or a key made by "
                   "uprava backup key",
                   STR_ARG(path), SEAL_PASSPHRASE_MIN);
}

static void print_key(struct buf *text, const char *word, const unsigned char *key)
{
    char letters[KEY_TEXT];

    sodium_bin2base64(letters, sizeof letters, key, SEAL_KEY_SIZE, URL);
    buf_printf(text, "%s%s\n", word, letters);
    sodium_memzero(letters, sizeof letters);
}

void seal_make(struct buf *secret_text, struct buf *public_text)
{
    unsigned char public_bytes[SEAL_KEY_SIZE];
    unsigned char secret_bytes[SEAL_KEY_SIZE];

    crypto_box_keypair(public_bytes, secret_bytes);
    print_key(secret_text, "secret:", secret_bytes);
    print_key(public_text, "public:", public_bytes);
    sodium_memzero(secret_bytes, sizeof secret_bytes);
}

/* The keys that the passphrase stands for with that salt; made once for many streams. */
static bool derive(struct seal *seal, const unsigned char salt[SEAL_SALT_SIZE], struct err *err)
{
    unsigned char seed[crypto_box_SEEDBYTES];

    if (seal->has_secret && memcmp(seal->salt, salt, SEAL_SALT_SIZE) == 0)
        return true;
    if (crypto_pwhash(seed, sizeof seed, seal->passphrase, seal->passphrase_len, salt, WORK_OPS,
                      WORK_MEMORY, crypto_pwhash_ALG_ARGON2ID13) != 0)
        return err_set(err, ERR_UNAVAILABLE, "a passphrase takes 64 MB of memory for a moment");
    crypto_box_seed_keypair(seal->public_bytes, seal->secret_bytes, seed);
    sodium_memzero(seed, sizeof seed);
    memcpy(seal->salt, salt, SEAL_SALT_SIZE);
    seal->has_secret = true;
    return true;
}

static crypto_secretstream_xchacha20poly1305_state *state_of(struct seal_stream *stream)
{
    return (crypto_secretstream_xchacha20poly1305_state *)stream->state;
}

bool seal_start(struct seal *seal, struct seal_envelope *envelope, struct seal_stream *stream,
                struct err *err)
{
    unsigned char key[crypto_secretstream_xchacha20poly1305_KEYBYTES];
    unsigned char salt[SEAL_SALT_SIZE];

    if (seal->passphrase_len > 0 && !seal->has_secret) {
        randombytes_buf(salt, sizeof salt);
        if (!derive(seal, salt, err))
            return false;
    }
    memcpy(envelope->public_bytes, seal->public_bytes, SEAL_KEY_SIZE);
    memcpy(envelope->salt, seal->salt, SEAL_SALT_SIZE);
    crypto_secretstream_xchacha20poly1305_keygen(key);
    bool ok = crypto_box_seal(envelope->box, key, sizeof key, seal->public_bytes) == 0 &&
              crypto_secretstream_xchacha20poly1305_init_push(state_of(stream), envelope->header,
                                                              key) == 0;
    sodium_memzero(key, sizeof key);
    return ok || err_set(err, ERR_INPUT, "the public key of the backup is none");
}

bool seal_open(struct seal *seal, const struct seal_envelope *envelope, struct seal_stream *stream,
               struct err *err)
{
    unsigned char key[crypto_secretstream_xchacha20poly1305_KEYBYTES];
    bool is_phrase = !sodium_is_zero(envelope->salt, SEAL_SALT_SIZE);

    if (is_phrase && seal->passphrase_len == 0)
        return err_set(err, ERR_DENIED, "it is encrypted with a passphrase, not with a key");
    if (!is_phrase && seal->passphrase_len > 0)
        return err_set(err, ERR_DENIED, "it is encrypted with a key, not with a passphrase");
    if (is_phrase && !derive(seal, envelope->salt, err))
        return false;
    if (memcmp(seal->public_bytes, envelope->public_bytes, SEAL_KEY_SIZE) != 0)
        return err_set(err, ERR_DENIED,
                       is_phrase ? "this is not the passphrase it is encrypted with"
                                 : "this is not the key it is encrypted with");
    if (!seal->has_secret)
        return err_set(err, ERR_DENIED, "a public key cannot read it: the secret one is needed");
    bool ok = crypto_box_seal_open(key, envelope->box, SEAL_BOX_SIZE, seal->public_bytes,
                                   seal->secret_bytes) == 0 &&
              crypto_secretstream_xchacha20poly1305_init_pull(state_of(stream), envelope->header,
                                                              key) == 0;
    sodium_memzero(key, sizeof key);
    return ok || err_set(err, ERR_BROKEN, "its envelope is damaged");
}

void seal_push(struct seal_stream *stream, struct str plain, struct str beside, bool is_last,
               unsigned char *out)
{
    crypto_secretstream_xchacha20poly1305_push(
        state_of(stream), out, NULL, (const unsigned char *)plain.ptr, plain.len,
        (const unsigned char *)beside.ptr, beside.len,
        is_last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL
                : crypto_secretstream_xchacha20poly1305_TAG_MESSAGE);
}

bool seal_pull(struct seal_stream *stream, struct str sealed, struct str beside, unsigned char *out,
               bool *is_last)
{
    unsigned char tag;

    if (sealed.len < SEAL_MORE ||
        crypto_secretstream_xchacha20poly1305_pull(
            state_of(stream), out, NULL, &tag, (const unsigned char *)sealed.ptr, sealed.len,
            (const unsigned char *)beside.ptr, beside.len) != 0)
        return false;
    *is_last = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
    return true;
}

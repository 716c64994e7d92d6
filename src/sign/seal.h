/*
 * Encryption of streams for an owner: a key of its own for each stream, put into a sealed box
 * (libsodium) for the owner's public key.  Whoever has the public key can write, only the
 * owner of the secret one can read.  A passphrase stands for a pair of keys (argon2id).
 *
 * A file with such a key says "public:…" or "secret:…" (base64url); any other text in it is a
 * passphrase.  A struct seal is used by one thread at a time.
 */
#pragma once

#include "core/buf.h"
#include "core/err.h"

enum {
    SEAL_KEY_SIZE = 32,
    SEAL_SALT_SIZE = 16,
    SEAL_BOX_SIZE = 80,
    SEAL_HEADER_SIZE = 24,
    SEAL_STATE_SIZE = 52,
    SEAL_MORE = 17, /* bytes that a sealed piece is longer */
    SEAL_PASSPHRASE_MIN = 8,
    SEAL_PASSPHRASE_MAX = 1000,
};

struct seal {
    bool has_secret;
    unsigned char public_bytes[SEAL_KEY_SIZE];
    unsigned char secret_bytes[SEAL_KEY_SIZE];
    unsigned char salt[SEAL_SALT_SIZE]; /* of the passphrase; zeros: none */
    char passphrase[SEAL_PASSPHRASE_MAX + 1];
    size_t passphrase_len; /* 0: the keys stand for themselves */
};

/* What stands in front of a sealed stream, in the clear. */
struct seal_envelope {
    unsigned char public_bytes[SEAL_KEY_SIZE];
    unsigned char salt[SEAL_SALT_SIZE];
    unsigned char box[SEAL_BOX_SIZE];
    unsigned char header[SEAL_HEADER_SIZE];
};

struct seal_stream {
    unsigned char state[SEAL_STATE_SIZE]; /* libsodium's */
};

/* Reads a file with a key or a passphrase. */
MUST_CHECK bool seal_load(struct seal *seal, struct str path, struct err *err);
/* New keys: the texts for such files. */
void seal_make(struct buf *secret_text, struct buf *public_text);
MUST_CHECK bool seal_start(struct seal *seal, struct seal_envelope *envelope,
                           struct seal_stream *stream, struct err *err);
/* ERR_DENIED: this is not the owner; it says so. */
MUST_CHECK bool seal_open(struct seal *seal, const struct seal_envelope *envelope,
                          struct seal_stream *stream, struct err *err);
/* out: plain.len + SEAL_MORE bytes.  beside: what the piece belongs to, not kept in it. */
void seal_push(struct seal_stream *stream, struct str plain, struct str beside, bool is_last,
               unsigned char *out);
/* out: sealed.len - SEAL_MORE bytes.  False: it is not what was pushed. */
MUST_CHECK bool seal_pull(struct seal_stream *stream, struct str sealed, struct str beside,
                          unsigned char *out, bool *is_last);

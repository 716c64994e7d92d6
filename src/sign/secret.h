/* Random bytes, passwords (argon2id) and node keys (ed25519), by libsodium. */
#pragma once

#include "core/buf.h"
#include "core/err.h"
#include "sign/digest.h"

enum {
    SECRET_KEY_SIZE = 64,
    SECRET_PUBLIC_SIZE = 32,
    SECRET_SIGNATURE_SIZE = 64,
};

struct secret_key {
    unsigned char bytes[SECRET_KEY_SIZE];
    unsigned char public_bytes[SECRET_PUBLIC_SIZE];
};

/* Once per process, before anything else here. */
MUST_CHECK bool secret_init(struct err *err);
void secret_random(void *bytes, size_t size);
/* size random bytes as base64url. */
void secret_print_token(struct buf *buf, size_t size);
/* argon2id, t=2, m=19 MiB (OWASP's minimum): 11 ms, so never on a loop. */
MUST_CHECK bool secret_hash_password(struct arena *arena, struct str password, struct str *hash,
                                     struct err *err);
bool secret_check_password(struct str hash, struct str password);
/* Reads the key file of the node, or makes it (mode 0600). */
MUST_CHECK bool secret_load_key(struct str path, struct secret_key *key, struct err *err);
void secret_sign(const struct secret_key *key, struct str message,
                 unsigned char signature[SECRET_SIGNATURE_SIZE]);
bool secret_verify(const unsigned char public_bytes[SECRET_PUBLIC_SIZE], struct str message,
                   const unsigned char signature[SECRET_SIGNATURE_SIZE]);

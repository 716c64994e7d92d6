#include "sign/secret.h"

#include "core/arena.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

enum {
    PASSWORD_OPS = 2,
    PASSWORD_MEMORY = 19 * 1024 * 1024,
    KEY_TEXT_LEN = 43, /* the seed, 32 bytes as base64url */
    URL = sodium_base64_VARIANT_URLSAFE_NO_PADDING,
};

bool secret_init(struct err *err)
{
    if (sodium_init() < 0)
        return err_set(err, ERR_BROKEN, "this machine gives no random bytes");
    return true;
}

void secret_random(void *bytes, size_t size)
{
    randombytes_buf(bytes, size);
}

void secret_print_token(struct buf *buf, size_t size)
{
    unsigned char part[48]; /* a multiple of 3: parts join without padding */

    for (size_t at = 0; at < size; at += sizeof part) {
        size_t more = MIN(size - at, sizeof part);
        size_t len = (more * 8 + 5) / 6;

        randombytes_buf(part, more);
        sodium_bin2base64(buf_room(buf, len + 1), len + 1, part, more, URL);
        buf->len += len;
    }
    sodium_memzero(part, sizeof part);
}

bool secret_hash_password(struct arena *arena, struct str password, struct str *hash,
                          struct err *err)
{
    char text[crypto_pwhash_STRBYTES];

    if (crypto_pwhash_str_alg(text, password.ptr, password.len, PASSWORD_OPS, PASSWORD_MEMORY,
                              crypto_pwhash_ALG_ARGON2ID13) != 0)
        return err_set(err, ERR_UNAVAILABLE,
                       "there is not enough memory to check passwords, 19 MB each");
    *hash = str_copy(arena, str_from_z(text));
    return true;
}

bool secret_check_password(struct str hash, struct str password)
{
    const char *typed = password.ptr != NULL ? password.ptr : ""; /* a form without the field */
    char text[crypto_pwhash_STRBYTES] = {0};

    if (hash.len == 0 || hash.len >= sizeof text)
        return false;
    memcpy(text, hash.ptr, hash.len);
    return crypto_pwhash_str_verify(text, typed, password.len) == 0;
}

static bool parse_key(struct str text, struct secret_key *key)
{
    unsigned char seed[crypto_sign_SEEDBYTES];
    size_t len = 0;
    bool ok =
        sodium_base642bin(seed, sizeof seed, text.ptr, text.len, "\n", &len, NULL, URL) == 0 &&
        len == sizeof seed;

    if (ok)
        crypto_sign_seed_keypair(key->public_bytes, key->bytes, seed);
    sodium_memzero(seed, sizeof seed);
    return ok;
}

static bool read_key(const char *path, struct secret_key *key, struct err *err)
{
    char text[KEY_TEXT_LEN + 2] = {0};
    int file = open(path, O_RDONLY | O_CLOEXEC);

    if (file < 0)
        return err_set(err, errno == ENOENT ? ERR_ABSENT : ERR_BROKEN,
                       "the node's key %s cannot be read: %s", path, strerror(errno));
    ssize_t len = read(file, text, sizeof text);
    close(file);
    if (len < 0)
        return err_set(err, ERR_BROKEN, "the node's key %s cannot be read: %s", path,
                       strerror(errno));
    bool ok = parse_key((struct str){text, (size_t)len}, key);
    sodium_memzero(text, sizeof text);
    if (!ok)
        return err_set(err, ERR_BROKEN,
                       "the node's key %s is damaged: put the file back from a backup", path);
    return true;
}

static bool sync_folder(const char *path)
{
    char folder[4096];
    const char *slash = strrchr(path, '/');

    snprintf(folder, sizeof folder, "%.*s", slash != NULL ? (int)(slash - path + 1) : 1,
             slash != NULL ? path : ".");
    int file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = file >= 0 && fsync(file) == 0;
    if (file >= 0)
        close(file);
    return ok;
}

/*
 * Written beside and linked: of two processes that make the key at once one wins and
 * both then read the same one; a crash leaves no half key.
 */
static bool make_key(struct arena *arena, const char *path, struct err *err)
{
    unsigned char seed[crypto_sign_SEEDBYTES];
    char text[KEY_TEXT_LEN + 2];
    struct str beside = str_printf(arena, "%s.%ld", path, (long)getpid());

    randombytes_buf(seed, sizeof seed);
    sodium_bin2base64(text, KEY_TEXT_LEN + 1, seed, sizeof seed, URL);
    text[KEY_TEXT_LEN] = '\n';
    unlink(beside.ptr);
    int file = open(beside.ptr, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool ok = file >= 0 && write(file, text, KEY_TEXT_LEN + 1) == KEY_TEXT_LEN + 1 &&
              fsync(file) == 0 && (link(beside.ptr, path) == 0 || errno == EEXIST);
    int why = errno;
    if (file >= 0)
        close(file);
    unlink(beside.ptr);
    sodium_memzero(text, sizeof text);
    sodium_memzero(seed, sizeof seed);
    if (!ok || !sync_folder(path))
        return err_set(err, ERR_BROKEN, "the node's key %s cannot be written: %s", path,
                       strerror(ok ? errno : why));
    return true;
}

bool secret_load_key(struct str path, struct secret_key *key, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    const char *name = str_to_z(arena, path);

    if (read_key(name, key, err))
        return true;
    if (err->code != ERR_ABSENT)
        return false;
    *err = (struct err){0};
    return make_key(arena, name, err) && read_key(name, key, err);
}

void secret_sign(const struct secret_key *key, struct str message,
                 unsigned char signature[SECRET_SIGNATURE_SIZE])
{
    crypto_sign_detached(signature, NULL, (const unsigned char *)message.ptr, message.len,
                         key->bytes);
}

bool secret_verify(const unsigned char public_bytes[SECRET_PUBLIC_SIZE], struct str message,
                   const unsigned char signature[SECRET_SIGNATURE_SIZE])
{
    return crypto_sign_verify_detached(signature, (const unsigned char *)message.ptr, message.len,
                                       public_bytes) == 0;
}

/* SHA-256 (FIPS 180-4) by OpenSSL, fetched once; and its texts. */
#pragma once

#include "core/buf.h"

enum {
    DIGEST_SIZE = 32,
    DIGEST_TEXT_LEN = 43, /* base64url, no padding */
};

struct digest {
    unsigned char bytes[DIGEST_SIZE];
};

struct digest_stream; /* held from digest_start to digest_finish, which frees it */

struct digest digest_of(struct str bytes);
/* Of parts one after another. */
struct digest digest_of_parts(const struct str *parts, size_t count);
struct digest_stream *digest_start(void);
void digest_add(struct digest_stream *stream, struct str bytes);
struct digest digest_finish(struct digest_stream **stream);
void digest_print(struct buf *buf, const struct digest *digest);     /* base64url */
void digest_print_hex(struct buf *buf, const struct digest *digest); /* lower case */
bool digest_parse(struct str text, struct digest *digest);           /* base64url */
bool digest_equal(const struct digest *a, const struct digest *b);   /* in constant time */

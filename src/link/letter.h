/*
 * What goes between servers besides editions: a line of JSON, and a line that says who signed it.
 *
 *     {"uprava_proposal":1,…}
 *     {"key":"…","signature":"…"}
 *
 * Several may stand behind one another, in a file or a request.  The kind is signed along, so
 * that no letter passes for one of another kind.
 */
#pragma once

#include "core/json.h"
#include "sign/digest.h"
#include "sign/secret.h"

enum {
    LETTER_BODY_MAX = 256 * 1024,
    LETTER_TEXT_MAX = LETTER_BODY_MAX + 4096, /* of one */
    LETTER_MAIL_MAX = 1024 * 1024,            /* of all that go together */
};

struct letter {
    struct str body;   /* JSON in a line */
    struct str digest; /* SHA-256 of it, base64url */
    unsigned char key[SECRET_PUBLIC_SIZE];
    unsigned char signature[SECRET_SIGNATURE_SIZE];
};

/* Bytes as base64url. Only the one way to write them: what differs in a letter is another letter.
 */
bool letter_parse_bytes(struct arena *arena, struct str text, void *bytes, size_t size);
/* Fills digest, key and signature of a body. kind: "report". */
void letter_sign(struct letter *letter, struct arena *arena, const char *kind,
                 const struct secret_key *key);
void letter_print(struct buf *out, const struct letter *letter);
/* The first one of rest, which goes on behind it; texts borrow. ERR_INPUT: it is none. */
MUST_CHECK bool letter_next(struct arena *arena, struct str *rest, struct letter *letter,
                            struct json **json, struct err *err);
/* ERR_INPUT: it is not as it was signed. By whom is the caller's question. */
MUST_CHECK bool letter_check(struct arena *arena, const struct letter *letter, const char *kind,
                             struct err *err);

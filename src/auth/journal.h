/*
 * The journal: one order of all that happened in a tenant, as a hash chain; also the
 * event log others read from.
 *
 * Chained are ids and salted hashes of bodies, so a legal erasure destroys body and salt
 * and the chain stands.  hash(n) = SHA-256(hash(n-1) | fields of n), each with its length
 * (README.md has the bytes).  The head moves with the batch (store.h).  Heads are signed
 * (ed25519) from time to time: an anchor.
 *
 * What registry owes it: every slice that is written has an entry "create" or "change" with
 * the digest of the new body, and record.version and history.known_from are that entry's
 * seq; "delete" has no digest; a legal erasure has an entry "erase".
 */
#pragma once

#include "core/json.h"
#include "sign/secret.h"
#include "store/store.h"

struct journal_entry {
    int64_t seq; /* given by journal_add */
    int64_t at;
    int64_t actor;     /* account; 0 the system, -1 a guest */
    struct str action; /* "create", "change", "delete", "erase", "read", "sign-in", … */
    int64_t no;        /* register's number, 0: none */
    int64_t record;    /* 0: none */
    int64_t cause;     /* import or job that did it, 0: a person directly */
    struct str digest; /* salted hash of the body, base64url; "" when there is none */
    struct str detail; /* JSON, without personal data; ids of a list that was read */
    struct str hash;
};

/* New salt of 16 bytes and digest = SHA-256(salt | body), both base64url into the arena. */
void journal_salt(struct arena *arena, struct str *salt);
struct str journal_digest(struct arena *arena, struct str salt, struct str body);
/* The same into a given buffer of 44 bytes, for bulk work. */
void journal_digest_into(char digest[44], struct str salt, struct str body);

/* Appends; sets entry->seq (not hash). tx must be a write of a tenant. */
MUST_CHECK bool journal_add(struct tx *tx, struct journal_entry *entry, struct err *err);
/* The number the next journal_add of this transaction will give. */
int64_t journal_next(const struct tx *tx);

struct journal_ask {
    int64_t before;     /* entries with a smaller seq; 0: from the end */
    int64_t after;      /* with after > 0: entries with a larger seq, oldest first */
    int64_t actor;      /* 0: any */
    int64_t no, record; /* 0: any */
    bool is_list;       /* of no only those of no single record, the latest first */
    struct str action;  /* "": any */
    int limit;
};
MUST_CHECK bool journal_list(struct tx *tx, struct arena *arena, const struct journal_ask *ask,
                             struct journal_entry **entries, size_t *count, struct err *err);
/* Signs the present head if it moved since the last anchor. */
MUST_CHECK bool journal_anchor(struct tx *tx, const struct secret_key *key, int64_t now,
                               struct err *err);

struct journal_report {
    int64_t bodies;        /* compared with their entries */
    int64_t foreign;       /* anchors signed by another key than ours */
    int64_t entries;       /* read */
    int64_t anchors;       /* good ones */
    int64_t last_anchored; /* seq */
    int64_t bad;           /* the first bad entry, 0: none */
    struct str what;       /* a sentence about it */
};
/*
 * Reads the whole chain in a read transaction, and stops at the first bad entry. True also
 * when it is broken: the report says so.
 */
MUST_CHECK bool journal_verify(struct tx *tx, struct arena *arena,
                               const unsigned char public_key[SECRET_PUBLIC_SIZE],
                               struct journal_report *report, struct err *err);
/* The same of the last 100 entries, the head and the newest anchor: quick, whatever its length.
 * *last_at: of the last entry, 0: none. */
MUST_CHECK bool journal_verify_end(struct tx *tx, struct arena *arena,
                                   const unsigned char public_key[SECRET_PUBLIC_SIZE],
                                   struct journal_report *report, int64_t *last_at,
                                   struct err *err);
/*
 * Every body that is believed, or was, has the digest its entry says, and none is missing.
 * Adds to a report of journal_verify.
 */
MUST_CHECK bool journal_verify_bodies(struct tx *tx, struct arena *arena,
                                      struct journal_report *report, struct err *err);

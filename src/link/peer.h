/*
 * Who is at the other end of a link to another node.
 *
 * A publisher keeps a row for each that reads from another node: it has a number of its own, by
 * which registers are published to it, and an account whose tokens it comes with.  A mirror keeps
 * one row: the publisher it stands for, with the key that was compared by phone.
 */
#pragma once

#include "link/edition.h"
#include "store/store.h"

enum {
    PEER_TITLE_MAX = 400, /* bytes: 200 letters */
};

struct peer {
    int64_t id;    /* of the publisher there; or what we call the reader */
    bool is_above; /* the publisher of a mirror */
    struct str name, title;
    unsigned char key[SECRET_PUBLIC_SIZE]; /* zeros: none yet */
    bool has_key;
    struct str expected;        /* without a key: the fingerprint that was compared by phone */
    int64_t account;            /* below: whose tokens it comes with; 0: nobody's */
    struct str address;         /* above: "https://host/name"; empty: files only */
    struct str token;           /* above */
    int64_t reader;             /* above: what we are called there */
    int64_t tried_at, heard_at; /* 0: never */
    struct str reason;          /* why the last try failed; empty: it did not */
};

/* All of a municipality, those below by name. */
MUST_CHECK bool peer_list(struct tx *tx, struct arena *arena, struct peer **peers, size_t *count,
                          struct err *err);
/* ERR_ABSENT: this is no mirror. */
MUST_CHECK bool peer_above(struct tx *tx, struct arena *arena, struct peer *peer, struct err *err);
/* One below by its name, or by the account it comes with. ERR_ABSENT. */
MUST_CHECK bool peer_below(struct tx *tx, struct arena *arena, struct str name, struct peer *peer,
                           struct err *err);
MUST_CHECK bool peer_of_account(struct tx *tx, struct arena *arena, int64_t account,
                                struct peer *peer, struct err *err);
/*
 * Whether what is signed with key may be believed: it is the peer's, or the first one and has the
 * fingerprint that was entered, or that is given now (typed), or it came over a line (is_line).
 * ERR_DENIED, with the fingerprint to be compared.
 */
MUST_CHECK bool peer_check_key(const struct peer *peer, struct arena *arena,
                               const unsigned char key[SECRET_PUBLIC_SIZE], struct str typed,
                               bool is_line, struct err *err);
/* A reader as a person enters it. */
struct peer_wish {
    struct str name, title;
    int64_t account;        /* 0: none */
    bool keeps_account;     /* as it is */
    struct str fingerprint; /* of its key; empty, or that of the key it has: no change */
    int64_t actor, now;
};
/* In a write: makes or changes it. ERR_INPUT says what is wrong. */
MUST_CHECK bool peer_enter(struct tx *tx, struct arena *arena, const struct peer_wish *wish,
                           struct err *err);
/* In a write. ERR_ABSENT. */
MUST_CHECK bool peer_end(struct tx *tx, struct arena *arena, const struct peer_wish *wish,
                         struct err *err);
/* In a write: the row as it is now. */
MUST_CHECK bool peer_put(struct tx *tx, struct arena *arena, const struct peer *peer,
                         struct err *err);
/* ERR_ABSENT. What was published to it alone is so no more. */
MUST_CHECK bool peer_remove(struct tx *tx, int64_t id, struct err *err);
/* In a write: the one above was asked; reason empty: it answered. */
MUST_CHECK bool peer_note(struct tx *tx, int64_t now, struct str reason, struct err *err);
/* Who is meant by the number of a reader; an empty name: everybody, or one who is gone. */
MUST_CHECK bool peer_party(struct tx *tx, struct store *store, struct arena *arena, int64_t id,
                           struct edition_party *reader, struct err *err);
/* The number of a reader of that name: one below in another node, or in this one's tree.
 * ERR_INPUT; "": all (publication_child). */
MUST_CHECK bool peer_reader(struct tenant *tenant, struct arena *arena, struct str name,
                            struct edition_party *reader, struct err *err);

/*
 * Reports: what a municipality tells the one above it, as a signed JSON document of a named kind
 * for a period, and what comes back: the number of the entry in the receiver's journal.
 *
 * Sent again it is the same report; corrected it is another version.  The one above can be in this
 * node, in another one (over HTTPS, or as a file), and what was sent stays to be seen here.
 *
 * The first kind is "uprava.standing": what the municipality has, and where its journal ends.  So
 * that journal is anchored with somebody else: nobody can rewrite what stands before unnoticed.
 */
#pragma once

#include "link/edition.h"
#include "link/letter.h"
#include "registry/registry.h"

enum {
    REPORT_BODY_MAX = LETTER_BODY_MAX,
    REPORT_TEXT_MAX = LETTER_TEXT_MAX,
};

struct report {
    struct edition_party child;
    struct str kind, period; /* "uprava.standing", "2026-03-02" */
    int64_t version;         /* from 1 */
    int64_t made_at;
    struct str body;   /* JSON: all of these and what it tells */
    struct str digest; /* SHA-256 of the body, base64url */
    unsigned char key[SECRET_PUBLIC_SIZE];
    unsigned char signature[SECRET_SIGNATURE_SIZE];
    int64_t number;      /* in the receiver's journal; 0: it is not known to be there */
    int64_t received_at; /* there */
    int64_t tried_at;
    struct str reason; /* why it could not be sent; or, received, what is wrong about it */
};

struct report_by {
    struct tenant *tenant;
    struct model_library *library;
    const struct secret_key *key;
    struct arena *arena;
    int64_t now;
};

/* Makes the report of today, as a new version when there is one; it is kept, not sent. */
MUST_CHECK bool report_make(const struct report_by *by, struct report *report, struct err *err);
/* Newest first. is_sent: those of the tenant itself; else those it received. */
struct report_page {
    struct report *items;
    size_t count;
};
MUST_CHECK bool report_list(struct tx *tx, struct arena *arena, bool is_sent, int limit,
                            struct report_page *page, struct err *err);
/* Those received that are signed with key. */
MUST_CHECK bool report_signed(struct tx *tx, struct arena *arena,
                              const unsigned char key[SECRET_PUBLIC_SIZE], int limit,
                              struct report_page *page, struct err *err);

/* As it travels, which is a letter. */
void report_print(struct buf *out, const struct report *report);
/* One out of a mail. */
MUST_CHECK bool report_read(struct arena *arena, const struct letter *letter,
                            const struct json *body, struct report *report, struct err *err);
/* ERR_INPUT: it is none, or not as it was signed. Texts are the arena's. */
MUST_CHECK bool report_parse(struct arena *arena, struct str text, struct report *report,
                             struct err *err);
/*
 * In a write of the one above, which has looked whether child may report: fills number.  The same
 * report again gets the number it has; ERR_CONFLICT: another one of that version is here.
 */
MUST_CHECK bool report_receive(struct tx *tx, struct arena *arena, struct report *report,
                               int64_t now, struct err *err);
/* In a write of the sender: it is there, or could not be sent (reason). */
MUST_CHECK bool report_note(struct tx *tx, const struct report *report, struct err *err);
/* In a write of the sender: a receipt says that this very report is there. */
MUST_CHECK bool report_confirm(struct tx *tx, const struct report *report, struct err *err);

/* The last entry of the journal that the one above keeps. */
struct report_anchor {
    int64_t seq; /* 0: none */
    int64_t at;  /* received */
    int64_t number;
    bool is_broken; /* the journal here says something else */
};
MUST_CHECK bool report_anchored(struct tx *tx, struct arena *arena, struct report_anchor *anchor,
                                struct err *err);

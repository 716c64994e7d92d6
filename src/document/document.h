/*
 * Registered documents: a letter with a number of its series, a day, and an address where anybody
 * can ask whether it is genuine.
 *
 * A number is taken in the writer, together with what the letter follows from, so no number is
 * given twice and none is left out.  The letter needs its number in its text, and files are not
 * made in the writer: so it is made and attached after that write, with the next one (decision
 * 0041).  Until then attachment is 0.  A document is never removed: it is revoked, and says so.
 */
#pragma once

#include "registry/attachment.h"

enum {
    DOCUMENT_PAGE = 50,
    DOCUMENT_REASON_MAX = 500,    /* letters */
    DOCUMENT_TOKEN_LEN = 26,      /* id and secret, each as ids are written */
    DOCUMENT_SIGNATURES_MAX = 20, /* of one document */
    DOCUMENT_SIGNATURES_BYTES = 65536,
};

/* What is said of a series: letters/NAME.json (letter_rules.h). */
struct document {
    int64_t id;
    int64_t no, record; /* whose file it is */
    struct str series;
    struct str pattern; /* for document_register: of the number */
    int64_t year, n;
    struct str number; /* "01-12/34" */
    struct str title;  /* msgid, Russian: what kind of document it is */
    int64_t registered_at;
    int64_t registered_on; /* a day */
    int64_t actor;
    int64_t flow; /* that made it; 0: none */
    int token;    /* of the flow, that waits for it */
    int64_t secret;
    int64_t attachment; /* 0: not made yet */
    struct str digest;  /* SHA-256 of the file, hex */
    struct str pdf;     /* "", "wanted", "done"; else a sentence: why there is none */
    int64_t pdf_attachment;
    struct str pdf_digest;
    bool is_revoked;
    struct str reason; /* why it was revoked */
    int64_t revoked_at, revoked_by;
    struct str signatures; /* JSON (signature.h); empty: none */
};

/*
 * In a write. Takes the next number of the series and year; sets id, year, n, number, secret.
 * no, record, series, pattern, title, registered_at, registered_on, actor, flow and token are
 * given. Journalled ("document.register").  May be run again: it takes the number anew.
 */
MUST_CHECK bool document_register(struct tx *tx, struct arena *arena, struct document *document,
                                  struct err *err);
/* In a write: the letter is that file.  ERR_CONFLICT: it was made already, or revoked. */
MUST_CHECK bool document_attach(struct tx *tx, const struct document *document, bool wants_pdf,
                                struct err *err);
/* In a write. Journalled ("document.revoke").  ERR_CONFLICT: it was revoked before. */
MUST_CHECK bool document_revoke(struct tx *tx, struct arena *arena, const struct document *document,
                                struct err *err);
/* In a write: pdf, pdf_attachment and pdf_digest as they stand in document, if it was pdf_was. */
MUST_CHECK bool document_set_pdf(struct tx *tx, const struct document *document, struct str pdf_was,
                                 struct err *err);
/* In a write: signatures, if they were those. ERR_CONFLICT. Journalled ("document.sign"). */
MUST_CHECK bool document_set_signatures(struct tx *tx, struct arena *arena,
                                        const struct document *document, struct str was,
                                        struct err *err);
/* ERR_ABSENT. */
MUST_CHECK bool document_get(struct tx *tx, struct arena *arena, int64_t id,
                             struct document *document, struct err *err);
/* That was registered for that token of the flow, in that series, and is not made yet; id 0: none.
 */
MUST_CHECK bool document_find(struct tx *tx, struct arena *arena, const struct document *of,
                              struct document *document, struct err *err);

struct document_ask {
    struct str number;  /* whose number begins so, in their order; empty: any, the newest before */
    int64_t no, record; /* of one record; 0: any */
    int64_t before;     /* older than that one; 0: from the newest */
    int limit;
    bool wants_pdf; /* those whose PDF is to be made, the oldest before */
};
MUST_CHECK bool document_list(struct tx *tx, struct arena *arena, const struct document_ask *ask,
                              struct document **documents, size_t *count, struct err *err);

/* What stands in the address of its public page. */
struct str document_token(struct arena *arena, const struct document *document);
/* False: it is none. */
bool document_read_token(struct str token, int64_t *id, int64_t *secret);
/* Where the municipality is reached from outside: its setting "address", else its domain; without a
 * slash at the end.  Empty: neither is known. */
struct str document_base(struct arena *arena, const struct catalog *catalog,
                         const struct tenant *tenant);
/* The whole address, for the QR code; empty as above. */
struct str document_address(struct arena *arena, const struct catalog *catalog,
                            const struct tenant *tenant, const struct document *document);

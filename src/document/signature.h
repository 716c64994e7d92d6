/*
 * Detached signatures of a registered document: of its letter or of its PDF, whichever they fit.
 * Each was checked when it was brought, and what was found then is kept beside the document; the
 * signature itself is one more file of the record.
 */
#pragma once

#include "document/document.h"
#include "sign/cms.h"

struct signature {
    int64_t attachment; /* the file */
    bool is_of_pdf;     /* else of the letter */
    int64_t at;         /* when it was brought and checked */
    int64_t actor;
    struct str digest; /* of the signature */
    struct cms_signer *signers;
    size_t count;
};

/* Of a document, as they are kept. */
MUST_CHECK bool signature_list(struct arena *arena, const struct document *document,
                               struct signature **signatures, size_t *count, struct err *err);

/* One that is brought. */
struct signature_adding {
    struct document document;
    struct cms_trusted trusted;
    struct str name;  /* the file's, as uploaded */
    struct str bytes; /* its */
    int64_t actor, now;

    /* Set by signature_prepare. */
    struct attachment file;
    struct str signatures;
};
/* Checks it and keeps its bytes; waits for the disk.  ERR_INPUT, ERR_LIMIT: a sentence for whoever
 * brought it; ERR_CONFLICT: it is there already. */
MUST_CHECK bool signature_prepare(struct tx *read, struct arena *arena,
                                  struct signature_adding *adding, struct err *err);
/* A store_run; data is the struct signature_adding. */
MUST_CHECK bool signature_run(struct tx *tx, void *data, struct err *err);

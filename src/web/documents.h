/*
 * Registered documents over the web: who may see and do what.  Pages and the API share it.
 *
 * Who reads the internal fields of the record a document is a file of reads the document; who may
 * change those, or has the right "documents", revokes and signs it.
 */
#pragma once

#include "document/signature.h"
#include "web/request.h"

struct documents_one {
    struct document document;
    const struct register_type *type;
    struct str record_title; /* without what is personal */
    struct str record_href;  /* empty: the record is gone */
    bool may_change;
};

/* *reads false: for this person there is no such document. */
MUST_CHECK bool documents_tell(struct request *request, const struct document *document,
                               struct documents_one *one, bool *reads, struct err *err);
/* That of parts[part]. ERR_ABSENT also when they may not read it; ERR_DENIED when to_change is
 * wanted and they may only read. */
MUST_CHECK bool documents_find(struct request *request, size_t part, bool to_change,
                               struct documents_one *one, struct err *err);

struct documents_page {
    struct documents_one *items;
    size_t count;
    int64_t next; /* document_ask.before of the next page; 0: none */
    bool is_cut;  /* there are more with that number: it should be typed further */
};
/* Those they may read, of ask (limit: at most DOCUMENT_PAGE). */
MUST_CHECK bool documents_list(struct request *request, struct document_ask *ask,
                               struct documents_page *page, struct err *err);

/* The msgid of what is known of its PDF; empty when there is one, or nobody wanted any. */
struct str documents_pdf_text(const struct document *document);
/* "the certificate is trusted" */
struct str documents_trust_text(struct request *request, enum cms_trust trust);
/* The address of its public page in this municipality. */
struct str documents_public_href(struct request *request, const struct document *document);
/* Of one of its files. */
struct str documents_file_href(struct request *request, const struct documents_one *one,
                               int64_t attachment);

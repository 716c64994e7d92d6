/*
 * PDFs of registered documents, made where an office suite is installed (office.h).  A municipality
 * has one job for that, "document.pdf", which makes all that are wanted, one after the other, and
 * comes again later while another municipality's are being made.  A PDF becomes one more file of
 * the record.
 */
#pragma once

#include "document/document.h"
#include "document/office.h"
#include "queue/worker.h"

/* In a write: the job is due.  worker_wake after the commit. */
MUST_CHECK bool pdf_need(struct tx *tx, int64_t now, struct err *err);
/* In a write: it is wanted again, or at last. Journalled by the file that comes of it. */
MUST_CHECK bool pdf_ask(struct tx *tx, const struct document *document, int64_t now,
                        struct err *err);

/* The job's context. */
struct pdf_context {
    struct office office;
    int64_t (*clock)(void);
};
extern const struct worker_kind pdf_kind;

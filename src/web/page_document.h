/* Registered documents: the register of them for staff, and the page where anybody asks about one.
 */
#pragma once

#include "web/documents.h"
#include "web/route.h"

/* page_document.c: the list, one of them */
bool page_document_list(struct request *request, struct err *err);
bool page_document(struct request *request, struct err *err);
/* The page of one with what is wrong with what was sent; empty: nothing. */
MUST_CHECK bool page_document_show(struct request *request, int status, struct documents_one *one,
                                   struct str fault, struct err *err);

/* page_document_act.c: revoking, a PDF, a signature */
bool page_document_revoke(struct request *request, struct err *err);
bool page_document_pdf(struct request *request, struct err *err);
bool page_document_sign(struct request *request, struct err *err);

/* page_document_ask.c: is it genuine?  For everybody who has its address. */
bool page_document_ask(struct request *request, struct err *err);
bool page_document_ask_post(struct request *request, struct err *err);

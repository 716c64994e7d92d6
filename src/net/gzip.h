/*
 * gzip (RFC 1952) of answers, for those who accept it.  Pages that hold a secret are safe
 * to compress only when the secret is masked anew each time (BREACH): web does that.
 */
#pragma once

#include "core/buf.h"

enum {
    GZIP_LEAST = 1400, /* bytes; a smaller answer fits one packet anyway */
};

/* Whether an Accept-Encoding header names gzip and does not refuse it. */
bool gzip_is_accepted(struct str accept_encoding);
/* Appends the compressed bytes. One stream a thread is kept and used again. */
void gzip_add(struct buf *buf, struct str bytes);

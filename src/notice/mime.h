/*
 * An e-mail as bytes (RFC 5322, 2045, 2047): one text, UTF-8, in base64.
 *
 * Whatever a text holds, it cannot end a header or begin one.  The same notice has the same bytes
 * but for its date, so that a double is recognised by its Message-ID.
 */
#pragma once

#include "core/buf.h"

struct mime {
    struct str from, from_name, to; /* addresses, checked before; the name may be empty */
    struct str reply_to;            /* likewise; may be empty */
    struct str id;                  /* of the message, without < >: "…@example.ru" */
    struct str language;            /* "ru"; may be empty */
    int64_t at;
    struct str subject, body;
};

void mime_print(struct buf *buf, const struct mime *mime);

/*
 * A letter: a text document (.odt) of a pack, written in any office suite, with {{fields}} for what
 * a process knows (letter_text.h).  Fields may stand in the text, in headers and in footers.
 *
 * Pictures but that of the QR code, styles and everything else stay as they are.  No macros, no
 * passwords, nothing is fetched.  The same letter with the same values has the same bytes.
 */
#pragma once

#include "document/letter_text.h"
#include "document/odt_zip.h"

struct letter_odt {
    struct odt_zip zip;
    struct letter_text content, styles; /* content.xml, styles.xml; the latter may be absent */
    struct str picture;                 /* where the QR code goes (letter_picture.h); empty */
};

/* Borrows bytes.  ERR_INPUT, ERR_LIMIT: a sentence for whoever wrote the letter. */
MUST_CHECK bool letter_odt_read(struct arena *arena, struct str bytes, struct letter_odt *letter,
                                struct err *err);
/* values: an object.  qr: a PNG for the picture; empty: that stays.  ERR_LIMIT: it grows too large.
 */
MUST_CHECK bool letter_odt_fill(struct arena *arena, const struct letter_odt *letter,
                                const struct json *values, struct str qr, struct str *bytes,
                                struct err *err);

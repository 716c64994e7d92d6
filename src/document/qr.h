/*
 * QR codes (ISO/IEC 18004) of a text, drawn as pictures: PNG for letters, SVG for pages.
 *
 * Error correction M: a stamp or a fold over a seventh of the code does no harm.  Around it lie
 * four white dots, which readers need.  The same text makes the same bytes.
 */
#pragma once

#include "core/buf.h"
#include "core/err.h"

enum {
    QR_TEXT_MAX = 1024, /* bytes: more cannot be read from paper by a phone */
    QR_MARGIN = 4,      /* white dots on each side */
};

struct qr {
    int width;                 /* dots, without the margin; 0: nothing, a white picture */
    const unsigned char *dots; /* row by row: 1 is dark */
};

/* ERR_INPUT: it is empty, or has a NUL; ERR_LIMIT: it is too long. */
MUST_CHECK bool qr_make(struct arena *arena, struct str text, struct qr *qr, struct err *err);
/* With pixels for each dot. */
void qr_print_png(struct buf *buf, const struct qr *qr, int pixels);
/* An element of its own, for a page or a file: as large as what holds it. label: for those who do
 * not see it. */
void qr_print_svg(struct buf *buf, const struct qr *qr, struct str label);

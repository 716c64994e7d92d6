/*
 * Decimal numbers without binary fractions: a whole number scaled by a power of ten.
 * Texts are plain decimals ("-12.50"), never locale-dependent.
 */
#pragma once

#include "core/buf.h"
#include "core/err.h"

enum {
    NUM_SCALE_MAX = 12,
};

/* A whole number with an optional sign; false when it is none or overflows. */
bool num_parse_int(struct str text, int64_t *value);
/*
 * Any JSON number ("1.25e2") as the whole number value = number * 10^scale;
 * false when digits would be lost or it overflows.
 */
bool num_parse_scaled(struct str text, int scale, int64_t *value);
/* As people type it: "1 234,5", "1234.5", narrow spaces too. Writes the plain form. */
bool num_parse_typed(struct arena *arena, struct str text, struct str *plain);
bool num_parse_double(struct str text, double *value);
/* 1250 at scale 2 is "12.5". */
void num_print_scaled(struct buf *buf, int64_t value, int scale);
/* The shortest plain decimal of a JSON number; false when it has over 34 digits. */
bool num_canonical(struct buf *buf, struct str number);
/* num_canonical would say true. */
bool num_is_short(struct str number);
/* Of JSON numbers, exactly: below, at or above 0. */
int num_compare(struct str a, struct str b);
/* For people: "1 234,5" in ru and ky (narrow no-break space U+202F, comma), "1,234.5" in en. */
void num_print_local(struct buf *buf, struct str plain, struct str language);

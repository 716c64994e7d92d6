/*
 * The numbers of FEEL: decimal128 of IEEE 754 (34 digits, half even), without infinities:
 * what would be one, or no number at all, is a failure.  Texts are plain decimals.
 */
#pragma once

#include "core/buf.h"

enum {
    FEEL_NUMBER_DIGITS = 34,
};

struct feel_number {
    uint64_t words[2]; /* as the library keeps it */
};

enum feel_rounding {
    FEEL_ROUND_HALF_EVEN,
    FEEL_ROUND_DOWN, /* towards minus infinity */
    FEEL_ROUND_UP,
    FEEL_ROUND_TRUNCATE,
    FEEL_ROUND_HALF_UP, /* away from nought */
    FEEL_ROUND_AWAY,
    FEEL_ROUND_HALF_DOWN,
};

struct feel_number feel_number_from_int(int64_t value);
/* "-12.5e3" as JSON writes it, leading and trailing point as FEEL does; false: it is none. */
bool feel_number_parse(struct str text, struct feel_number *number);
/* Without an exponent and needless noughts. */
void feel_number_print(struct buf *buf, struct feel_number number);

bool feel_number_add(struct feel_number a, struct feel_number b, struct feel_number *sum);
bool feel_number_subtract(struct feel_number a, struct feel_number b, struct feel_number *rest);
bool feel_number_multiply(struct feel_number a, struct feel_number b, struct feel_number *product);
/* False when b is nought. */
bool feel_number_divide(struct feel_number a, struct feel_number b, struct feel_number *quotient);
/* a - b * floor(a / b) */
bool feel_number_modulo(struct feel_number a, struct feel_number b, struct feel_number *rest);
bool feel_number_power(struct feel_number a, struct feel_number b, struct feel_number *power);
bool feel_number_sqrt(struct feel_number number, struct feel_number *root);
bool feel_number_exp(struct feel_number number, struct feel_number *power);
bool feel_number_log(struct feel_number number, struct feel_number *log);
/* To that many digits behind the point, or before it when scale is below nought. */
bool feel_number_round(struct feel_number number, int64_t scale, enum feel_rounding rounding,
                       struct feel_number *rounded);
struct feel_number feel_number_negate(struct feel_number number);
/* Below, at or above 0. */
int feel_number_compare(struct feel_number a, struct feel_number b);
int feel_number_sign(struct feel_number number);
/* True when it is whole and fits. */
bool feel_number_int(struct feel_number number, int64_t *value);
/* The same, what is behind the point being dropped. */
bool feel_number_truncated(struct feel_number number, int64_t *value);

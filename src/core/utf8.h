/*
 * UTF-8: the check at the door, letter case, and the keys by which texts are compared.
 *
 * Letter case covers Latin and Cyrillic (with the Kyrgyz letters); other scripts pass
 * unchanged.
 */
#pragma once

#include "core/buf.h"

enum {
    UTF8_KEY_MAX = 240, /* bytes of a sort key at most */
};

/* Well-formed (RFC 3629: shortest form, no surrogates) and without NUL. */
bool utf8_is_valid(struct str text);
/* How many bytes are valid from the start; a code point cut off at the end is not. */
size_t utf8_valid_head(struct str text);
/* Takes one code point off *rest, which must be valid and not empty. */
uint32_t utf8_next(struct str *rest);
void utf8_put(struct buf *buf, uint32_t code);
size_t utf8_length(struct str text); /* code points */
/* The first count code points. */
struct str utf8_head(struct str text, size_t count);
uint32_t utf8_lower(uint32_t code);
uint32_t utf8_upper(uint32_t code);
bool utf8_is_letter(uint32_t code);
bool utf8_is_digit(uint32_t code);

/* Lower case, ё as е: for comparing words. */
void utf8_fold(struct buf *buf, struct str text);

/*
 * A key for equality and order in one: two texts that differ only in case, ё/е or the
 * amount of white space have one key; keys compare bytewise in the order of the Russian
 * and Kyrgyz alphabets (ң after н, ө after о, ү after у), with runs of digits by their
 * value ("д. 5" before "д. 12").  Valid UTF-8, at most UTF8_KEY_MAX bytes; a longer text
 * ends in a hash of the whole, so that different texts keep different keys.
 */
void utf8_key(struct buf *buf, struct str text);

/* CP1251 to UTF-8; undefined bytes become U+FFFD. */
void utf8_from_cp1251(struct buf *buf, struct str bytes);

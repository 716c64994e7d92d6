/*
 * Folding and sort keys; utf8.h tells the contract.
 *
 * How a key is made of a text, code point by code point:
 *  1. white space and control characters: one space for a run, none at the ends;
 *     invisible characters (soft hyphen, zero widths, stress mark) vanish;
 *  2. letters: lower case; ё is е; и and е with a combining breve or diaeresis are й, е;
 *     ң, ө, ү are н, о, у and U+F8FF, which no letter exceeds, so they come after every
 *     word with the plain letter and before the next letter;
 *  3. all double quotes are ", all single ones and apostrophes ', all dashes and minus
 *     signs -; № is # and swallows the space behind it; U+F8FF itself is U+FFFD;
 *  4. a run of digits: without leading zeros, behind a character for how many there are
 *     ('1' to '8', then '9' and three digits), so that more digits come later;
 *  5. when zeros were left out, U+0001 and for each run of digits how many, as a letter
 *     from '0': "05" comes right behind "5", but is not the same;
 *  6. what is longer than UTF8_KEY_MAX is cut and ends in 128 bits of hash of the whole.
 */
#include "core/hash.h"
#include "core/utf8.h"

enum {
    ZEROS_MARK = 0x01,
    HASH_MARK = 0x02,
    HASH_LEN = 1 + 32, /* the mark and two numbers in hexadecimal */
    AFTER_LETTERS = 0xf8ff,
    ZEROS_STEP = 70, /* '0' + 70 is 'v' */
};

static inline bool is_space(uint32_t code)
{
    if (code >= 0x400 && code < 0x1680)
        return false;
    return code <= 0x20 || (code >= 0x7f && code <= 0xa0) || code == 0x1680 ||
           (code >= 0x2000 && code <= 0x200a) || code == 0x2028 || code == 0x2029 ||
           code == 0x202f || code == 0x205f || code == 0x3000;
}

/* Soft hyphen, stress mark, zero-width characters, direction marks, byte order mark. */
static bool is_invisible(uint32_t code)
{
    return code == 0xad || code == 0x301 || (code >= 0x200b && code <= 0x200f) ||
           (code >= 0x202a && code <= 0x202e) || (code >= 0x2060 && code <= 0x2064) ||
           code == 0xfeff;
}

/* Cyrillic letters by hand, since they are most of what comes. */
static inline uint32_t next_code(struct str *rest)
{
    const unsigned char *p = (const unsigned char *)rest->ptr;

    if ((p[0] != 0xd0 && p[0] != 0xd1) || rest->len < 2)
        return utf8_next(rest);
    rest->ptr += 2;
    rest->len -= 2;
    return (p[0] & 0x1fU) << 6 | (p[1] & 0x3fU);
}

/* й and ё in two code points. */
static uint32_t join(struct str *rest, uint32_t code)
{
    if (code == 0x438 && str_starts(*rest, STR("\u0306"))) {
        utf8_next(rest);
        return 0x439;
    }
    if (code == 0x435 && str_starts(*rest, STR("\u0308")))
        utf8_next(rest);
    return code;
}

/* Lower case, ё as е, combining й and ё as one letter. */
static inline uint32_t next_folded(struct str *rest)
{
    uint32_t code = next_code(rest);

    if (code < 0x80)
        return code - 'A' < 26 ? code + 32 : code;
    if (code >= 0x410 && code < 0x430)
        code += 32;
    else if (code < 0x430 || code > 0x44f)
        code = utf8_lower(code);
    if (code == 0x451)
        return 0x435;
    /* Only these two can be followed by a mark that matters; the mark begins with 0xcc. */
    if ((code == 0x438 || code == 0x435) && rest->len > 0 && rest->ptr[0] == (char)0xcc)
        return join(rest, code);
    return code;
}

/* Where there is room. */
static inline void put(struct buf *buf, uint32_t code)
{
    char *out = buf->ptr + buf->len;

    if (code < 0x80) {
        out[0] = (char)code;
        buf->len += 1;
    } else if (code < 0x800) {
        out[0] = (char)(0xc0 | code >> 6);
        out[1] = (char)(0x80 | (code & 0x3f));
        buf->len += 2;
    } else {
        utf8_put(buf, code);
    }
}

void utf8_fold(struct buf *buf, struct str text)
{
    /* No code point folds into a longer one. */
    buf_room(buf, text.len + 4);
    while (text.len > 0) {
        uint32_t code = next_folded(&text);

        if (code < 0xad || !is_invisible(code))
            put(buf, code);
    }
}

static uint32_t plain_sign(uint32_t code)
{
    switch (code) {
    case 0x00ab: /* « » “ ” „ ‟ */
    case 0x00bb:
    case 0x201c:
    case 0x201d:
    case 0x201e:
    case 0x201f:
        return '"';
    case '`':
    case 0x00b4:
    case 0x02bc:
    case 0x2018:
    case 0x2019:
    case 0x201a:
    case 0x201b:
    case 0x2039:
    case 0x203a:
        return '\'';
    case 0x2010: /* hyphens, dashes, minus */
    case 0x2011:
    case 0x2012:
    case 0x2013:
    case 0x2014:
    case 0x2015:
    case 0x2212:
        return '-';
    case 0x2116:
        return '#';
    case AFTER_LETTERS:
        return 0xfffd;
    default:
        return code;
    }
}

static inline void put_letter(struct buf *buf, uint32_t code)
{
    if ((code < 0x80 && code != '`') || (code >= 0x430 && code <= 0x44f)) {
        put(buf, code);
        return;
    }
    switch (code) {
    case 0x04a3: /* ң */
        put(buf, 0x43d);
        break;
    case 0x04e9: /* ө */
        put(buf, 0x43e);
        break;
    case 0x04af: /* ү */
        put(buf, 0x443);
        break;
    default:
        put(buf, plain_sign(code));
        return;
    }
    utf8_put(buf, AFTER_LETTERS);
}

static struct str take_digits(struct str *rest)
{
    size_t len = 0;

    while (len < rest->len && utf8_is_digit((unsigned char)rest->ptr[len]))
        len++;

    struct str digits = str_slice(*rest, 0, len);
    *rest = str_slice(*rest, len, rest->len);
    return digits;
}

static size_t leading_zeros(struct str digits)
{
    size_t zeros = 0;

    while (zeros + 1 < digits.len && digits.ptr[zeros] == '0')
        zeros++;
    return zeros;
}

/* Takes a run of digits; true when zeros were left out. */
static bool put_number(struct buf *buf, struct str *rest)
{
    struct str digits = take_digits(rest);
    size_t zeros = leading_zeros(digits);
    struct str value = str_slice(digits, zeros, digits.len);

    if (value.len < 9)
        put(buf, '0' + (uint32_t)value.len);
    else
        buf_printf(buf, "9%03zu", MIN(value.len, (size_t)999));
    buf_add(buf, value);
    return zeros > 0;
}

/* Rule 5. */
static void put_zeros(struct buf *buf, struct str text)
{
    buf_char(buf, ZEROS_MARK);
    while (text.len > 0) {
        if (!utf8_is_digit((unsigned char)text.ptr[0])) {
            text = str_slice(text, 1, text.len);
            continue;
        }
        size_t zeros = leading_zeros(take_digits(&text));
        for (; zeros >= ZEROS_STEP; zeros -= ZEROS_STEP)
            buf_char(buf, '0' + ZEROS_STEP);
        buf_char(buf, (char)('0' + zeros));
    }
}

/* Rules 1 to 4; true when zeros were left out. */
static bool put_body(struct buf *buf, struct str text)
{
    size_t start = buf->len;
    bool has_zeros = false;
    bool has_space = false; /* one is due before the next character */
    bool was_number_sign = false;

    while (text.len > 0) {
        unsigned char c = (unsigned char)text.ptr[0];

        if (utf8_is_digit(c)) {
            if (has_space && buf->len > start && !was_number_sign)
                buf_char(buf, ' ');
            has_space = was_number_sign = false;
            has_zeros |= put_number(buf, &text);
            continue;
        }
        uint32_t code = next_folded(&text);
        if (code >= 0xad && (code < 0x400 || code > 0x52f) && is_invisible(code))
            continue;
        if (is_space(code)) {
            has_space = true;
            continue;
        }
        if (has_space && buf->len > start && !was_number_sign)
            buf_char(buf, ' ');
        has_space = false;
        was_number_sign = code == 0x2116;
        put_letter(buf, code);
    }
    return has_zeros;
}

/* Rule 6.  The hash is the same in every process: keys are stored. */
static void shorten(struct buf *buf, size_t start)
{
    struct str whole = {buf->ptr + start, buf->len - start};
    uint64_t one = hash_keyed(whole, 0x7570726176612d31, 0x6b65792d6f6e652d);
    uint64_t two = hash_keyed(whole, 0x7570726176612d32, 0x6b65792d74776f2d);
    size_t len = UTF8_KEY_MAX - HASH_LEN;

    while (((unsigned char)whole.ptr[len] & 0xc0) == 0x80)
        len--;
    buf->len = start + len;
    buf_printf(buf, "%c%016llx%016llx", HASH_MARK, (unsigned long long)one,
               (unsigned long long)two);
}

void utf8_key(struct buf *buf, struct str text)
{
    size_t start = buf->len;

    /* ң takes most, five bytes for two; a digit alone takes two. */
    buf_room(buf, text.len * 3 + 16);
    if (put_body(buf, text))
        put_zeros(buf, text);
    if (buf->len - start > UTF8_KEY_MAX)
        shorten(buf, start);
}

#include "core/utf8.h"

#include <string.h>

static bool is_tail(unsigned char c)
{
    return (c & 0xc0) == 0x80;
}

/* Bytes of the well-formed code point at the start of text; 0 when it is none. */
static size_t code_len(const unsigned char *p, size_t len)
{
    if (p[0] < 0x80)
        return p[0] != 0;
    if (p[0] < 0xc2 || p[0] > 0xf4)
        return 0;
    if (p[0] < 0xe0)
        return len >= 2 && is_tail(p[1]) ? 2 : 0;
    if (len < 3 || !is_tail(p[1]) || !is_tail(p[2]))
        return 0;
    if (p[0] < 0xf0) {
        bool is_longer_than_needed = p[0] == 0xe0 && p[1] < 0xa0;
        bool is_surrogate = p[0] == 0xed && p[1] > 0x9f;

        return is_longer_than_needed || is_surrogate ? 0 : 3;
    }
    if (len < 4 || !is_tail(p[3]))
        return 0;
    return (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f) ? 0 : 4;
}

/*
 * The check as a machine of nine states, without a branch for each byte: a row has, for
 * each state, the next one, six bits each, and a state is how far to shift.  (Text of
 * Cyrillic words and spaces would make a branch guess wrong at each word.)
 */
enum state {
    WHOLE = 0, /* between code points */
    WRONG = 6,
    TAIL_1 = 12, /* so many are to come */
    TAIL_2 = 18,
    TAIL_3 = 24,
    AFTER_E0 = 30, /* the next byte has a narrower range */
    AFTER_ED = 36,
    AFTER_F0 = 42,
    AFTER_F4 = 48,
};

#define GO(from, to) ((uint64_t)(to) << (from))
/* From everywhere to WRONG, before what is allowed is added; xor turns WRONG into it. */
#define ALL_WRONG                                                                                  \
    (GO(WHOLE, WRONG) | GO(WRONG, WRONG) | GO(TAIL_1, WRONG) | GO(TAIL_2, WRONG) |                 \
     GO(TAIL_3, WRONG) | GO(AFTER_E0, WRONG) | GO(AFTER_ED, WRONG) | GO(AFTER_F0, WRONG) |         \
     GO(AFTER_F4, WRONG))
#define ALLOW(from, to) GO(from, (to) ^ WRONG)
#define TAILS           (ALLOW(TAIL_1, WHOLE) ^ ALLOW(TAIL_2, TAIL_1) ^ ALLOW(TAIL_3, TAIL_2))

enum kind {
    BAD, /* 00, C0, C1, F5 to FF */
    ASCII,
    TAIL_80,
    TAIL_90,
    TAIL_A0,
    LEAD_2,
    LEAD_E0,
    LEAD_3,
    LEAD_ED,
    LEAD_F0,
    LEAD_4,
    LEAD_F4,
};

static const uint64_t ROWS[] = {
    [BAD] = ALL_WRONG,
    [ASCII] = ALL_WRONG ^ ALLOW(WHOLE, WHOLE),
    [TAIL_80] = ALL_WRONG ^ TAILS ^ ALLOW(AFTER_ED, TAIL_1) ^ ALLOW(AFTER_F4, TAIL_2),
    [TAIL_90] = ALL_WRONG ^ TAILS ^ ALLOW(AFTER_ED, TAIL_1) ^ ALLOW(AFTER_F0, TAIL_2),
    [TAIL_A0] = ALL_WRONG ^ TAILS ^ ALLOW(AFTER_E0, TAIL_1) ^ ALLOW(AFTER_F0, TAIL_2),
    [LEAD_2] = ALL_WRONG ^ ALLOW(WHOLE, TAIL_1),
    [LEAD_E0] = ALL_WRONG ^ ALLOW(WHOLE, AFTER_E0),
    [LEAD_3] = ALL_WRONG ^ ALLOW(WHOLE, TAIL_2),
    [LEAD_ED] = ALL_WRONG ^ ALLOW(WHOLE, AFTER_ED),
    [LEAD_F0] = ALL_WRONG ^ ALLOW(WHOLE, AFTER_F0),
    [LEAD_4] = ALL_WRONG ^ ALLOW(WHOLE, TAIL_3),
    [LEAD_F4] = ALL_WRONG ^ ALLOW(WHOLE, AFTER_F4),
};

#define FOUR(kind)    kind, kind, kind, kind
#define SIXTEEN(kind) FOUR(kind), FOUR(kind), FOUR(kind), FOUR(kind)
static const uint8_t KINDS[256] = {
    BAD,
    ASCII,
    ASCII,
    ASCII,
    FOUR(ASCII),
    FOUR(ASCII),
    FOUR(ASCII),
    SIXTEEN(ASCII),
    SIXTEEN(ASCII),
    SIXTEEN(ASCII),
    SIXTEEN(ASCII),
    SIXTEEN(ASCII),
    SIXTEEN(ASCII),
    SIXTEEN(ASCII),
    SIXTEEN(TAIL_80),
    SIXTEEN(TAIL_90),
    SIXTEEN(TAIL_A0),
    SIXTEEN(TAIL_A0),
    BAD,
    BAD,
    LEAD_2,
    LEAD_2,
    FOUR(LEAD_2),
    FOUR(LEAD_2),
    FOUR(LEAD_2),
    SIXTEEN(LEAD_2),
    LEAD_E0,
    LEAD_3,
    LEAD_3,
    LEAD_3,
    FOUR(LEAD_3),
    FOUR(LEAD_3),
    LEAD_3,
    LEAD_ED,
    LEAD_3,
    LEAD_3,
    LEAD_F0,
    LEAD_4,
    LEAD_4,
    LEAD_4,
    LEAD_F4,
    BAD,
    BAD,
    BAD,
    FOUR(BAD),
    FOUR(BAD),
};

static inline uint64_t run(uint64_t state, const unsigned char *p, size_t len)
{
    for (size_t i = 0; i < len; i++)
        state = ROWS[KINDS[p[i]]] >> (state & 63);
    return state & 63;
}

enum {
    PIECE = 32, /* looked at together */
};

/* Bytes from 0x01 to 0x7f only. */
static inline bool is_plain(const unsigned char *p)
{
    uint64_t words[PIECE / 8];
    uint64_t found = 0;

    memcpy(words, p, sizeof words);
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        found |= (words[i] - 0x0101010101010101) | words[i];
    return (found & 0x8080808080808080) == 0;
}

size_t utf8_valid_head(struct str text)
{
    /* The empty text may have no address, and C forbids to add even 0 to that. */
    const unsigned char *p = (const unsigned char *)(text.len > 0 ? text.ptr : "");
    uint64_t state = WHOLE;
    size_t at = 0;

    for (; text.len - at >= PIECE && state != WRONG; at += PIECE)
        if (state != WHOLE || !is_plain(p + at))
            state = run(state, p + at, PIECE);
    if (state != WRONG)
        state = run(state, p + at, text.len - at);
    if (state == WHOLE)
        return text.len;

    /* Where: from the start, since wrong texts are rare and refused. */
    for (at = 0; at < text.len;) {
        size_t len = code_len(p + at, text.len - at);

        if (len == 0)
            break;
        at += len;
    }
    return at;
}

bool utf8_is_valid(struct str text)
{
    return utf8_valid_head(text) == text.len;
}

uint32_t utf8_next(struct str *rest)
{
    const unsigned char *p = (const unsigned char *)rest->ptr;
    size_t len = p[0] < 0x80 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
    uint32_t code = len == 1 ? p[0] : p[0] & (0xffU >> (len + 1));

    /* An invalid text gives nonsense, but never a byte beyond its end. */
    len = MIN(len, rest->len);
    for (size_t i = 1; i < len; i++)
        code = code << 6 | (p[i] & 0x3fU);
    rest->ptr += len;
    rest->len -= len;
    return code;
}

void utf8_put(struct buf *buf, uint32_t code)
{
    char *out = buf_room(buf, 4);

    if (code < 0x80) {
        out[0] = (char)code;
        buf->len += 1;
    } else if (code < 0x800) {
        out[0] = (char)(0xc0 | code >> 6);
        out[1] = (char)(0x80 | (code & 0x3f));
        buf->len += 2;
    } else if (code < 0x10000) {
        out[0] = (char)(0xe0 | code >> 12);
        out[1] = (char)(0x80 | (code >> 6 & 0x3f));
        out[2] = (char)(0x80 | (code & 0x3f));
        buf->len += 3;
    } else {
        out[0] = (char)(0xf0 | code >> 18);
        out[1] = (char)(0x80 | (code >> 12 & 0x3f));
        out[2] = (char)(0x80 | (code >> 6 & 0x3f));
        out[3] = (char)(0x80 | (code & 0x3f));
        buf->len += 4;
    }
}

size_t utf8_length(struct str text)
{
    size_t count = 0;

    for (size_t i = 0; i < text.len; i++)
        count += !is_tail((unsigned char)text.ptr[i]);
    return count;
}

struct str utf8_head(struct str text, size_t count)
{
    size_t at = 0;

    for (; at < text.len; at++)
        if (!is_tail((unsigned char)text.ptr[at]) && count-- == 0)
            break;
    return str_slice(text, 0, at);
}

/* 0x80 to 0xbf; 0xc0 to 0xff are А to я in order. */
static const uint16_t CP1251[] = {
    0x0402, 0x0403, 0x201a, 0x0453, 0x201e, 0x2026, 0x2020, 0x2021, 0x20ac, 0x2030, 0x0409,
    0x2039, 0x040a, 0x040c, 0x040b, 0x040f, 0x0452, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0xfffd, 0x2122, 0x0459, 0x203a, 0x045a, 0x045c, 0x045b, 0x045f, 0x00a0,
    0x040e, 0x045e, 0x0408, 0x00a4, 0x0490, 0x00a6, 0x00a7, 0x0401, 0x00a9, 0x0404, 0x00ab,
    0x00ac, 0x00ad, 0x00ae, 0x0407, 0x00b0, 0x00b1, 0x0406, 0x0456, 0x0491, 0x00b5, 0x00b6,
    0x00b7, 0x0451, 0x2116, 0x0454, 0x00bb, 0x0458, 0x0405, 0x0455, 0x0457,
};

void utf8_from_cp1251(struct buf *buf, struct str bytes)
{
    /* Three bytes at most come of one (U+201A and the like). */
    buf_room(buf, bytes.len * 3 + 4);
    for (size_t i = 0; i < bytes.len; i++) {
        unsigned char c = (unsigned char)bytes.ptr[i];

        if (c == 0)
            utf8_put(buf, 0xfffd); /* no text of ours holds a NUL */
        else if (c < 0x80)
            utf8_put(buf, c);
        else
            utf8_put(buf, c < 0xc0 ? CP1251[c - 0x80] : 0x410U + (c - 0xc0U));
    }
}

/* Letters and their case; utf8.h tells the contract. */
#include "core/utf8.h"

enum pairing {
    UPPER_EVEN, /* upper and lower stand side by side, upper at even codes */
    UPPER_ODD,
};

struct pairs {
    uint16_t first;
    uint16_t last;
    enum pairing pairing;
};

/* Where upper and lower alternate, sorted. */
static const struct pairs PAIRS[] = {
    {0x0100, 0x012f, UPPER_EVEN}, {0x0132, 0x0137, UPPER_EVEN}, {0x0139, 0x0148, UPPER_ODD},
    {0x014a, 0x0177, UPPER_EVEN}, {0x0179, 0x017e, UPPER_ODD},  {0x01cd, 0x01dc, UPPER_ODD},
    {0x01de, 0x01ef, UPPER_EVEN}, {0x01f8, 0x021f, UPPER_EVEN}, {0x0222, 0x0233, UPPER_EVEN},
    {0x0246, 0x024f, UPPER_EVEN}, {0x0460, 0x0481, UPPER_EVEN}, {0x048a, 0x04bf, UPPER_EVEN},
    {0x04c1, 0x04ce, UPPER_ODD},  {0x04d0, 0x052f, UPPER_EVEN}, {0x1e00, 0x1e95, UPPER_EVEN},
    {0x1ea0, 0x1eff, UPPER_EVEN}, {0xa640, 0xa66d, UPPER_EVEN}, {0xa680, 0xa69b, UPPER_EVEN},
};

struct shift {
    uint16_t first; /* the upper ones */
    uint16_t last;
    uint16_t by;
};

/* Where the lower letters stand in a block of their own, at a distance. */
static const struct shift SHIFTS[] = {
    {0x0041, 0x005a, 32}, {0x00c0, 0x00d6, 32}, {0x00d8, 0x00de, 32},
    {0x0400, 0x040f, 80}, {0x0410, 0x042f, 32}, {0x04c0, 0x04c0, 15},
};

static const struct pairs *find_pairs(uint32_t code)
{
    for (size_t i = 0; i < ARRAY_LEN(PAIRS) && code >= PAIRS[i].first; i++)
        if (code <= PAIRS[i].last)
            return &PAIRS[i];
    return NULL;
}

static bool is_upper_of(const struct pairs *pairs, uint32_t code)
{
    return (code % 2 == 0) == (pairs->pairing == UPPER_EVEN);
}

uint32_t utf8_lower(uint32_t code)
{
    if (code < 0x80)
        return code >= 'A' && code <= 'Z' ? code + 32 : code;
    if (code >= 0x430 && code <= 0x45f)
        return code;
    for (size_t i = 0; i < ARRAY_LEN(SHIFTS); i++)
        if (code >= SHIFTS[i].first && code <= SHIFTS[i].last)
            return code + SHIFTS[i].by;

    const struct pairs *pairs = find_pairs(code);
    if (pairs != NULL)
        return is_upper_of(pairs, code) ? code + 1 : code;
    switch (code) {
    case 0x0130: /* İ */
        return 'i';
    case 0x0178: /* Ÿ */
        return 0x00ff;
    case 0x1e9e: /* ẞ */
        return 0x00df;
    default:
        return code;
    }
}

uint32_t utf8_upper(uint32_t code)
{
    if (code < 0x80)
        return code >= 'a' && code <= 'z' ? code - 32 : code;
    for (size_t i = 0; i < ARRAY_LEN(SHIFTS); i++)
        if (code >= SHIFTS[i].first + (uint32_t)SHIFTS[i].by &&
            code <= SHIFTS[i].last + (uint32_t)SHIFTS[i].by)
            return code - SHIFTS[i].by;

    const struct pairs *pairs = find_pairs(code);
    if (pairs != NULL)
        return is_upper_of(pairs, code) ? code : code - 1;
    switch (code) {
    case 0x00ff: /* ÿ */
        return 0x0178;
    case 0x0131: /* ı */
        return 'I';
    case 0x017f: /* ſ */
        return 'S';
    default:
        return code;
    }
}

struct span {
    uint32_t first;
    uint32_t last;
};

/* Scripts whose words a town may have to search; sorted. Marks and signs are no letters. */
static const struct span LETTERS[] = {
    {'A', 'Z'},
    {'a', 'z'},
    {0x00aa, 0x00aa},
    {0x00b5, 0x00b5},
    {0x00ba, 0x00ba},
    {0x00c0, 0x00d6},
    {0x00d8, 0x00f6},
    {0x00f8, 0x02c1},
    {0x0370, 0x0373},
    {0x0376, 0x0377},
    {0x037b, 0x037d},
    {0x037f, 0x037f},
    {0x0386, 0x0386},
    {0x0388, 0x03f5},
    {0x03f7, 0x0481},
    {0x048a, 0x052f},
    {0x0531, 0x0556},
    {0x0560, 0x0588},
    {0x05d0, 0x05ea},
    {0x0620, 0x064a},
    {0x066e, 0x066f},
    {0x0671, 0x06d3},
    {0x10a0, 0x10c5},
    {0x10d0, 0x10fa},
    {0x10fc, 0x10ff},
    {0x1c80, 0x1c88},
    {0x1e00, 0x1fbc},
    {0x3041, 0x3096},
    {0x30a1, 0x30fa},
    {0x3400, 0x4dbf},
    {0x4e00, 0x9fff},
    {0xa640, 0xa66e},
    {0xa680, 0xa69d},
    {0xac00, 0xd7a3},
    {0xff21, 0xff3a},
    {0xff41, 0xff5a},
    {0x00020000, 0x0002ffff},
};

bool utf8_is_letter(uint32_t code)
{
    for (size_t i = 0; i < ARRAY_LEN(LETTERS) && code >= LETTERS[i].first; i++)
        if (code <= LETTERS[i].last)
            return true;
    return false;
}

bool utf8_is_digit(uint32_t code)
{
    return code >= '0' && code <= '9';
}

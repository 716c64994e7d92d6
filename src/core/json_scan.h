/* For json_parse.c and json_write.c: how far a text needs no escape. */
#pragma once

#include <string.h>

#include "core/core.h"

/*
 * The first quote, backslash or control character of eight bytes, as a mask: the lowest
 * bit set is in the first such byte; bytes above it may be marked wrongly.  (A borrow
 * only leaves a byte that is itself found.)
 */
static inline uint64_t json_scan_word(uint64_t word)
{
    const uint64_t ones = 0x0101010101010101;
    uint64_t quote = word ^ ones * '"';
    uint64_t slash = word ^ ones * '\\';

    return (((quote - ones) & ~quote) | ((slash - ones) & ~slash) | ((word - ones * ' ') & ~word)) &
           ones * 0x80;
}

/* How many bytes stand before the lowest bit of a mask: its bits below, one a byte. */
static inline size_t json_scan_bytes(uint64_t mask)
{
    const uint64_t ones = 0x0101010101010101;

    return (size_t)(((((mask - 1) & ~mask) & ones) * ones) >> 56) - 1;
}

static inline bool json_scan_stops(char c)
{
    return (unsigned char)c < ' ' || c == '"' || c == '\\';
}

/* Where the plain run ends: at a quote, a backslash, a control character or the end. */
static inline const char *json_scan_plain(const char *at, const char *end)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    while (end - at >= 8) {
        uint64_t word;

        memcpy(&word, at, sizeof word);
        uint64_t mask = json_scan_word(word);
        if (mask != 0)
            return at + json_scan_bytes(mask);
        at += 8;
    }
#endif
    while (at < end && !json_scan_stops(*at))
        at++;
    return at;
}

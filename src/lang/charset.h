/* A set of characters in a pattern: "[а-яё]", "\d", ".".  Made by pattern.c. */
#pragma once

#include "core/vec.h"

enum charset_kind {
    CHARSET_RANGE, /* low to high */
    CHARSET_DIGIT,
    CHARSET_WORD,
    CHARSET_SPACE,
    CHARSET_LETTER,
    CHARSET_UPPER,
    CHARSET_LOWER,
    CHARSET_NUMBER,
    CHARSET_LINE_END,
};

struct charset_part {
    enum charset_kind kind;
    bool is_negated;
    uint32_t low;
    uint32_t high;
};

struct charset {
    bool is_negated;
    VEC(struct charset_part) parts; /* the set is their union */
};

bool charset_has(const struct charset *set, uint32_t code);

#include "lang/charset.h"

#include "core/utf8.h"

static bool is_line_end(uint32_t code)
{
    return code == '\n' || code == '\r' || code == 0x2028 || code == 0x2029;
}

/* ECMA-262 22.2.2.9: WhiteSpace and LineTerminator. */
static bool is_space(uint32_t code)
{
    return (code >= '\t' && code <= '\r') || code == ' ' || code == 0xa0 || code == 0x1680 ||
           (code >= 0x2000 && code <= 0x200a) || is_line_end(code) || code == 0x202f ||
           code == 0x205f || code == 0x3000 || code == 0xfeff;
}

static bool is_word(uint32_t code)
{
    return (code >= '0' && code <= '9') || (code >= 'A' && code <= 'Z') || code == '_' ||
           (code >= 'a' && code <= 'z');
}

static bool part_has(const struct charset_part *part, uint32_t code)
{
    switch (part->kind) {
    case CHARSET_RANGE:
        return code >= part->low && code <= part->high;
    case CHARSET_DIGIT:
        return code >= '0' && code <= '9';
    case CHARSET_WORD:
        return is_word(code);
    case CHARSET_SPACE:
        return is_space(code);
    case CHARSET_LETTER:
        return utf8_is_letter(code);
    case CHARSET_UPPER:
        return utf8_lower(code) != code;
    case CHARSET_LOWER:
        return utf8_upper(code) != code;
    case CHARSET_NUMBER:
        return utf8_is_digit(code);
    case CHARSET_LINE_END:
        return is_line_end(code);
    }
    return false;
}

bool charset_has(const struct charset *set, uint32_t code)
{
    for (size_t i = 0; i < set->parts.count; i++)
        if (part_has(&set->parts.items[i], code) != set->parts.items[i].is_negated)
            return !set->is_negated;
    return set->is_negated;
}

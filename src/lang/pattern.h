/*
 * Patterns of schemas: a subset of ECMA-262 regular expressions (with the "u" flag) that
 * is matched in time linear in the text, whatever the pattern.
 *
 * Understood: literals, . [a-z] [^…] ^ $ (…) (?:…) | * + ? {m} {m,} {m,n}, lazy forms,
 * \d \D \w \W \s \S, \p{L} \p{Lu} \p{Ll} \p{N} and \P of them, \t \n \r \f \v \xHH \uHHHH
 * \u{H…} and a backslash before punctuation.  Refused, with an error: back references,
 * look-around, \b, named groups.  Letters and their case are those core/utf8.h knows.
 * Nothing is captured: the answer is yes or no.
 */
#pragma once

#include "core/err.h"
#include "core/str.h"

enum {
    PATTERN_TEXT_MAX = 1000,  /* bytes of a pattern */
    PATTERN_STEPS_MAX = 2000, /* steps it may be compiled to: bounds the time per character */
    PATTERN_REPEAT_MAX = 1000,
    PATTERN_DEPTH_MAX = 32, /* groups within groups */
};

struct arena;
struct pattern;

/* err says what is wrong and where ("character 5: …"). text must be valid UTF-8. */
MUST_CHECK bool pattern_compile(struct arena *arena, struct str text, struct pattern **pattern,
                                struct err *err);
/* True when the pattern occurs anywhere in text (valid UTF-8), as in ECMA-262. */
bool pattern_matches(const struct pattern *pattern, struct str text);

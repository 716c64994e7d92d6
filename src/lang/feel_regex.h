/*
 * Regular expressions as FEEL has them: those of XPath (XQuery 1.0 and XPath 2.0 Functions, 7.6),
 * translated for PCRE2 and matched within limits.  What XPath does not know is refused:
 * look-around, named groups, \b and the rest of PCRE's own.
 */
#pragma once

#include "core/err.h"
#include "core/str.h"

struct arena;
struct feel_regex;

enum {
    FEEL_REGEX_GROUPS_MAX = 99,
    FEEL_REGEX_PATTERN_MAX = 8 * 1024,
};

/* Where a match and its groups begin and end, in bytes; -1: the group took no part. */
struct feel_regex_match {
    size_t groups; /* with the whole */
    int64_t begins[FEEL_REGEX_GROUPS_MAX + 1];
    int64_t ends[FEEL_REGEX_GROUPS_MAX + 1];
};

/* flags: any of s m i x q. */
MUST_CHECK bool feel_regex_open(struct arena *arena, struct str pattern, struct str flags,
                                struct feel_regex **regex, struct err *err);
/* For CLEANUP. */
void feel_regex_close(struct feel_regex **regex);
/* From byte start on.  *found tells; false when a limit was met. */
MUST_CHECK bool feel_regex_find(struct feel_regex *regex, struct str text, size_t start,
                                bool *found, struct feel_regex_match *match, struct err *err);

/*
 * What is said of a term (core/term.h) in the language of who reads: a sentence that tells how its
 * end was found, "30 days from 3 March 2026, paused on 5 March 2026 (Rosreestr was asked), goes on
 * from 12 March 2026: 9 April 2026", and a short one for lists, "3 working days are left".
 */
#pragma once

#include "core/term.h"
#include "lang/messages.h"

struct term_wording {
    struct arena *arena;
    const struct messages *messages;
    /* What it runs from, already translated, with %s for the date: "from registration on %s";
     * "": "from %s". */
    struct str event;
};

/* "10 working days": how long it is. */
struct str term_wording_length(const struct term_wording *wording, const struct term *term);
struct str term_wording_long(const struct term_wording *wording, const struct term *term,
                             const struct term_result *result);
struct str term_wording_short(const struct term_wording *wording, struct term_rest rest);
/* "9 April 2026"; of hours "9 April 2026, 15:00". */
struct str term_wording_due(const struct term_wording *wording, const struct term *term,
                            const struct term_result *result);
/* "9 April 2026". */
struct str term_wording_day(const struct term_wording *wording, int64_t day);
/* For a coloured mark: "bad" overdue, "warn" on the last day or with one left, "" else. */
const char *term_wording_colour(struct term_rest rest);

/*
 * Refusals that name numbers, places or keys, in the reader's language: the sentence that link and
 * registry write in English is found again among the patterns, and what stood in it is put into
 * the pattern's translation.  A sentence that is none of them stays as it is.
 */
#pragma once

#include "web/request.h"

struct str refusal_text(const struct request *request, struct str text);
/* Whether text is what pattern says, with parts for each %s; at most REFUSAL_PARTS. */
enum {
    REFUSAL_PARTS = 4,
};
bool refusal_match(struct str pattern, struct str text, struct str parts[REFUSAL_PARTS]);

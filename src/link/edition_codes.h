/*
 * How a publisher calls the codes in its records, on the way in an edition: beside the first
 * record of a piece that holds one.  So each piece can be read without those before, and a
 * mirror, whose packs may be older, calls them as the publisher does.
 */
#pragma once

#include "core/map.h"
#include "link/edition.h"
#include "registry/catalog.h"

/* Of a piece that is being written. */
struct edition_codes {
    struct arena *arena;
    const struct catalog *catalog; /* the publisher's */
    const struct register_type *type;
    const bool *shows; /* by field: whether it is published */
    struct map told;   /* what stands in the piece already */
};

/* Puts beside the slice what was not told yet of its codes. */
void edition_codes_tell(struct edition_codes *codes, struct edition_slice *slice);

struct edition_codes_taking {
    struct tenant *mirror;
    struct model_library *library;
    const struct register_type *type; /* the mirror's */
    int64_t now;
};
/* In a write of its own, before the records: words are made of titles. *has_new: the catalog is
 * another now. */
MUST_CHECK bool edition_codes_take(const struct edition_codes_taking *taking,
                                   const struct edition_piece *piece, bool *has_new,
                                   struct err *err);

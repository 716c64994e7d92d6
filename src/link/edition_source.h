/*
 * An edition out of its publisher's tables, piece by piece.
 *
 * What was known at a number of the journal stands in record and history for ever, so a piece
 * can be asked for at any time, of any edition, each in a read of its own: nothing is held
 * between two pieces, and a slow reader hinders nobody.
 */
#pragma once

#include "link/edition.h"
#include "registry/publication.h"

struct edition_wish {
    struct str register_id;
    struct edition_party reader; /* somebody it is published to */
    int64_t since;               /* the edition that the reader has; 0: none */
    struct str chain;            /* of that one, as the reader knows it; empty: not asked */
    int64_t no;                  /* which one; 0: the newest */
    bool is_strict;              /* rather fail than give the whole where since cannot be met */
};

struct edition_source {
    struct tenant *publisher;
    const struct secret_key *key;
    const struct catalog *catalog;
    const struct register_type *type;
    struct publication publication;
    const struct record_filter *filters;
    size_t filter_count;
    struct arena *arena;
    struct edition_head head;
    bool is_scan; /* a difference that is found by reading all */
};

struct edition_by {
    struct tenant *publisher;
    struct model_library *library;
    const struct secret_key *key;
    struct arena *arena;
};

/* ERR_ABSENT: no such register or edition; ERR_DENIED: it is not published to this reader;
 * ERR_CONFLICT with is_strict. The head's line goes to out. */
MUST_CHECK bool edition_source_open(const struct edition_by *by, const struct edition_wish *wish,
                                    struct edition_source *source, struct buf *out,
                                    struct err *err);
/* The piece behind that id, with its seal; piece: without its slices. */
MUST_CHECK bool edition_source_next(const struct edition_source *source, int64_t after,
                                    struct buf *out, struct edition_piece *piece, struct err *err);
/* A digest of the kinds of these fields: two packs that agree in it can exchange records. ERR_INPUT
 * names a field that is not there. */
MUST_CHECK bool edition_source_schema(struct arena *arena, const struct register_type *type,
                                      struct str fields, struct str *schema, struct err *err);

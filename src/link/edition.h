/*
 * An edition of a published register as lines of JSON, for another node.
 *
 *     {"edition":5,"register":"…","publisher":{…},"reader":{…},"base":null,…}    the head
 *     {"id":"06d…","title":"…","body":{…},"codes":{…}}                           a record
 *     {"id":"06d…","from":"2026-01-01","gone":true}                              not any more
 *     {"piece":{"after":"","last":"06d…","lines":2,…},"signature":"…"}           the seal
 *     …                                                                          more pieces
 *
 * Records come in the order of their ids.  A piece holds all there is between two ids, and its
 * seal is signed together with the head: so a reader that has some pieces goes on behind the
 * last one, whoever sends the next, and none can be left out, put in or exchanged.  A
 * difference holds only what changed since another edition, its base.  The first record of a
 * piece that holds a code says how its publisher calls it, by field, code and language: the
 * reader's packs may be older, or call it otherwise.
 */
#pragma once

#include "core/json.h"
#include "sign/digest.h"
#include "sign/secret.h"

enum {
    EDITION_HEAD_MAX = 64 * 1024,
    EDITION_LINE_MAX = 1024 * 1024,
    EDITION_PIECE_LINES = 20000,            /* that a reader takes */
    EDITION_PIECE_BYTES = 64 * 1024 * 1024, /* likewise: one record can be that large */
    EDITION_PRINT_LEN = 39,                 /* of a fingerprint */
};

/* Whose, and which one. no is what people count, seq and chain are the publisher's journal's. */
struct edition_mark {
    int64_t no, seq;
    struct str chain;
};

struct edition_party {
    int64_t id;
    struct str name, title;
};

struct edition_head {
    struct edition_party publisher, reader;
    unsigned char key[SECRET_PUBLIC_SIZE];
    struct str register_id, pack_id, pack_version;
    struct str fields; /* names with commas between */
    struct str schema; /* what kinds they are, as one digest */
    struct str filter;
    struct edition_mark mark, base; /* base.no 0: whole */
    int64_t at;
    int64_t total; /* records of the register, whatever the filter lets through */
    struct str note;
    struct digest digest; /* of its line */
};

struct edition_slice {
    int64_t id, valid_from, valid_to;
    bool is_gone;
    struct str title;
    struct json *value;
    struct json *codes; /* {"kind":{"lane":["переулок","","lane"]}}; NULL: none */
};

struct edition_piece {
    int64_t after, last; /* ids; behind after up to last */
    bool is_last;
    const struct edition_slice *slices;
    size_t count;
};

/* A line each; print_head fills in its digest. */
void edition_print_head(struct buf *out, struct edition_head *head);
void edition_print_slice(struct buf *out, const struct edition_slice *slice);
/* The seal of the lines that stand in out from start on. */
void edition_print_seal(struct buf *out, size_t start, const struct edition_head *head,
                        const struct edition_piece *piece, const struct secret_key *key);

/* ERR_INPUT: it is none. Texts borrow from line. */
MUST_CHECK bool edition_parse_head(struct arena *arena, struct str line, struct edition_head *head,
                                   struct err *err);
MUST_CHECK bool edition_parse_slice(struct arena *arena, struct str line,
                                    struct edition_slice *slice, struct err *err);
bool edition_is_seal(struct str line);
/* lines: those before it. ERR_INPUT when it is not signed by the head's key, or not for these. */
MUST_CHECK bool edition_check_seal(struct arena *arena, struct str line, struct str lines,
                                   const struct edition_head *head, struct edition_piece *piece,
                                   struct err *err);
/* What two people compare by phone: "3f2a-…", eight groups. */
struct str edition_fingerprint(struct arena *arena, const unsigned char key[SECRET_PUBLIC_SIZE]);
/* What somebody typed who heard it: capitals, spaces and Russian letters do not matter.  Empty when
 * it can be none. */
struct str edition_read_fingerprint(struct arena *arena, struct str typed);

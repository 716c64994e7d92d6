/* Reads an edition from bytes that come piece by piece, and believes no line before its seal. */
#pragma once

#include "link/edition.h"

/* As much as fits; 0: the end. */
typedef bool edition_pull(void *data, char *room, size_t size, size_t *got, struct err *err);

struct edition_reader {
    edition_pull *pull;
    void *data;
    struct arena *arena; /* the reader's own */
    struct buf buf;      /* what was read and not used yet */
    size_t used;
    bool is_end;   /* of the bytes */
    bool is_over;  /* the last piece was given */
    int64_t last;  /* up to which id pieces were given */
    int64_t bytes; /* of lines that were used */
    struct edition_head head;
};

/* Reads the head. ERR_INPUT: it is no edition. For edition_reader_close. */
MUST_CHECK bool edition_reader_open(struct edition_reader *reader, edition_pull *pull, void *data,
                                    struct err *err);
/* Goes on with pieces of a head that was read before, behind an id. */
void edition_reader_go_on(struct edition_reader *reader, edition_pull *pull, void *data,
                          const struct edition_head *head, int64_t after);
/*
 * The next piece, its slices in the arena.  ERR_INPUT: it is not as it was written, or not what
 * follows, or the file is cut.  After the last one *piece is not touched and is_over is set.
 */
MUST_CHECK bool edition_reader_next(struct edition_reader *reader, struct arena *arena,
                                    struct edition_piece *piece, struct err *err);
void edition_reader_close(struct edition_reader *reader);

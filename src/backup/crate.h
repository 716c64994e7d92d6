/*
 * A file of a backup: a head that says what it is, compressed content, encrypted or not, and
 * a SHA-256 over all of it at the end.
 *
 *     "uprava backup 1\n"
 *     4 bytes: length of the head; the head, JSON, in the clear
 *     4 bytes: length of the list; the list, 32 bytes for each file that belongs to this one
 *     1 byte: 0, or 1 and the envelope of the encryption (sign/seal.h)
 *     pieces: 4 bytes of length, then zstd, sealed or not; a length of 0 ends them
 *     32 bytes: SHA-256 of everything before
 *
 * A reader gives content before it has seen the end: what was made of it counts only when
 * crate_pull has said that nothing more comes.
 */
#pragma once

#include "core/file_draft.h"
#include "core/json.h"
#include "sign/digest.h"
#include "sign/seal.h"

enum {
    CRATE_HEAD_MAX = 64 * 1024,
    CRATE_HEAD_END = CRATE_HEAD_MAX + 32, /* a head and what stands before it end here */
    CRATE_LIST_MAX = 512 * 1024 * 1024,
    CRATE_PIECE_MAX = 256 * 1024,
    CRATE_ROOM = 128 * 1024, /* of plain content at a time */
};

/* What anyone can read, with a key or without. */
struct crate_label {
    struct str head; /* JSON */
    struct str list; /* SHA-256 of files, one after another */
};

struct crate_writer {
    struct file_draft *draft; /* borrowed */
    struct digest_stream *digest;
    struct ZSTD_CCtx_s *zstd;
    struct seal_stream stream;
    struct digest head; /* of the label: sealed pieces belong to it */
    char *packed, *sealed;
    bool is_sealed;
    int64_t size; /* written so far */
};

/* seal NULL: not encrypted. */
MUST_CHECK bool crate_start(struct crate_writer *writer, struct arena *arena,
                            struct file_draft *draft, const struct crate_label *label,
                            struct seal *seal, struct err *err);
MUST_CHECK bool crate_add(struct crate_writer *writer, struct str bytes, struct err *err);
MUST_CHECK bool crate_end(struct crate_writer *writer, struct err *err);
/* For CLEANUP. */
void crate_drop(struct crate_writer *writer);

struct crate_reader {
    int fd; /* borrowed */
    int64_t at;
    struct json *head;
    struct crate_label label;
    struct digest_stream *digest;
    struct ZSTD_DCtx_s *zstd;
    struct seal_stream stream;
    struct digest head_digest;
    char *piece, *opened;
    struct str packed; /* not yet unpacked */
    bool is_sealed, is_last, is_over;
};

/* Reads the head. seal NULL: what is encrypted is refused (ERR_DENIED). */
MUST_CHECK bool crate_open(struct crate_reader *reader, struct arena *arena, int fd,
                           struct seal *seal, struct err *err);
/* As much as fits; 0 only at the end, when all of the crate was found to be whole. */
MUST_CHECK bool crate_pull(struct crate_reader *reader, char *room, size_t size, size_t *got,
                           struct err *err);
/* Fills the room; an end before that is an error. */
MUST_CHECK bool crate_pull_all(struct crate_reader *reader, char *room, size_t size,
                               struct err *err);
void crate_close(struct crate_reader *reader);
/* Looks at the sum alone, without a key; head and label are read. For crate_close. */
MUST_CHECK bool crate_check(struct crate_reader *reader, struct arena *arena, int fd,
                            struct err *err);
/* Reads the label only. For crate_close. */
MUST_CHECK bool crate_peek(struct crate_reader *reader, struct arena *arena, int fd,
                           struct err *err);
/* Of the label the head only: CRATE_HEAD_END bytes of the file will do. For crate_close. */
MUST_CHECK bool crate_peek_head(struct crate_reader *reader, struct arena *arena, int fd,
                                struct err *err);

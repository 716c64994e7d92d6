/*
 * The file of a tap: what was committed to a SQLite file, as blocks one after another.
 *
 *     position   where in the WAL the next frames begin, and the number of this file
 *     frames     whole frames of the WAL as they stood there (24 bytes and a page each)
 *     end        the head of the journal behind the last frame: the file is complete
 *
 * A block has a head of WAL_BLOCK_HEAD bytes with a sum over itself and its payload: what a
 * crash has left behind the last good block is told apart from it.
 */
#pragma once

#include "core/err.h"
#include "store/store.h"

enum {
    WAL_BLOCK_HEAD = 48,
    WAL_BLOCK_END_SIZE = WAL_BLOCK_HEAD + 60, /* of the block at the end */
    WAL_BLOCK_FRAMES = 64,                    /* at most, in a block */
    WAL_BLOCK_FRAME_HEAD = 24,                /* SQLite's */
    WAL_BLOCK_PAGE_MAX = 65536,
};

enum wal_block_kind {
    WAL_BLOCK_POSITION = 1,
    WAL_BLOCK_FRAMES_OF = 2,
    WAL_BLOCK_END = 3,
};

struct wal_block {
    enum wal_block_kind kind;
    uint32_t salt1, salt2; /* of the WAL that the frames stood in */
    uint32_t first;        /* frames of it before these */
    uint32_t count;        /* frames here */
    uint32_t page_size;
    int64_t number;         /* of the file, from 1 */
    size_t size;            /* of the payload */
    struct store_head head; /* WAL_BLOCK_END */
    int64_t at;             /* WAL_BLOCK_END: when it was closed */
    unsigned char *payload; /* of the reader's room */
};

/* Room for the payload of any block with pages of that size. */
size_t wal_block_room(uint32_t page_size);
/* At the end of the file; payload: block->size bytes. */
MUST_CHECK bool wal_block_write(int fd, const struct wal_block *block, struct err *err);

struct wal_block_reader {
    int fd;
    int64_t at;
    unsigned char *room; /* of the payload that was read last */
    size_t size;
};

/* From the beginning of the file. */
struct wal_block_reader wal_block_open(struct arena *arena, int fd);
/* The next block. *found is false at the end of the good ones: the file may go on or not. */
MUST_CHECK bool wal_block_read(struct wal_block_reader *reader, struct wal_block *block,
                               bool *found, struct err *err);

#include "store/wal_block.h"

#include "core/bytes.h"
#include "core/file.h"
#include "core/hash.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

enum {
    MARK = 0x55575432, /* "UWT2" */
    END_SIZE = 8 + 8 + sizeof((struct store_head *)0)->chain,
    SUM_AT = WAL_BLOCK_HEAD - 8,
};

static_assert(END_SIZE == 8 + 8 + sizeof((struct store_head){0}.chain), "its parts");

size_t wal_block_room(uint32_t page_size)
{
    return WAL_BLOCK_FRAMES * ((size_t)page_size + WAL_BLOCK_FRAME_HEAD);
}

/* Against accidents only; the keys are any numbers. */
static uint64_t sum_of(const unsigned char *head, const unsigned char *payload, size_t size)
{
    uint64_t first = hash_keyed((struct str){(const char *)head, SUM_AT}, 7, 11);

    return hash_keyed((struct str){(const char *)payload, size}, first, 13);
}

static void print_head(unsigned char *head, const struct wal_block *block)
{
    const uint32_t numbers[] = {
        MARK,         block->kind,  block->salt1,     block->salt2,
        block->first, block->count, block->page_size, (uint32_t)block->size};

    for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
        bytes_put(head + 4 * i, numbers[i], 4);
    bytes_put(head + 32, (uint64_t)block->number, 8);
}

static bool write_all(int fd, const unsigned char *bytes, size_t size, struct err *err)
{
    while (size > 0) {
        ssize_t put = write(fd, bytes, size);

        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return err_set(err, ERR_UNAVAILABLE, "what a backup needs cannot be kept: %s",
                           put < 0 ? strerror(errno) : "nothing was written");
        bytes += put;
        size -= (size_t)put;
    }
    return true;
}

bool wal_block_write(int fd, const struct wal_block *block, struct err *err)
{
    unsigned char head[WAL_BLOCK_HEAD];
    unsigned char end[END_SIZE];
    struct wal_block written = *block;

    if (block->kind == WAL_BLOCK_END) {
        bytes_put(end, (uint64_t)block->head.seq, 8);
        bytes_put(end + 8, (uint64_t)block->at, 8);
        memcpy(end + 16, block->head.chain, sizeof block->head.chain);
        written.payload = end;
        written.size = sizeof end;
    }
    print_head(head, &written);
    bytes_put(head + SUM_AT, sum_of(head, written.payload, written.size), 8);
    return write_all(fd, head, sizeof head, err) &&
           write_all(fd, written.payload, written.size, err);
}

static bool pull_all(int fd, int64_t at, unsigned char *room, size_t size, bool *is_whole,
                     struct err *err)
{
    size_t done = 0;
    size_t got = 1;

    while (done < size && got > 0) {
        if (!file_pull(fd, at + (int64_t)done, (char *)room + done, size - done, &got, err))
            return false;
        done += got;
    }
    *is_whole = done == size;
    return true;
}

/* False: not a block that this program writes. */
static bool parse_head(const unsigned char *head, size_t room_size, struct wal_block *block)
{
    uint32_t numbers[8];

    for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
        numbers[i] = (uint32_t)bytes_get(head + 4 * i, 4);
    *block = (struct wal_block){
        .kind = (enum wal_block_kind)numbers[1],
        .salt1 = numbers[2],
        .salt2 = numbers[3],
        .first = numbers[4],
        .count = numbers[5],
        .page_size = numbers[6],
        .size = numbers[7],
        .number = (int64_t)bytes_get(head + 32, 8),
    };
    if (numbers[0] != MARK || block->size > room_size || block->number < 1)
        return false;
    switch (block->kind) {
    case WAL_BLOCK_POSITION:
        return block->size == 0;
    case WAL_BLOCK_FRAMES_OF:
        return block->page_size >= 512 && block->page_size <= WAL_BLOCK_PAGE_MAX &&
               block->count > 0 && block->count <= WAL_BLOCK_FRAMES &&
               block->size == block->count * ((size_t)block->page_size + WAL_BLOCK_FRAME_HEAD);
    case WAL_BLOCK_END:
        return block->size == END_SIZE;
    }
    return false;
}

struct wal_block_reader wal_block_open(struct arena *arena, int fd)
{
    size_t size = wal_block_room(WAL_BLOCK_PAGE_MAX);

    return (struct wal_block_reader){fd, 0, arena_alloc(arena, size), size};
}

static void parse_end(struct wal_block *block)
{
    block->head.seq = (int64_t)bytes_get(block->payload, 8);
    block->at = (int64_t)bytes_get(block->payload + 8, 8);
    memcpy(block->head.chain, block->payload + 16, sizeof block->head.chain);
    block->head.chain[sizeof block->head.chain - 1] = '\0';
}

bool wal_block_read(struct wal_block_reader *reader, struct wal_block *block, bool *found,
                    struct err *err)
{
    unsigned char head[WAL_BLOCK_HEAD];
    unsigned char *room = reader->room;

    if (!pull_all(reader->fd, reader->at, head, sizeof head, found, err))
        return false;
    if (!*found || !parse_head(head, reader->size, block)) {
        *found = false;
        return true;
    }
    if (!pull_all(reader->fd, reader->at + WAL_BLOCK_HEAD, room, block->size, found, err))
        return false;
    *found = *found && bytes_get(head + SUM_AT, 8) == sum_of(head, room, block->size);
    if (!*found)
        return true;
    block->payload = room;
    if (block->kind == WAL_BLOCK_END)
        parse_end(block);
    reader->at += (int64_t)(WAL_BLOCK_HEAD + block->size);
    return true;
}

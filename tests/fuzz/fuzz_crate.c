/* A file of a backup, as anyone may have written it, and what may be in it: a file of changes. */
#include "backup/crate.h"
#include "core/file.h"
#include "store/wal_block.h"

#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_blocks(struct arena *arena, int fd)
{
    struct wal_block_reader reader = wal_block_open(arena, fd);
    struct wal_block block;
    struct err err;
    bool found = true;

    while (found && wal_block_read(&reader, &block, &found, &err))
        continue;
}

static void read_crate(struct arena *arena, int fd)
{
    CLEANUP(crate_close) struct crate_reader reader = {0};
    char room[4096];
    size_t got = 1;
    size_t sum = 0;
    struct err err;

    if (!crate_open(&reader, arena, fd, NULL, &err))
        return;
    while (got > 0 && sum < (size_t)16 * 1024 * 1024 &&
           crate_pull(&reader, room, sizeof room, &got, &err))
        sum += got;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    CLEANUP(crate_close) struct crate_reader reader = {0};
    CLEANUP(file_close) int fd = memfd_create("crate", 0);
    struct err err;

    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        return 0;
    read_crate(arena, fd);
    read_blocks(arena, fd);
    (void)!crate_check(&reader, arena, fd, &err);
    return 0;
}

#include "check.h"

#include "store/overlay.h"

#include <string.h>

enum {
    SIZE_MAX_BYTES = 40000,
};

/* The disk: an array. */
struct disk {
    unsigned char bytes[SIZE_MAX_BYTES];
    int64_t size;
};

static bool disk_read(void *file, void *bytes, int size, int64_t offset)
{
    const struct disk *disk = file;

    memset(bytes, 0, (size_t)size);
    if (offset < disk->size)
        memcpy(bytes, disk->bytes + offset, (size_t)MIN(size, disk->size - offset));
    return true;
}

static bool disk_write(void *file, const void *bytes, int size, int64_t offset)
{
    struct disk *disk = file;

    memcpy(disk->bytes + offset, bytes, (size_t)size);
    disk->size = MAX(disk->size, offset + size);
    return true;
}

static bool disk_truncate(void *file, int64_t size)
{
    struct disk *disk = file;

    memset(disk->bytes + size, 0, (size_t)(SIZE_MAX_BYTES - size));
    disk->size = size;
    return true;
}

static int64_t disk_size(void *file)
{
    return ((struct disk *)file)->size;
}

static uint32_t chance(uint32_t *state, uint32_t below)
{
    *state = *state * 1664525U + 1013904223U;
    return (*state >> 8) % below;
}

static void check_same(struct overlay *overlay, const struct overlay_file *below,
                       const struct disk *wanted)
{
    static unsigned char got[SIZE_MAX_BYTES];

    CHECK_INT(overlay_size(overlay), wanted->size);
    CHECK(overlay_read(overlay, below, got, (int)wanted->size, 0));
    CHECK(memcmp(got, wanted->bytes, (size_t)wanted->size) == 0);
}

/* Random writes, truncations, flushes and tears beside a plain array. */
static void program_sees_its_writes_and_the_disk_only_what_was_flushed(void)
{
    static struct disk disk, model, flushed;
    struct overlay_file below = {&disk, disk_read, disk_write, disk_truncate, disk_size};
    struct overlay_list list = {PTHREAD_MUTEX_INITIALIZER, NULL};
    struct overlay *overlay = overlay_hold(&list, "/a", &below);
    uint32_t state = 5;
    bool is_torn = false;

    for (int i = 0; i < 4000; i++) {
        unsigned char bytes[6000];
        int size = (int)chance(&state, sizeof bytes) + 1;
        int64_t offset = chance(&state, SIZE_MAX_BYTES - (uint32_t)size);

        switch (chance(&state, 10)) {
        case 0:
            offset = MIN(offset, model.size);
            overlay_truncate(overlay, offset);
            disk_truncate(&model, offset);
            break;
        case 1:
            CHECK(overlay_flush(overlay, &below));
            flushed = model;
            CHECK_INT(disk.size, model.size);
            CHECK(memcmp(disk.bytes, model.bytes, (size_t)model.size) == 0);
            is_torn = false;
            break;
        case 2:
            if (i > 2000) { /* before: nothing but flushes may reach the disk */
                CHECK(overlay_tear(overlay, &below, state));
                is_torn = true;
            }
            break;
        default:
            memset(bytes, (int)chance(&state, 255) + 1, (size_t)size);
            CHECK(overlay_write(overlay, &below, bytes, size, offset));
            disk_write(&model, bytes, size, offset);
        }
        check_same(overlay, &below, &model);
        if (!is_torn) {
            CHECK_INT(disk.size, flushed.size);
            CHECK(memcmp(disk.bytes, flushed.bytes, (size_t)flushed.size) == 0);
        }
    }
    overlay_release(&list, overlay);
    CHECK(list.first == NULL);
}

static void two_handles_of_a_file_share_it_and_a_deleted_one_is_empty(void)
{
    static struct disk disk;
    struct overlay_file below = {&disk, disk_read, disk_write, disk_truncate, disk_size};
    struct overlay_list list = {PTHREAD_MUTEX_INITIALIZER, NULL};
    struct overlay *one = overlay_hold(&list, "/a", &below);
    struct overlay *two = overlay_hold(&list, "/a", &below);
    struct overlay *other = overlay_hold(&list, "/b", &below);
    char got[4];

    CHECK(one == two && one != other);
    CHECK(overlay_write(one, &below, "abc", 3, 0));
    CHECK(!overlay_read(two, &below, got, 4, 0));
    CHECK(memcmp(got, "abc\0", 4) == 0);
    overlay_forget(&list, "/a");
    CHECK_INT(overlay_size(two), 0);
    overlay_release(&list, one);
    overlay_release(&list, two);
    overlay_release(&list, other);
    CHECK(list.first == NULL);
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(program_sees_its_writes_and_the_disk_only_what_was_flushed),
        CHECK_TEST(two_handles_of_a_file_share_it_and_a_deleted_one_is_empty),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}

/* The lines of a municipality's file, as anyone may have written them, into an empty store. */
#include "backup/parcel.h"
#include "core/file.h"
#include "sign/digest.h"
#include "store/due.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define HEAD                                                                                       \
    "{\"kind\":\"tenant\",\"format\":1,\"id\":42,\"name\":\"town\",\"title\":\"Town\","            \
    "\"parent\":\"\",\"created_at\":1,\"at\":1,\"mark\":\"m\",\"packs\":[],"                       \
    "\"from\":{\"seq\":0,\"chain\":\"\"},\"head\":{\"seq\":1,\"chain\":\"c\"}}"

static bool write_crate(struct arena *arena, int fd, struct str lines)
{
    CLEANUP(crate_drop) struct crate_writer writer = {0};
    char path[] = "nameless";
    struct file_draft draft = {.path = path, .fd = fd}; /* neither kept nor dropped */
    struct err err;

    return crate_start(&writer, arena, &draft, &(struct crate_label){.head = STR(HEAD)}, NULL,
                       &err) &&
           crate_add(&writer, lines, &err) && crate_end(&writer, &err);
}

static void read_crate(struct arena *arena, struct store *store, int fd)
{
    CLEANUP(crate_close) struct crate_reader reader = {0};
    struct parcel_read read = {.store = store, .fd = fd, .now = 1};
    struct parcel_label label;
    struct parcel_count count;
    struct err err;

    if (!parcel_open(&read, arena, &reader, &label, &err))
        abort(); /* what we have written ourselves is whole */
    (void)!parcel_read(&read, arena, &reader, &label, &count, &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    CLEANUP(file_close) int fd = memfd_create("parcel", 0);
    char folder[] = "/tmp/uprava-fuzz-XXXXXX";
    struct store_options options = {.writers = 1, .is_unsafe = true};
    struct store *store = NULL;
    struct due *items;
    struct err err;
    size_t count;

    if (fd < 0 || mkdtemp(folder) == NULL)
        return 0;
    options.folder = file_join(arena, str_from_z(folder), STR("data"));
    if (write_crate(arena, fd, (struct str){(const char *)data, size}) &&
        store_open(arena, &options, &store, &err) && due_list(store, arena, &items, &count, &err))
        read_crate(arena, store, fd);
    store_close(&store);
    if (!file_remove_tree(str_from_z(folder), &err))
        abort();
    return 0;
}

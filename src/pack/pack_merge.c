/* A pack with some of its files replaced: a municipality's own version (decision 0042). */
#include "pack/pack.h"

#include "core/arena.h"
#include "core/vec.h"
#include "sign/digest.h"

#include <stdlib.h>

#define OWN "+own."

enum {
    MARK_LEN = 20, /* of the digest in a version: 80 bits */
};

static int by_path(const void *a, const void *b)
{
    return str_compare(((const struct pack_file *)a)->path, ((const struct pack_file *)b)->path);
}

static const struct pack_file *find(const struct pack_file *files, size_t count, struct str path)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(files[i].path, path))
            return &files[i];
    return NULL;
}

bool pack_merge(struct arena *arena, const struct pack *base, const struct pack_file *changes,
                size_t count, struct pack **pack, struct err *err)
{
    VEC(struct pack_file) files = {0};

    for (size_t i = 0; i < base->file_count; i++)
        if (find(changes, count, base->files[i].path) == NULL)
            VEC_PUSH(arena, &files, base->files[i]);
    for (size_t i = 0; i < count; i++)
        if (changes[i].bytes.ptr != NULL)
            VEC_PUSH(arena, &files, changes[i]);
    if (!pack_make(arena, files.items, files.count, pack, err))
        return err_while(err, "pack %.*s", STR_ARG(base->id));
    (*pack)->version = base->version;
    return true;
}

struct str pack_own_version(struct arena *arena, struct str shipped, int64_t no,
                            struct pack_file *changes, size_t count)
{
    struct buf text = {.arena = arena};
    struct buf mark = {.arena = arena};

    if (count > 0)
        qsort(changes, count, sizeof *changes, by_path);
    for (size_t i = 0; i < count; i++) {
        buf_printf(&text, "%.*s %zu %d\n", STR_ARG(changes[i].path), changes[i].bytes.len,
                   changes[i].bytes.ptr != NULL);
        buf_add(&text, changes[i].bytes);
    }
    struct digest digest = digest_of(buf_str(&text));
    digest_print_hex(&mark, &digest);
    return str_printf(arena, "%.*s" OWN "%lld.x%.*s", STR_ARG(shipped), (long long)no, MARK_LEN,
                      mark.ptr);
}

struct str pack_shipped_version(struct str version)
{
    return str_slice(version, 0, str_find(version, STR(OWN)));
}

int64_t pack_own_no(struct str version)
{
    struct str rest = str_slice(version, str_find(version, STR(OWN)), version.len);
    int64_t no = 0;

    rest = str_slice(rest, sizeof OWN - 1, rest.len);
    for (size_t i = 0; i < rest.len && i < 15 && rest.ptr[i] >= '0' && rest.ptr[i] <= '9'; i++)
        no = no * 10 + (rest.ptr[i] - '0');
    return no;
}

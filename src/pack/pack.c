#include "pack/pack.h"

#include "core/file.h"
#include "core/utf8.h"
#include "core/vec.h"
#include "sign/digest.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    PATH_MAX_LEN = 200,
    PATH_PARTS_MAX = 6,
    ID_MAX = 31,
};

struct reading {
    struct arena *arena;
    struct str folder;
    size_t bytes;
    VEC(struct pack_file) files;
};

static bool part_is_valid(struct str part)
{
    if (part.len == 0 || part.ptr[0] == '.' || part.ptr[0] == '-')
        return false;
    for (size_t i = 0; i < part.len; i++)
        if (strchr("abcdefghijklmnopqrstuvwxyz0123456789_-.", part.ptr[i]) == NULL ||
            part.ptr[i] == '\0')
            return false;
    return true;
}

bool pack_path_is_valid(struct str path)
{
    struct str rest = path;
    int parts = 0;

    /* People look for these two under exactly these names. */
    if (str_equal(path, STR("README.md")) || str_equal(path, STR("LICENSE")))
        return true;
    if (path.len == 0 || path.len > PATH_MAX_LEN || path.ptr[path.len - 1] == '/')
        return false;
    while (rest.len > 0) {
        if (!part_is_valid(str_cut(&rest, '/')) || ++parts > PATH_PARTS_MAX)
            return false;
    }
    return true;
}

static bool read_one(struct reading *reading, struct str path, struct str full, struct err *err)
{
    struct pack_file file = {.path = path};

    if (reading->files.count == PACK_FILES_MAX)
        return err_set(err, ERR_LIMIT, "a pack has at most %d files", PACK_FILES_MAX);
    if (!file_read(reading->arena, full, PACK_BYTES_MAX - reading->bytes, &file.bytes, err)) {
        if (err->code == ERR_LIMIT)
            return err_set(err, ERR_LIMIT, "%.*s: a pack has at most %d MiB", STR_ARG(path),
                           PACK_BYTES_MAX >> 20);
        return false;
    }
    reading->bytes += file.bytes.len;
    VEC_PUSH(reading->arena, &reading->files, file);
    return true;
}

static bool read_folder(struct reading *reading, struct str inside, struct err *err)
{
    struct str *names;
    size_t count;
    struct str folder =
        inside.len == 0 ? reading->folder : file_join(reading->arena, reading->folder, inside);

    if (!file_list(reading->arena, folder, &names, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct str path = inside.len == 0 ? names[i] : file_join(reading->arena, inside, names[i]);
        struct str full = file_join(reading->arena, folder, names[i]);
        struct stat is;

        if (!pack_path_is_valid(path))
            return err_set(err, ERR_INPUT,
                           "%.*s: names in a pack are made of a-z 0-9 _ - . only (not at the"
                           " beginning - .), at most %d folders deep",
                           STR_ARG(path), PATH_PARTS_MAX - 1);
        if (lstat(str_to_z(reading->arena, full), &is) != 0)
            return err_set(err, ERR_BROKEN, "%.*s: cannot be looked at", STR_ARG(path));
        if (!S_ISDIR(is.st_mode) && !S_ISREG(is.st_mode))
            return err_set(err, ERR_INPUT, "%.*s: a pack holds plain files, no links",
                           STR_ARG(path));
        if (S_ISDIR(is.st_mode) ? !read_folder(reading, path, err)
                                : !read_one(reading, path, full, err))
            return false;
    }
    return true;
}

bool pack_read(struct arena *arena, struct str folder, struct pack **pack, struct err *err)
{
    struct reading reading = {.arena = arena, .folder = folder};

    if (!file_is_folder(folder))
        return err_set(err, ERR_ABSENT, "%.*s: there is no such folder", STR_ARG(folder));
    return read_folder(&reading, (struct str){0}, err) &&
           pack_make(arena, reading.files.items, reading.files.count, pack, err);
}

static int by_path(const void *a, const void *b)
{
    return str_compare(((const struct pack_file *)a)->path, ((const struct pack_file *)b)->path);
}

static bool id_is_valid(struct str id)
{
    if (id.len == 0 || id.len > ID_MAX || id.ptr[0] < 'a' || id.ptr[0] > 'z')
        return false;
    for (size_t i = 0; i < id.len; i++) {
        char c = id.ptr[i];

        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'))
            return false;
    }
    return true;
}

static bool take_manifest(struct arena *arena, struct str text, struct pack *pack, struct err *err)
{
    if (!json_parse(arena, text, NULL, &pack->manifest, err))
        return err_while(err, "pack.json");
    pack->id = json_find_text(pack->manifest, STR("id"));
    pack->version = json_find_text(pack->manifest, STR("version"));
    pack->title = json_find_text(pack->manifest, STR("title"));
    pack->description = json_find_text(pack->manifest, STR("description"));
    pack->licence = json_find_text(pack->manifest, STR("licence"));
    if (!id_is_valid(pack->id))
        return err_set(err, ERR_INPUT,
                       "pack.json: \"id\" must be like \"housing\": a-z 0-9 _, a letter first, at"
                       " most %d",
                       ID_MAX);
    if (!pack_version_is_valid(pack->version))
        return err_set(err, ERR_INPUT, "pack.json: \"version\" must be like \"1.0.0\" (SemVer)");
    return true;
}

static bool read_manifest(struct arena *arena, struct pack *pack, struct err *err)
{
    const struct pack_file *file = pack_file_find(pack, STR("pack.json"));

    return file != NULL ? take_manifest(arena, file->bytes, pack, err)
                        : err_set(err, ERR_INPUT, "pack.json is missing: this folder is no pack");
}

bool pack_read_manifest(struct arena *arena, struct str folder, struct pack *pack, struct err *err)
{
    struct str text;

    *pack = (struct pack){0};
    return file_read(arena, file_join(arena, folder, STR("pack.json")), PACK_BYTES_MAX, &text,
                     err) &&
           take_manifest(arena, text, pack, err);
}

static struct str length_prefix(unsigned char into[8], size_t length)
{
    for (int i = 0; i < 8; i++)
        into[i] = (unsigned char)((uint64_t)length >> (56 - 8 * i));
    return (struct str){(const char *)into, 8};
}

/* Lengths stand before the bytes, so that no two packs give the same stream. */
static void make_digest(struct arena *arena, struct pack *pack)
{
    struct digest_stream *stream = digest_start();
    struct buf text = {.arena = arena};

    for (size_t i = 0; i < pack->file_count; i++) {
        unsigned char prefix[8];

        digest_add(stream, length_prefix(prefix, pack->files[i].path.len));
        digest_add(stream, pack->files[i].path);
        digest_add(stream, length_prefix(prefix, pack->files[i].bytes.len));
        digest_add(stream, pack->files[i].bytes);
    }
    struct digest digest = digest_finish(&stream);
    digest_print(&text, &digest);
    memcpy(pack->digest, text.ptr, MIN(text.len, sizeof pack->digest - 1));
}

static bool check_files(const struct pack_file *files, size_t count, struct err *err)
{
    size_t bytes = 0;

    if (count > PACK_FILES_MAX)
        return err_set(err, ERR_LIMIT, "a pack has at most %d files", PACK_FILES_MAX);
    for (size_t i = 0; i < count; i++) {
        if (!pack_path_is_valid(files[i].path))
            return err_set(err, ERR_INPUT, "file %zu of the pack has a wrong name", i + 1);
        if (i > 0 && str_equal(files[i].path, files[i - 1].path))
            return err_set(err, ERR_INPUT, "%.*s: is there twice", STR_ARG(files[i].path));
        if (files[i].bytes.len > PACK_BYTES_MAX - bytes)
            return err_set(err, ERR_LIMIT, "a pack has at most %d MiB", PACK_BYTES_MAX >> 20);
        bytes += files[i].bytes.len;
    }
    return true;
}

bool pack_make(struct arena *arena, struct pack_file *files, size_t count, struct pack **pack,
               struct err *err)
{
    struct pack *made = ARENA_NEW(arena, struct pack);

    if (count > 0)
        qsort(files, count, sizeof *files, by_path);
    made->files = files;
    made->file_count = count;
    if (!check_files(files, count, err) || !read_manifest(arena, made, err))
        return false;
    make_digest(arena, made);
    *pack = made;
    return true;
}

/* The first file whose path is not before the given one. */
static size_t find_from(const struct pack *pack, struct str path)
{
    size_t low = 0;
    size_t high = pack->file_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (str_compare(pack->files[middle].path, path) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct pack_file *pack_file_find(const struct pack *pack, struct str path)
{
    size_t at = find_from(pack, path);

    return at < pack->file_count && str_equal(pack->files[at].path, path) ? &pack->files[at] : NULL;
}

void pack_each_file(const struct pack *pack, struct str folder, struct str ending,
                    bool (*each)(void *data, const struct pack_file *file), void *data)
{
    for (size_t i = find_from(pack, folder); i < pack->file_count; i++) {
        struct str path = pack->files[i].path;

        if (!str_starts(path, folder))
            return;
        if (path.len <= folder.len || path.ptr[folder.len] != '/')
            continue; /* registers-old/… sorts in between */
        struct str name = str_slice(path, folder.len + 1, path.len);
        if (str_find_char(name, '/') < name.len || !str_ends(name, ending))
            continue;
        if (!each(data, &pack->files[i]))
            return;
    }
}

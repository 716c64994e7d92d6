#include "backup/take_files.h"

#include <string.h>

#include "core/file.h"
#include "core/vec.h"

enum {
    HEX = 64,
    PIECE = 128 * 1024,
};

/* Names of 64 hexadecimal digits, sorted. */
struct names {
    struct str *items;
    size_t count;
};

static int digit_of(char c)
{
    const char *digits = "0123456789abcdef";
    const char *at = c != '\0' ? strchr(digits, c) : NULL;

    return at != NULL ? (int)(at - digits) : -1;
}

static bool is_hex(struct str name)
{
    for (size_t i = 0; i < name.len; i++)
        if (digit_of(name.ptr[i]) < 0)
            return false;
    return name.len == HEX;
}

static bool list_own(const struct take_files *files, struct names *names, struct err *err)
{
    struct str folder = tenant_folder(files->tenant);
    struct str *all = NULL;
    size_t count = 0;

    *names = (struct names){0};
    if (file_is_folder(folder) && !file_list(files->arena, folder, &all, &count, err))
        return false;
    names->items = all;
    for (size_t i = 0; i < count; i++)
        if (is_hex(all[i]))
            all[names->count++] = all[i];
    return true;
}

static bool list_place(const struct take_files *files, struct names *names, struct err *err)
{
    struct str prefix = str_printf(files->arena, "%.*s/files/", STR_ARG(files->home));
    struct place_list list;
    VEC(struct str) found = {0};

    if (!place_find(files->take->place, files->arena, prefix, &list, err))
        return false;
    for (size_t i = 0; i < list.count; i++) { /* "aa/SHA256": in the order of the digests */
        struct str name = str_slice(list.items[i].name, 3, list.items[i].name.len);

        if (is_hex(name))
            VEC_PUSH(files->arena, &found, name);
    }
    *names = (struct names){found.items, found.count};
    return true;
}

static struct str known_path(const struct take_files *files)
{
    return file_join(files->arena, tenant_folder(files->tenant), STR("../backup/known"));
}

/* The first line is the place, the rest what it has. Nothing is known: nothing is there. */
static bool list_known(const struct take_files *files, struct names *names, struct err *err)
{
    VEC(struct str) found = {0};
    struct err absent = {0};
    struct str text;

    if (!file_read(files->arena, known_path(files), 1 << 28, &text, &absent) ||
        !str_equal(str_cut(&text, '\n'), files->take->place->name))
        return list_place(files, names, err);
    while (text.len > 0)
        VEC_PUSH(files->arena, &found, str_cut(&text, '\n'));
    *names = (struct names){found.items, found.count};
    return true;
}

/* What did not change of it since the last time is not written again. */
static bool keep_known(const struct take_files *files, const struct names *names, struct err *err)
{
    struct buf text = {.arena = files->arena};
    struct str folder = file_join(files->arena, tenant_folder(files->tenant), STR("../backup"));

    if (!files->is_chain || !file_is_folder(folder))
        return true;
    buf_add(&text, files->take->place->name);
    buf_char(&text, '\n');
    for (size_t i = 0; i < names->count; i++) {
        buf_add(&text, names->items[i]);
        buf_char(&text, '\n');
    }
    return file_write(known_path(files), buf_str(&text), err);
}

static bool add_pieces(struct crate_writer *writer, struct arena *arena, int fd,
                       struct digest *digest, struct err *err)
{
    struct digest_stream *stream = digest_start();
    char *room = arena_alloc(arena, PIECE);
    int64_t at = 0;
    size_t got = 1;
    bool ok = true;

    while (ok && got > 0) {
        ok = file_pull(fd, at, room, PIECE, &got, err) &&
             crate_add(writer, (struct str){room, ok ? got : 0}, err);
        if (ok)
            digest_add(stream, (struct str){room, got});
        at += (int64_t)got;
    }
    *digest = digest_finish(&stream);
    return ok;
}

/* *is_good: its bytes are what its name says; else it is left out. */
static bool copy(const struct take_files *files, struct str name, bool *is_good, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    CLEANUP(file_draft_drop) struct file_draft draft = {0};
    CLEANUP(crate_drop) struct crate_writer writer = {0};
    CLEANUP(file_close) int fd = -1;
    struct str path = step_file_path(arena, files->home, name);
    struct crate_label label = {
        .head = str_printf(arena, "{\"kind\":\"file\",\"sha256\":\"%.*s\"}", STR_ARG(name))};
    struct buf hex = {.arena = arena};
    struct digest digest;

    *is_good = false;
    if (!file_open(file_join(arena, tenant_folder(files->tenant), name), &fd, err)) {
        *err = (struct err){0}; /* nobody named it, and it was collected just now */
        return true;
    }
    if (!place_draft(files->take->place, arena, path, &draft, err) ||
        !crate_start(&writer, arena, &draft, &label, files->take->seal, err) ||
        !add_pieces(&writer, arena, fd, &digest, err))
        return false;
    digest_print_hex(&hex, &digest);
    if (!str_equal(buf_str(&hex), name)) {
        files->result->damaged++;
        return true;
    }
    if (!crate_end(&writer, err) || !place_keep(files->take->place, arena, path, &draft, err))
        return false;
    files->result->files++;
    files->result->bytes += writer.size;
    *is_good = true;
    return true;
}

static void add_digest(struct buf *digests, struct str name)
{
    for (size_t i = 0; i < HEX; i += 2)
        buf_char(digests, (char)(digit_of(name.ptr[i]) << 4 | digit_of(name.ptr[i + 1])));
}

bool take_files_run(const struct take_files *files, struct str *digests, struct err *err)
{
    struct buf listed = {.arena = files->arena};
    struct names own, known;
    size_t kept = 0;
    size_t at = 0;

    if (!list_own(files, &own, err))
        return false;
    *digests = STR("");
    if (own.count == 0)
        return true;
    if (!(files->is_all ? list_place(files, &known, err) : list_known(files, &known, err)))
        return false;
    for (size_t i = 0; i < own.count; i++) {
        bool is_there;

        while (at < known.count && str_compare(known.items[at], own.items[i]) < 0)
            at++;
        is_there = at < known.count && str_equal(known.items[at], own.items[i]);
        bool is_listed = files->is_all || !is_there;
        if (!is_there && !copy(files, own.items[i], &is_there, err))
            return false;
        if (!is_there)
            continue;
        if (is_listed)
            add_digest(&listed, own.items[i]);
        own.items[kept++] = own.items[i];
    }
    own.count = kept;
    *digests = buf_str(&listed);
    return keep_known(files, &own, err);
}

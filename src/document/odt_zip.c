#include "document/odt_zip.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>

#include <zlib.h>

#include "core/utf8.h"
#include "core/vec.h"

enum {
    STORED = 0,
    DEFLATED = 8,
    NEEDS = 20,         /* version 2.0: folders and deflate */
    UTF8_NAME = 0x0800, /* the flag that says so */
    DAY_ONE = 0x0021,   /* 1980-01-01, the first a zip knows */
    RAW_WINDOW = -15,   /* deflate without a head */
    MEMORY = 8,
    END_LEN = 22, /* of the record that ends a zip */
    REMARK_MAX = 0xffff,
};

#define MIMETYPE "mimetype"
#define END_MARK "PK\x05\x06"

static void close_zip(struct archive **archive)
{
    if (*archive != NULL)
        archive_read_free(*archive);
    *archive = NULL;
}

static bool fail(struct archive *archive, struct err *err)
{
    const char *why = archive_error_string(archive);

    return err_set(err, ERR_INPUT, "it is no zip that can be read: %s",
                   why != NULL ? why : "it is damaged");
}

static bool read_entry(struct archive *archive, struct buf *bytes, size_t *unpacked,
                       struct err *err)
{
    for (;;) {
        const void *block;
        size_t len;
        la_int64_t offset;
        int status = archive_read_data_block(archive, &block, &len, &offset);

        if (status == ARCHIVE_EOF)
            return true;
        if (status != ARCHIVE_OK)
            return fail(archive, err);
        *unpacked += len;
        if (*unpacked > ODT_ZIP_UNPACKED_MAX)
            return err_set(err, ERR_LIMIT, "it unpacks to more than %d MB: make it smaller",
                           ODT_ZIP_UNPACKED_MAX / (1024 * 1024));
        buf_add(bytes, (struct str){block, len});
    }
}

/* Whoever unpacks what we hand out writes into their own folder. */
static bool is_safe(struct str name)
{
    return name.len > 0 && name.ptr[0] != '/' && utf8_is_valid(name) &&
           str_find(name, STR("..")) == name.len && str_find_char(name, '\\') == name.len;
}

static bool name_of(struct arena *arena, struct archive_entry *entry, struct str *name,
                    struct err *err)
{
    const char *path = archive_entry_pathname_utf8(entry);

    if (path == NULL)
        path = archive_entry_pathname(entry);
    *name = str_copy(arena, str_from_z(path));
    if (archive_entry_is_encrypted(entry))
        return err_set(err, ERR_INPUT, "it is encrypted: save it without a password");
    return is_safe(*name) ||
           err_set(err, ERR_INPUT, "a file in it has a name that is not allowed: save it anew");
}

/*
 * The record that ends a zip, with a remark behind it (APPNOTE 4.3.16).  libarchive reads what was
 * cut off before that, too, as far as it goes.
 */
static bool is_whole(struct str bytes)
{
    for (size_t behind = END_LEN; behind <= MIN(bytes.len, END_LEN + REMARK_MAX); behind++) {
        struct str end = str_slice(bytes, bytes.len - behind, behind);
        size_t remark = (unsigned char)end.ptr[20] + ((size_t)(unsigned char)end.ptr[21] << 8);

        if (str_starts(end, STR(END_MARK)) && END_LEN + remark == behind)
            return true;
    }
    return false;
}

bool odt_zip_read(struct arena *arena, struct str bytes, struct odt_zip *zip, struct err *err)
{
    CLEANUP(close_zip) struct archive *archive = archive_read_new();
    VEC(struct odt_zip_entry) entries = {0};
    struct archive_entry *entry;
    size_t unpacked = 0;
    int status;

    if (bytes.len > ODT_ZIP_BYTES_MAX)
        return err_set(err, ERR_LIMIT, "it is larger than %d MB: make it smaller",
                       ODT_ZIP_BYTES_MAX / (1024 * 1024));
    if (!is_whole(bytes))
        return err_set(err, ERR_INPUT, "it is no zip that can be read: it is damaged");
    if (archive == NULL)
        return err_set(err, ERR_BROKEN, "no memory for reading the zip");
    archive_read_support_format_zip(archive);
    if (archive_read_open_memory(archive, bytes.ptr, bytes.len) != ARCHIVE_OK)
        return fail(archive, err);
    while ((status = archive_read_next_header(archive, &entry)) != ARCHIVE_EOF) {
        struct buf data = {.arena = arena};
        struct str name;

        if (status != ARCHIVE_OK && status != ARCHIVE_WARN)
            return fail(archive, err);
        if (entries.count == ODT_ZIP_ENTRIES_MAX)
            return err_set(err, ERR_LIMIT, "it has more than %d files in it", ODT_ZIP_ENTRIES_MAX);
        if (!name_of(arena, entry, &name, err) || !read_entry(archive, &data, &unpacked, err))
            return false;
        VEC_PUSH(arena, &entries, (struct odt_zip_entry){name, buf_str(&data)});
    }
    *zip = (struct odt_zip){entries.items, entries.count};
    return true;
}

struct odt_zip_entry *odt_zip_find(const struct odt_zip *zip, struct str name)
{
    for (size_t i = 0; i < zip->count; i++)
        if (str_equal(zip->items[i].name, name))
            return &zip->items[i];
    return NULL;
}

static void put(struct buf *out, size_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        buf_char(out, (char)(unsigned char)(value >> (8 * i) & 0xff));
}

/* An entry as it stands in the zip. */
struct packed {
    const struct odt_zip_entry *entry;
    struct str bytes;
    int method;
    size_t crc;
    size_t at;
};

/* False: not smaller, or not to be had; it is stored as it is. */
static bool deflate_into(struct str bytes, struct buf *to)
{
    z_stream stream = {0};
    int status;

    if (bytes.len == 0 || deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, RAW_WINDOW,
                                       MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
        return false;
    stream.next_in = (Bytef *)(uintptr_t)bytes.ptr;
    stream.avail_in = (uInt)bytes.len;
    stream.next_out = (Bytef *)buf_room(to, bytes.len);
    stream.avail_out = (uInt)bytes.len;
    status = deflate(&stream, Z_FINISH);
    to->len += stream.total_out;
    (void)deflateEnd(&stream);
    return status == Z_STREAM_END;
}

static struct packed pack(struct arena *arena, const struct odt_zip_entry *entry)
{
    struct buf smaller = {.arena = arena};
    struct packed packed = {.entry = entry, .bytes = entry->bytes, .method = STORED};

    packed.crc = crc32(0, (const Bytef *)entry->bytes.ptr, (uInt)entry->bytes.len);
    if (!str_equal(entry->name, STR(MIMETYPE)) && deflate_into(entry->bytes, &smaller)) {
        packed.method = DEFLATED;
        packed.bytes = buf_str(&smaller);
    }
    return packed;
}

/* What the head of an entry and its line in the directory have in common (APPNOTE 4.3.7, 4.3.12).
 */
static void put_head(struct buf *out, const struct packed *packed)
{
    put(out, NEEDS, 2);
    put(out, UTF8_NAME, 2);
    put(out, (size_t)packed->method, 2);
    put(out, 0, 2);
    put(out, DAY_ONE, 2);
    put(out, packed->crc, 4);
    put(out, packed->bytes.len, 4);
    put(out, packed->entry->bytes.len, 4);
    put(out, packed->entry->name.len, 2);
    put(out, 0, 2);
}

static void put_entry(struct buf *out, struct packed *packed, size_t start)
{
    packed->at = out->len - start;
    buf_add(out, STR("PK\x03\x04"));
    put_head(out, packed);
    buf_add(out, packed->entry->name);
    buf_add(out, packed->bytes);
}

static void put_line(struct buf *out, const struct packed *packed)
{
    buf_add(out, STR("PK\x01\x02"));
    put(out, NEEDS, 2);
    put_head(out, packed);
    put(out, 0, 2); /* remark */
    put(out, 0, 2); /* disk */
    put(out, 0, 2);
    put(out, 0, 4);
    put(out, packed->at, 4);
    buf_add(out, packed->entry->name);
}

void odt_zip_write(const struct odt_zip *zip, struct buf *out)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct packed *all = ARENA_ARRAY(scratch, struct packed, zip->count);
    const struct odt_zip_entry *first = odt_zip_find(zip, STR(MIMETYPE));
    size_t start = out->len;
    size_t count = 0;
    size_t directory;
    size_t end;

    if (first != NULL)
        all[count++] = pack(scratch, first);
    for (size_t i = 0; i < zip->count; i++)
        if (&zip->items[i] != first)
            all[count++] = pack(scratch, &zip->items[i]);
    for (size_t i = 0; i < count; i++)
        put_entry(out, &all[i], start);
    directory = out->len - start;
    for (size_t i = 0; i < count; i++)
        put_line(out, &all[i]);
    end = out->len - start;
    buf_add(out, STR(END_MARK));
    put(out, 0, 4);
    put(out, count, 2);
    put(out, count, 2);
    put(out, end - directory, 4);
    put(out, directory, 4);
    put(out, 0, 2);
}

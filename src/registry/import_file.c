#include "registry/import_file.h"

#include "core/csv.h"
#include "core/file.h"
#include "core/id.h"
#include "core/time.h"
#include "registry/quota.h"
#include "sign/digest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    HEAD = 64 * 1024, /* looked at to recognise the file */
    GEOJSON_HEAD = 4096,
};

bool import_file_recognise(struct str head, struct import *import, struct err *err)
{
    struct str text = head;
    struct csv_format csv;

    if (str_starts(text, STR("\xEF\xBB\xBF")))
        text = str_slice(text, 3, text.len);
    text = str_trim(text);
    if (text.len == 0)
        return err_set(err, ERR_INPUT, "the file is empty");
    if (str_starts(head, STR("PK\x03\x04"))) {
        struct str names = str_slice(head, 0, GEOJSON_HEAD);

        if (str_find(names, STR("[Content_Types]")) < names.len ||
            str_find(names, STR("_rels/")) < names.len ||
            str_find(names, STR("opendocument")) < names.len)
            return err_set(err, ERR_INPUT, "this is a spreadsheet: save it as CSV first");
        import->format = IMPORT_GAR;
        return true;
    }
    if (str_find_char(head, '\0') < head.len)
        return err_set(err, ERR_INPUT,
                       "this file is not read: use CSV, NDJSON, GeoJSON or a zip of the ГАР");
    if (text.ptr[0] == '{') {
        struct str start = str_slice(text, 0, GEOJSON_HEAD);
        bool is_collection = str_find(start, STR("\"FeatureCollection\"")) < start.len;

        import->format = is_collection ? IMPORT_GEOJSON : IMPORT_NDJSON;
        return true;
    }
    if (text.ptr[0] == '<') {
        struct str start = str_slice(text, 0, GEOJSON_HEAD);

        import->format = IMPORT_CALENDAR;
        return str_find(start, STR("<calendar ")) < start.len ||
               err_set(err, ERR_INPUT,
                       "XML is read only as the zip of the ГАР, or as a production calendar");
    }
    csv = csv_recognise(head);
    import->format = IMPORT_CSV;
    import->options.separator = csv.separator;
    import->options.is_cp1251 = csv.is_cp1251;
    return true;
}

struct copy {
    const struct import_upload *upload;
    int to;
    struct digest_stream *digest;
    struct buf head;
    int64_t size;
};

static void close_copy(struct copy *copy)
{
    struct digest unused;

    if (copy->to >= 0)
        close(copy->to);
    if (copy->digest != NULL)
        unused = digest_finish(&copy->digest);
    (void)unused;
}

static bool write_all(int fd, const char *bytes, size_t len, struct err *err)
{
    while (len > 0) {
        ssize_t put = write(fd, bytes, len);

        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return err_set(err, ERR_BROKEN, "keeping the file: %s", strerror(errno));
        bytes += put;
        len -= (size_t)put;
    }
    return true;
}

/* The next bytes, in block when they come from a file; none at the end. */
static bool read_block(const struct copy *copy, char *block, struct str *bytes, struct err *err)
{
    ssize_t got;

    if (copy->upload->fd < 0) {
        *bytes = str_slice(copy->upload->bytes, (size_t)copy->size, HEAD);
        return true;
    }
    do
        got = pread(copy->upload->fd, block, HEAD, copy->size);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return err_set(err, ERR_BROKEN, "reading the upload: %s", strerror(errno));
    *bytes = (struct str){block, (size_t)got};
    return true;
}

static bool copy_bytes(struct copy *copy, struct arena *arena, struct err *err)
{
    char *block = arena_alloc(arena, HEAD);
    struct str bytes;

    for (;;) {
        if (!read_block(copy, block, &bytes, err))
            return false;
        if (bytes.len == 0)
            return true;
        if (copy->head.len < HEAD)
            buf_add(&copy->head, str_slice(bytes, 0, HEAD - copy->head.len));
        digest_add(copy->digest, bytes);
        if (!write_all(copy->to, bytes.ptr, bytes.len, err))
            return false;
        copy->size += (int64_t)bytes.len;
    }
}

static bool recognise(const struct copy *copy, struct import *import, struct err *err)
{
    if (!copy->upload->is_ndjson)
        return import_file_recognise(buf_str(&copy->head), import, err);
    import->format = IMPORT_NDJSON;
    return copy->size > 0 || err_set(err, ERR_INPUT, "the file is empty");
}

static bool sync_folder(const char *path, struct err *err)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;

    if (fd >= 0)
        close(fd);
    return ok || err_set(err, ERR_BROKEN, "keeping the file: %s", strerror(errno));
}

static bool copy_file(struct copy *copy, struct arena *arena, const char *path,
                      struct import *import, struct err *err)
{
    copy->to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (copy->to < 0)
        return err_set(err, ERR_BROKEN, "keeping the file: %s", strerror(errno));
    copy->digest = digest_start();
    copy->head.arena = arena;
    return copy_bytes(copy, arena, err) && recognise(copy, import, err) &&
           (fsync(copy->to) == 0 ||
            err_set(err, ERR_BROKEN, "keeping the file: %s", strerror(errno)));
}

static int64_t upload_size(const struct import_upload *upload)
{
    struct stat info = {.st_size = (off_t)upload->bytes.len};

    if (upload->fd >= 0 && fstat(upload->fd, &info) != 0)
        return 0;
    return info.st_size;
}

bool import_keep(struct tenant *tenant, struct arena *arena, const struct import_upload *upload,
                 struct import *import, struct err *err)
{
    CLEANUP(close_copy) struct copy copy = {.upload = upload, .to = -1};
    struct str folder = tenant_folder(tenant);
    struct str part =
        str_printf(arena, "upload-%.*s", STR_ARG(id_text(arena, id_next(time_now()))));
    char *path = str_to_z(arena, file_join(arena, folder, part));
    struct buf hex = {.arena = arena};

    *import = (struct import){.name = str_copy(arena, upload->name)};
    import->options.valid_from = RECORD_ALWAYS;
    if (!quota_need_file(tenant, upload_size(upload), time_now(), err) ||
        !file_make_folder(folder, err))
        return false;
    if (!copy_file(&copy, arena, path, import, err)) {
        unlink(path);
        return false;
    }
    struct digest digest = digest_finish(&copy.digest);
    digest_print_hex(&hex, &digest);
    import->digest = buf_str(&hex);
    import->size = copy.size;
    if (rename(path, str_to_z(arena, file_join(arena, folder, import->digest))) != 0) {
        err_set(err, ERR_BROKEN, "keeping the file: %s", strerror(errno));
        unlink(path);
        return false;
    }
    quota_kept(tenant, import->size);
    return sync_folder(str_to_z(arena, folder), err);
}

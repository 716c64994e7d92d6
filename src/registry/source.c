#include "registry/source.h"

#include "core/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct str source_path(struct arena *arena, const struct tenant *tenant, struct str digest)
{
    return file_join(arena, tenant_folder(tenant), digest);
}

bool source_read(void *data, char *buf, size_t size, size_t *len, struct err *err)
{
    struct source_bytes *bytes = data;
    ssize_t got;

    if (bytes->source->fd < 0) {
        *len = MIN(size, bytes->rest.len);
        if (*len > 0)
            memcpy(buf, bytes->rest.ptr, *len);
        bytes->rest = str_slice(bytes->rest, *len, bytes->rest.len);
    } else {
        do
            got = read(bytes->source->fd, buf, size);
        while (got < 0 && errno == EINTR);
        if (got < 0)
            return err_set(err, ERR_BROKEN, "reading the file: %s", strerror(errno));
        *len = (size_t)got;
    }
    bytes->source->position += (int64_t)*len;
    return true;
}

static bool open_format(struct arena *arena, const struct import *import,
                        struct source_bytes *bytes, struct err *err)
{
    switch (import->format) {
    case IMPORT_CSV:
        return source_csv_open(arena, &import->options, bytes, err);
    case IMPORT_NDJSON:
        return source_ndjson_open(arena, &import->options, bytes, err);
    case IMPORT_GEOJSON:
        return source_geojson_open(arena, bytes, err);
    case IMPORT_CALENDAR:
        return source_calendar_open(arena, bytes, err);
    case IMPORT_GAR:
        break;
    }
    return err_set(err, ERR_INPUT, "this kind of file is not read row by row");
}

bool source_open(struct arena *arena, const struct tenant *tenant, const struct import *import,
                 struct source *source, struct err *err)
{
    struct source_bytes *bytes = ARENA_NEW(arena, struct source_bytes);
    struct str path = source_path(arena, tenant, import->digest);
    struct stat stat;

    *source = (struct source){.fd = open(str_to_z(arena, path), O_RDONLY | O_CLOEXEC)};
    if (source->fd < 0 || fstat(source->fd, &stat) != 0) {
        source_close(source);
        return err_set(err, ERR_ABSENT, "the uploaded file is gone: upload it again");
    }
    source->size = stat.st_size;
    *bytes = (struct source_bytes){.source = source};
    if (open_format(arena, import, bytes, err))
        return true;
    source_close(source);
    return false;
}

bool source_open_text(struct arena *arena, const struct import *import, struct str text,
                      struct source *source, struct err *err)
{
    struct source_bytes *bytes = ARENA_NEW(arena, struct source_bytes);

    *source = (struct source){.fd = -1, .size = (int64_t)text.len};
    *bytes = (struct source_bytes){source, text};
    return open_format(arena, import, bytes, err);
}

void source_close(struct source *source)
{
    if (source->fd > 0)
        close(source->fd);
    source->fd = -1;
    source->next = NULL;
}

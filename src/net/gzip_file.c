#include "net/gzip_file.h"

#include "core/file.h"

#include <unistd.h>

#include <zlib.h>

enum {
    ROOM = 128 * 1024,
};

/* zlib's own handle: struct gzip_file is only its name here. */
static gzFile of(struct gzip_file *file)
{
    return (gzFile)(void *)file;
}

static bool start(int fd, const char *mode, struct gzip_file **file, struct err *err)
{
    int copy = dup(fd);
    gzFile opened = copy < 0 ? NULL : gzdopen(copy, mode);

    if (opened == NULL) {
        file_close(&copy);
        return err_set(err, ERR_UNAVAILABLE, "a file cannot be opened");
    }
    gzbuffer(opened, ROOM);
    *file = (struct gzip_file *)(void *)opened;
    return true;
}

bool gzip_file_write(int fd, struct gzip_file **file, struct err *err)
{
    return start(fd, "wb6", file, err);
}

bool gzip_file_read(int fd, struct gzip_file **file, struct err *err)
{
    return start(fd, "rb", file, err);
}

bool gzip_file_add(struct gzip_file *file, struct str bytes, struct err *err)
{
    return bytes.len == 0 || gzfwrite(bytes.ptr, 1, bytes.len, of(file)) == bytes.len ||
           err_set(err, ERR_UNAVAILABLE, "a file cannot be written: is the disk full?");
}

bool gzip_file_pull(struct gzip_file *file, char *room, size_t size, size_t *got, struct err *err)
{
    int error = Z_OK;

    *got = gzfread(room, 1, size, of(file));
    gzerror(of(file), &error);
    return error == Z_OK || error == Z_STREAM_END ||
           err_set(err, ERR_INPUT, "the file is damaged or ends in the middle");
}

bool gzip_file_end(struct gzip_file **file, struct err *err)
{
    gzFile closing = of(*file);

    *file = NULL;
    return gzclose(closing) == Z_OK ||
           err_set(err, ERR_UNAVAILABLE, "a file cannot be written: is the disk full?");
}

void gzip_file_close(struct gzip_file **file)
{
    if (*file != NULL)
        gzclose(of(*file));
    *file = NULL;
}

#include "net/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    MEMORY_MAX = 1024 * 1024,
};

struct str spool_folder(void)
{
    const char *folder = getenv("TMPDIR");

    return str_from_z(folder != NULL && folder[0] == '/' ? folder : "/tmp");
}

/* O_TMPFILE where the file system has it; else a file that is unlinked at once. */
int spool_open(struct str folder)
{
    char path[PATH_MAX];

    if (snprintf(path, sizeof path, "%.*s", STR_ARG(folder)) >= (int)sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    int fd = open(path, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0)
        return fd;
    if (snprintf(path, sizeof path, "%.*s/uprava-XXXXXX", STR_ARG(folder)) >= (int)sizeof path)
        return -1;
    fd = mkostemp(path, O_CLOEXEC);
    if (fd >= 0)
        unlink(path);
    return fd;
}

int spool_open_for(struct str folder, size_t size)
{
    int fd = size <= MEMORY_MAX ? memfd_create("uprava", MFD_CLOEXEC) : -1;

    return fd >= 0 ? fd : spool_open(folder);
}

bool spool_write(int fd, struct str bytes)
{
    while (bytes.len > 0) {
        ssize_t count = write(fd, bytes.ptr, bytes.len);

        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return false;
        bytes = str_slice(bytes, (size_t)count, bytes.len);
    }
    return true;
}

bool spool_rewind(int fd)
{
    return lseek(fd, 0, SEEK_SET) == 0;
}

#include "core/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/arena.h"
#include "core/vec.h"

enum {
    READ_STEP = 64 * 1024,
    WALK_FILES = 16, /* folders held open at once while a tree is removed */
};

static bool fail(struct err *err, const char *what, const char *path)
{
    int number = errno;
    enum err_code code = number == ENOENT || number == ENOTDIR ? ERR_ABSENT : ERR_BROKEN;

    return err_set(err, code, "%s %s: %s", what, path, strerrordesc_np(number));
}

/* The path as the system wants it. */
static bool path_to_z(struct str path, char z[PATH_MAX], struct err *err)
{
    if (path.len == 0 || path.len >= PATH_MAX || memchr(path.ptr, '\0', path.len) != NULL)
        return err_set(err, ERR_INPUT, "a path is empty, too long or has a NUL: %.*s",
                       (int)MIN(path.len, (size_t)100), path.len > 0 ? path.ptr : "");
    memcpy(z, path.ptr, path.len);
    z[path.len] = '\0';
    return true;
}

void file_close(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* The size is only a hint: files of /proc say 0, others grow while they are read. */
static bool read_all(int fd, size_t max, struct buf *buf, const char *path, struct err *err)
{
    for (;;) {
        size_t left = buf->cap > buf->len ? buf->cap - buf->len : (size_t)READ_STEP;
        size_t room = MIN(left, max - buf->len + 1);
        ssize_t got = read(fd, buf_room(buf, room), room);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail(err, "reading", path);
        if (got == 0)
            return true;
        buf->len += (size_t)got;
        if (buf->len > max)
            return err_set(err, ERR_LIMIT, "%s is larger than %zu bytes", path, max);
    }
}

bool file_read(struct arena *arena, struct str path, size_t max, struct str *bytes, struct err *err)
{
    char z[PATH_MAX];
    struct stat stat;

    if (!path_to_z(path, z, err))
        return false;

    CLEANUP(file_close) int fd = open(z, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &stat) < 0)
        return fail(err, "reading", z);
    if (!S_ISREG(stat.st_mode))
        return err_set(err, ERR_INPUT, "%s is not a file", z);
    if ((uint64_t)stat.st_size > max)
        return err_set(err, ERR_LIMIT, "%s is larger than %zu bytes", z, max);

    struct buf buf = {.arena = arena};
    size_t limit = MIN(max, (size_t)SSIZE_MAX - 1);
    buf_room(&buf, (size_t)stat.st_size + 1);
    if (!read_all(fd, limit, &buf, z, err))
        return false;
    *bytes = buf_str(&buf);
    return true;
}

static bool write_all(int fd, struct str bytes)
{
    while (bytes.len > 0) {
        ssize_t put = write(fd, bytes.ptr, bytes.len);

        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return false;
        bytes = str_slice(bytes, (size_t)put, bytes.len);
    }
    return true;
}

/* A rename lasts only when its folder is on the disk. */
static bool sync_folder_of(const char *path)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    size_t len = slash == NULL ? 0 : slash == path ? 1 : (size_t)(slash - path);

    memcpy(folder, len > 0 ? path : ".", len > 0 ? len : 1);
    folder[len > 0 ? len : 1] = '\0';

    CLEANUP(file_close) int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd >= 0 && fsync(fd) == 0;
}

bool file_write(struct str path, struct str bytes, struct err *err)
{
    char z[PATH_MAX];
    char beside[PATH_MAX + 8];

    if (!path_to_z(path, z, err))
        return false;
    snprintf(beside, sizeof beside, "%s.XXXXXX", z);

    int fd = mkostemp(beside, O_CLOEXEC);
    if (fd < 0)
        return fail(err, "writing", z);

    bool ok = write_all(fd, bytes) && fsync(fd) == 0;
    int number = errno;
    bool closed = close(fd) == 0;
    errno = ok ? errno : number;
    if (!ok || !closed || rename(beside, z) < 0) {
        fail(err, "writing", z);
        unlink(beside);
        return false;
    }
    return sync_folder_of(z) || fail(err, "writing", z);
}

static bool make_one(const char *path, struct err *err)
{
    struct stat stat_;

    if (mkdir(path, 0700) == 0)
        return true;
    if (errno != EEXIST)
        return fail(err, "making the folder", path);
    if (stat(path, &stat_) == 0 && S_ISDIR(stat_.st_mode))
        return true;
    return err_set(err, ERR_CONFLICT, "%s is there and is not a folder", path);
}

bool file_make_folder(struct str path, struct err *err)
{
    char z[PATH_MAX];

    if (!path_to_z(path, z, err))
        return false;
    for (char *slash = strchr(z + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (!make_one(z, err))
            return false;
        *slash = '/';
    }
    return make_one(z, err);
}

static bool stat_path(struct str path, struct stat *found)
{
    char z[PATH_MAX];
    struct err ignored;

    return path_to_z(path, z, &ignored) && stat(z, found) == 0;
}

bool file_exists(struct str path)
{
    struct stat found;

    return stat_path(path, &found);
}

bool file_sync_folder(struct str path, struct err *err)
{
    char z[PATH_MAX];

    if (!path_to_z(path, z, err))
        return false;

    CLEANUP(file_close) int fd = open(z, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return (fd >= 0 && fsync(fd) == 0) || fail(err, "writing", z);
}

bool file_touch(struct str path)
{
    char z[PATH_MAX];
    struct err ignored;

    return path_to_z(path, z, &ignored) && utimensat(AT_FDCWD, z, NULL, 0) == 0;
}

bool file_is_folder(struct str path)
{
    struct stat found;

    return stat_path(path, &found) && S_ISDIR(found.st_mode);
}

static int compare_names(const void *a, const void *b)
{
    return str_compare(*(const struct str *)a, *(const struct str *)b);
}

static void close_folder(DIR **folder)
{
    if (*folder != NULL)
        closedir(*folder);
    *folder = NULL;
}

bool file_list(struct arena *arena, struct str path, struct str **names, size_t *count,
               struct err *err)
{
    char z[PATH_MAX];
    VEC(struct str) found = {0};

    if (!path_to_z(path, z, err))
        return false;

    CLEANUP(close_folder) DIR *folder = opendir(z);
    if (folder == NULL)
        return fail(err, "listing", z);

    errno = 0;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL; errno = 0) {
        struct str name = str_from_z(entry->d_name);

        if (!str_equal(name, STR(".")) && !str_equal(name, STR("..")))
            VEC_PUSH(arena, &found, str_copy(arena, name));
    }
    if (errno != 0)
        return fail(err, "listing", z);
    if (found.count > 0)
        qsort(found.items, found.count, sizeof *found.items, compare_names);
    *names = found.items;
    *count = found.count;
    return true;
}

bool file_each(struct str path,
               bool (*each)(void *data, struct str name, int64_t at, struct err *err), void *data,
               struct err *err)
{
    char z[PATH_MAX];
    struct stat found;

    if (!path_to_z(path, z, err))
        return false;

    CLEANUP(close_folder) DIR *folder = opendir(z);
    if (folder == NULL)
        return fail(err, "listing", z);

    errno = 0;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL; errno = 0) {
        /* One that has gone meanwhile is not there. */
        if (fstatat(dirfd(folder), entry->d_name, &found, AT_SYMLINK_NOFOLLOW) < 0 ||
            !S_ISREG(found.st_mode))
            continue;
        if (!each(data, str_from_z(entry->d_name), (int64_t)found.st_mtime * 1000, err))
            return false;
    }
    return errno == 0 || fail(err, "listing", z);
}

bool file_open(struct str path, int *fd, struct err *err)
{
    char z[PATH_MAX];

    if (!path_to_z(path, z, err))
        return false;
    *fd = open(z, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    return *fd >= 0 || fail(err, "reading", z);
}

bool file_pull(int fd, int64_t at, char *room, size_t size, size_t *got, struct err *err)
{
    ssize_t count;

    do
        count = pread(fd, room, size, (off_t)at);
    while (count < 0 && errno == EINTR);
    if (count < 0)
        return fail(err, "reading", "a file");
    *got = (size_t)count;
    return true;
}

bool file_remove(struct str path, struct err *err)
{
    char z[PATH_MAX];

    if (!path_to_z(path, z, err))
        return false;
    return unlink(z) == 0 || fail(err, "removing", z);
}

static int remove_one(const char *path, const struct stat *found, int kind, struct FTW *place)
{
    (void)found, (void)kind, (void)place;
    return remove(path);
}

bool file_remove_tree(struct str path, struct err *err)
{
    char z[PATH_MAX];

    if (!path_to_z(path, z, err))
        return false;
    /* Links are removed, never followed. */
    return nftw(z, remove_one, WALK_FILES, FTW_DEPTH | FTW_PHYS) == 0 || fail(err, "removing", z);
}

struct str file_join(struct arena *arena, struct str folder, struct str name)
{
    bool has_slash = folder.len == 0 || folder.ptr[folder.len - 1] == '/';

    return str_printf(arena, "%.*s%s%.*s", STR_ARG(folder), has_slash ? "" : "/", STR_ARG(name));
}

#include "store/folder.h"

#include "core/file.h"
#include "core/num.h"
#include "store/sqlite.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

const char *folder_path(struct arena *arena, struct str folder, const char *name)
{
    return str_printf(arena, "%.*s/%s", STR_ARG(folder), name).ptr;
}

struct str folder_tenant_home(struct arena *arena, struct str folder, struct str name)
{
    return str_printf(arena, "%.*s/tenants/%.*s", STR_ARG(folder), STR_ARG(name));
}

const char *folder_tenant_file(struct arena *arena, struct str folder, struct str name)
{
    return str_printf(arena, "%.*s/tenants/%.*s/data.db", STR_ARG(folder), STR_ARG(name)).ptr;
}

struct str folder_tenant_files(struct arena *arena, struct str folder, struct str name)
{
    return str_printf(arena, "%.*s/tenants/%.*s/files", STR_ARG(folder), STR_ARG(name));
}

static bool fail(struct err *err, const char *what, const char *path)
{
    int why = errno;

    return err_set(err, ERR_UNAVAILABLE, "%s cannot be %s: %s", path, what, strerror(why));
}

static int number_in(const char *text)
{
    int64_t number;

    return num_parse_int(str_trim(str_from_z(text)), &number) ? (int)number : 0;
}

/*
 * flock: the kernel lets go of it when the process ends, however it ends, so a stale file
 * never locks anyone out.
 */
bool folder_take(struct arena *arena, struct str folder, int *lock, struct err *err)
{
    const char *path = folder_path(arena, folder, "lock");
    char text[32] = "";

    if (!file_make_folder(folder, err) ||
        !file_make_folder(str_from_z(folder_path(arena, folder, "tenants")), err))
        return false;
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0)
        return fail(err, "written", path);
    if (flock(file, LOCK_EX | LOCK_NB) != 0) {
        bool is_held = errno == EWOULDBLOCK;

        if (is_held && read(file, text, sizeof text - 1) >= 0)
            err_set(err, ERR_CONFLICT,
                    "the data folder %.*s is in use by process %d: stop it, or let it do the work",
                    STR_ARG(folder), number_in(text));
        else
            fail(err, "locked", path);
        close(file);
        return false;
    }
    if (!folder_sign(file, err)) {
        close(file);
        return false;
    }
    *lock = file;
    return true;
}

bool folder_sign(int lock, struct err *err)
{
    char text[32];
    int len = snprintf(text, sizeof text, "%ld\n", (long)getpid());

    return (ftruncate(lock, 0) == 0 && pwrite(lock, text, (size_t)len, 0) == len) ||
           fail(err, "written", "the lock of the data directory");
}

/* The file stays: taking it away would race with someone who has just opened it. */
void folder_leave(int lock)
{
    close(lock);
}

static bool sync_path(const char *path, struct err *err)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    bool ok = file >= 0 && fsync(file) == 0;

    if (!ok)
        fail(err, "synced", path);
    if (file >= 0)
        close(file);
    return ok;
}

static bool sync_parent(const char *path, struct err *err)
{
    char parent[4096];

    snprintf(parent, sizeof parent, "%.*s", (int)(strrchr(path, '/') - path), path);
    return sync_path(parent, err);
}

static bool put_in_place(const char *beside, const char *path, struct err *err)
{
    if (!sync_path(beside, err))
        return false;
    if (rename(beside, path) != 0)
        return fail(err, "made", path);
    return sync_parent(path, err);
}

bool folder_make_node(const char *path, struct err *err)
{
    char beside[4096];

    if (file_exists(str_from_z(path)))
        return true;
    snprintf(beside, sizeof beside, "%s.new", path);
    return sqlite_create(beside, MIGRATION_NODE, err) && put_in_place(beside, path, err);
}

static bool copy(const char *from, const char *to, struct err *err)
{
    int in = open(from, O_RDONLY | O_CLOEXEC);
    int out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    ssize_t sent = in >= 0 && out >= 0 ? 1 : -1;

    while (sent > 0)
        sent = sendfile(out, in, NULL, 1 << 20);
    bool ok = sent == 0 || fail(err, "made", to);
    if (in >= 0)
        close(in);
    if (out >= 0)
        close(out);
    return ok;
}

bool folder_make_tenant(struct arena *arena, struct str folder, struct str name, bool *has_template,
                        struct str *beside, struct err *err)
{
    const char *template = folder_path(arena, folder, "template.db");
    struct str home = folder_tenant_home(arena, folder, name);

    if (!*has_template && !sqlite_create(template, MIGRATION_TENANT, err))
        return false;
    *has_template = true;
    *beside = str_printf(arena, "%s.new", folder_tenant_file(arena, folder, name));
    return file_make_folder(home, err) && copy(template, beside->ptr, err);
}

bool folder_place_tenant(struct arena *arena, struct str folder, struct str name, struct str beside,
                         struct err *err)
{
    return put_in_place(beside.ptr, folder_tenant_file(arena, folder, name), err) &&
           sync_parent(folder_tenant_home(arena, folder, name).ptr, err);
}

/* Of everything below, in blocks: what the disk gave for it. Links are not followed. */
static int64_t measure_folder(int parent, const char *name)
{
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *folder = fd >= 0 ? fdopendir(fd) : NULL;
    int64_t bytes = 0;
    struct dirent *entry;
    struct stat info;

    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
            fstatat(fd, entry->d_name, &info, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        bytes += S_ISDIR(info.st_mode) ? measure_folder(fd, entry->d_name)
                                       : (int64_t)info.st_blocks * 512;
    }
    if (folder != NULL)
        closedir(folder);
    else if (fd >= 0)
        close(fd);
    return bytes;
}

static int64_t changed_at(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0
               ? (int64_t)info.st_mtim.tv_sec * 1000 + info.st_mtim.tv_nsec / 1000000
               : 0;
}

static int64_t database_at(struct arena *scratch, struct str folder, struct str name)
{
    const char *path = folder_tenant_file(scratch, folder, name);

    return MAX(changed_at(path), changed_at(str_printf(scratch, "%s-wal", path).ptr));
}

int64_t folder_written_at(struct str folder, struct str name)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);

    return MAX(changed_at(folder_tenant_files(scratch, folder, name).ptr),
               database_at(scratch, folder, name));
}

void folder_measure(struct str folder, struct str files, struct str name, int64_t *bytes,
                    int64_t *written_at)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct str whole = str_printf(scratch, "%.*s/tenants/%.*s", STR_ARG(folder), STR_ARG(name));

    *bytes = measure_folder(AT_FDCWD, whole.ptr);
    if (files.len > 0)
        *bytes += measure_folder(AT_FDCWD, file_join(scratch, files, name).ptr);
    *written_at = database_at(scratch, folder, name);
}

int64_t folder_random_id(void)
{
    uint64_t id = 0;

    while ((id >> 1) == 0)
        if (getrandom(&id, sizeof id, 0) != (ssize_t)sizeof id)
            abort(); /* never on Linux once it is up */
    return (int64_t)(id >> 1);
}

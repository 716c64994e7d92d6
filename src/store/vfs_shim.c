#include "store/vfs_shim.h"

#include "store/overlay.h"
#include "store/sqlite.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

struct vfs_shim {
    sqlite3_vfs vfs; /* first: SQLite hands it back */
    sqlite3_vfs *real;
    enum vfs_shim_mode mode;
    int slow_flush_ms;
    atomic_uint chance;
    struct overlay_list overlays;
    struct vfs_shim_faults faults;
    char name[40];
};

struct shim_file {
    sqlite3_file base;
    struct vfs_shim *shim;
    struct overlay *overlay; /* NULL: writes go straight on */
    sqlite3_file *real;      /* behind this struct */
};

static struct shim_file *file_of(sqlite3_file *file)
{
    return (struct shim_file *)file;
}

/* The code to fail with, or SQLITE_OK. */
static int fault(struct vfs_shim *shim)
{
    struct vfs_shim_faults *faults = &shim->faults;
    long long call = atomic_fetch_add(&faults->calls, 1) + 1;
    long long at = atomic_load(&faults->fail_at);

    if (at == 0 || call < at || call >= at + MAX(atomic_load(&faults->fail_count), 1))
        return SQLITE_OK;
    return atomic_load(&faults->code);
}

static bool below_read(void *file, void *bytes, int size, int64_t offset)
{
    sqlite3_file *real = file;
    int code = real->pMethods->xRead(real, bytes, size, offset);

    return code == SQLITE_OK || code == SQLITE_IOERR_SHORT_READ;
}

static bool below_write(void *file, const void *bytes, int size, int64_t offset)
{
    sqlite3_file *real = file;

    return real->pMethods->xWrite(real, bytes, size, offset) == SQLITE_OK;
}

static bool below_truncate(void *file, int64_t size)
{
    sqlite3_file *real = file;

    return real->pMethods->xTruncate(real, size) == SQLITE_OK;
}

static int64_t below_size(void *file)
{
    sqlite3_file *real = file;
    sqlite3_int64 size = 0;

    return real->pMethods->xFileSize(real, &size) == SQLITE_OK ? size : 0;
}

static struct overlay_file below(const struct shim_file *file)
{
    return (struct overlay_file){file->real, below_read, below_write, below_truncate, below_size};
}

static int on_close(sqlite3_file *base)
{
    struct shim_file *file = file_of(base);

    if (file->overlay != NULL)
        overlay_release(&file->shim->overlays, file->overlay);
    return file->real->pMethods->xClose(file->real);
}

static int on_read(sqlite3_file *base, void *bytes, int size, sqlite3_int64 offset)
{
    struct shim_file *file = file_of(base);

    if (file->overlay == NULL)
        return file->real->pMethods->xRead(file->real, bytes, size, offset);

    struct overlay_file real = below(file);
    return overlay_read(file->overlay, &real, bytes, size, offset) ? SQLITE_OK
                                                                   : SQLITE_IOERR_SHORT_READ;
}

static int on_write(sqlite3_file *base, const void *bytes, int size, sqlite3_int64 offset)
{
    struct shim_file *file = file_of(base);
    int code = fault(file->shim);

    if (code != SQLITE_OK)
        return code;
    if (file->overlay == NULL)
        return file->real->pMethods->xWrite(file->real, bytes, size, offset);

    struct overlay_file real = below(file);
    bool ok = overlay_write(file->overlay, &real, bytes, size, offset);
    uint32_t chance = atomic_fetch_add(&file->shim->chance, 2654435761U);
    if (ok && file->shim->mode == VFS_SHIM_TEAR && (chance >> 16) % 16 == 0)
        ok = overlay_tear(file->overlay, &real, chance);
    return ok ? SQLITE_OK : SQLITE_IOERR_WRITE;
}

static int on_truncate(sqlite3_file *base, sqlite3_int64 size)
{
    struct shim_file *file = file_of(base);
    int code = fault(file->shim);

    if (code != SQLITE_OK)
        return code;
    if (file->overlay == NULL)
        return file->real->pMethods->xTruncate(file->real, size);
    overlay_truncate(file->overlay, size);
    return SQLITE_OK;
}

static int on_sync(sqlite3_file *base, int flags)
{
    struct shim_file *file = file_of(base);
    int code = fault(file->shim);

    if (code != SQLITE_OK)
        return code;
    if (file->shim->slow_flush_ms > 0)
        usleep((useconds_t)file->shim->slow_flush_ms * 1000);
    if (file->overlay != NULL) {
        struct overlay_file real = below(file);

        if (!overlay_flush(file->overlay, &real))
            return SQLITE_IOERR_FSYNC;
    }
    return file->real->pMethods->xSync(file->real, flags);
}

static int on_size(sqlite3_file *base, sqlite3_int64 *size)
{
    struct shim_file *file = file_of(base);

    if (file->overlay == NULL)
        return file->real->pMethods->xFileSize(file->real, size);
    *size = overlay_size(file->overlay);
    return SQLITE_OK;
}

static int on_lock(sqlite3_file *base, int lock)
{
    return file_of(base)->real->pMethods->xLock(file_of(base)->real, lock);
}

static int on_unlock(sqlite3_file *base, int lock)
{
    return file_of(base)->real->pMethods->xUnlock(file_of(base)->real, lock);
}

static int on_check_lock(sqlite3_file *base, int *is_reserved)
{
    return file_of(base)->real->pMethods->xCheckReservedLock(file_of(base)->real, is_reserved);
}

static int on_control(sqlite3_file *base, int what, void *arg)
{
    struct shim_file *file = file_of(base);

    /* Both would let SQLite look past the overlay. */
    if (file->overlay != NULL && (what == SQLITE_FCNTL_SIZE_HINT || what == SQLITE_FCNTL_MMAP_SIZE))
        return SQLITE_NOTFOUND;
    return file->real->pMethods->xFileControl(file->real, what, arg);
}

static int on_sector_size(sqlite3_file *base)
{
    return file_of(base)->real->pMethods->xSectorSize(file_of(base)->real);
}

static int on_traits(sqlite3_file *base)
{
    struct shim_file *file = file_of(base);
    int traits = file->real->pMethods->xDeviceCharacteristics(file->real);

    /* What is torn here is not safe against a power cut. */
    return file->overlay != NULL ? traits & ~SQLITE_IOCAP_POWERSAFE_OVERWRITE : traits;
}

static int on_shm_map(sqlite3_file *base, int page, int size, int is_new, void volatile **memory)
{
    return file_of(base)->real->pMethods->xShmMap(file_of(base)->real, page, size, is_new, memory);
}

static int on_shm_lock(sqlite3_file *base, int offset, int count, int flags)
{
    return file_of(base)->real->pMethods->xShmLock(file_of(base)->real, offset, count, flags);
}

static void on_shm_barrier(sqlite3_file *base)
{
    file_of(base)->real->pMethods->xShmBarrier(file_of(base)->real);
}

static int on_shm_unmap(sqlite3_file *base, int is_delete)
{
    return file_of(base)->real->pMethods->xShmUnmap(file_of(base)->real, is_delete);
}

static int on_fetch(sqlite3_file *base, sqlite3_int64 offset, int size, void **memory)
{
    struct shim_file *file = file_of(base);

    *memory = NULL;
    if (file->overlay != NULL)
        return SQLITE_OK;
    return file->real->pMethods->xFetch(file->real, offset, size, memory);
}

static int on_unfetch(sqlite3_file *base, sqlite3_int64 offset, void *memory)
{
    struct shim_file *file = file_of(base);

    if (file->overlay != NULL)
        return SQLITE_OK;
    return file->real->pMethods->xUnfetch(file->real, offset, memory);
}

static const sqlite3_io_methods METHODS = {
    .iVersion = 3,
    .xClose = on_close,
    .xRead = on_read,
    .xWrite = on_write,
    .xTruncate = on_truncate,
    .xSync = on_sync,
    .xFileSize = on_size,
    .xLock = on_lock,
    .xUnlock = on_unlock,
    .xCheckReservedLock = on_check_lock,
    .xFileControl = on_control,
    .xSectorSize = on_sector_size,
    .xDeviceCharacteristics = on_traits,
    .xShmMap = on_shm_map,
    .xShmLock = on_shm_lock,
    .xShmBarrier = on_shm_barrier,
    .xShmUnmap = on_shm_unmap,
    .xFetch = on_fetch,
    .xUnfetch = on_unfetch,
};

static int on_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *base, int flags, int *got)
{
    struct shim_file *file = file_of(base);
    struct vfs_shim *shim = (struct vfs_shim *)vfs;
    int lasting = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL;

    *file = (struct shim_file){.shim = shim, .real = (sqlite3_file *)(file + 1)};
    int code = shim->real->xOpen(shim->real, name, file->real, flags, got);
    if (code != SQLITE_OK)
        return code;
    file->base.pMethods = &METHODS;
    if (shim->mode != VFS_SHIM_PLAIN && name != NULL && (flags & lasting) != 0) {
        struct overlay_file real = below(file);

        file->overlay = overlay_hold(&shim->overlays, name, &real);
    }
    return SQLITE_OK;
}

static int on_delete(sqlite3_vfs *vfs, const char *name, int is_synced)
{
    struct vfs_shim *shim = (struct vfs_shim *)vfs;

    overlay_forget(&shim->overlays, name);
    return shim->real->xDelete(shim->real, name, is_synced);
}

bool vfs_shim_open(struct arena *arena, enum vfs_shim_mode mode, int slow_flush_ms,
                   struct vfs_shim **out, struct err *err)
{
    struct vfs_shim *shim = ARENA_NEW(arena, struct vfs_shim);

    shim->real = sqlite3_vfs_find(SQLITE_VFS);
    pthread_mutex_init(&shim->overlays.mutex, NULL);
    shim->vfs = *shim->real;
    shim->vfs.szOsFile += (int)sizeof(struct shim_file);
    shim->vfs.xOpen = on_open;
    shim->vfs.xDelete = on_delete;
    shim->vfs.zName = shim->name;
    shim->mode = mode;
    shim->slow_flush_ms = slow_flush_ms;
    atomic_init(&shim->chance, (unsigned)getpid());
    snprintf(shim->name, sizeof shim->name, "uprava-%p", (void *)shim);
    if (sqlite3_vfs_register(&shim->vfs, 0) != SQLITE_OK)
        return err_set(err, ERR_BROKEN, "the test layer under SQLite cannot be registered");
    *out = shim;
    return true;
}

void vfs_shim_close(struct vfs_shim **shim)
{
    if (*shim != NULL)
        sqlite3_vfs_unregister(&(*shim)->vfs);
    *shim = NULL;
}

const char *vfs_shim_name(const struct vfs_shim *shim)
{
    return shim->name;
}

struct vfs_shim_faults *vfs_shim_faults(struct vfs_shim *shim)
{
    return &shim->faults;
}

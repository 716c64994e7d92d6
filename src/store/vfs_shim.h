/*
 * A layer under SQLite for tests and benches: it hands everything on to the default VFS,
 * but can make the disk slow, failing, or forgetful.
 *
 * Forgetful (drop): what was written lives in the memory of this process until the file
 * is synced, so a kill -9 loses exactly what a power cut may lose.  Tearing: besides,
 * random sectors of what was not synced reach the disk at random moments, as a disk's
 * cache may write them.  Only this process may have the files open then.
 *
 * Not used unless asked for; shared memory and locks are always the real ones.
 */
#pragma once

#include "core/arena.h"
#include "core/err.h"

#include <stdatomic.h>

enum vfs_shim_mode {
    VFS_SHIM_PLAIN,
    VFS_SHIM_DROP,
    VFS_SHIM_TEAR,
};

/* Counts writes, syncs, truncations; the fail_at-th (from 1) and count-1 after it fail. */
struct vfs_shim_faults {
    atomic_llong calls;
    atomic_llong fail_at; /* 0: never */
    atomic_llong fail_count;
    atomic_int code; /* SQLITE_FULL, SQLITE_IOERR_FSYNC, ... */
};

struct vfs_shim;

/* Registers a VFS; closed after the last of its files. */
MUST_CHECK bool vfs_shim_open(struct arena *arena, enum vfs_shim_mode mode, int slow_flush_ms,
                              struct vfs_shim **shim, struct err *err);
void vfs_shim_close(struct vfs_shim **shim);
/* For sqlite3_open_v2. */
const char *vfs_shim_name(const struct vfs_shim *shim);
struct vfs_shim_faults *vfs_shim_faults(struct vfs_shim *shim);

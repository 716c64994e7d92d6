/*
 * What was written to one file and not yet synced: blocks held in memory over the file
 * on the disk.  For the forgetful VFS of the tests; one overlay serves all handles of a
 * file, any thread.
 */
#pragma once

#include "core/core.h"

#include <pthread.h>

struct overlay;

/* All of a VFS; its mutex is set up by whoever owns it. */
struct overlay_list {
    pthread_mutex_t mutex;
    struct overlay *first;
};

/* The real file below. */
struct overlay_file {
    void *file;
    bool (*read)(void *file, void *bytes, int size, int64_t offset); /* beyond the end: zeros */
    bool (*write)(void *file, const void *bytes, int size, int64_t offset);
    bool (*truncate)(void *file, int64_t size);
    int64_t (*size)(void *file);
};

/* Finds or makes the overlay of that path in the list. */
struct overlay *overlay_hold(struct overlay_list *list, const char *path,
                             const struct overlay_file *below);
/* The last holder forgets what was not synced, as a crash would. */
void overlay_release(struct overlay_list *list, struct overlay *overlay);
/* The file was deleted: nothing remains of it. */
void overlay_forget(struct overlay_list *list, const char *path);

/* False when the read goes beyond the end (the rest is zeroed). */
bool overlay_read(struct overlay *overlay, const struct overlay_file *below, void *bytes, int size,
                  int64_t offset);
bool overlay_write(struct overlay *overlay, const struct overlay_file *below, const void *bytes,
                   int size, int64_t offset);
void overlay_truncate(struct overlay *overlay, int64_t size);
int64_t overlay_size(struct overlay *overlay);
/* Everything goes to the file below; the caller syncs it. */
bool overlay_flush(struct overlay *overlay, const struct overlay_file *below);
/* Some sectors go to the file below, chosen by chance; they stay unsynced here too. */
bool overlay_tear(struct overlay *overlay, const struct overlay_file *below, uint32_t chance);

#include "store/overlay.h"

#include "core/arena.h"

#include <pthread.h>
#include <string.h>

enum {
    BLOCK = 4096,
    SECTOR = 512, /* what a disk writes whole */
    BUCKETS = 1024,
};

struct block {
    struct block *next;
    int64_t no;
    unsigned char bytes[BLOCK];
};

struct overlay {
    struct overlay *next;
    pthread_mutex_t mutex;
    int holders;
    char path[1024];
    int64_t size;  /* as the program sees it */
    int64_t floor; /* the smallest size since the last flush: the file below holds no more */
    struct arena *arena;
    struct block *free;
    struct block *buckets[BUCKETS];
};

struct overlay *overlay_hold(struct overlay_list *list, const char *path,
                             const struct overlay_file *below)
{
    struct overlay *overlay;

    pthread_mutex_lock(&list->mutex);
    for (overlay = list->first; overlay != NULL; overlay = overlay->next)
        if (overlay->holders > 0 && strcmp(overlay->path, path) == 0)
            break;
    if (overlay == NULL) {
        struct arena *arena = arena_open(64 * 1024);

        overlay = ARENA_NEW(arena, struct overlay);
        overlay->arena = arena;
        strncpy(overlay->path, path, sizeof overlay->path - 1);
        overlay->size = overlay->floor = below->size(below->file);
        pthread_mutex_init(&overlay->mutex, NULL);
        overlay->next = list->first;
        list->first = overlay;
    }
    overlay->holders++;
    pthread_mutex_unlock(&list->mutex);
    return overlay;
}

void overlay_release(struct overlay_list *list, struct overlay *overlay)
{
    struct arena *arena = NULL;

    pthread_mutex_lock(&list->mutex);
    if (--overlay->holders == 0) {
        struct overlay **at = &list->first;

        while (*at != overlay)
            at = &(*at)->next;
        *at = overlay->next;
        arena = overlay->arena;
        pthread_mutex_destroy(&overlay->mutex);
    }
    pthread_mutex_unlock(&list->mutex);
    arena_close(&arena);
}

static struct block **bucket_of(struct overlay *overlay, int64_t no)
{
    return &overlay->buckets[(uint64_t)no % BUCKETS];
}

static struct block *find(struct overlay *overlay, int64_t no)
{
    struct block *block = *bucket_of(overlay, no);

    while (block != NULL && block->no != no)
        block = block->next;
    return block;
}

/* Takes blocks from no on out of the overlay. */
static void drop_from(struct overlay *overlay, int64_t no)
{
    for (size_t i = 0; i < BUCKETS; i++) {
        struct block **at = &overlay->buckets[i];

        while (*at != NULL) {
            struct block *block = *at;

            if (block->no < no) {
                at = &block->next;
                continue;
            }
            *at = block->next;
            block->next = overlay->free;
            overlay->free = block;
        }
    }
}

void overlay_forget(struct overlay_list *list, const char *path)
{
    pthread_mutex_lock(&list->mutex);
    for (struct overlay *overlay = list->first; overlay != NULL; overlay = overlay->next)
        if (strcmp(overlay->path, path) == 0) {
            pthread_mutex_lock(&overlay->mutex);
            drop_from(overlay, 0);
            overlay->size = overlay->floor = 0;
            pthread_mutex_unlock(&overlay->mutex);
        }
    pthread_mutex_unlock(&list->mutex);
}

/* What the file below holds of the block, as far as it still counts. */
static bool load(struct overlay *overlay, const struct overlay_file *below, int64_t no,
                 unsigned char *bytes)
{
    int64_t start = no * BLOCK;
    int len = (int)MAX(MIN(overlay->floor - start, BLOCK), 0);

    memset(bytes, 0, BLOCK);
    return len == 0 || below->read(below->file, bytes, len, start);
}

static bool read_part(struct overlay *overlay, const struct overlay_file *below, int64_t no,
                      unsigned char *bytes, int from, int size)
{
    const struct block *block = find(overlay, no);
    unsigned char below_bytes[BLOCK];

    if (block == NULL && !load(overlay, below, no, below_bytes))
        return false;
    memcpy(bytes, (block != NULL ? block->bytes : below_bytes) + from, (size_t)size);
    return true;
}

bool overlay_read(struct overlay *overlay, const struct overlay_file *below, void *bytes, int size,
                  int64_t offset)
{
    bool ok = true;

    pthread_mutex_lock(&overlay->mutex);
    int64_t end = MIN(offset + size, MAX(overlay->size, offset));
    memset(bytes, 0, (size_t)size);
    for (int64_t at = offset; ok && at < end;) {
        int from = (int)(at % BLOCK);
        int len = (int)MIN(end - at, BLOCK - from);

        ok = read_part(overlay, below, at / BLOCK, (unsigned char *)bytes + (at - offset), from,
                       len);
        at += len;
    }
    pthread_mutex_unlock(&overlay->mutex);
    return ok && end == offset + size;
}

static struct block *make(struct overlay *overlay, const struct overlay_file *below, int64_t no)
{
    struct block *block = find(overlay, no);

    if (block != NULL)
        return block;
    block = overlay->free;
    if (block != NULL)
        overlay->free = block->next;
    else
        block = ARENA_NEW(overlay->arena, struct block);
    block->no = no;
    if (!load(overlay, below, no, block->bytes)) {
        block->next = overlay->free;
        overlay->free = block;
        return NULL;
    }
    block->next = *bucket_of(overlay, no);
    *bucket_of(overlay, no) = block;
    return block;
}

bool overlay_write(struct overlay *overlay, const struct overlay_file *below, const void *bytes,
                   int size, int64_t offset)
{
    bool ok = true;

    pthread_mutex_lock(&overlay->mutex);
    for (int64_t at = offset; ok && at < offset + size;) {
        struct block *block = make(overlay, below, at / BLOCK);
        int from = (int)(at % BLOCK);
        int len = (int)MIN(offset + size - at, BLOCK - from);

        ok = block != NULL;
        if (ok)
            memcpy(block->bytes + from, (const unsigned char *)bytes + (at - offset), (size_t)len);
        at += len;
    }
    if (ok)
        overlay->size = MAX(overlay->size, offset + size);
    pthread_mutex_unlock(&overlay->mutex);
    return ok;
}

void overlay_truncate(struct overlay *overlay, int64_t size)
{
    pthread_mutex_lock(&overlay->mutex);
    struct block *last = find(overlay, size / BLOCK);
    if (last != NULL)
        memset(last->bytes + size % BLOCK, 0, (size_t)(BLOCK - size % BLOCK));
    drop_from(overlay, (size + BLOCK - 1) / BLOCK);
    overlay->size = size;
    overlay->floor = MIN(overlay->floor, size);
    pthread_mutex_unlock(&overlay->mutex);
}

int64_t overlay_size(struct overlay *overlay)
{
    pthread_mutex_lock(&overlay->mutex);
    int64_t size = overlay->size;
    pthread_mutex_unlock(&overlay->mutex);
    return size;
}

bool overlay_flush(struct overlay *overlay, const struct overlay_file *below)
{
    bool ok = true;

    pthread_mutex_lock(&overlay->mutex);
    if (overlay->floor < below->size(below->file))
        ok = below->truncate(below->file, overlay->floor);
    for (size_t i = 0; ok && i < BUCKETS; i++)
        for (struct block *block = overlay->buckets[i]; ok && block != NULL; block = block->next) {
            int64_t start = block->no * BLOCK;
            int len = (int)MIN(overlay->size - start, BLOCK);

            ok = len <= 0 || below->write(below->file, block->bytes, len, start);
        }
    if (ok && below->size(below->file) < overlay->size) /* it ends in a hole */
        ok = below->truncate(below->file, overlay->size);
    if (ok) {
        drop_from(overlay, 0);
        overlay->floor = overlay->size;
    }
    pthread_mutex_unlock(&overlay->mutex);
    return ok;
}

/* A small generator of its own: tearing needs variety, not secrecy. */
static uint32_t next_chance(uint32_t *chance)
{
    *chance = *chance * 1664525U + 1013904223U;
    return *chance >> 16;
}

bool overlay_tear(struct overlay *overlay, const struct overlay_file *below, uint32_t chance)
{
    bool ok = true;

    pthread_mutex_lock(&overlay->mutex);
    for (size_t i = 0; ok && i < BUCKETS; i++)
        for (struct block *block = overlay->buckets[i]; ok && block != NULL; block = block->next)
            for (int from = 0; ok && from < BLOCK; from += SECTOR) {
                int64_t start = block->no * BLOCK + from;
                int len = (int)MIN(overlay->size - start, SECTOR);

                if (len > 0 && next_chance(&chance) % 4 == 0)
                    ok = below->write(below->file, block->bytes + from, len, start);
            }
    pthread_mutex_unlock(&overlay->mutex);
    return ok;
}

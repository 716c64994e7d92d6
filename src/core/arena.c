#include "core/arena.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__has_feature) /* clang */
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#define ALLOW(ptr, size)  ASAN_UNPOISON_MEMORY_REGION((ptr), (size))
#define FORBID(ptr, size) ASAN_POISON_MEMORY_REGION((ptr), (size))
#else
#define ALLOW(ptr, size)  ((void)(ptr), (void)(size))
#define FORBID(ptr, size) ((void)(ptr), (void)(size))
#endif

enum {
    ARENA_ALIGN = 16,
    ARENA_CHUNK = 8 * 1024,
    ARENA_CHUNK_MAX = 1024 * 1024,
};

struct chunk {
    struct chunk *next;
    size_t size; /* of data */
    size_t used;
    size_t pad; /* keeps data aligned to 16 */
    unsigned char data[];
};

struct arena {
    struct chunk *first;
    struct chunk *current;
    size_t grow; /* the next chunk's size */
    size_t total;
};

static _Noreturn void no_memory(size_t size)
{
    fprintf(stderr, "uprava: out of memory (%zu bytes were asked for)\n", size);
    abort();
}

static void *must_alloc(size_t size)
{
    void *memory = malloc(size);

    if (memory == NULL)
        no_memory(size);
    return memory;
}

static struct chunk *add_chunk(size_t size)
{
    /* A size that cannot be: asked for as it is, so that the system says no. */
    struct chunk *chunk = must_alloc(size > SIZE_MAX / 2 ? size : sizeof *chunk + size);

    *chunk = (struct chunk){.size = size};
    FORBID(chunk->data, size);
    return chunk;
}

struct arena *arena_open(size_t chunk)
{
    struct arena *arena = must_alloc(sizeof *arena);
    size_t size = chunk > 0 ? chunk : ARENA_CHUNK;

    *arena = (struct arena){.grow = size, .total = size};
    arena->first = arena->current = add_chunk(size);
    return arena;
}

static void free_behind(struct chunk *chunk)
{
    while (chunk != NULL) {
        struct chunk *next = chunk->next;

        free(chunk);
        chunk = next;
    }
}

void arena_close(struct arena **arena)
{
    if (*arena == NULL)
        return;
    free_behind((*arena)->first);
    free(*arena);
    *arena = NULL;
}

void arena_reset(struct arena *arena)
{
    free_behind(arena->first->next);
    arena->first->next = NULL;
    arena->first->used = 0;
    FORBID(arena->first->data, arena->first->size);
    arena->current = arena->first;
    arena->grow = arena->total = arena->first->size;
}

static void *take(struct arena *arena, size_t size)
{
    struct chunk *chunk = arena->current;
    size_t rounded = (size + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);

    if (rounded < size)
        no_memory(size);
    if (chunk->size - chunk->used < rounded) {
        arena->grow = MIN(arena->grow * 2, MAX((size_t)ARENA_CHUNK_MAX, arena->grow));
        chunk->next = add_chunk(MAX(arena->grow, rounded));
        chunk = arena->current = chunk->next;
        arena->total += chunk->size;
    }

    void *memory = chunk->data + chunk->used;
    chunk->used += rounded;
    ALLOW(memory, size);
    return memory;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    return memset(take(arena, size), 0, size);
}

void *arena_array(struct arena *arena, size_t size, size_t count)
{
    return arena_alloc(arena, size > 0 && count > SIZE_MAX / size ? SIZE_MAX : size * count);
}

void *arena_grow(struct arena *arena, void *old, size_t old_size, size_t new_size)
{
    struct chunk *chunk = arena->current;
    size_t old_rounded = (old_size + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
    size_t new_rounded = (new_size + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);

    if (old != NULL && (unsigned char *)old + old_rounded == chunk->data + chunk->used &&
        new_rounded >= new_size && chunk->size - chunk->used >= new_rounded - old_rounded) {
        chunk->used += new_rounded - old_rounded;
        ALLOW(old, new_size);
        return old;
    }

    void *memory = take(arena, new_size);
    if (old != NULL)
        memcpy(memory, old, MIN(old_size, new_size));
    return memory;
}

size_t arena_size(const struct arena *arena)
{
    return arena->total;
}

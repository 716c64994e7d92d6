/*
 * Memory by lifetime: everything is taken from an arena and freed with it.
 *
 * An arena is used by one thread at a time.  Memory comes zeroed and aligned for
 * any type.  When the machine has no memory left the process ends with a message;
 * limits at every edge make that unlikely.  Under AddressSanitizer what was not asked
 * for, or was forgotten by a reset, is poisoned, as if each piece came from malloc.
 */
#pragma once

#include "core/core.h"

struct arena;

/* A new arena that grows by chunks of at least chunk bytes; 0: the default, 8 KiB. */
struct arena *arena_open(size_t chunk);

/* Frees everything.  Takes the zero value, and may be called twice (for CLEANUP). */
void arena_close(struct arena **arena);

/* Forgets everything but keeps the first chunk: for loops and pools. */
void arena_reset(struct arena *arena);

void *arena_alloc(struct arena *arena, size_t size);
/* count things of that size each; a product that is too large ends the process. */
void *arena_array(struct arena *arena, size_t size, size_t count);

/*
 * Grows the last allocation in place when it can, else moves it.  The part behind
 * old_size is not zeroed.
 */
void *arena_grow(struct arena *arena, void *old, size_t old_size, size_t new_size);

/* Bytes taken from the system. */
size_t arena_size(const struct arena *arena);

/* One zeroed value; count zeroed values. */
#define ARENA_NEW(arena, type)          ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, type, count) ((type *)arena_array((arena), sizeof(type), (count)))

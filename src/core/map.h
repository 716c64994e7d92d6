/*
 * Text to pointer, in an arena.  Keys are borrowed: they must live as long as the
 * map.  Nothing is ever taken out.  Not for keys chosen by an attacker in the
 * millions: the hash is keyed per process (SipHash), so plain flooding is harmless.
 */
#pragma once

#include "core/str.h"

struct map_slot {
    struct str key;
    uint64_t hash;
    void *value;
};

struct map {
    struct arena *arena;
    struct map_slot *slots;
    size_t count;
    size_t cap; /* a power of two */
};

/* Start with: struct map map = {.arena = arena}; */

/* NULL when absent. */
void *map_find(const struct map *map, struct str key);
/* Sets or replaces. value must not be NULL. */
void map_put(struct map *map, struct str key, void *value);

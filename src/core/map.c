#include "core/map.h"

#include "core/arena.h"
#include "core/hash.h"

enum {
    MAP_CAP_FIRST = 16,
};

/* The slot of key, or the empty one where it belongs.  There always is an empty one. */
static struct map_slot *slot_of(const struct map *map, struct str key, uint64_t hash)
{
    size_t mask = map->cap - 1;
    size_t at = (size_t)hash & mask;

    for (;; at = (at + 1) & mask) {
        struct map_slot *slot = &map->slots[at];

        if (slot->value == NULL || (slot->hash == hash && str_equal(slot->key, key)))
            return slot;
    }
}

void *map_find(const struct map *map, struct str key)
{
    return map->count == 0 ? NULL : slot_of(map, key, hash_bytes(key))->value;
}

static void grow(struct map *map)
{
    struct map old = *map;

    map->cap = old.cap > 0 ? old.cap * 2 : MAP_CAP_FIRST;
    map->slots = ARENA_ARRAY(map->arena, struct map_slot, map->cap);
    for (size_t i = 0; i < old.cap; i++)
        if (old.slots[i].value != NULL)
            *slot_of(map, old.slots[i].key, old.slots[i].hash) = old.slots[i];
}

void map_put(struct map *map, struct str key, void *value)
{
    /* At most three quarters are full: then a search soon meets an empty slot. */
    if ((map->count + 1) * 4 > map->cap * 3)
        grow(map);

    uint64_t hash = hash_bytes(key);
    struct map_slot *slot = slot_of(map, key, hash);

    if (slot->value == NULL)
        map->count++;
    *slot = (struct map_slot){key, hash, value};
}

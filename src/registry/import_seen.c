#include "registry/import_seen.h"

#include "core/hash.h"

#include <string.h>

enum {
    SLOTS_FIRST = 2048,
};

uint64_t import_seen_hash(int64_t no, struct str key)
{
    uint64_t hash = hash_bytes(key) ^ ((uint64_t)no * UINT64_C(0x9e3779b97f4a7c15));

    return hash == 0 ? 1 : hash;
}

uint64_t import_seen_hash_id(int64_t no, int64_t id)
{
    struct str bytes = {(const char *)&id, sizeof id};

    return import_seen_hash(~no, bytes);
}

static struct import_seen_slot *place_of(const struct import_seen *seen, uint64_t hash)
{
    size_t at = (size_t)hash & (seen->cap - 1);

    while (seen->slots[at].hash != 0 && seen->slots[at].hash != hash)
        at = (at + 1) & (seen->cap - 1);
    return &seen->slots[at];
}

static int64_t find_own(const struct import_seen *seen, uint64_t hash)
{
    const struct import_seen_slot *slot;

    if (seen == NULL || seen->count == 0)
        return 0;
    slot = place_of(seen, hash);
    return slot->hash == hash ? slot->id : 0;
}

int64_t import_seen_find(const struct import_seen *seen, uint64_t hash)
{
    int64_t id = find_own(seen, hash);

    return id != 0 || seen == NULL ? id : find_own(seen->other, hash);
}

/* Each size has an arena of its own, so that growing gives the old table back. */
static void grow(struct import_seen *seen)
{
    struct import_seen old = *seen;

    seen->cap = old.cap == 0 ? SLOTS_FIRST : old.cap * 2;
    seen->arena = arena_open(seen->cap * sizeof *seen->slots + 64);
    seen->slots = ARENA_ARRAY(seen->arena, struct import_seen_slot, seen->cap);
    for (size_t i = 0; i < old.cap; i++)
        if (old.slots[i].hash != 0)
            *place_of(seen, old.slots[i].hash) = old.slots[i];
    arena_close(&old.arena);
}

void import_seen_put(struct import_seen *seen, uint64_t hash, int64_t id)
{
    struct import_seen_slot *slot;

    if (seen->count * 2 >= seen->cap)
        grow(seen);
    slot = place_of(seen, hash);
    if (slot->hash == 0)
        seen->count++;
    *slot = (struct import_seen_slot){hash, id};
}

void import_seen_clear(struct import_seen *seen)
{
    if (seen->count > 0)
        memset(seen->slots, 0, seen->cap * sizeof *seen->slots);
    seen->count = 0;
}

void import_seen_done(struct import_seen *seen)
{
    arena_close(&seen->arena);
    *seen = (struct import_seen){0};
}

/*
 * The natural keys of records a run has made and that its read transaction cannot see:
 * those of the batch being prepared and of the one being committed; in a dry run all of
 * them.  Kept as 64-bit hashes (keyed, hash.h), so a million rows cost some 32 MB.
 */
#pragma once

#include "core/arena.h"
#include "core/str.h"

struct import_seen_slot {
    uint64_t hash; /* 0: free */
    int64_t id;
};

struct import_seen {
    struct import_seen_slot *slots;
    size_t count;
    size_t cap; /* a power of two */
    struct arena *arena;
    const struct import_seen *other; /* is looked into as well; may be NULL */
};

/* The hash of a key of the register of that number. */
uint64_t import_seen_hash(int64_t no, struct str key);
/* The same for a record's id. */
uint64_t import_seen_hash_id(int64_t no, int64_t id);
/* The record's id; 0 when the key was not seen. */
int64_t import_seen_find(const struct import_seen *seen, uint64_t hash);
void import_seen_put(struct import_seen *seen, uint64_t hash, int64_t id);
void import_seen_clear(struct import_seen *seen);
/* Frees; accepts {0}. */
void import_seen_done(struct import_seen *seen);

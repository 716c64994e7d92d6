/*
 * Code lists as tenants have them, kept once for all tenants that have the same: they come
 * from packs, and thousands of municipalities have the same packs.  Which rows a tenant has
 * follows from the packs installed there, one after another; its setting lists_stamp says which
 * (a hash of hashes), so that one that is known need not be read again.
 */
#pragma once

#include "core/map.h"
#include "registry/model.h"
#include "store/store.h"

#include <pthread.h>

struct catalog_code;

struct code_lists {
    struct map lists; /* id → struct catalog_list */
    struct arena *arena;

    struct str stamp; /* "": only one tenant has it */
    struct code_lists_shared *shared;
    int refs;
    struct code_lists *next;
};

/* Zero but for the mutex. */
struct code_lists_shared {
    pthread_mutex_t mutex;
    struct code_lists *first;
};

/* Those of the tenant; given back with code_lists_release. */
MUST_CHECK bool code_lists_get(struct tx *tx, struct code_lists_shared *shared,
                               struct code_lists **lists, struct err *err);
void code_lists_release(struct code_lists **lists);
/* In the write that puts a pack's codes, before them. */
MUST_CHECK bool code_lists_note_pack(struct tx *tx, const struct pack *pack, struct err *err);
/* In a write: a code as this tenant alone has it, over what its packs say. */
MUST_CHECK bool code_lists_put(struct tx *tx, struct str list, const struct catalog_code *code,
                               struct err *err);
/* How many different ones are in memory. */
size_t code_lists_count(struct code_lists_shared *shared);

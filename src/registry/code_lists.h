/*
 * The code lists of a tenant: those of its packs, which are in memory once for all tenants, and
 * over them the codes it has of its own.  Only these are rows of its tables: codes that an
 * upgrade of a pack has left out and records may hold, and whatever was put with code_lists_put.
 * Decision 0033.
 *
 * What a version of a pack says is kept by the node too (code_keep.h): an upgrade needs it when
 * the folder of the pack has gone.
 */
#pragma once

#include "registry/code_rows.h"

#include <pthread.h>

/* The setting of a tenant that has rows of all its packs' codes, as earlier programs wrote them. */
#define CODE_LISTS_STAMP "lists_stamp"

/* Lists that are not just those of the packs; shared by tenants whose own codes are the same. */
struct code_lists {
    struct map lists; /* id → struct catalog_list */
    struct arena *arena;

    const struct model *model;
    struct str own; /* a digest of the tenant's rows */
    struct code_lists_shared *shared;
    int refs;
    struct code_lists *next;
};

/* Zero but for the mutex. */
struct code_lists_shared {
    pthread_mutex_t mutex;
    struct code_lists *first;
};

/* Those of the tenant, given back with code_lists_release; NULL: as its packs have them. */
MUST_CHECK bool code_lists_get(struct tx *tx, struct code_lists_shared *shared,
                               const struct model *model, struct code_lists **lists,
                               struct err *err);
void code_lists_release(struct code_lists **lists);
/* How many different ones are in memory. */
size_t code_lists_count(struct code_lists_shared *shared);

/* In a write: a code as this tenant alone has it, over what its packs say. Rank 0: the last. */
MUST_CHECK bool code_lists_put(struct tx *tx, struct str list, const struct catalog_code *code,
                               struct err *err);

/* A version of a pack takes the place of another. */
struct code_lists_upgrade {
    const struct pack *pack;
    struct str was; /* digest of the version before; "": there was none */
    struct arena *arena;
    struct str *renamed; /* lists with a code that has another title now */
    size_t renamed_count;
};
/*
 * In the write that notes the version.  Codes that the new one leaves out become the tenant's own;
 * what the tenant has put over the pack's stays.  ERR_CONFLICT: nobody knows any more what the
 * version before said.
 */
MUST_CHECK bool code_lists_upgrade(struct tx *tx, struct code_lists_upgrade *upgrade,
                                   struct err *err);
/* In a write: rows that say what the packs say go away, and the stamp. */
MUST_CHECK bool code_lists_thin(struct tx *tx, struct err *err);

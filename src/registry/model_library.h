/*
 * The packs of a node, those shipped with it and those kept in its data directory, and
 * the models made of them.  What was read stays: a pack version never changes.  Any thread.
 */
#pragma once

#include "registry/model.h"

struct code_lists_shared;
struct model_library;

struct model_library *model_library_new(struct arena *arena, const struct str *folders,
                                        size_t folder_count);
/* Frees packs and models: nobody may hold a catalog any more. Accepts NULL inside. */
void model_library_close(struct model_library **library);
/* The code lists of tenants that use it. */
struct code_lists_shared *model_library_lists(struct model_library *library);
/* Reads the folders again and lists every pack found, the newest version of each. */
MUST_CHECK bool model_library_packs(struct model_library *library, struct arena *arena,
                                    struct pack_set *packs, struct err *err);

/* One version of a pack (version "": the newest), which stays as long as the library. ERR_ABSENT:
 * it is not on this server. */
MUST_CHECK bool model_library_pack(struct model_library *library, struct str id, struct str version,
                                   const struct pack **pack, struct err *err);

/* A version that is in no folder: a pack with some of its files replaced (own_pack.h). */
struct model_own {
    struct str version;
    const struct pack_file *changes;
    size_t count;
};
/* Found by that version from now on, never as the newest.  Copies what is changed, borrows base. */
MUST_CHECK bool model_library_add(struct model_library *library, const struct pack *base,
                                  const struct model_own *own, struct err *err);
bool model_library_has(struct model_library *library, struct str id, struct str version);

struct model_wish {
    struct str id;
    struct str version; /* "": the newest */
};
/* Of an item of pack_ids. */
struct model_wish model_library_wish(struct str text);
/* The model of these pack versions, compiled at first use. ERR_ABSENT names what is missing. */
MUST_CHECK bool model_library_get(struct model_library *library, const struct model_wish *wishes,
                                  size_t count, const struct model **model, struct err *err);

/* What is kept beside the body of a record, made anew from it: title, slots, place, words. */
#pragma once

#include "registry/record.h"

/*
 * All slices of a record, by the catalog's packs, in a write; *is_renamed: a title changed.
 * No version, no history, no entry of the journal: it says nothing new.
 */
MUST_CHECK bool record_rebuild(const struct registry *registry, const struct register_type *type,
                               int64_t id, bool *is_renamed, struct err *err);

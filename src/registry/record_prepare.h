/* What record_apply needs of record_prepare: the words of slices that are not the draft's own. */
#pragma once

#include "registry/record.h"

/* What the search index holds of one stored slice of the draft's register. */
MUST_CHECK bool record_prepare_words(struct tx *tx, const struct record_draft *draft,
                                     const struct record *record, struct search_entry *entry,
                                     struct err *err);
/* What the index holds of a record: the words of all its slices. */
MUST_CHECK bool record_prepare_entry(const struct registry *registry,
                                     const struct register_type *type, const struct record *slices,
                                     size_t count, struct search_entry *entry, struct err *err);
/*
 * In the write: titles as they are now.  A record this one's title names may have been
 * renamed since the draft was prepared, and the index was told of it already.
 */
MUST_CHECK bool record_prepare_titles(struct tx *tx, struct record_draft *draft, struct err *err);

/* What record_apply needs of record_prepare: the words of slices that are not the draft's own. */
#pragma once

#include "registry/record.h"

/* What the search index holds of one stored slice of the draft's register. */
MUST_CHECK bool record_prepare_words(const struct record_draft *draft, struct arena *arena,
                                     const struct record *record, struct search_entry *entry,
                                     struct err *err);

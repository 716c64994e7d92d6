/*
 * The search index as rows, one a word of a record.  For postgres.c.
 *
 * Not a tsvector: an index over it is left alone behind row-level security, because its
 * operator is not leak-proof; comparing numbers and texts is.
 */
#pragma once

#include "store/backend.h"

MUST_CHECK bool postgres_search_step(struct tx *tx, const struct search_step *step,
                                     struct err *err);
MUST_CHECK bool postgres_search_stage(struct tx *tx, struct arena *scratch,
                                      const struct search_ask *ask,
                                      const struct search_cursor *cursor,
                                      struct backend_finding *finding, struct err *err);
MUST_CHECK bool postgres_search_merge(struct tx *tx, struct err *err);

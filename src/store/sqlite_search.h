/* The search index as an FTS5 table.  For sqlite.c. */
#pragma once

#include "store/backend.h"

MUST_CHECK bool sqlite_search_step(struct tx *tx, const struct search_step *step, struct err *err);
MUST_CHECK bool sqlite_search_stage(struct tx *tx, struct arena *scratch,
                                    const struct search_ask *ask,
                                    const struct search_cursor *cursor,
                                    struct backend_finding *finding, struct err *err);
MUST_CHECK bool sqlite_search_merge(struct tx *tx, struct err *err);

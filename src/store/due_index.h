/* The inside of due.h, for the files of store/. */
#pragma once

#include "store/due.h"

struct due_index;

struct due_index *due_index_new(struct arena *arena);
void due_index_close(struct due_index *index);
/* Before the commit of a tenant's batch, on its writer thread; waits for node.db. */
MUST_CHECK bool due_index_note(struct tenant *tenant, int64_t due_at, struct err *err);

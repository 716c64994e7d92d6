/* Which municipality has which domain, in memory. For the files of store/; see store.h. */
#pragma once

#include "store/state.h"

/* Reads the table anew. Under store->create, or before anybody else has the store. */
MUST_CHECK bool host_reload(struct store *store, struct err *err);
void host_close(struct store *store);

/* A store of SQLite files: node.db, and one file a tenant.  For sqlite.c. */
#pragma once

#include "store/backend.h"
#include "store/sqlite.h"

MUST_CHECK bool sqlite_store_open(struct store *store, const struct store_options *options,
                                  struct err *err);
void sqlite_store_shut(struct store *store);
MUST_CHECK bool sqlite_store_make_tenant(struct store *store, struct arena *scratch,
                                         const struct store_tenant *tenant,
                                         const struct store_founding *founding, struct err *err);
struct sqlite_options sqlite_store_options(const struct tenant *tenant, bool is_writer);
MUST_CHECK bool sqlite_store_connect(struct tenant *tenant, bool is_writer,
                                     struct store_session **session, struct err *err);

/* An open tenant: its file's connections. For the files of store/; the rest see store.h. */
#pragma once

#include "store/state.h"

/* Not yet open. steps: its tables. */
struct tenant *tenant_new(struct store *store, struct str name, const char *path, struct str folder,
                          const struct migration *steps);
/* The first write of one that is being made, in its file or the tables that tenants share. */
MUST_CHECK bool tenant_fill(struct store *store, const struct store_tenant *info, const char *path,
                            const struct store_founding *founding, struct err *err);
/* Looks at the file and brings its tables up to date. */
MUST_CHECK bool tenant_open(struct tenant *tenant, struct err *err);
/* Closes the file and frees the tenant; nobody may hold it. */
void tenant_close(struct tenant *tenant);
/* Has those closed that are open beyond the store's limit and held by nobody. */
void tenant_close_some(struct store *store);
/* Begins to close that one, if it is open and nobody holds it. */
void tenant_close_idle(struct store *store, struct str name);
/* Others were closed to make room of late: so will this one be. */
bool tenant_is_pressed(const struct tenant *tenant);
void tenant_free(struct tenant *tenant);
void tenant_let_go(struct tenant *tenant);

/* A connection for one reader, from the idle ones or new. */
MUST_CHECK bool tenant_take_reader(struct tenant *tenant, struct store_session **session,
                                   struct err *err);
void tenant_give_reader(struct tenant *tenant, struct store_session *session);
/* That is what this session of a tenant takes now. */
void tenant_weigh(struct store_session *session, int64_t files, int64_t bytes);

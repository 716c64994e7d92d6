/*
 * The steps that make and bring up to date a tenant's or the node's tables: forward
 * only, embedded from migrations/NNNN_<scope>[_words].sql by migrations/embed.sh.
 * Step n makes version n of its scope.
 */
#pragma once

#include "store/backend.h"

struct migration {
    const char *name; /* NULL behind the last one */
    const char *sql;
    /* PostgreSQL: a statement on each line, to be run outside a transaction; or NULL. */
    const char *indexes;
};

extern const struct migration MIGRATION_TENANT[];
extern const struct migration MIGRATION_NODE[];
extern const struct migration MIGRATION_TENANT_POSTGRES[];
extern const struct migration MIGRATION_NODE_POSTGRES[];

int64_t migration_count(const struct migration *steps);
/* ERR_BROKEN when it was written by a newer program. */
MUST_CHECK bool migration_version(struct store_session *session, const struct migration *steps,
                                  int64_t *version, struct err *err);
/* Runs what is missing behind version, inside the session's transaction. */
MUST_CHECK bool migration_apply(struct store_session *session, const struct migration *steps,
                                int64_t version, struct err *err);

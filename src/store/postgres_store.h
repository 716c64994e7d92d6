/*
 * A store in a PostgreSQL database: tenants' tables in the schema uprava, the node's in
 * uprava_node, attachments in the data directory.  For postgres.c.
 */
#pragma once

#include "store/backend.h"
#include "store/libpq.h"

struct pool;
struct postgres_news;

enum {
    POSTGRES_STORE_SESSIONS = 36, /* kept idle by a process, of tenants and of the node */
};

MUST_CHECK bool postgres_store_open(struct store *store, const struct store_options *options,
                                    struct err *err);
void postgres_store_shut(struct store *store);
MUST_CHECK bool postgres_store_make_tenant(struct store *store, struct arena *scratch,
                                           const struct store_tenant *tenant,
                                           const struct store_founding *founding, struct err *err);
/* A connection of libpq's, whatever became of it. */
PGconn *postgres_store_dial(const struct store *store);
/* Where the one who listens to other processes is kept; NULL: nobody. */
struct postgres_news **postgres_store_news(struct store *store);
/*
 * After a failure to connect: waits a moment and tells that it is worth another try.  Who asks
 * when the database has been away for longer than the store's limit is not kept waiting.
 */
bool postgres_store_waits(struct store *store, struct err *err);
/* It answered. */
void postgres_store_answers(struct store *store);
bool postgres_store_was_committed(struct tenant *tenant, const struct store_head *mark,
                                  bool *is_known, struct err *err);
/* Citus has the tables: what a transaction says of itself has to reach its servers. */
bool postgres_store_is_spread(const struct store *store);
struct pool *postgres_store_pool(struct store *store);
MUST_CHECK bool postgres_store_connect(struct tenant *tenant, bool is_writer,
                                       struct store_session **session, struct err *err);

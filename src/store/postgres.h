/*
 * The PostgreSQL back end: connections to one database whose tables all tenants share.
 *
 * A connection speaks in pipeline mode: what gives no rows is sent and not waited for, so a
 * transaction's beginning goes with its first question, and a write of many statements is one
 * way there and back.
 *
 * Numbered rules:
 * 1. Every transaction says whose it is (uprava.tenant) before anything else: row-level
 *    security shows no other tenant's rows, and none at all when nobody said it.
 * 2. A refusal is told at the latest by settle or commit; nothing runs behind it until the
 *    savepoint, or all, is rolled back.
 * 3. What was sent in an idle moment and never answered is found before the next
 *    transaction: then the connection is made anew.
 */
#pragma once

#include "store/backend.h"
#include "store/libpq.h"

extern const struct backend postgres_backend;

/* schema is whose tables unqualified names mean: constant text. */
MUST_CHECK bool postgres_connect(const char *conninfo, const char *schema,
                                 struct store_session **session, struct err *err);
/* A connection as libpq knows it, whatever became of it. */
PGconn *postgres_dial(const char *conninfo);
/* One value of a query outside a transaction: "" when there is none. */
MUST_CHECK bool postgres_ask(struct store_session *session, struct arena *arena, const char *sql,
                             struct str *value, struct err *err);

/* Says in a sentence what PostgreSQL means by an error: the one place that knows. */
#pragma once

#include "core/err.h"
#include "store/libpq.h"

/* result NULL: the connection's own words. sql may be NULL. Returns false, always. */
bool postgres_fault_set(struct err *err, const PGconn *conn, const PGresult *result,
                        const char *sql);
/* It was a timeout that we had set. */
bool postgres_fault_is_timeout(const PGresult *result);

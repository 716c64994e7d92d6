/* Says in a sentence what SQLite means by a result code: the one place that knows. */
#pragma once

#include "core/err.h"

struct sqlite3;

/* sql may be NULL. Returns false, always. */
bool fault_set(struct err *err, struct sqlite3 *db, int code, const char *sql);
/* The file or the disk itself failed: the connection must not be used again. */
bool fault_is_fatal(int code);

/*
 * Undoing a whole import: each record it touched is put back to what was believed before,
 * as new versions; what it created is deleted.  A record that someone changed since, and a
 * created one that others refer to, is kept and listed (import_errors: "changed",
 * "referenced").  Nothing leaves the history.
 *
 * The journal tells what was touched (cause = the import) and what has been put back
 * already (cause = minus the import), so an interrupted undo goes on.
 */
#pragma once

#include "registry/import.h"

/*
 * Whether what stood there before would not be accepted today (a list or a field has changed), and
 * the record is kept.  Anything else is no verdict on the record: the undo ends, and a database
 * that was busy is asked again.
 */
bool import_undo_is_refusal(enum err_code code);
/* begin: how many of the records it touched an earlier run has dealt with (import_mark.row). */
MUST_CHECK bool import_undo_run(struct worker_task *task, const struct catalog *catalog,
                                struct import *import, int64_t begin, bool *is_stopping,
                                struct err *err);

/*
 * Records whose objects have vanished from the ГАР get an end (valid_to); nothing is deleted.
 *
 * An object is gone when the file has only versions of it that are not actual.  It is gone
 * too when it lies in a chosen municipality and a newer file does not know it at all; but
 * not where the file knows less than half of what is there (a part, or a file of changes),
 * and not when the record was written after the day of the file.
 */
#pragma once

#include "registry/gar.h"
#include "registry/gar_plan.h"
#include "registry/import_seen.h"

struct gar_end {
    struct gar_job *job;
    const struct gar_plan *plan;
    struct import_seen known; /* objects that have a record: what the file says of them */
    int64_t file_day;         /* of the names in the zip, 0: not known */
};

/* Which objects have a record that has not ended. Before the file is read. */
MUST_CHECK bool gar_end_start(struct gar_end *end, struct err *err);
void gar_end_done(struct gar_end *end);
/* "AS_HOUSES_20260105_….XML": the latest day of them counts. */
void gar_end_name(struct gar_end *end, struct str name);
/* The file has a version of an object. ended_on is read when it is not actual. */
void gar_end_note(struct import_seen *known, int64_t object, bool is_actual, struct str ended_on);
/* After the objects of the file have been written. */
MUST_CHECK bool gar_end_run(struct gar_end *end, bool *is_stopping, struct err *err);

/*
 * Long work on data: importing a file step by step (upload, columns, check, run, undo),
 * exporting, and the jobs behind it.
 */
#pragma once

#include "web/route.h"

/* page_import_upload.c */
bool page_import_upload(struct request *request, struct err *err);
bool page_import_upload_post(struct request *request, struct err *err);
bool page_import_sample(struct request *request, struct err *err);

/* page_import_columns.c */
bool page_import_columns(struct request *request, struct err *err);
bool page_import_columns_post(struct request *request, struct err *err);

/* page_import.c: how it stands (progress, what the check found, the result), what to do */
bool page_import(struct request *request, struct err *err);
bool page_import_start(struct request *request, struct err *err);
bool page_import_undo(struct request *request, struct err *err);
bool page_import_undo_post(struct request *request, struct err *err);

/* page_imports.c */
bool page_imports(struct request *request, struct err *err);
/* All mistakes of one, as a table. */
bool page_imports_problems(struct request *request, struct err *err);

/* page_export.c */
bool page_export(struct request *request, struct err *err);
bool page_export_file(struct request *request, struct err *err);
/* The download itself, in a format by its word. On the pool. */
MUST_CHECK bool page_export_stream(struct request *request, struct str format, struct err *err);

/* page_jobs.c */
bool page_jobs(struct request *request, struct err *err);
bool page_jobs_one(struct request *request, struct err *err);
bool page_jobs_events(struct request *request, struct err *err);
bool page_jobs_stop(struct request *request, struct err *err);

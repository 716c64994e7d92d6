/*
 * Imports over the API: a form with a file makes one (POST …/registers/{register}/imports),
 * then …/imports/{n}, its errors, and check, start, undo, which answer 202 with the job.
 */
#pragma once

#include "web/route.h"

bool api_import_create(struct request *request, struct err *err);
bool api_import_get(struct request *request, struct err *err);
bool api_import_errors(struct request *request, struct err *err);
/* A JSON body {"columns": {"title": "field"}, "existing": "skip"} maps what was not guessed. */
bool api_import_check(struct request *request, struct err *err);
bool api_import_start(struct request *request, struct err *err);
bool api_import_undo(struct request *request, struct err *err);

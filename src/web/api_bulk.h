/*
 * Many records at once at the address of a register's records, as NDJSON: all that the list's
 * filters find, streamed (what …/export does), and records sent, imported by a job without
 * a mapping of columns: members have the names of fields, or the wire form of the API.
 */
#pragma once

#include "web/route.h"

/* NDJSON weighs more in Accept than JSON does. */
bool api_bulk_is_wanted(const struct request *request);
bool api_bulk_list(struct request *request, struct err *err);
/* 202 with the job and the import. */
bool api_bulk_create(struct request *request, struct err *err);

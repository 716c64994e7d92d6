/*
 * The REST API of records (docs/reference/api.md): one record, its slices and history,
 * lists, changes.  A record on the wire is
 *     {"id": …, "version": …, "changed_at": …, "title": …, "data": {…}}
 * with valid_from and valid_to for temporal registers.
 */
#pragma once

#include "web/route.h"

bool api_record_get(struct request *request, struct err *err);
bool api_record_slices(struct request *request, struct err *err);
bool api_record_create(struct request *request, struct err *err);
bool api_record_put(struct request *request, struct err *err);
bool api_record_patch(struct request *request, struct err *err);
bool api_record_delete(struct request *request, struct err *err);

/* fields= names fields of the register that this actor may see. */
MUST_CHECK bool api_record_fields(struct request *request, const struct register_type *type,
                                  unsigned classes, struct err *err);
/* One record as the actor may see it. */
void api_record_print(struct buf *buf, struct request *request, const struct register_type *type,
                      unsigned classes, const struct record *record);
/* The answer shows these records: if that is personal data it is journalled (seen.h). True. */
bool api_record_seen(struct request *request, const struct register_type *type, unsigned classes,
                     const struct record *records, size_t count);

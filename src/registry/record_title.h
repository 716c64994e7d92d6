/* How a record is named to people: its type's title line over the fields as people read them. */
#pragma once

#include "registry/record.h"

/*
 * The title of a value. References show the title of their record (read through registry->tx),
 * codes their Russian title, days dd.mm.yyyy.  At most 500 characters.
 */
MUST_CHECK bool record_title(const struct registry *registry, const struct register_type *type,
                             const struct json *value, struct str *title, struct err *err);
/* The title of another record, of those above too (borrowed.h); "" when it is gone. */
MUST_CHECK bool record_title_of(struct tx *tx, struct arena *arena, int64_t no, int64_t id,
                                struct str *title, struct err *err);
/* Of our own records alone. */
MUST_CHECK bool record_title_own(struct tx *tx, struct arena *arena, int64_t no, int64_t id,
                                 struct str *title, struct err *err);
/* A field's value as people read it in that language (references: the id; see record_title). */
struct str record_field_text(struct arena *arena, const struct catalog *catalog,
                             const struct register_field *field, const struct json *value,
                             enum model_language language);

/*
 * A record's slots: the values of its indexed and measured fields as the record table
 * keeps them (register_type.h says where).
 */
#pragma once

#include "registry/register_type.h"

/* A value as its slot holds it; NONE when it is absent or cannot be read. Texts go to buf. */
struct store_arg slot_value(struct buf *buf, const struct register_field *field,
                            const struct json *value);
/* The same for a value that someone typed into a filter. False when it is no such value. */
bool slot_parse(struct buf *buf, const struct register_field *field, struct str typed,
                struct store_arg *value);
/* The natural key, as kept in t1: empty when a key field is missing. */
struct str slot_key(struct buf *buf, const struct register_type *type, const struct json *value);
/* All slots of a record. */
void slot_fill(struct arena *arena, const struct register_type *type, const struct json *value,
               struct store_arg slots[QUERY_ID]);

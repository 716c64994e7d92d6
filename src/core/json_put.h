/*
 * Members of an object that is printed piece by piece: `"name":value`, with a comma before it
 * unless the object has only just begun ('{' stands last).  Names are our own and need no escaping.
 */
#pragma once

#include "core/buf.h"

void json_put_name(struct buf *out, const char *name);
void json_put_text(struct buf *out, const char *name, struct str text);
void json_put_int(struct buf *out, const char *name, int64_t value);
void json_put_bool(struct buf *out, const char *name, bool value);
/* As addresses have it (core/id.h). */
void json_put_id(struct buf *out, const char *name, int64_t id);
/* RFC 3339, from milliseconds; null when it is 0. */
void json_put_moment(struct buf *out, const char *name, int64_t at);

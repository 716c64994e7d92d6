/*
 * Record ids: 63-bit whole numbers, 42 bits of milliseconds and 21 that are drawn at
 * random and then count up, so that ids made in one process grow and ids of two
 * processes do not meet.  People and URLs see 13 letters of Crockford's base 32 in lower
 * case ("06d1q4x2m8k0s"); those sort as the numbers do.  They are names, not secrets.
 */
#pragma once

#include "core/buf.h"

enum {
    ID_TEXT_LEN = 13,
};

/* A new id, larger than any this process made before. Any thread. */
int64_t id_next(int64_t now);
void id_print(struct buf *buf, int64_t id);
struct str id_text(struct arena *arena, int64_t id);
/* Reads i and l as 1, o as 0, any case; false when it is no id. */
bool id_parse(struct str text, int64_t *id);

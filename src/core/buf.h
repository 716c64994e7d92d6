/* Text that grows, in an arena. */
#pragma once

#include "core/str.h"

struct buf {
    char *ptr;
    size_t len;
    size_t cap;
    struct arena *arena;
};

/* Start with: struct buf buf = {.arena = arena}; */

/* Room for more bytes behind len; returns where they go (len is not changed). */
char *buf_room(struct buf *buf, size_t more);
void buf_add(struct buf *buf, struct str text);
void buf_char(struct buf *buf, char c);
void buf_int(struct buf *buf, int64_t value);
void buf_printf(struct buf *buf, const char *format, ...) PRINTF(2);
struct str buf_str(const struct buf *buf);
/* The text with a NUL behind it (not counted in len). */
const char *buf_z(struct buf *buf);

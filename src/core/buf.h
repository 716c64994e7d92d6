/* Text that grows, in an arena. */
#pragma once

#include <string.h>

#include "core/str.h"

struct buf {
    char *ptr;
    size_t len;
    size_t cap;
    struct arena *arena;
};

/* Start with: struct buf buf = {.arena = arena}; */

/* Makes the room that buf_room found missing. */
void buf_grow(struct buf *buf, size_t more);
void buf_int(struct buf *buf, int64_t value);
void buf_printf(struct buf *buf, const char *format, ...) PRINTF(2);
/* The text with a NUL behind it (not counted in len). */
const char *buf_z(struct buf *buf);

/* Printing is made of these; they are here so that they cost no call. */

/* Room for more bytes behind len; returns where they go (len is not changed). */
static inline char *buf_room(struct buf *buf, size_t more)
{
    if (buf->cap - buf->len < more)
        buf_grow(buf, more);
    return buf->ptr + buf->len;
}

static inline void buf_add(struct buf *buf, struct str text)
{
    if (text.len == 0)
        return;
    memcpy(buf_room(buf, text.len), text.ptr, text.len);
    buf->len += text.len;
}

static inline void buf_char(struct buf *buf, char c)
{
    *buf_room(buf, 1) = c;
    buf->len++;
}

static inline struct str buf_str(const struct buf *buf)
{
    return (struct str){buf->ptr, buf->len};
}

#include "core/buf.h"

#include <stdarg.h>
#include <stdio.h>

#include "core/arena.h"

void buf_grow(struct buf *buf, size_t more)
{
    /* A length that cannot be is asked for as it is: the arena ends the process. */
    size_t needed = buf->len + more < more ? SIZE_MAX : buf->len + more;
    size_t cap = MAX(MAX(buf->cap * 2, (size_t)64), needed);

    buf->ptr = arena_grow(buf->arena, buf->ptr, buf->cap, cap);
    buf->cap = cap;
}

void buf_int(struct buf *buf, int64_t value)
{
    char digits[20];
    size_t at = sizeof digits;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (value < 0)
        buf_char(buf, '-');
    buf_add(buf, (struct str){digits + at, sizeof digits - at});
}

void buf_printf(struct buf *buf, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len <= 0)
        return;

    va_start(args, format);
    vsnprintf(buf_room(buf, (size_t)len + 1), (size_t)len + 1, format, args);
    va_end(args);
    buf->len += (size_t)len;
}

const char *buf_z(struct buf *buf)
{
    *buf_room(buf, 1) = '\0';
    return buf->ptr;
}

#include "core/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/arena.h"

int str_compare(struct str a, struct str b)
{
    size_t shared = MIN(a.len, b.len);
    int order = shared > 0 ? memcmp(a.ptr, b.ptr, shared) : 0;

    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

bool str_starts(struct str text, struct str prefix)
{
    return text.len >= prefix.len && str_equal(str_slice(text, 0, prefix.len), prefix);
}

bool str_ends(struct str text, struct str suffix)
{
    return text.len >= suffix.len &&
           str_equal(str_slice(text, text.len - suffix.len, suffix.len), suffix);
}

size_t str_find(struct str text, struct str part)
{
    if (part.len == 0)
        return 0;
    if (text.len < part.len)
        return text.len;

    const char *at = memmem(text.ptr, text.len, part.ptr, part.len);
    return at == NULL ? text.len : (size_t)(at - text.ptr);
}

size_t str_find_char(struct str text, char c)
{
    const char *at = text.len > 0 ? memchr(text.ptr, c, text.len) : NULL;

    return at == NULL ? text.len : (size_t)(at - text.ptr);
}

struct str str_slice(struct str text, size_t start, size_t len)
{
    if (start >= text.len)
        return (struct str){0};
    return (struct str){text.ptr + start, MIN(len, text.len - start)};
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

struct str str_trim(struct str text)
{
    while (text.len > 0 && is_space(text.ptr[0]))
        text = str_slice(text, 1, text.len);
    while (text.len > 0 && is_space(text.ptr[text.len - 1]))
        text.len--;
    return text;
}

struct str str_cut(struct str *rest, char separator)
{
    size_t at = str_find_char(*rest, separator);
    struct str head = str_slice(*rest, 0, at);

    *rest = str_slice(*rest, at + 1, rest->len);
    return head;
}

struct str str_copy(struct arena *arena, struct str text)
{
    return (struct str){str_to_z(arena, text), text.len};
}

char *str_to_z(struct arena *arena, struct str text)
{
    char *copy = arena_alloc(arena, text.len + 1);

    if (text.len > 0)
        memcpy(copy, text.ptr, text.len);
    return copy;
}

struct str str_printf(struct arena *arena, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len < 0)
        return (struct str){0};

    char *text = arena_alloc(arena, (size_t)len + 1);
    va_start(args, format);
    vsnprintf(text, (size_t)len + 1, format, args);
    va_end(args);
    return (struct str){text, (size_t)len};
}

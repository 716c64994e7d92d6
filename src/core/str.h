/* A borrowed, immutable slice of UTF-8 text, passed by value.  {0} is the empty text. */
#pragma once

#include <string.h>

#include "core/core.h"

struct arena;

struct str {
    const char *ptr;
    size_t len; /* bytes */
};

#define STR(literal) ((struct str){"" literal, sizeof(literal) - 1})
/* The same for static tables, where C wants a plain initializer. */
#define STR_INIT(literal)                                                                          \
    {                                                                                              \
        "" literal, sizeof(literal) - 1                                                            \
    }

/* printf("%.*s", STR_ARG(text)) */
#define STR_ARG(str) (int)(str).len, (str).ptr

/* Here, so that the length of a literal and of a name that differs cost nothing. */
static inline struct str str_from_z(const char *text)
{
    return text == NULL ? (struct str){0} : (struct str){text, strlen(text)};
}

static inline bool str_equal(struct str a, struct str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* Bytewise, as memcmp; a prefix comes first. */
int str_compare(struct str a, struct str b);
bool str_starts(struct str text, struct str prefix);
bool str_ends(struct str text, struct str suffix);
/* Where part begins in text; text.len when it does not occur. */
size_t str_find(struct str text, struct str part);
size_t str_find_char(struct str text, char c);
/* From byte start, len bytes at most; never beyond the text. */
struct str str_slice(struct str text, size_t start, size_t len);
/* Without ASCII white space at both ends. */
struct str str_trim(struct str text);
/* Takes what stands before the separator off *rest; the whole rest when there is none. */
struct str str_cut(struct str *rest, char separator);
struct str str_copy(struct arena *arena, struct str text);
/* NUL-terminated copy. */
char *str_to_z(struct arena *arena, struct str text);
struct str str_printf(struct arena *arena, const char *format, ...) PRINTF(2);

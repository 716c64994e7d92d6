/* Percent-coding (RFC 3986) and form queries (application/x-www-form-urlencoded). */
#pragma once

#include "core/buf.h"

struct url_pair {
    struct str name;
    struct str value;
};

struct url_form {
    struct url_pair *pairs;
    size_t count;
};

enum {
    URL_PAIRS_MAX = 2000,
};

/* False on a bad escape, NUL or invalid UTF-8. */
bool url_decode(struct buf *buf, struct str text, bool plus_is_space);
void url_encode(struct buf *buf, struct str text);
bool url_parse_form(struct arena *arena, struct str text, struct url_form *form);
/* The first value of that name, or an empty text. */
struct str url_find(const struct url_form *form, struct str name);
bool url_has(const struct url_form *form, struct str name);

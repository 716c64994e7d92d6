#include "net/url.h"

#include <string.h>

#include "core/arena.h"
#include "core/utf8.h"

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool url_decode(struct buf *buf, struct str text, bool plus_is_space)
{
    size_t start = buf->len;

    buf_room(buf, text.len);
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];

        if (c == '+' && plus_is_space)
            c = ' ';
        if (c == '%') {
            int high = i + 2 < text.len ? hex_value(text.ptr[i + 1]) : -1;
            int low = i + 2 < text.len ? hex_value(text.ptr[i + 2]) : -1;

            if (high < 0 || low < 0)
                return false;
            c = (char)(high * 16 + low);
            i += 2;
        }
        if (c == '\0')
            return false;
        buf->ptr[buf->len++] = c;
    }
    return utf8_is_valid((struct str){buf->ptr + start, buf->len - start});
}

void url_encode(struct buf *buf, struct str text)
{
    static const char HEX[] = "0123456789ABCDEF";

    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                        (c >= '0' && c <= '9') || (c != '\0' && strchr("-._~", c) != NULL);

        if (!is_plain) {
            buf_char(buf, '%');
            buf_char(buf, HEX[c >> 4]);
            c = (unsigned char)HEX[c & 15];
        }
        buf_char(buf, (char)c);
    }
}

static bool decode(struct arena *arena, struct str text, struct str *decoded)
{
    struct buf buf = {.arena = arena};

    if (!url_decode(&buf, text, true))
        return false;
    *decoded = buf_str(&buf);
    return true;
}

bool url_parse_form(struct arena *arena, struct str text, struct url_form *form)
{
    size_t room = 1;
    struct url_form made = {0};

    for (size_t i = 0; i < text.len; i++)
        room += text.ptr[i] == '&';
    made.pairs = ARENA_ARRAY(arena, struct url_pair, MIN(room, (size_t)URL_PAIRS_MAX));
    while (text.len > 0) {
        struct str value = str_cut(&text, '&');

        if (value.len == 0)
            continue;
        if (made.count == URL_PAIRS_MAX)
            return false;
        struct url_pair *pair = &made.pairs[made.count++];
        struct str name = str_cut(&value, '=');
        if (!decode(arena, name, &pair->name) || !decode(arena, value, &pair->value))
            return false;
    }
    *form = made;
    return true;
}

static const struct url_pair *find_pair(const struct url_form *form, struct str name)
{
    for (size_t i = 0; i < form->count; i++)
        if (str_equal(form->pairs[i].name, name))
            return &form->pairs[i];
    return NULL;
}

struct str url_find(const struct url_form *form, struct str name)
{
    const struct url_pair *pair = find_pair(form, name);

    return pair == NULL ? (struct str){0} : pair->value;
}

bool url_has(const struct url_form *form, struct str name)
{
    return find_pair(form, name) != NULL;
}

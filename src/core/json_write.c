/* From tree to text; json.h tells the contract. */
#include "core/json.h"

#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/json_scan.h"
#include "core/num.h"

enum {
    SORT_ON_STACK = 32, /* members sorted without asking the arena */
};

/* What json_write and json_canonical do differently. */
struct style {
    bool is_canonical;
};

static void put_value(struct buf *buf, const struct json *json, struct style style);

static void put_escape(struct buf *buf, unsigned char c)
{
    static const char NAMES[] = "\b\t\n\f\r\"\\";
    static const char LETTERS[] = "btnfr\"\\";
    const char *name = c == 0 ? NULL : strchr(NAMES, c);

    if (name != NULL) {
        buf_char(buf, '\\');
        buf_char(buf, LETTERS[name - NAMES]);
        return;
    }
    static const char HEX[] = "0123456789abcdef";
    buf_add(buf, STR("\\u00"));
    buf_char(buf, HEX[c >> 4]);
    buf_char(buf, HEX[c & 15]);
}

/* The end of the part that goes out as it is; '<' ends it too, unless canonical: then a
 * text cannot end a script element. */
static const char *plain_end(const char *at, const char *end, struct style style)
{
    const char *stop = json_scan_plain(at, end);
    const char *less = style.is_canonical ? NULL : memchr(at, '<', (size_t)(stop - at));

    return less != NULL ? less : stop;
}

static void put_string(struct buf *buf, struct str text, struct style style)
{
    const char *at = text.len > 0 ? text.ptr : "";
    const char *end = at + text.len;

    /* For a text without escapes, which most are, this is all the room it takes. */
    buf_room(buf, text.len + 2);
    buf_char(buf, '"');
    for (;;) {
        const char *stop = plain_end(at, end, style);

        buf_add(buf, (struct str){at, (size_t)(stop - at)});
        if (stop == end)
            break;
        put_escape(buf, (unsigned char)*stop);
        at = stop + 1;
    }
    buf_char(buf, '"');
}

/* "0", "12", "-12.5": canonical already. */
static bool is_canonical_number(struct str text)
{
    const char *at = text.len > 0 ? text.ptr : "";
    const char *end = at + text.len;
    const char *point = NULL;

    if (text.len > 34)
        return false;
    if (at < end && *at == '-')
        at++;
    if (at == end || *at < '0' || *at > '9' || (*at == '0' && end - at > 1 && at[1] != '.'))
        return false;
    if (*at == '0' && end - at == 1)
        return text.len == 1; /* "-0" is 0 */
    for (; at < end; at++) {
        if (*at == '.' && point == NULL)
            point = at;
        else if (*at < '0' || *at > '9')
            return false;
    }
    return point == NULL || (point + 1 < end && end[-1] != '0');
}

static void put_number(struct buf *buf, struct str text, struct style style)
{
    /* What json_parse let through has a canonical form; a hand-made value may not. */
    if (!style.is_canonical || is_canonical_number(text) || !num_canonical(buf, text))
        buf_add(buf, text);
}

static void put_member(struct buf *buf, const struct json *member, bool is_first,
                       struct style style)
{
    if (!is_first)
        buf_char(buf, ',');
    put_string(buf, member->name, style);
    buf_char(buf, ':');
    put_value(buf, member, style);
}

static bool is_sorted(const struct json *object)
{
    for (const struct json *member = object->first; member != NULL && member->next != NULL;
         member = member->next)
        if (str_compare(member->name, member->next->name) > 0)
            return false;
    return true;
}

static int compare_names(const void *a, const void *b)
{
    const struct json *const *x = a;
    const struct json *const *y = b;

    return str_compare((*x)->name, (*y)->name);
}

static void put_sorted(struct buf *buf, const struct json *object, struct style style)
{
    const struct json *few[SORT_ON_STACK];
    CLEANUP(arena_close) struct arena *scratch = NULL;
    const struct json **members = few;
    size_t count = 0;

    if (object->count > ARRAY_LEN(few)) {
        scratch = arena_open(object->count * sizeof *members);
        members = ARENA_ARRAY(scratch, const struct json *, object->count);
    }
    for (const struct json *member = object->first; member != NULL; member = member->next)
        members[count++] = member;
    qsort(members, count, sizeof(const struct json *), compare_names);
    for (size_t i = 0; i < count; i++)
        put_member(buf, members[i], i == 0, style);
}

static void put_object(struct buf *buf, const struct json *object, struct style style)
{
    buf_char(buf, '{');
    if (style.is_canonical && !is_sorted(object)) {
        put_sorted(buf, object, style);
    } else {
        for (const struct json *member = object->first; member != NULL; member = member->next)
            put_member(buf, member, member == object->first, style);
    }
    buf_char(buf, '}');
}

static void put_array(struct buf *buf, const struct json *array, struct style style)
{
    buf_char(buf, '[');
    for (const struct json *item = array->first; item != NULL; item = item->next) {
        if (item != array->first)
            buf_char(buf, ',');
        put_value(buf, item, style);
    }
    buf_char(buf, ']');
}

static void put_value(struct buf *buf, const struct json *json, struct style style)
{
    switch (json->kind) {
    case JSON_NULL:
        buf_add(buf, STR("null"));
        break;
    case JSON_FALSE:
        buf_add(buf, STR("false"));
        break;
    case JSON_TRUE:
        buf_add(buf, STR("true"));
        break;
    case JSON_NUMBER:
        put_number(buf, json->text, style);
        break;
    case JSON_STRING:
        put_string(buf, json->text, style);
        break;
    case JSON_ARRAY:
        put_array(buf, json, style);
        break;
    case JSON_OBJECT:
        put_object(buf, json, style);
        break;
    }
}

void json_write(struct buf *buf, const struct json *json)
{
    put_value(buf, json, (struct style){.is_canonical = false});
}

void json_canonical(struct buf *buf, const struct json *json)
{
    put_value(buf, json, (struct style){.is_canonical = true});
}

void json_write_text(struct buf *buf, struct str text)
{
    put_string(buf, text, (struct style){.is_canonical = false});
}

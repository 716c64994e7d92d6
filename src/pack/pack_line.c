/*
 * From a JSON Pointer to a line.  The tree of core/json.h keeps no positions, since only
 * findings need them; so the text, already known to be well-formed JSON, is read again.
 * On any other text it stays within bounds and answers something.
 */
#include "core/arena.h"
#include "pack/pack.h"

#include <string.h>

struct scan {
    struct str text;
    size_t at;
    struct arena *scratch;
};

static char peek(const struct scan *scan)
{
    return scan->at < scan->text.len ? scan->text.ptr[scan->at] : '\0';
}

static void skip_space(struct scan *scan)
{
    while (scan->at < scan->text.len && strchr(" \t\r\n", scan->text.ptr[scan->at]) != NULL &&
           scan->text.ptr[scan->at] != '\0')
        scan->at++;
}

/* From its opening quote to behind the closing one. */
static struct str skip_text(struct scan *scan)
{
    size_t start = scan->at++;

    while (scan->at < scan->text.len && scan->text.ptr[scan->at] != '"')
        scan->at += scan->text.ptr[scan->at] == '\\' ? 2 : 1;
    scan->at = MIN(scan->at + 1, scan->text.len);
    return str_slice(scan->text, start, scan->at - start);
}

static void skip_value(struct scan *scan)
{
    size_t depth = 0;

    while (scan->at < scan->text.len) {
        char c = peek(scan);

        if (c == '"') {
            skip_text(scan);
            continue;
        }
        if (depth == 0 && (c == ',' || c == ']' || c == '}'))
            return;
        depth += c == '[' || c == '{';
        depth -= c == ']' || c == '}';
        scan->at++;
    }
}

/* quoted is as in the text; token as in a pointer: ~1 is /, ~0 is ~. */
static bool name_is(struct scan *scan, struct str quoted, struct str token)
{
    struct err err;
    struct json *name;
    size_t at = 0;

    if (!json_parse(scan->scratch, quoted, NULL, &name, &err))
        return false;
    for (size_t i = 0; i < token.len; i++, at++) {
        char c = token.ptr[i];

        if (c == '~' && i + 1 < token.len)
            c = token.ptr[++i] == '1' ? '/' : '~';
        if (at >= name->text.len || name->text.ptr[at] != c)
            return false;
    }
    return at == name->text.len;
}

/* Stands at { and goes to the value of that member. */
static bool enter_member(struct scan *scan, struct str token)
{
    scan->at++;
    for (;;) {
        skip_space(scan);
        if (peek(scan) != '"')
            return false;
        struct str name = skip_text(scan);
        skip_space(scan);
        if (peek(scan) != ':')
            return false;
        scan->at++;
        skip_space(scan);
        if (name_is(scan, name, token))
            return true;
        skip_value(scan);
        if (peek(scan) != ',')
            return false;
        scan->at++;
    }
}

static bool enter_item(struct scan *scan, struct str token)
{
    size_t index = 0;

    if (token.len == 0 || token.len > 9)
        return false;
    for (size_t i = 0; i < token.len; i++) {
        if (token.ptr[i] < '0' || token.ptr[i] > '9')
            return false;
        index = index * 10 + (size_t)(token.ptr[i] - '0');
    }
    scan->at++;
    for (;; index--) {
        skip_space(scan);
        if (peek(scan) == ']' || peek(scan) == '\0')
            return false;
        if (index == 0)
            return true;
        skip_value(scan);
        if (peek(scan) != ',')
            return false;
        scan->at++;
    }
}

int pack_line(struct str text, struct str pointer)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct scan scan = {.text = text, .scratch = scratch};
    struct str rest = str_slice(pointer, 1, pointer.len);
    size_t found;
    int line = 1;

    skip_space(&scan);
    found = scan.at;
    for (bool is_there = pointer.len > 0; is_there;) {
        bool is_last = str_find_char(rest, '/') == rest.len;
        struct str token = str_cut(&rest, '/');

        is_there = peek(&scan) == '{'   ? enter_member(&scan, token)
                   : peek(&scan) == '[' ? enter_item(&scan, token)
                                        : false;
        if (is_there)
            found = scan.at;
        if (is_last)
            break;
    }
    for (size_t i = 0; i < found && i < text.len; i++)
        line += text.ptr[i] == '\n';
    return line;
}

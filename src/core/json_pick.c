#include "core/json_pick.h"

#include <string.h>

/* What is still to be read. */
struct rest {
    const char *at;
    const char *end;
};

static bool refuse(struct err *err)
{
    return err_set(err, ERR_BROKEN, "the stored text is no JSON object");
}

static bool take(struct rest *rest, char c)
{
    if (rest->at == rest->end || *rest->at != c)
        return false;
    rest->at++;
    return true;
}

/* Whether an odd number of backslashes stands before the quote. */
static bool is_escaped(const char *start, const char *quote)
{
    const char *at = quote;

    while (at > start && at[-1] == '\\')
        at--;
    return (quote - at) % 2 != 0;
}

/* Behind the opening quote; goes behind the closing one. */
static bool skip_string(struct rest *rest)
{
    const char *start = rest->at;

    for (;;) {
        const char *quote = memchr(rest->at, '"', (size_t)(rest->end - rest->at));

        if (quote == NULL)
            return false;
        rest->at = quote + 1;
        if (!is_escaped(start, quote))
            return true;
    }
}

/* Behind the opening bracket; goes behind its closing one. */
static bool skip_nested(struct rest *rest)
{
    size_t depth = 1;

    while (depth > 0) {
        if (rest->at == rest->end)
            return false;
        char c = *rest->at++;
        if (c == '"' && !skip_string(rest))
            return false;
        if (c == '{' || c == '[')
            depth++;
        else if (c == '}' || c == ']')
            depth--;
    }
    return true;
}

static bool skip_value(struct rest *rest)
{
    if (take(rest, '"'))
        return skip_string(rest);
    if (take(rest, '{') || take(rest, '['))
        return skip_nested(rest);
    while (rest->at < rest->end && *rest->at != ',' && *rest->at != '}')
        rest->at++;
    return true;
}

/* The member's name and the text of its value. */
static bool read_member(struct rest *rest, struct str *name, struct str *value)
{
    if (!take(rest, '"'))
        return false;
    name->ptr = rest->at;
    if (!skip_string(rest))
        return false;
    name->len = (size_t)(rest->at - name->ptr) - 1;
    if (!take(rest, ':'))
        return false;
    value->ptr = rest->at;
    if (!skip_value(rest))
        return false;
    value->len = (size_t)(rest->at - value->ptr);
    return true;
}

/* A bit for each length: nearly all members are passed over by it. */
static uint64_t length_bit(struct str name)
{
    return UINT64_C(1) << name.len % 64;
}

bool json_pick(struct arena *arena, struct str text, const struct str *names, size_t count,
               struct json **values, struct err *err)
{
    struct rest rest = {text.ptr, text.ptr + text.len};
    struct json_limits limits = {.bytes = text.len};
    struct str name, value;
    uint64_t lengths = 0;
    size_t found = 0;

    for (size_t i = 0; i < count; i++) {
        values[i] = NULL;
        lengths |= length_bit(names[i]);
    }
    if (!take(&rest, '{'))
        return refuse(err);
    if (take(&rest, '}'))
        return true;
    do {
        if (!read_member(&rest, &name, &value))
            return refuse(err);
        if ((lengths & length_bit(name)) == 0)
            continue;
        for (size_t i = 0; i < count; i++) {
            if (!str_equal(names[i], name))
                continue;
            if (!json_parse(arena, value, &limits, &values[i], err))
                return false;
            found++;
        }
    } while (found < count && take(&rest, ','));
    return found == count || take(&rest, '}') || refuse(err);
}

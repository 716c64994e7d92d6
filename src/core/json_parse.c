/* From text to tree; json.h tells the contract. */
#include "core/json.h"

#include <string.h>

#include "core/arena.h"
#include "core/json_scan.h"
#include "core/map.h"
#include "core/num.h"
#include "core/utf8.h"

enum {
    JSON_BYTES_MAX = 1024 * 1024,
    JSON_DEPTH_MAX = 64,
    JSON_DEPTH_HARD = 512, /* whatever limits say: the parser, the printers and others recur */
    JSON_VALUES_MAX = 200000,
    JSON_SPARE_MAX = 64,    /* values taken from the arena at once */
    JSON_PAIRWISE_MAX = 24, /* members up to which names are compared pairwise */
};

static inline bool is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static inline bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

struct parser {
    struct arena *arena;
    struct str text;
    const char *at;
    const char *end;
    struct json *spare;
    size_t spare_count;
    size_t values_left;
    int depth_left;
    struct err *err;
};

/* What tells whether a name came before in an object. */
struct names {
    bool is_sorted; /* so far each name was above the one before */
    struct map map; /* used when there are many */
};

static bool parse_value(struct parser *p, struct json **value);

static bool fail(struct parser *p, const char *at, enum err_code code, const char *what)
{
    int64_t line = 1;
    const char *start = p->text.ptr;

    for (const char *c = p->text.ptr; c < at; c++) {
        if (*c == '\n') {
            line++;
            start = c + 1;
        }
    }
    size_t column = utf8_length((struct str){start, (size_t)(at - start)}) + 1;
    return err_set(p->err, code, "JSON line %lld, column %zu: %s", (long long)line, column, what);
}

static bool fail_here(struct parser *p, const char *what)
{
    return fail(p, p->at, ERR_INPUT, p->at == p->end ? "the text ends too early" : what);
}

static inline void skip_space(struct parser *p)
{
    while (p->at < p->end && is_space(*p->at))
        p->at++;
}

static inline bool is_next(const struct parser *p, char c)
{
    return p->at < p->end && *p->at == c;
}

/* Values are taken by the dozen: clearing each alone costs more than parsing it. */
static inline struct json *new_value(struct parser *p)
{
    if (p->spare_count == 0) {
        p->spare_count = MIN((size_t)(p->end - p->at) / 12 + 2, (size_t)JSON_SPARE_MAX);
        p->spare = ARENA_ARRAY(p->arena, struct json, p->spare_count);
    }
    p->spare_count--;
    return p->spare++;
}

static bool take_hex(struct parser *p, uint32_t *code)
{
    *code = 0;
    if (p->end - p->at < 4)
        return false;
    for (int i = 0; i < 4; i++) {
        char c = *p->at;
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0)
            return false;
        *code = *code << 4 | (uint32_t)digit;
        p->at++;
    }
    return true;
}

/* Behind "\u". */
static bool parse_code(struct parser *p, struct buf *buf)
{
    const char *start = p->at - 2;
    uint32_t code;
    uint32_t low;

    if (!take_hex(p, &code))
        return fail_here(p, "\\u wants four hexadecimal digits");
    if (code == 0)
        return fail(p, start, ERR_INPUT, "\\u0000 is not accepted");
    if (code >= 0xdc00 && code <= 0xdfff)
        return fail(p, start, ERR_INPUT, "half of a surrogate pair");
    if (code >= 0xd800 && code <= 0xdbff) {
        if (p->end - p->at < 2 || p->at[0] != '\\' || p->at[1] != 'u')
            return fail(p, start, ERR_INPUT, "half of a surrogate pair");
        p->at += 2;
        if (!take_hex(p, &low) || low < 0xdc00 || low > 0xdfff)
            return fail(p, start, ERR_INPUT, "half of a surrogate pair");
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    }
    utf8_put(buf, code);
    return true;
}

/* At a backslash. */
static bool parse_escape(struct parser *p, struct buf *buf)
{
    static const char NAMES[] = "\"\\/bfnrt";
    static const char MEANINGS[] = "\"\\/\b\f\n\r\t";

    p->at++;
    if (p->at == p->end)
        return fail_here(p, "");
    if (*p->at == 'u') {
        p->at++;
        return parse_code(p, buf);
    }
    const char *name = *p->at == '\0' ? NULL : strchr(NAMES, *p->at);
    if (name == NULL)
        return fail_here(p, "there is no such escape");
    buf_char(buf, MEANINGS[name - NAMES]);
    p->at++;
    return true;
}

/* A string with escapes: the first is at *p->at, what is before it is plain. */
static bool parse_escaped(struct parser *p, const char *start, struct str *text)
{
    struct buf buf = {.arena = p->arena};

    while (p->at < p->end) {
        buf_add(&buf, (struct str){start, (size_t)(p->at - start)});
        if (*p->at == '"') {
            p->at++;
            *text = buf_str(&buf);
            return true;
        }
        if (*p->at != '\\')
            return fail_here(p, "a control character in a string must be escaped");
        if (!parse_escape(p, &buf))
            return false;
        start = p->at;
        p->at = json_scan_plain(p->at, p->end);
    }
    return fail_here(p, "");
}

/* At the opening quote. */
static inline bool parse_string(struct parser *p, struct str *text)
{
    const char *start = ++p->at;

    p->at = json_scan_plain(start, p->end);
    if (!is_next(p, '"'))
        return parse_escaped(p, start, text);
    *text = (struct str){start, (size_t)(p->at - start)};
    p->at++;
    return true;
}

static inline bool skip_digits(struct parser *p)
{
    const char *start = p->at;

    while (p->at < p->end && is_digit(*p->at))
        p->at++;
    return p->at > start;
}

static bool skip_number(struct parser *p, bool *has_exponent)
{
    *has_exponent = false;
    if (is_next(p, '-'))
        p->at++;
    if (is_next(p, '0'))
        p->at++;
    else if (!skip_digits(p))
        return false;
    if (is_next(p, '.')) {
        p->at++;
        if (!skip_digits(p))
            return false;
    }
    if (is_next(p, 'e') || is_next(p, 'E')) {
        *has_exponent = true;
        p->at++;
        if (is_next(p, '-') || is_next(p, '+'))
            p->at++;
        return skip_digits(p);
    }
    return true;
}

static bool parse_number(struct parser *p, struct json *value)
{
    const char *start = p->at;
    bool has_exponent;

    if (!skip_number(p, &has_exponent))
        return fail_here(p, "a digit is missing");
    value->kind = JSON_NUMBER;
    value->text = (struct str){start, (size_t)(p->at - start)};
    /* The canonical form has 34 digits; longer texts may still mean a short number. */
    if ((has_exponent || value->text.len > 34) && !num_is_short(value->text))
        return fail(p, start, ERR_INPUT, "a number has more than 34 digits");
    return true;
}

static bool parse_word(struct parser *p, struct json *value)
{
    static const struct {
        struct str word;
        enum json_kind kind;
    } WORDS[] = {
        {{"true", 4}, JSON_TRUE},
        {{"false", 5}, JSON_FALSE},
        {{"null", 4}, JSON_NULL},
    };
    struct str rest = {p->at, (size_t)(p->end - p->at)};

    for (size_t i = 0; i < ARRAY_LEN(WORDS); i++) {
        if (!str_starts(rest, WORDS[i].word))
            continue;
        value->kind = WORDS[i].kind;
        p->at += WORDS[i].word.len;
        return true;
    }
    return fail_here(p, "a value is expected here");
}

static inline void append(struct json *parent, struct json *value)
{
    if (parent->last == NULL)
        parent->first = value;
    else
        parent->last->next = value;
    parent->last = value;
    parent->count++;
}

/* Many names, not in order: remembers them in a map. */
static bool is_in_map(struct parser *p, const struct json *object, struct names *names,
                      struct str name)
{
    if (names->map.arena == NULL) {
        names->map.arena = p->arena;
        for (struct json *old = object->first; old != NULL; old = old->next)
            map_put(&names->map, old->name, old);
    }
    if (map_find(&names->map, name) != NULL)
        return true;
    map_put(&names->map, name, (void *)object);
    return false;
}

/* Names that come sorted, as the canonical form has them, are new without a search. */
static inline bool is_repeated(struct parser *p, const struct json *object, struct names *names,
                               struct str name)
{
    if (object->last == NULL)
        return false;
    if (names->is_sorted && str_compare(object->last->name, name) < 0)
        return false;
    names->is_sorted = false;
    if (object->count > JSON_PAIRWISE_MAX)
        return is_in_map(p, object, names, name);
    for (const struct json *old = object->first; old != NULL; old = old->next)
        if (str_equal(old->name, name))
            return true;
    return false;
}

static bool parse_member(struct parser *p, struct json *object, struct names *names)
{
    const char *start = p->at;
    struct json *value;
    struct str name;

    if (!is_next(p, '"'))
        return fail_here(p, "a member name in quotes is expected here");
    if (!parse_string(p, &name))
        return false;
    if (is_repeated(p, object, names, name))
        return fail(p, start, ERR_INPUT, "this member is here twice");
    skip_space(p);
    if (!is_next(p, ':'))
        return fail_here(p, "a colon is expected here");
    p->at++;
    if (!parse_value(p, &value))
        return false;
    value->name = name;
    append(object, value);
    return true;
}

static bool parse_object(struct parser *p, struct json *object)
{
    struct names names = {.is_sorted = true};

    object->kind = JSON_OBJECT;
    p->at++;
    skip_space(p);
    if (is_next(p, '}')) {
        p->at++;
        return true;
    }
    for (;;) {
        if (!parse_member(p, object, &names))
            return false;
        skip_space(p);
        if (is_next(p, '}'))
            break;
        if (!is_next(p, ','))
            return fail_here(p, "a comma or } is expected here");
        p->at++;
        skip_space(p);
    }
    p->at++;
    return true;
}

static bool parse_array(struct parser *p, struct json *array)
{
    struct json *value = NULL;

    array->kind = JSON_ARRAY;
    p->at++;
    skip_space(p);
    if (is_next(p, ']')) {
        p->at++;
        return true;
    }
    for (;;) {
        if (!parse_value(p, &value))
            return false;
        append(array, value);
        skip_space(p);
        if (is_next(p, ']'))
            break;
        if (!is_next(p, ','))
            return fail_here(p, "a comma or ] is expected here");
        p->at++;
    }
    p->at++;
    return true;
}

static bool parse_nested(struct parser *p, struct json *value)
{
    if (p->depth_left == 0)
        return fail(p, p->at, ERR_LIMIT, "nested too deeply");
    p->depth_left--;
    if (*p->at == '{' ? !parse_object(p, value) : !parse_array(p, value))
        return false;
    p->depth_left++;
    return true;
}

static bool parse_value(struct parser *p, struct json **out)
{
    skip_space(p);
    if (p->at == p->end)
        return fail_here(p, "");
    if (p->values_left == 0)
        return fail(p, p->at, ERR_LIMIT, "too many values");
    p->values_left--;

    struct json *value = *out = new_value(p);
    char c = *p->at;
    if (c == '"') {
        value->kind = JSON_STRING;
        return parse_string(p, &value->text);
    }
    if (c == '-' || is_digit(c))
        return parse_number(p, value);
    if (c == '{' || c == '[')
        return parse_nested(p, value);
    return parse_word(p, value);
}

static bool check_text(struct parser *p, size_t bytes_max)
{
    if (p->text.len > bytes_max)
        return err_set(p->err, ERR_LIMIT, "JSON of %zu bytes is more than the %zu accepted",
                       p->text.len, bytes_max);

    size_t valid = utf8_valid_head(p->text);
    if (valid == p->text.len)
        return true;
    return fail(p, p->text.ptr + valid, ERR_INPUT,
                p->text.ptr[valid] == '\0' ? "a NUL byte" : "this is not UTF-8");
}

bool json_parse(struct arena *arena, struct str text, const struct json_limits *limits,
                struct json **json, struct err *err)
{
    struct json_limits given = limits == NULL ? (struct json_limits){0} : *limits;
    struct str some = text.ptr == NULL ? STR("") : text;
    struct parser parser = {
        .arena = arena,
        .text = some,
        .at = some.ptr,
        .end = some.ptr + some.len,
        .values_left = given.values > 0 ? given.values : JSON_VALUES_MAX,
        .depth_left = given.depth > 0 ? MIN(given.depth, JSON_DEPTH_HARD) : JSON_DEPTH_MAX,
        .err = err,
    };
    struct json *found = NULL;

    if (!check_text(&parser, given.bytes > 0 ? given.bytes : JSON_BYTES_MAX) ||
        !parse_value(&parser, &found))
        return false;
    skip_space(&parser);
    if (parser.at < parser.end)
        return fail(&parser, parser.at, ERR_INPUT, "there is something behind the value");
    *json = found;
    return true;
}

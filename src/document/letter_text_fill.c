/* A letter's text with values in the place of its fields. */
#include "document/letter_text.h"

/* Values by name, from the innermost list's item outwards. */
struct scope {
    const struct json *value;
    const struct scope *outer;
};

struct filling {
    const struct letter_text *text;
    struct buf *out;
    size_t start; /* of out, before anything was filled */
    int repeats;
};

static const struct json *find(const struct scope *scope, struct str name)
{
    struct str head = str_slice(name, 0, str_find_char(name, '.'));

    if (str_equal(name, STR(".")))
        return scope->value;
    for (; scope != NULL; scope = scope->outer)
        if (json_find(scope->value, head) != NULL)
            return json_at(scope->value, name);
    return NULL;
}

static void put_element(struct buf *out, struct str prefix, const char *name)
{
    buf_printf(out, "<%.*s%s/>", STR_ARG(prefix), name);
}

/* How many bytes at the head of text no XML may hold: control characters, U+FFFE, U+FFFF. */
static size_t count_barred(struct str text)
{
    if (str_starts(text, STR("\xEF\xBF\xBE")) || str_starts(text, STR("\xEF\xBF\xBF")))
        return 3;
    return (unsigned char)text.ptr[0] < ' ' ? 1 : 0;
}

/* Line breaks, tabs and blanks in a row are elements in OpenDocument. */
static void put_text(struct buf *out, struct str text, struct str prefix)
{
    char before = ' ';

    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        size_t barred = count_barred(str_slice(text, i, text.len));

        if (c == '\n')
            put_element(out, prefix, "line-break");
        else if (c == '\t')
            put_element(out, prefix, "tab");
        else if (c == ' ' && before == ' ')
            put_element(out, prefix, "s");
        else if (c == '&')
            buf_add(out, STR("&amp;"));
        else if (c == '<')
            buf_add(out, STR("&lt;"));
        else if (c == '>')
            buf_add(out, STR("&gt;"));
        else if (barred == 0)
            buf_char(out, c);
        i += barred > 1 ? barred - 1 : 0;
        before = c == '\n' || c == '\t' ? ' ' : c;
    }
}

static void put_value(struct buf *out, const struct json *value, struct str prefix)
{
    if (value == NULL)
        return;
    if (value->kind == JSON_STRING || value->kind == JSON_NUMBER)
        put_text(out, value->text, prefix);
    if (value->kind == JSON_TRUE)
        buf_add(out, STR("true"));
    if (value->kind == JSON_FALSE)
        buf_add(out, STR("false"));
}

static bool is_something(const struct json *value)
{
    return value != NULL && value->kind != JSON_NULL && value->kind != JSON_FALSE &&
           !(value->kind == JSON_STRING && value->text.len == 0);
}

struct part {
    struct letter_text_range bytes;
    size_t first, last; /* slots; last is behind them */
    bool is_body;       /* of the slot first, an OPEN */
};

static bool fill_part(struct filling *filling, struct part part, const struct scope *scope,
                      struct err *err);

static bool repeat_once(struct filling *filling, const struct letter_text_slot *open,
                        const struct json *item, const struct scope *outer, struct err *err)
{
    struct scope scope = {item, outer};
    struct part part = {open->body, (size_t)(open - filling->text->slots), open->end, true};

    if (++filling->repeats > LETTER_TEXT_REPEATS_MAX)
        return err_set(err, ERR_LIMIT, "the letter repeats more than %d times",
                       LETTER_TEXT_REPEATS_MAX);
    return fill_part(filling, part, &scope, err);
}

static bool repeat(struct filling *filling, const struct letter_text_slot *open,
                   const struct scope *scope, struct err *err)
{
    const struct json *list = find(scope, open->name);

    if (list == NULL || list->kind != JSON_ARRAY)
        return !is_something(list) || repeat_once(filling, open, list, scope, err);
    for (const struct json *item = list->first; item != NULL; item = item->next)
        if (!repeat_once(filling, open, item, scope, err))
            return false;
    return true;
}

static void put_bytes(struct filling *filling, size_t from, size_t to)
{
    buf_add(filling->out, str_slice(filling->text->xml, from, to - from));
}

static bool fill_part(struct filling *filling, struct part part, const struct scope *scope,
                      struct err *err)
{
    size_t at = part.bytes.from;

    for (size_t i = part.first; i < part.last; i++) {
        const struct letter_text_slot *slot = &filling->text->slots[i];

        if (filling->out->len - filling->start > LETTER_TEXT_FILLED_MAX)
            return err_set(err, ERR_LIMIT, "the letter grows to more than %d MB",
                           LETTER_TEXT_FILLED_MAX / (1024 * 1024));
        if (slot->kind == LETTER_TEXT_OPEN && !(part.is_body && i == part.first)) {
            put_bytes(filling, at, slot->whole.from);
            if (!repeat(filling, slot, scope, err))
                return false;
            at = slot->whole.to;
            i = slot->end - 1;
            continue;
        }
        if (slot->from < at || slot->to > part.bytes.to)
            continue; /* of the paragraphs that go */
        put_bytes(filling, at, slot->from);
        if (slot->kind == LETTER_TEXT_FIELD)
            put_value(filling->out, find(scope, slot->name), slot->prefix);
        at = slot->to;
    }
    put_bytes(filling, at, part.bytes.to);
    return true;
}

bool letter_text_fill(const struct letter_text *text, const struct json *values, struct buf *out,
                      struct err *err)
{
    struct filling filling = {.text = text, .out = out, .start = out->len};
    struct part all = {{0, text->xml.len}, 0, text->count, false};

    return fill_part(&filling, all, &(struct scope){values, NULL}, err);
}

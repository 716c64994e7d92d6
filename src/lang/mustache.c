#include "lang/mustache.h"

#include <string.h>

#include "core/utf8.h"

struct reader {
    struct arena *arena;
    struct arena *scratch; /* of the nodes while they grow */
    const struct mustache_rules *rules;
    struct str source;
    size_t at;      /* what is before has become nodes */
    size_t tag_at;  /* of the tag being read */
    uint32_t line;  /* there */
    size_t counted; /* lines are counted up to here */
    struct mustache *mustache;
    uint32_t open[MUSTACHE_DEPTH_MAX]; /* the sections that are not closed yet */
    size_t depth;
    struct str closed; /* the name of the section that ended just here */
    size_t closed_at;  /* so many nodes there were then */
    struct err *err;
};

static bool fail(const struct reader *reader, const char *what)
{
    return err_set(reader->err, ERR_INPUT, "line %u: %s", reader->line, what);
}

/* By the character to be written otherwise; few, so most text passes in long runs. */
static struct str reference(char c)
{
    switch (c) {
    case '&':
        return STR("&amp;");
    case '<':
        return STR("&lt;");
    case '>':
        return STR("&gt;");
    case '"':
        return STR("&quot;");
    case '\'':
        return STR("&#39;");
    default:
        return (struct str){0};
    }
}

static bool is_special(char c)
{
    return c == '&' || c == '<' || c == '>' || c == '"' || c == '\'';
}

/* Whether one of eight bytes is special.  & and ' differ in one bit, and so do < and >. */
static inline bool has_special(const char *text)
{
    const uint64_t ones = 0x0101010101010101;
    uint64_t word;

    memcpy(&word, text, sizeof word);
    uint64_t quote = word ^ ones * '"';
    uint64_t other = (word | ones * ('&' ^ '\'')) ^ ones * '\'';
    uint64_t bracket = (word | ones * ('<' ^ '>')) ^ ones * '>';
    return ((((quote - ones) & ~quote) | ((other - ones) & ~other) |
             ((bracket - ones) & ~bracket)) &
            ones * 0x80) != 0;
}

static size_t find_special(struct str text, size_t at)
{
    while (at + 8 <= text.len && !has_special(text.ptr + at))
        at += 8;
    while (at < text.len && !is_special(text.ptr[at]))
        at++;
    return at;
}

void mustache_escape(struct buf *buf, struct str text)
{
    size_t done = 0, at;

    while ((at = find_special(text, done)) < text.len) {
        buf_add(buf, (struct str){text.ptr + done, at - done});
        buf_add(buf, reference(text.ptr[at]));
        done = at + 1;
    }
    if (done < text.len)
        buf_add(buf, (struct str){text.ptr + done, text.len - done});
}

static struct mustache_node *add(struct reader *reader, enum mustache_kind kind, struct str text)
{
    struct mustache *mustache = reader->mustache;

    VEC_PUSH(reader->scratch, &mustache->nodes,
             (struct mustache_node){.kind = kind, .line = reader->line, .text = text});
    return &mustache->nodes.items[mustache->nodes.count - 1];
}

static void add_text(struct reader *reader, struct str text)
{
    if (text.len > 0)
        add(reader, MUSTACHE_TEXT, text);
}

static bool is_name_char(char c, bool is_partial)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.' || (unsigned char)c >= 0x80 || (is_partial && c == '/');
}

static bool check_name(const struct reader *reader, struct str name, bool is_partial)
{
    if (name.len == 0)
        return fail(reader, "the tag is empty");
    for (size_t i = 0; i < name.len; i++)
        if (!is_name_char(name.ptr[i], is_partial))
            return err_set(reader->err, ERR_INPUT, "line %u: {{%.*s}} is no name", reader->line,
                           STR_ARG(str_slice(name, 0, 100)));
    return true;
}

/* "a.b" into two parts, "." into none. */
static bool split_name(struct reader *reader, struct str name, struct mustache_node *node)
{
    VEC(struct str) parts = {0};

    if (!check_name(reader, name, false))
        return false;
    if (str_equal(name, STR(".")))
        return true;
    if (str_ends(name, STR(".")))
        return fail(reader, "a name ends with a dot");
    while (name.len > 0) {
        struct str part = str_cut(&name, '.');

        if (part.len == 0)
            return fail(reader, "a name has two dots together or begins with one");
        VEC_PUSH(reader->arena, &parts, part);
    }
    node->path = parts.items;
    node->parts = (uint32_t)parts.count;
    return true;
}

/* A message may be broken over lines: each run of white space is one blank of its id. */
static struct str message_id(struct reader *reader, struct str text)
{
    struct buf id = {.arena = reader->arena};

    text = str_trim(text);
    for (size_t i = 0; i < text.len; i++) {
        bool is_blank = strchr(" \t\r\n", text.ptr[i]) != NULL && text.ptr[i] != '\0';

        if (!is_blank)
            buf_char(&id, text.ptr[i]);
        else if (id.len > 0 && id.ptr[id.len - 1] != ' ')
            buf_char(&id, ' ');
    }
    return buf_str(&id);
}

static struct str ready(struct reader *reader, struct str text)
{
    struct buf buf = {.arena = reader->arena};

    if (!reader->rules->is_html)
        return text;
    mustache_escape(&buf, text);
    return buf_str(&buf);
}

static void note_message(struct reader *reader, struct str id, struct str plural)
{
    VEC_PUSH(reader->arena, &reader->mustache->messages, (struct mustache_message){id, plural});
}

static bool read_message(struct reader *reader, struct str tag)
{
    struct str id = message_id(reader, str_slice(tag, 1, tag.len));

    if (id.len == 0)
        return fail(reader, "there is no text to translate");
    note_message(reader, id, (struct str){0});
    add_text(reader, ready(reader, messages_get(reader->rules->messages, id)));
    return true;
}

/* {{_n count|%d record|%d records}}: all forms are fetched now, through typical counts. */
static bool read_plural(struct reader *reader, struct str tag)
{
    static const int64_t TYPICAL[] = {5, 2, 1};
    const struct messages *messages = reader->rules->messages;
    struct str rest = str_slice(tag, 2, tag.len);
    struct str name = str_trim(str_cut(&rest, '|'));
    struct str id = message_id(reader, str_cut(&rest, '|'));
    struct str plural = message_id(reader, rest);
    struct str *forms = ARENA_ARRAY(reader->arena, struct str, MESSAGES_FORMS);

    if (id.len == 0 || plural.len == 0)
        return fail(reader, "a plural is {{_n name|one|many}}");
    note_message(reader, id, plural);
    for (size_t i = 0; i < ARRAY_LEN(TYPICAL); i++) {
        int form = messages_plural_form(messages_language(messages), TYPICAL[i]);

        forms[form] = ready(reader, messages_plural(messages, id, plural, TYPICAL[i]));
    }
    struct mustache_node *node = add(reader, MUSTACHE_PLURAL, (struct str){0});
    node->forms = forms;
    return split_name(reader, name, node);
}

static bool open_section(struct reader *reader, enum mustache_kind kind, struct str name)
{
    if (reader->depth == MUSTACHE_DEPTH_MAX)
        return fail(reader, "sections are nested too deep");
    if (kind == MUSTACHE_INVERTED && reader->closed_at == reader->mustache->nodes.count &&
        str_equal(reader->closed, name))
        kind = MUSTACHE_ELSE;
    reader->open[reader->depth++] = (uint32_t)reader->mustache->nodes.count;
    return split_name(reader, name, add(reader, kind, name));
}

static bool close_section(struct reader *reader, struct str name)
{
    if (!check_name(reader, name, false))
        return false;
    if (reader->depth == 0)
        return err_set(reader->err, ERR_INPUT, "line %u: {{/%.*s}} closes nothing", reader->line,
                       STR_ARG(str_slice(name, 0, 100)));

    struct mustache_node *node = &reader->mustache->nodes.items[reader->open[--reader->depth]];
    if (!str_equal(node->text, name))
        return err_set(reader->err, ERR_INPUT,
                       "line %u: {{/%.*s}} stands where {{/%.*s}} is expected", reader->line,
                       STR_ARG(str_slice(name, 0, 100)), STR_ARG(str_slice(node->text, 0, 100)));
    node->end = (uint32_t)reader->mustache->nodes.count;
    reader->closed = node->kind == MUSTACHE_SECTION ? name : (struct str){0};
    reader->closed_at = node->end;
    return true;
}

static bool read_partial(struct reader *reader, struct str name)
{
    if (reader->rules->is_line)
        return fail(reader, "a single line has no partials");
    if (!check_name(reader, name, true))
        return false;
    add(reader, MUSTACHE_PARTIAL, name);
    return true;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The tag without its braces. */
static bool read_tag(struct reader *reader, struct str tag)
{
    struct str name = str_trim(str_slice(tag, 1, tag.len));

    switch (tag.len > 0 ? tag.ptr[0] : '\0') {
    case '!':
        return true;
    case '#':
        return open_section(reader, MUSTACHE_SECTION, name);
    case '^':
        return open_section(reader, MUSTACHE_INVERTED, name);
    case '/':
        return close_section(reader, name);
    case '>':
        return read_partial(reader, name);
    case '{':
    case '&':
        return fail(reader, "unescaped values do not exist here: write {{name}}");
    case '=':
        return fail(reader, "the braces cannot be changed");
    case '<':
    case '$':
        return fail(reader, "templates have no inheritance: write a partial");
    default:
        break;
    }
    if (tag.len > 1 && tag.ptr[0] == '_' && is_blank(tag.ptr[1]))
        return read_message(reader, tag);
    if (tag.len > 2 && tag.ptr[0] == '_' && tag.ptr[1] == 'n' && is_blank(tag.ptr[2]))
        return read_plural(reader, tag);
    return split_name(reader, str_trim(tag), add(reader, MUSTACHE_VALUE, (struct str){0}));
}

/*
 * A tag that prints nothing itself and is alone on its line takes the line with it: *begin
 * goes back to the line's beginning and *end behind its end.
 */
static void widen_to_line(const struct reader *reader, size_t *begin, size_t *end)
{
    struct str source = reader->source;
    size_t from = *begin;
    size_t to = *end;

    while (from > 0 && (source.ptr[from - 1] == ' ' || source.ptr[from - 1] == '\t'))
        from--;
    while (to < source.len && (source.ptr[to] == ' ' || source.ptr[to] == '\t'))
        to++;
    if (from > 0 && source.ptr[from - 1] != '\n')
        return;
    if (to + 1 < source.len && source.ptr[to] == '\r' && source.ptr[to + 1] == '\n')
        to++;
    if (to < source.len && source.ptr[to] != '\n')
        return;
    *begin = from;
    *end = MIN(to + 1, source.len);
}

static void count_lines(struct reader *reader)
{
    for (; reader->counted < reader->tag_at; reader->counted++)
        reader->line += reader->source.ptr[reader->counted] == '\n';
}

/* The text before the next tag and the tag; just the text at the end. */
static bool step(struct reader *reader)
{
    struct str rest = str_slice(reader->source, reader->at, reader->source.len);
    size_t before = str_find(rest, STR("{{"));

    reader->tag_at = reader->at + before;
    if (before == rest.len) {
        add_text(reader, rest);
        reader->at = reader->source.len;
        return true;
    }
    count_lines(reader);
    struct str tag = str_slice(rest, before + 2, rest.len);
    size_t len = str_find(tag, STR("}}"));
    if (len == tag.len)
        return fail(reader, "}} is missing");

    size_t begin = reader->tag_at;
    size_t end = begin + 2 + len + 2;
    if (len > 0 && strchr("#^/>!", tag.ptr[0]) != NULL)
        widen_to_line(reader, &begin, &end);
    add_text(reader, str_slice(reader->source, reader->at, begin - reader->at));
    reader->at = end;
    return read_tag(reader, str_slice(tag, 0, len));
}

bool mustache_compile(struct arena *arena, const struct mustache_rules *rules, struct str source,
                      struct mustache *mustache, struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct mustache draft = {0};
    struct reader reader = {.arena = arena,
                            .scratch = scratch,
                            .rules = rules,
                            .source = source,
                            .line = 1,
                            .mustache = &draft,
                            .err = err};

    if (!utf8_is_valid(source))
        return err_set(err, ERR_INPUT, "this is no UTF-8");
    if (rules->is_line && str_find_char(source, '\n') < source.len)
        return err_set(err, ERR_INPUT, "only a single line may stand here");
    while (reader.at < source.len)
        if (!step(&reader))
            return false;
    if (reader.depth > 0) {
        const struct mustache_node *node = &draft.nodes.items[reader.open[reader.depth - 1]];

        return err_set(err, ERR_INPUT, "line %u: {{#%.*s}} is not closed", node->line,
                       STR_ARG(str_slice(node->text, 0, 100)));
    }
    *mustache = draft;
    mustache->nodes.cap = draft.nodes.count;
    mustache->nodes.items = ARENA_ARRAY(arena, struct mustache_node, draft.nodes.count);
    if (draft.nodes.count > 0)
        memcpy(mustache->nodes.items, draft.nodes.items,
               draft.nodes.count * sizeof *draft.nodes.items);
    return true;
}

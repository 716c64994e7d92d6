#include "lang/messages.h"

#include <string.h>

#include "core/map.h"
#include "core/num.h"
#include "core/utf8.h"
#include "core/vec.h"

struct message {
    struct str id;
    struct str plural;                /* of the source language; empty when it has none */
    struct str forms[MESSAGES_FORMS]; /* forms[0] is the text when it has none */
};

struct messages {
    struct arena *arena;
    struct str language;
    struct map by_id; /* → struct message */
    VEC(struct message *) list;
};

/* Reads a .po file line by line; what is being read goes into draft. */
struct reader {
    struct messages *messages;
    struct str rest;
    int line;
    struct message draft;
    struct buf text; /* of the keyword being read */
    struct str *target;
    struct str dropped; /* target of forms that no rule of ours chooses */
    bool has_id;
    bool has_plural;
    bool has_text;
    bool is_fuzzy;
    struct err *err;
};

struct messages *messages_new(struct arena *arena, struct str language)
{
    struct messages *messages = ARENA_NEW(arena, struct messages);

    messages->arena = arena;
    messages->by_id.arena = arena;
    messages->language = str_copy(arena, language);
    return messages;
}

static bool fail(struct reader *reader, const char *what)
{
    return err_set(reader->err, ERR_INPUT, "line %d: %s", reader->line, what);
}

/* The text that was read belongs to the last keyword. */
static void end_text(struct reader *reader)
{
    if (reader->target != NULL)
        *reader->target = buf_str(&reader->text);
    reader->target = NULL;
    reader->text = (struct buf){.arena = reader->messages->arena};
}

static void begin_text(struct reader *reader, struct str *target)
{
    end_text(reader);
    reader->target = target;
}

/*
 * Half an entry is no translation: with a plural every form of the language is needed.
 * Where the rule knows two forms one will do, since Kyrgyz nouns after numbers do not
 * change and its files are often written so.
 */
static bool is_complete(const struct messages *messages, struct message *message)
{
    int forms = message->plural.len == 0 ? 1 : messages_plural_form(messages->language, 5) + 1;

    if (forms == 2 && message->forms[1].len == 0)
        message->forms[1] = message->forms[0];
    for (int i = 0; i < forms; i++)
        if (message->forms[i].len == 0)
            return false;
    return true;
}

static bool end_entry(struct reader *reader)
{
    struct messages *messages = reader->messages;

    end_text(reader);
    if (reader->has_id && !reader->has_text)
        return fail(reader, "the entry before has no msgstr");
    /* The entry with an empty id is the file's header. */
    bool is_wanted = reader->has_id && !reader->is_fuzzy && reader->draft.id.len > 0 &&
                     is_complete(messages, &reader->draft) &&
                     map_find(&messages->by_id, reader->draft.id) == NULL;
    if (is_wanted) {
        struct message *message = ARENA_NEW(messages->arena, struct message);

        *message = reader->draft;
        map_put(&messages->by_id, message->id, message);
        VEC_PUSH(messages->arena, &messages->list, message);
    }
    reader->draft = (struct message){0};
    reader->has_id = false;
    reader->has_plural = false;
    reader->has_text = false;
    reader->is_fuzzy = false;
    return true;
}

static bool read_escape(struct reader *reader, char c)
{
    static const char FROM[] = "ntr\"\\";
    static const char TO[] = "\n\t\r\"\\";
    const char *at = c != '\0' ? strchr(FROM, c) : NULL;

    if (at == NULL)
        return fail(reader, "of the escapes only \\n \\t \\r \\\" \\\\ are known");
    buf_char(&reader->text, TO[at - FROM]);
    return true;
}

/* "…" to the end of the line */
static bool read_quoted(struct reader *reader, struct str line)
{
    if (reader->target == NULL)
        return fail(reader, "this text belongs to no msgid or msgstr");
    if (line.len < 2 || line.ptr[0] != '"')
        return fail(reader, "a text in quotes is expected");
    for (size_t i = 1; i < line.len; i++) {
        char c = line.ptr[i];

        if (c == '"')
            return i + 1 == line.len || fail(reader, "there is something behind the quotes");
        if (c != '\\') {
            buf_char(&reader->text, c);
            continue;
        }
        i++;
        if (!read_escape(reader, i < line.len ? line.ptr[i] : '\0'))
            return false;
    }
    return fail(reader, "the quotes are not closed");
}

/* Takes a keyword and the blank behind it off the line. */
static bool take_keyword(struct str *line, struct str keyword)
{
    if (!str_starts(*line, keyword) || line->len == keyword.len ||
        (line->ptr[keyword.len] != ' ' && line->ptr[keyword.len] != '\t'))
        return false;
    *line = str_trim(str_slice(*line, keyword.len, line->len));
    return true;
}

/* "msgstr[0]": a digit and a bracket. */
static bool take_form(struct reader *reader, struct str *line)
{
    static const size_t DIGIT = sizeof "msgstr[" - 1;
    int form = line->len > DIGIT + 1 ? line->ptr[DIGIT] - '0' : -1;

    if (form < 0 || form > 5 || line->ptr[DIGIT + 1] != ']' || !reader->has_plural)
        return fail(reader, "msgstr[n] stands behind msgid_plural, n from 0 to 5");
    begin_text(reader, form < MESSAGES_FORMS ? &reader->draft.forms[form] : &reader->dropped);
    reader->has_text = true;
    *line = str_trim(str_slice(*line, DIGIT + 2, line->len));
    return true;
}

static bool take_id(struct reader *reader)
{
    if (reader->has_id && !end_entry(reader))
        return false;
    reader->has_id = true;
    begin_text(reader, &reader->draft.id);
    return true;
}

static bool take_plural(struct reader *reader)
{
    if (!reader->has_id || reader->has_text || reader->has_plural)
        return fail(reader, "msgid_plural stands behind msgid");
    reader->has_plural = true;
    begin_text(reader, &reader->draft.plural);
    return true;
}

static bool take_text(struct reader *reader)
{
    if (!reader->has_id || reader->has_text || reader->has_plural)
        return fail(reader, "msgstr stands behind msgid, once, and is msgstr[n] with a plural");
    reader->has_text = true;
    begin_text(reader, &reader->draft.forms[0]);
    return true;
}

static bool read_keyword(struct reader *reader, struct str line)
{
    bool ok = true;

    if (take_keyword(&line, STR("msgid")))
        ok = take_id(reader);
    else if (take_keyword(&line, STR("msgid_plural")))
        ok = take_plural(reader);
    else if (take_keyword(&line, STR("msgstr")))
        ok = take_text(reader);
    else if (str_starts(line, STR("msgstr[")))
        ok = take_form(reader, &line);
    else if (str_starts(line, STR("msgctxt")))
        ok = fail(reader, "msgctxt is not supported: write a text that says which is meant");
    else if (line.ptr[0] != '"')
        ok = fail(reader, "msgid, msgstr, a text in quotes or # is expected");
    return ok && read_quoted(reader, line);
}

static bool read_line(struct reader *reader, struct str line)
{
    if (line.len > 0 && line.ptr[0] != '#')
        return read_keyword(reader, line);
    if (reader->has_text && !end_entry(reader))
        return false;
    if (str_starts(line, STR("#,")) && str_find(line, STR("fuzzy")) < line.len)
        reader->is_fuzzy = true;
    return true;
}

bool messages_add_po(struct messages *messages, struct str po, struct err *err)
{
    struct reader reader = {.messages = messages, .rest = po, .err = err};

    if (!utf8_is_valid(po))
        return err_set(err, ERR_INPUT, "this is no UTF-8");
    if (str_starts(reader.rest, STR("\xef\xbb\xbf")))
        reader.rest = str_slice(po, 3, po.len);
    end_text(&reader);
    while (reader.rest.len > 0) {
        reader.line++;
        if (!read_line(&reader, str_trim(str_cut(&reader.rest, '\n'))))
            return false;
    }
    return end_entry(&reader);
}

struct str messages_language(const struct messages *messages)
{
    return messages == NULL ? STR("en") : messages->language;
}

static const struct message *find(const struct messages *messages, struct str id)
{
    return messages == NULL ? NULL : map_find(&messages->by_id, id);
}

struct str messages_get(const struct messages *messages, struct str id)
{
    const struct message *message = find(messages, id);

    return message == NULL ? id : message->forms[0];
}

bool messages_has(const struct messages *messages, struct str id)
{
    return find(messages, id) != NULL;
}

static uint64_t magnitude(int64_t count)
{
    return count < 0 ? 0 - (uint64_t)count : (uint64_t)count;
}

/* CLDR: Russian one (1, 21, 31…), few (2-4, 22-24…), many; the others one and other. */
int messages_plural_form(struct str language, int64_t count)
{
    uint64_t number = magnitude(count);
    uint64_t tens = number % 100;

    if (!str_equal(language, STR("ru")))
        return number == 1 ? 0 : 1;
    if (number % 10 == 1 && tens != 11)
        return 0;
    return number % 10 >= 2 && number % 10 <= 4 && (tens < 12 || tens > 14) ? 1 : 2;
}

struct str messages_plural(const struct messages *messages, struct str id, struct str plural,
                           int64_t count)
{
    const struct message *message = find(messages, id);

    if (message == NULL) /* the source texts are English */
        return messages_plural_form(STR("en"), count) == 0 ? id : plural;
    if (message->plural.len == 0)
        return message->forms[0];
    return message->forms[messages_plural_form(messages->language, count)];
}

void messages_print_plural(struct buf *buf, const struct messages *messages, struct str id,
                           struct str plural, int64_t count)
{
    char digits[24];
    struct buf plain = {.ptr = digits, .cap = sizeof digits}; /* room for every int64 */
    struct str text = messages_plural(messages, id, plural, count);
    size_t at = str_find(text, STR("%d"));

    buf_add(buf, str_slice(text, 0, at));
    if (at == text.len)
        return;
    buf_int(&plain, count);
    num_print_local(buf, buf_str(&plain), messages_language(messages));
    buf_add(buf, str_slice(text, at + 2, text.len));
}

void messages_each(const struct messages *messages,
                   void (*found)(void *data, struct str id, struct str text), void *data)
{
    for (size_t i = 0; messages != NULL && i < messages->list.count; i++)
        found(data, messages->list.items[i]->id, messages->list.items[i]->forms[0]);
}

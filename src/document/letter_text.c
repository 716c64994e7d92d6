#include "document/letter_text.h"

#include <string.h>
#include <strings.h>

#include "core/utf8.h"
#include "core/vec.h"
#include "xml/xml_tree.h"

enum {
    NAME_MAX_LEN = 200,
    SHOWN = 40,            /* characters of what is wrong */
    LONELY_MAX = 8 * 1024, /* bytes of an element with nothing but one field */
};

struct element {
    size_t from, to;
    int parent; /* -1: the root */
    int depth;
    int paragraph; /* the nearest one around, itself; -1: none */
    bool is_row;
    struct str prefix;
};

/* A piece of the file that is text of the paragraph, and where it lies in all of that. */
struct piece {
    size_t at, len, start;
};

struct reader {
    struct arena *arena;
    struct str xml;
    size_t at;
    int current; /* the element that is open; -1: none */
    VEC(struct element) elements;
    VEC(struct piece) pieces;
    size_t piece;   /* the first that a further field may lie in */
    struct buf run; /* the text since the last border of a paragraph */
    VEC(struct letter_text_slot) slots;
};

/* Invariant: libxml2 has found the XML well-formed, so whatever begins here also ends. */

static struct str shown(struct str text)
{
    return utf8_head(str_slice(text, 0, utf8_valid_head(text)), SHOWN);
}

static bool is_blank(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (strchr(" \t\r\n", text.ptr[i]) != NULL && text.ptr[i] != '\0')
            continue;
        if (!str_starts(str_slice(text, i, text.len), STR("\xC2\xA0")))
            return false;
        i++;
    }
    return true;
}

/* How many bytes of a blank stand at the head of text, or at its end: 0, 1 or 2. */
static size_t blank_at(struct str text, bool is_end)
{
    for (size_t len = 1; len <= MIN(text.len, 2); len++)
        if (is_blank(str_slice(text, is_end ? text.len - len : 0, len)))
            return len;
    return 0;
}

/* Editors like to put blanks that do not break. */
static struct str trim(struct str text)
{
    for (size_t len; (len = blank_at(text, false)) > 0;)
        text = str_slice(text, len, text.len);
    for (size_t len; (len = blank_at(text, true)) > 0;)
        text.len -= len;
    return text;
}

static bool part_is_valid(struct str part)
{
    if (part.len == 0 || part.ptr[0] == ' ' || part.ptr[part.len - 1] == ' ')
        return false;
    while (part.len > 0) {
        uint32_t code = utf8_next(&part);

        if (!utf8_is_letter(code) && !utf8_is_digit(code) && code != '_' && code != '-' &&
            code != ' ')
            return false;
    }
    return true;
}

static bool name_is_valid(struct str name)
{
    if (str_equal(name, STR(".")))
        return true;
    if (name.len == 0 || name.len > NAME_MAX_LEN || name.ptr[name.len - 1] == '.')
        return false;
    while (name.len > 0)
        if (!part_is_valid(str_cut(&name, '.')))
            return false;
    return true;
}

static bool read_name(struct reader *reader, struct str raw, struct letter_text_slot *slot,
                      struct err *err)
{
    struct str name = trim(str_slice(raw, 2, raw.len - 4));

    slot->kind = LETTER_TEXT_FIELD;
    if (str_starts(name, STR("#")))
        slot->kind = LETTER_TEXT_OPEN;
    if (str_starts(name, STR("/")))
        slot->kind = LETTER_TEXT_CLOSE;
    if (slot->kind != LETTER_TEXT_FIELD)
        name = trim(str_slice(name, 1, name.len));
    slot->name = str_copy(reader->arena, name);
    slot->raw = str_copy(reader->arena, raw);
    return name_is_valid(name) ||
           err_set(err, ERR_INPUT,
                   "\"%.*s\" is no field: between {{ and }} stands a name of letters, digits, - "
                   "and _, as {{name}} or {{house.address}}, or {{#list}} and {{/list}}",
                   STR_ARG(shown(raw)));
}

/* What lies in [from, from + raw.len) of the run, over however many pieces. */
static bool add_slot(struct reader *reader, size_t from, struct str raw, struct err *err)
{
    const struct element *paragraph =
        &reader->elements.items[reader->elements.items[reader->current].paragraph];
    struct letter_text_slot slot = {.paragraph = (int)(paragraph - reader->elements.items),
                                    .prefix = paragraph->prefix};

    if (!read_name(reader, raw, &slot, err))
        return false;
    if (reader->slots.count >= LETTER_TEXT_SLOTS_MAX)
        return err_set(err, ERR_LIMIT, "it has more than %d fields", LETTER_TEXT_SLOTS_MAX);
    for (size_t i = reader->piece; i < reader->pieces.count; i++) {
        const struct piece *piece = &reader->pieces.items[i];
        size_t start = MAX(from, piece->start);
        size_t end = MIN(from + raw.len, piece->start + piece->len);

        if (piece->start >= from + raw.len)
            break;
        reader->piece = i;
        if (start >= end)
            continue;
        slot.from = piece->at + (start - piece->start);
        slot.to = piece->at + (end - piece->start);
        VEC_PUSH(reader->arena, &reader->slots, slot);
        slot.kind = LETTER_TEXT_GONE;
    }
    return true;
}

/* A border of a paragraph: what was gathered is all there is of it. */
static bool end_run(struct reader *reader, struct err *err)
{
    struct str rest = buf_str(&reader->run);
    size_t at;

    while ((at = str_find(rest, STR("{{"))) < rest.len) {
        struct str raw = str_slice(rest, at, rest.len);
        size_t end = str_find(raw, STR("}}"));

        if (end == raw.len)
            return err_set(err, ERR_INPUT, "\"%.*s\" is not closed: write }} in the same paragraph",
                           STR_ARG(shown(raw)));
        raw = str_slice(raw, 0, end + 2);
        if (!add_slot(reader, (size_t)(raw.ptr - reader->run.ptr), raw, err))
            return false;
        rest = str_slice(rest, at + raw.len, rest.len);
    }
    reader->run.len = 0;
    reader->pieces.count = 0;
    reader->piece = 0;
    return true;
}

static void take_text(struct reader *reader, struct str text)
{
    struct piece piece = {reader->at, text.len, reader->run.len};

    if (text.len == 0 || reader->current < 0 ||
        reader->elements.items[reader->current].paragraph < 0)
        return;
    VEC_PUSH(reader->arena, &reader->pieces, piece);
    buf_add(&reader->run, text);
}

/* What a picture is called counts as a paragraph of its own, wherever the picture stands. */
static bool is_paragraph(struct str prefix, struct str local)
{
    if (str_equal(prefix, STR("svg:")))
        return str_equal(local, STR("title")) || str_equal(local, STR("desc"));
    return str_equal(local, STR("p")) || str_equal(local, STR("h"));
}

static bool open_element(struct reader *reader, struct str name, struct err *err)
{
    size_t colon = str_find_char(name, ':');
    struct str prefix = colon < name.len ? str_slice(name, 0, colon + 1) : (struct str){0};
    struct str local = str_slice(name, prefix.len, name.len);
    struct element element = {.from = reader->at,
                              .parent = reader->current,
                              .paragraph = -1,
                              .is_row = str_equal(local, STR("table-row")),
                              .prefix = prefix};
    int index = (int)reader->elements.count;

    if (reader->current >= 0) {
        const struct element *parent = &reader->elements.items[reader->current];

        element.depth = parent->depth + 1;
        element.paragraph = parent->paragraph;
    }
    if (is_paragraph(prefix, local)) {
        if (!end_run(reader, err))
            return false;
        element.paragraph = index;
    }
    VEC_PUSH(reader->arena, &reader->elements, element);
    reader->current = index;
    return true;
}

static bool close_element(struct reader *reader, size_t end, struct err *err)
{
    struct element *element;

    if (reader->current < 0)
        return err_set(err, ERR_INPUT, "its elements do not fit each other");
    element = &reader->elements.items[reader->current];
    element->to = end;
    if (element->paragraph == reader->current && !end_run(reader, err))
        return false;
    reader->current = element->parent;
    return true;
}

/* The length of the tag that begins here: a ">" within quotes is none. */
static size_t tag_len(struct str rest)
{
    char quote = '\0';

    for (size_t i = 1; i < rest.len; i++) {
        char c = rest.ptr[i];

        if (quote != '\0')
            quote = c == quote ? '\0' : quote;
        else if (c == '"' || c == '\'')
            quote = c;
        else if (c == '>')
            return i + 1;
    }
    return rest.len;
}

static bool read_tag(struct reader *reader, struct str tag, struct err *err)
{
    size_t end = reader->at + tag.len;
    size_t len = 1;

    if (str_starts(tag, STR("</")))
        return close_element(reader, end, err);
    while (len < tag.len && strchr(" \t\r\n/>", tag.ptr[len]) == NULL)
        len++;
    if (!open_element(reader, str_slice(tag, 1, len - 1), err))
        return false;
    return !str_ends(tag, STR("/>")) || close_element(reader, end, err);
}

static size_t len_until(struct str rest, struct str end)
{
    return MIN(rest.len, str_find(rest, end) + end.len);
}

static bool read_all(struct reader *reader, struct err *err)
{
    while (reader->at < reader->xml.len) {
        struct str rest = str_slice(reader->xml, reader->at, reader->xml.len);
        size_t len = str_find_char(rest, '<');

        if (len > 0) {
            take_text(reader, str_slice(rest, 0, len));
        } else if (str_starts(rest, STR("<!--"))) {
            len = len_until(rest, STR("-->"));
        } else if (str_starts(rest, STR("<![CDATA["))) {
            len = len_until(rest, STR("]]>"));
        } else if (str_starts(rest, STR("<?"))) {
            len = len_until(rest, STR("?>"));
        } else {
            len = tag_len(rest);
            if (!read_tag(reader, str_slice(rest, 0, len), err))
                return false;
        }
        reader->at += len;
    }
    return true;
}

/* Does the element hold no other text than that of the slot? */
static bool is_lonely(const struct reader *reader, int index, const struct letter_text_slot *slot)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    const struct element *element = &reader->elements.items[index];
    struct str rest = str_slice(reader->xml, element->from, element->to - element->from);
    struct buf text = {.arena = scratch};

    if (rest.len > LONELY_MAX)
        return false;
    while (rest.len > 0) {
        size_t len = rest.ptr[0] == '<' ? tag_len(rest) : str_find_char(rest, '<');

        if (rest.ptr[0] != '<')
            buf_add(&text, str_slice(rest, 0, len));
        rest = str_slice(rest, len, rest.len);
    }
    return str_equal(trim(buf_str(&text)), slot->raw);
}

/* The children of the nearest element around both that they lie in; false: one in the other. */
static bool find_sides(const struct reader *reader, int *open, int *close)
{
    const struct element *all = reader->elements.items;

    while (all[*open].parent != all[*close].parent) {
        int down = all[*open].depth - all[*close].depth;

        if (down >= 0)
            *open = all[*open].parent;
        if (down <= 0)
            *close = all[*close].parent;
    }
    return *open != *close;
}

/* What is repeated: see the header. */
static bool find_body(struct reader *reader, struct letter_text_slot *open,
                      const struct letter_text_slot *close, struct err *err)
{
    int first = open->paragraph;
    int last = close->paragraph;
    const struct element *from;
    const struct element *to;

    if (!find_sides(reader, &first, &last))
        return err_set(err, ERR_INPUT,
                       "%.*s and its end stand in one paragraph: put each into a paragraph of its "
                       "own, or into the first and the last cell of a table row",
                       STR_ARG(shown(open->raw)));
    from = &reader->elements.items[first];
    to = &reader->elements.items[last];
    if (from->parent >= 0 && reader->elements.items[from->parent].is_row) {
        const struct element *row = &reader->elements.items[from->parent];

        open->whole = (struct letter_text_range){row->from, row->to};
        open->body = open->whole;
        return true;
    }
    if (!is_lonely(reader, first, open) || !is_lonely(reader, last, close))
        return err_set(err, ERR_INPUT,
                       "beside %.*s or its end stands something else: put each into a paragraph "
                       "of its own, or into the first and the last cell of a table row",
                       STR_ARG(shown(open->raw)));
    open->whole = (struct letter_text_range){from->from, to->to};
    open->body = (struct letter_text_range){from->to, to->from};
    return true;
}

static size_t skip_pieces(const struct reader *reader, size_t index)
{
    for (index++; index < reader->slots.count; index++)
        if (reader->slots.items[index].kind != LETTER_TEXT_GONE)
            break;
    return index;
}

/* Lists that overlap, or a field outside of one but in its row. */
static bool check_place(const struct reader *reader, size_t index, struct err *err)
{
    const struct letter_text_slot *slots = reader->slots.items;
    const struct letter_text_slot *open = &slots[index];

    return ((index == 0 || slots[index - 1].to <= open->whole.from) &&
            (open->end == reader->slots.count || slots[open->end].from >= open->whole.to)) ||
           err_set(err, ERR_INPUT,
                   "%.*s has to be the first field of its table row, and its end the last",
                   STR_ARG(shown(open->raw)));
}

static bool end_list(struct reader *reader, size_t *opened, int *depth, size_t close,
                     struct err *err)
{
    struct letter_text_slot *slots = reader->slots.items;
    struct letter_text_slot *open = *depth > 0 ? &slots[opened[*depth - 1]] : NULL;

    if (open == NULL || !str_equal(open->name, slots[close].name))
        return err_set(err, ERR_INPUT, "%.*s ends a list that is not open there",
                       STR_ARG(shown(slots[close].raw)));
    open->end = skip_pieces(reader, close);
    (*depth)--;
    return find_body(reader, open, &slots[close], err) &&
           check_place(reader, (size_t)(open - slots), err);
}

static bool pair_lists(struct reader *reader, struct err *err)
{
    struct letter_text_slot *slots = reader->slots.items;
    size_t opened[LETTER_TEXT_DEPTH_MAX];
    int depth = 0;

    for (size_t i = 0; i < reader->slots.count; i++) {
        if (slots[i].kind == LETTER_TEXT_OPEN) {
            if (depth == LETTER_TEXT_DEPTH_MAX)
                return err_set(err, ERR_LIMIT, "more than %d lists in each other",
                               LETTER_TEXT_DEPTH_MAX);
            opened[depth++] = i;
        }
        if (slots[i].kind == LETTER_TEXT_CLOSE && !end_list(reader, opened, &depth, i, err))
            return false;
    }
    return depth == 0 || err_set(err, ERR_INPUT, "%.*s has no end: write {{/%.*s}} behind it",
                                 STR_ARG(shown(slots[opened[depth - 1]].raw)),
                                 STR_ARG(shown(slots[opened[depth - 1]].name)));
}

/* What we put into it is UTF-8. */
static bool check_encoding(struct str xml, struct err *err)
{
    struct str head = str_starts(xml, STR("<?xml")) ? str_slice(xml, 0, len_until(xml, STR("?>")))
                                                    : (struct str){0};
    struct str name = str_slice(head, str_find(head, STR("encoding")), head.len);

    (void)str_cut(&name, '=');
    name = str_trim(name);
    return ((name.len == 0 || (name.len > 6 && strncasecmp(name.ptr + 1, "utf-8", 5) == 0)) &&
            utf8_is_valid(xml)) ||
           err_set(err, ERR_INPUT, "it is not UTF-8: save it with another office suite");
}

bool letter_text_read(struct arena *arena, struct str xml, struct letter_text *text,
                      struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    static const struct xml_tree_limits LIMITS = {.bytes = LETTER_TEXT_BYTES_MAX};
    struct reader reader = {.arena = arena, .xml = xml, .current = -1, .run = {.arena = arena}};
    struct xml_tree *root;

    if (!xml_tree_parse(scratch, xml, &LIMITS, &root, err) || !check_encoding(xml, err) ||
        !read_all(&reader, err) || !pair_lists(&reader, err))
        return false;
    *text = (struct letter_text){xml, reader.slots.items, reader.slots.count};
    return true;
}

#include "xml/xml_edit.h"

#include "core/buf.h"
#include "core/utf8.h"
#include "core/vec.h"
#include "xml/xml_tree.h"

#include <stdlib.h>

struct splice {
    size_t at, len; /* what goes */
    size_t order;   /* of its asking: changes of one place stand in this order */
    struct str text;
};

struct xml_edit {
    struct arena *arena;
    struct str text;
    struct xml_edit_element *root;
    VEC(struct splice) splices;
};

/* On its way through a text that is known to be well-formed. */
struct scan {
    struct xml_edit *edit;
    struct str text;
    size_t at;
    struct xml_edit_element *open;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool starts_at(const struct scan *scan, const char *what)
{
    return str_starts(str_slice(scan->text, scan->at, scan->text.len), str_from_z(what));
}

/* Behind the next occurrence. */
static void skip_to(struct scan *scan, const char *what)
{
    struct str rest = str_slice(scan->text, scan->at, scan->text.len);
    size_t found = str_find(rest, str_from_z(what));

    scan->at += MIN(found + str_from_z(what).len, rest.len);
}

static void split_name(struct str qualified, struct str *prefix, struct str *name)
{
    size_t colon = str_find_char(qualified, ':');

    *prefix = colon < qualified.len ? str_slice(qualified, 0, colon) : STR("");
    *name = colon < qualified.len ? str_slice(qualified, colon + 1, qualified.len) : qualified;
}

static struct str read_name(struct scan *scan)
{
    size_t from = scan->at;

    while (scan->at < scan->text.len && !is_blank(scan->text.ptr[scan->at]) &&
           scan->text.ptr[scan->at] != '>' && scan->text.ptr[scan->at] != '/' &&
           scan->text.ptr[scan->at] != '=')
        scan->at++;
    return str_slice(scan->text, from, scan->at - from);
}

static void skip_blanks(struct scan *scan)
{
    while (scan->at < scan->text.len && is_blank(scan->text.ptr[scan->at]))
        scan->at++;
}

static bool at_tag_end(const struct scan *scan)
{
    return scan->at >= scan->text.len || scan->text.ptr[scan->at] == '>' ||
           scan->text.ptr[scan->at] == '/';
}

static struct xml_edit_attribute read_attribute(struct scan *scan, size_t begin)
{
    struct xml_edit_attribute attribute = {.begin = begin};

    split_name(read_name(scan), &attribute.prefix, &attribute.name);
    while (scan->at < scan->text.len && scan->text.ptr[scan->at] != '"' &&
           scan->text.ptr[scan->at] != '\'')
        scan->at++;
    if (scan->at < scan->text.len) {
        char quote = scan->text.ptr[scan->at++];
        size_t from = scan->at;

        while (scan->at < scan->text.len && scan->text.ptr[scan->at] != quote)
            scan->at++;
        attribute.raw = str_slice(scan->text, from, scan->at - from);
        scan->at = MIN(scan->at + 1, scan->text.len);
    }
    attribute.end = scan->at;
    return attribute;
}

static void read_attributes(struct scan *scan, struct xml_edit_element *element)
{
    VEC(struct xml_edit_attribute) found = {0};

    for (;;) {
        size_t begin = scan->at;

        skip_blanks(scan);
        if (at_tag_end(scan))
            break;
        VEC_PUSH(scan->edit->arena, &found, read_attribute(scan, begin));
    }
    element->attributes = found.items;
    element->count = found.count;
}

/* The URI that a prefix stands for at an element; ptr is NULL when it is not declared. */
static struct str space_of(const struct xml_edit_element *element, struct str prefix)
{
    for (; element != NULL; element = element->parent)
        for (size_t i = 0; i < element->count; i++) {
            const struct xml_edit_attribute *one = &element->attributes[i];
            bool is_default = one->prefix.len == 0 && str_equal(one->name, STR("xmlns"));

            if (prefix.len == 0
                    ? is_default
                    : str_equal(one->prefix, STR("xmlns")) && str_equal(one->name, prefix))
                return one->raw;
        }
    return (struct str){0};
}

static void link_element(struct scan *scan, struct xml_edit_element *element)
{
    struct xml_edit_element *parent = scan->open;

    element->parent = parent;
    if (parent == NULL)
        scan->edit->root = element;
    else if (parent->last == NULL)
        parent->first = parent->last = element;
    else
        parent->last = parent->last->next = element;
}

static void read_start(struct scan *scan)
{
    struct xml_edit_element *element = ARENA_NEW(scan->edit->arena, struct xml_edit_element);

    element->begin = scan->at++;
    split_name(read_name(scan), &element->prefix, &element->name);
    element->tag = scan->at;
    read_attributes(scan, element);
    element->is_empty = starts_at(scan, "/>");
    element->inside = element->close = scan->at;
    link_element(scan, element);
    element->space = space_of(element, element->prefix);
    skip_to(scan, ">");
    element->end = scan->at;
    if (!element->is_empty) {
        element->inside = scan->at;
        scan->open = element;
    }
}

static void read_end(struct scan *scan)
{
    struct xml_edit_element *element = scan->open;

    if (element != NULL)
        element->close = scan->at;
    skip_to(scan, ">");
    if (element != NULL) {
        element->end = scan->at;
        scan->open = element->parent;
    }
}

static void read_all(struct scan *scan)
{
    while (scan->at < scan->text.len) {
        if (scan->text.ptr[scan->at] != '<')
            scan->at++;
        else if (starts_at(scan, "<!--"))
            skip_to(scan, "-->");
        else if (starts_at(scan, "<![CDATA["))
            skip_to(scan, "]]>");
        else if (starts_at(scan, "<?"))
            skip_to(scan, "?>");
        else if (starts_at(scan, "</"))
            read_end(scan);
        else
            read_start(scan);
    }
}

/* <?xml version="1.0" encoding="…"?>: another encoding than the bytes have would be read wrongly.
 */
static bool is_utf8(struct str text)
{
    struct str head = str_slice(text, 0, str_find(text, STR("?>")));
    size_t at = str_find(head, STR("encoding="));
    struct str name = str_slice(head, MIN(at + 10, head.len), 5);

    return !str_starts(text, STR("<?xml")) || at == head.len || str_equal(name, STR("UTF-8")) ||
           str_equal(name, STR("utf-8"));
}

bool xml_edit_open(struct arena *arena, struct str text, struct xml_edit **edit, struct err *err)
{
    struct xml_edit *made = ARENA_NEW(arena, struct xml_edit);
    struct scan scan = {.edit = made, .text = text};
    struct xml_tree *tree;

    if (!utf8_is_valid(text) || !is_utf8(text))
        return err_set(err, ERR_INPUT, "the XML must be in UTF-8");
    if (!xml_tree_parse(arena, text, NULL, &tree, err))
        return false;
    made->arena = arena;
    made->text = text;
    read_all(&scan);
    *edit = made;
    return made->root != NULL || err_set(err, ERR_INPUT, "the XML cannot be read");
}

struct xml_edit_element *xml_edit_root(const struct xml_edit *edit)
{
    return edit->root;
}

static struct xml_edit_element *next_of(struct xml_edit_element *element)
{
    if (element->first != NULL)
        return element->first;
    while (element != NULL && element->next == NULL)
        element = element->parent;
    return element == NULL ? NULL : element->next;
}

struct xml_edit_element *xml_edit_find(const struct xml_edit *edit, struct str id)
{
    for (struct xml_edit_element *one = edit->root; one != NULL; one = next_of(one))
        for (size_t i = 0; i < one->count; i++)
            if (one->attributes[i].prefix.len == 0 &&
                str_equal(one->attributes[i].name, STR("id")) &&
                str_equal(one->attributes[i].raw, id))
                return one;
    return NULL;
}

struct xml_edit_element *xml_edit_child(const struct xml_edit_element *parent, const char *name)
{
    for (struct xml_edit_element *one = parent->first; one != NULL; one = one->next)
        if (str_equal(one->name, str_from_z(name)) && str_equal(one->space, parent->space))
            return one;
    return NULL;
}

static const struct xml_edit_attribute *find_attribute(const struct xml_edit_element *element,
                                                       struct str space, const char *name)
{
    for (size_t i = 0; i < element->count; i++) {
        const struct xml_edit_attribute *one = &element->attributes[i];

        if (!str_equal(one->name, str_from_z(name)) || str_equal(one->prefix, STR("xmlns")))
            continue;
        if (space.len == 0
                ? one->prefix.len == 0
                : one->prefix.len > 0 && str_equal(space_of(element, one->prefix), space))
            return one;
    }
    return NULL;
}

/* "#10" or "#x41", which the reader has found to be a letter. */
static void add_code(struct buf *out, struct str code)
{
    bool is_hex = code.len > 1 && code.ptr[1] == 'x';
    uint32_t number = 0;

    for (size_t i = is_hex ? 2 : 1; i < code.len; i++) {
        char c = code.ptr[i];
        uint32_t digit = c <= '9' ? (uint32_t)(c - '0') : (uint32_t)((c | 0x20) - 'a' + 10);

        number = number * (is_hex ? 16 : 10) + digit;
    }
    utf8_put(out, number);
}

/* The five entities and numbers: the document is well-formed, so there are no others. */
static void decode(struct buf *out, struct str raw)
{
    static const struct {
        struct str name;
        char sign;
    } NAMES[] = {{STR_INIT("lt"), '<'},
                 {STR_INIT("gt"), '>'},
                 {STR_INIT("amp"), '&'},
                 {STR_INIT("quot"), '"'},
                 {STR_INIT("apos"), '\''}};

    while (raw.len > 0) {
        size_t at = str_find_char(raw, '&');

        buf_add(out, str_slice(raw, 0, at));
        raw = str_slice(raw, at + 1, raw.len);
        if (raw.len == 0)
            return;
        struct str name = str_cut(&raw, ';');
        if (name.len > 0 && name.ptr[0] == '#')
            add_code(out, name);
        for (size_t i = 0; i < ARRAY_LEN(NAMES); i++)
            if (str_equal(NAMES[i].name, name))
                buf_char(out, NAMES[i].sign);
    }
}

struct str xml_edit_value(const struct xml_edit *edit, const struct xml_edit_element *element,
                          struct str space, const char *name)
{
    const struct xml_edit_attribute *found = find_attribute(element, space, name);
    struct buf out = {.arena = edit->arena};

    if (found == NULL)
        return (struct str){0};
    decode(&out, found->raw);
    return out.len > 0 ? buf_str(&out) : STR("");
}

/* A piece of text, without comments; CDATA as it is meant. */
static void add_text(struct buf *out, struct str text)
{
    while (text.len > 0) {
        size_t at = str_find_char(text, '<');
        struct str rest = str_slice(text, at, text.len);
        bool is_data = str_starts(rest, STR("<![CDATA["));
        struct str end = is_data                         ? STR("]]>")
                         : str_starts(rest, STR("<!--")) ? STR("-->")
                                                         : STR("?>");
        size_t behind = str_find(rest, end);

        decode(out, str_slice(text, 0, at));
        if (is_data)
            buf_add(out, str_slice(rest, 9, behind - 9));
        text = str_slice(rest, MIN(behind + end.len, rest.len), rest.len);
    }
}

struct str xml_edit_content(const struct xml_edit *edit, const struct xml_edit_element *element)
{
    struct buf out = {.arena = edit->arena};
    size_t from = element->inside;

    for (const struct xml_edit_element *one = element->first; one != NULL; one = one->next) {
        add_text(&out, str_slice(edit->text, from, one->begin - from));
        from = one->end;
    }
    add_text(&out, str_slice(edit->text, from, element->close - from));
    return out.len > 0 ? buf_str(&out) : STR("");
}

static void change(struct xml_edit *edit, size_t at, size_t len, struct str text)
{
    struct splice splice = {at, len, edit->splices.count, text};

    VEC_PUSH(edit->arena, &edit->splices, splice);
}

struct str xml_edit_escape(struct arena *arena, struct str text)
{
    struct buf out = {.arena = arena};

    for (size_t i = 0; i < text.len; i++)
        switch (text.ptr[i]) {
        case '<':
            buf_add(&out, STR("&lt;"));
            break;
        case '>':
            buf_add(&out, STR("&gt;"));
            break;
        case '&':
            buf_add(&out, STR("&amp;"));
            break;
        case '"':
            buf_add(&out, STR("&quot;"));
            break;
        default:
            buf_char(&out, text.ptr[i]);
        }
    return out.len > 0 ? buf_str(&out) : STR("");
}

/* Line ends of an attribute would be read as blanks. */
static struct str escape_value(struct arena *arena, struct str text)
{
    struct str escaped = xml_edit_escape(arena, text);
    struct buf out = {.arena = arena};

    for (size_t i = 0; i < escaped.len; i++)
        if (escaped.ptr[i] == '\n')
            buf_add(&out, STR("&#10;"));
        else
            buf_char(&out, escaped.ptr[i]);
    return out.len > 0 ? buf_str(&out) : STR("");
}

/* A prefix of that namespace which holds at the element; "" when there is none. */
static struct str prefix_of(const struct xml_edit_element *element, struct str space)
{
    for (const struct xml_edit_element *one = element; one != NULL; one = one->parent)
        for (size_t i = 0; i < one->count; i++)
            if (str_equal(one->attributes[i].prefix, STR("xmlns")) &&
                str_equal(one->attributes[i].raw, space) &&
                str_equal(space_of(element, one->attributes[i].name), space))
                return one->attributes[i].name;
    return STR("");
}

void xml_edit_set(struct xml_edit *edit, const struct xml_edit_element *element,
                  struct xml_edit_name name, struct str value)
{
    const struct xml_edit_attribute *found = find_attribute(element, name.space, name.name);
    struct str escaped = escape_value(edit->arena, value);
    struct buf out = {.arena = edit->arena};

    if (found != NULL && value.ptr == NULL) {
        change(edit, found->begin, found->end - found->begin, STR(""));
    } else if (found != NULL) {
        /* Between quotes that are written by us, whichever stood there. */
        buf_printf(&out, "\"%.*s\"", STR_ARG(escaped));
        size_t raw = (size_t)(found->raw.ptr - edit->text.ptr);
        change(edit, raw - 1, found->raw.len + 2, buf_str(&out));
    } else if (value.ptr != NULL) {
        struct str prefix = prefix_of(element, name.space);

        if (name.space.len > 0 && prefix.len == 0) {
            prefix = str_from_z(name.prefix);
            buf_printf(&out, " xmlns:%.*s=\"%.*s\"", STR_ARG(prefix), STR_ARG(name.space));
        }
        buf_printf(&out, " %.*s%s%s=\"%.*s\"", STR_ARG(name.space.len > 0 ? prefix : STR("")),
                   name.space.len > 0 ? ":" : "", name.name, STR_ARG(escaped));
        change(edit,
               element->count > 0 ? element->attributes[element->count - 1].end : element->tag, 0,
               buf_str(&out));
    }
}

struct str xml_edit_qualify(const struct xml_edit *edit, const struct xml_edit_element *like,
                            const char *name)
{
    return like->prefix.len == 0 ? str_from_z(name)
                                 : str_printf(edit->arena, "%.*s:%s", STR_ARG(like->prefix), name);
}

static struct str whole_name(const struct xml_edit *edit, const struct xml_edit_element *element)
{
    return str_slice(edit->text, element->begin + 1, element->tag - element->begin - 1);
}

void xml_edit_put_text(struct xml_edit *edit, const struct xml_edit_element *element,
                       struct str text)
{
    struct str escaped = xml_edit_escape(edit->arena, text);
    struct str name = whole_name(edit, element);

    if (element->is_empty)
        change(edit, element->close, element->end - element->close,
               str_printf(edit->arena, ">%.*s</%.*s>", STR_ARG(escaped), STR_ARG(name)));
    else
        change(edit, element->inside, element->close - element->inside, escaped);
}

/* The white space its line begins with. */
static struct str indent_of(const struct xml_edit *edit, const struct xml_edit_element *element)
{
    size_t from = element->begin;

    while (from > 0 && (edit->text.ptr[from - 1] == ' ' || edit->text.ptr[from - 1] == '\t'))
        from--;
    return from == 0 || edit->text.ptr[from - 1] == '\n'
               ? str_slice(edit->text, from, element->begin - from)
               : STR("");
}

void xml_edit_insert(struct xml_edit *edit, const struct xml_edit_element *parent,
                     const struct xml_edit_element *before, struct str xml)
{
    struct str indent = indent_of(edit, parent);
    struct str name = whole_name(edit, parent);
    struct str line = str_printf(edit->arena, "\n%.*s  %.*s", STR_ARG(indent), STR_ARG(xml));

    if (parent->is_empty)
        change(edit, parent->close, parent->end - parent->close,
               str_printf(edit->arena, ">%.*s\n%.*s</%.*s>", STR_ARG(line), STR_ARG(indent),
                          STR_ARG(name)));
    else if (parent->first == NULL)
        change(edit, parent->inside, parent->close - parent->inside,
               str_printf(edit->arena, "%.*s\n%.*s", STR_ARG(line), STR_ARG(indent)));
    else if (before == parent->first)
        change(edit, parent->inside, 0, line);
    else if (before != NULL)
        change(edit, before->begin, 0,
               str_printf(edit->arena, "%.*s\n%.*s  ", STR_ARG(xml), STR_ARG(indent)));
    else
        change(edit, parent->last->end, 0, line);
}

void xml_edit_add(struct xml_edit *edit, const struct xml_edit_element *parent, bool is_first,
                  const char *name, struct str attributes, struct str text)
{
    struct str escaped = xml_edit_escape(edit->arena, text);
    struct str qualified = xml_edit_qualify(edit, parent, name);
    struct str xml = str_printf(edit->arena, "<%.*s%.*s>%.*s</%.*s>", STR_ARG(qualified),
                                STR_ARG(attributes), STR_ARG(escaped), STR_ARG(qualified));

    xml_edit_insert(edit, parent, is_first ? parent->first : NULL, xml);
}

void xml_edit_remove(struct xml_edit *edit, const struct xml_edit_element *element)
{
    size_t from = element->begin;

    while (from > 0 && is_blank(edit->text.ptr[from - 1]))
        from--;
    change(edit, from, element->end - from, STR(""));
}

static int by_place(const void *a, const void *b)
{
    const struct splice *x = a, *y = b;

    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    return x->order < y->order ? -1 : 1;
}

struct str xml_edit_print(struct xml_edit *edit)
{
    struct buf out = {.arena = edit->arena};
    size_t at = 0;

    if (edit->splices.count > 0)
        qsort(edit->splices.items, edit->splices.count, sizeof edit->splices.items[0], by_place);
    for (size_t i = 0; i < edit->splices.count; i++) {
        const struct splice *splice = &edit->splices.items[i];

        if (splice->at < at) /* inside of what has gone */
            continue;
        buf_add(&out, str_slice(edit->text, at, splice->at - at));
        buf_add(&out, splice->text);
        at = splice->at + splice->len;
    }
    buf_add(&out, str_slice(edit->text, at, edit->text.len));
    return buf_str(&out);
}

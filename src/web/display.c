#include "web/display.h"

#include "core/id.h"
#include "core/utf8.h"
#include "registry/borrowed.h"
#include "registry/record_title.h"

enum {
    ABBREVIATION = 3, /* letters beside the hyphen of "пр-кт", at most */
    SHORT = 4,        /* letters before the full stop of "двлд.", at most */
};

struct display display_start(struct request *request, struct tx *tx, unsigned classes)
{
    return (struct display){request, tx, classes, {.arena = request->arena}};
}

bool display_sees(const struct display *display, const struct register_field *field)
{
    return (field->access & ~display->classes) == 0;
}

struct str display_title(const struct request *request, const struct register_field *field)
{
    return request_pack_text(request, field->title);
}

/* By hand: a page of a list makes hundreds, and printf costs more than all the rest. */
struct str display_record_href(const struct request *request, const struct register_type *type,
                               int64_t id)
{
    static const struct str REGISTERS = STR_INIT("/registers/");
    struct buf href = {.arena = request->arena};

    buf_room(&href, request->base.len + REGISTERS.len + type->id.len + 1 + ID_TEXT_LEN);
    buf_add(&href, request->base);
    buf_add(&href, REGISTERS);
    buf_add(&href, type->id);
    buf_char(&href, '/');
    id_print(&href, id);
    return buf_str(&href);
}

/* Bytes of the run of letters at the start of text, or at its end. */
static size_t letters_head(struct str text)
{
    struct str rest = text;

    while (rest.len > 0) {
        struct str next = rest;

        if (!utf8_is_letter(utf8_next(&next)))
            break;
        rest = next;
    }
    return text.len - rest.len;
}

/* Letters that end at at. */
static size_t letters_before(struct str text, size_t at)
{
    size_t from = at;

    /* Back to what is no letter: all letters that are not ASCII have bytes above it. */
    while (from > 0 && ((unsigned char)text.ptr[from - 1] >= 0x80 ||
                        utf8_is_letter((unsigned char)text.ptr[from - 1])))
        from--;
    return utf8_length(str_slice(text, from, at - from));
}

/* "пр-кт": a hyphen after one to three letters with one to three behind it. */
static bool is_abbreviation(struct str text, size_t at)
{
    struct str tail = str_slice(text, at + 1, text.len - at - 1);
    size_t behind = utf8_length(str_slice(tail, 0, letters_head(tail)));
    size_t before = letters_before(text, at);

    return before > 0 && before <= ABBREVIATION && behind > 0 && behind <= ABBREVIATION;
}

/* "д. 5": a blank after the full stop of one to four letters, with something behind it. */
static bool is_behind_abbreviation(struct str text, size_t at)
{
    size_t letters = at > 0 && text.ptr[at - 1] == '.' ? letters_before(text, at - 1) : 0;

    return letters > 0 && letters <= SHORT && at + 1 < text.len && text.ptr[at + 1] != ' ';
}

struct str display_unbroken(struct arena *arena, struct str text)
{
    struct buf buf = {.arena = arena};
    size_t done = 0;

    for (size_t i = 0; i < text.len; i++) {
        bool is_hyphen = text.ptr[i] == '-' && is_abbreviation(text, i);

        if (!is_hyphen && !(text.ptr[i] == ' ' && is_behind_abbreviation(text, i)))
            continue;
        buf_add(&buf, str_slice(text, done, i - done));
        buf_add(&buf, is_hyphen ? STR("\u2011") : STR("\u00a0"));
        done = i + 1;
    }
    if (done == 0)
        return text;
    buf_add(&buf, str_slice(text, done, text.len - done));
    return buf_str(&buf);
}

struct str display_record_title(const struct request *request, const struct register_type *type,
                                unsigned classes, const struct record *record)
{
    return (type->title_classes & ~classes) == 0 && record->title.len > 0
               ? display_unbroken(request->arena, record->title)
               : id_text(request->arena, record->id);
}

struct named {
    struct str title;
    int64_t publisher; /* of a record of those above, else 0 */
    bool is_read;      /* one of ours, which this person may read */
};

static bool find_name(struct display *display, const struct register_type *type, struct str id,
                      int64_t number, struct named *named, struct err *err)
{
    int64_t no = catalog_no(display->request->catalog, type);
    struct arena *arena = display->request->arena;
    struct named *known = map_find(&display->titles, id);
    struct borrowed borrowed;

    if (known == NULL) {
        known = ARENA_NEW(arena, struct named);
        if (!record_title_own(display->tx, arena, no, number, &known->title, err))
            return false;
        if (known->title.len == 0) {
            if (!borrowed_find(display->tx, arena, no, number, &borrowed, err))
                return false;
            *known = (struct named){borrowed.title, borrowed.publisher, false};
        }
        if (known->publisher == 0 &&
            !request_reads(display->request, type, number, &known->is_read, err))
            return false;
        map_put(&display->titles, id, known);
    }
    *named = *known;
    return true;
}

struct str display_borrowed_href(const struct request *request, const struct register_type *type,
                                 int64_t id)
{
    return page_href(request, "/subscriptions/%.*s/%.*s", STR_ARG(type->id),
                     STR_ARG(id_text(request->arena, id)));
}

static bool show_ref(struct display *display, const struct register_field *field,
                     const struct json *value, struct display_value *shown, struct err *err)
{
    const struct request *request = display->request;
    const struct register_type *type = request->catalog->model->types[field->ref_index];
    struct named named;
    unsigned classes;
    int64_t id;

    if (!id_parse(value->text, &id))
        return true;
    if (!find_name(display, type, value->text, id, &named, err))
        return false;
    (void)policy_may_some(&request->actor.rights, type->index, POLICY_READ, &classes);
    if (named.is_read)
        shown->href = display_record_href(request, type, id);
    else if (named.publisher != 0 &&
             policy_may(&request->actor.rights, type->index, POLICY_READ, NULL) &&
             named.publisher == request->catalog->publishers[type->index])
        shown->href = display_borrowed_href(request, type, id);
    shown->text = display_unbroken(request->arena, named.title);
    /* A title that shows what this person may not see there, they do not see here. */
    if ((type->title_classes & ~classes) != 0 || shown->text.len == 0)
        shown->text = value->text;
    return true;
}

/* A point by its degrees, anything else by what it is. */
static struct str show_place(const struct request *request, const struct json *value)
{
    const struct json *point = json_find(value, STR("coordinates"));

    if (!str_equal(json_find_text(value, STR("type")), STR("Point")) || point == NULL ||
        point->count < 2)
        return request_text(request, STR("an outline on the map"));
    return str_printf(request->arena, "%.*s°, %.*s°", STR_ARG(point->first->next->text),
                      STR_ARG(point->first->text));
}

static struct str add_unit(const struct request *request, const struct register_field *field,
                           struct str text)
{
    if (field->unit.len == 0 || text.len == 0)
        return text;

    struct buf with = {.arena = request->arena};
    buf_add(&with, text);
    buf_add(&with, STR("\u00a0"));
    buf_add(&with, request_pack_text(request, field->unit));
    return buf_str(&with);
}

/* "123-456-789 01", as it stands on the card that people hold in their hands. */
static struct str show_snils(struct arena *arena, struct str text)
{
    enum {
        DIGITS = 11
    };
    const char *d = text.ptr;

    return text.len != DIGITS
               ? text
               : str_printf(arena, "%.3s-%.3s-%.3s\u00a0%.2s", d, d + 3, d + 6, d + 9);
}

bool display_field(struct display *display, const struct register_field *field,
                   const struct json *value, struct display_value *shown, struct err *err)
{
    struct request *request = display->request;

    *shown = (struct display_value){0};
    if (value == NULL || value->kind == JSON_NULL)
        return true;
    if (field->type == FIELD_REF && field->ref_index >= 0)
        return show_ref(display, field, value, shown, err);
    if (field->type == FIELD_GEOMETRY) {
        shown->text = show_place(request, value);
        return true;
    }
    shown->text =
        record_field_text(request->arena, request->catalog, field, value, request->language);
    if (field->type == FIELD_TEXT && field->format.len == 0)
        shown->text = display_unbroken(request->arena, shown->text);
    if (str_equal(field->format, STR("snils")))
        shown->text = show_snils(request->arena, shown->text);
    if (field->tags != NULL)
        shown->tag =
            json_find_text(field->tags, value->kind == JSON_TRUE ? STR("true") : value->text);
    if (field->type == FIELD_INT || field->type == FIELD_DECIMAL)
        shown->text = add_unit(request, field, shown->text);
    return true;
}

bool display_typed(struct display *display, const struct register_field *field,
                   const struct json *value, struct display_value *shown, struct err *err)
{
    const struct request *request = display->request;
    bool reads = true;
    int64_t id;

    if (field->type == FIELD_REF && field->ref_index >= 0 && id_parse(value->text, &id)) {
        const struct register_type *type = request->catalog->model->types[field->ref_index];

        if (policy_is_limited(&request->actor.rights, type->index, POLICY_READ) &&
            !request_reads(request, type, id, &reads, err))
            return false;
    }
    if (reads)
        return display_field(display, field, value, shown, err);
    *shown = (struct display_value){.text = value->text};
    return true;
}

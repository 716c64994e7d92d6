#include "registry/record_title.h"

#include "core/id.h"
#include "core/num.h"
#include "core/time.h"
#include "core/utf8.h"
#include "registry/borrowed.h"
#include "store/rows.h"

enum {
    TITLE_MAX = 500, /* characters */
};

static const struct str LANGUAGES[] = {STR_INIT("ru"), STR_INIT("ky"), STR_INIT("en")};

bool record_title_own(struct tx *tx, struct arena *arena, int64_t no, int64_t id, struct str *title,
                      struct err *err)
{
    struct rows rows;

    if (!store_query(tx, arena, &rows,
                     "SELECT title FROM record WHERE tenant = $1 AND register = $2 AND id = $3"
                     " ORDER BY valid_from DESC LIMIT 1",
                     ARGS(INT(tx->tenant), INT(no), INT(id)), err))
        return false;
    *title = rows.count > 0 ? rows_text(&rows, 0, 0) : (struct str){0};
    return true;
}

bool record_title_of(struct tx *tx, struct arena *arena, int64_t no, int64_t id, struct str *title,
                     struct err *err)
{
    struct borrowed borrowed = {0};

    if (!record_title_own(tx, arena, no, id, title, err) ||
        (title->len == 0 && !borrowed_find(tx, arena, no, id, &borrowed, err)))
        return false;
    if (title->len == 0)
        *title = borrowed.title;
    return true;
}

static struct str join_texts(struct arena *arena, const struct json *list)
{
    struct buf buf = {.arena = arena};

    for (const struct json *item = list->first; item != NULL; item = item->next) {
        if (item != list->first)
            buf_add(&buf, STR(", "));
        buf_add(&buf, item->text);
    }
    return buf_str(&buf);
}

static struct str yes_or_no(bool is_yes, enum model_language language)
{
    static const struct str WORDS[][2] = {{STR_INIT("нет"), STR_INIT("да")},
                                          {STR_INIT("жок"), STR_INIT("ооба")},
                                          {STR_INIT("no"), STR_INIT("yes")}};

    return WORDS[language][is_yes];
}

static struct str print_field(struct arena *arena, const struct register_field *field,
                              const struct json *value, enum model_language language)
{
    struct buf buf = {.arena = arena};
    int64_t number;

    if (field->type == FIELD_DAY && time_parse_day(value->text, &number))
        time_print_day_local(&buf, number);
    else if (field->type == FIELD_MOMENT && time_parse_moment(value->text, &number))
        time_print_moment_local(&buf, number, 0);
    else if (field->type == FIELD_DECIMAL ||
             /* Four digits are a year more often than a quantity. */
             (field->type == FIELD_INT && value->text.len > 4))
        num_print_local(&buf, value->text, LANGUAGES[language]);
    else
        return value->text;
    return buf_str(&buf);
}

struct str record_field_text(struct arena *arena, const struct catalog *catalog,
                             const struct register_field *field, const struct json *value,
                             enum model_language language)
{
    if (value == NULL || value->kind == JSON_NULL)
        return (struct str){0};
    switch (field->type) {
    case FIELD_CODE:
        return catalog_code_title(catalog, field->list, value->text, language);
    case FIELD_BOOL:
        return yes_or_no(value->kind == JSON_TRUE, language);
    case FIELD_TEXTS:
        return join_texts(arena, value);
    case FIELD_GEOMETRY:
    case FIELD_OTHER: {
        struct buf buf = {.arena = arena};

        json_write(&buf, value);
        return buf_str(&buf);
    }
    case FIELD_TEXT:
    case FIELD_INT:
    case FIELD_DECIMAL:
    case FIELD_DAY:
    case FIELD_MOMENT:
    case FIELD_REF:
        break;
    }
    return print_field(arena, field, value, language);
}

/* Whole numbers in titles are names ("д. 1958"), not quantities, so they are not grouped. */
static struct str title_text(struct arena *arena, const struct catalog *catalog,
                             const struct register_field *field, const struct json *value)
{
    if (value->kind == JSON_NUMBER)
        return value->text;
    return record_field_text(arena, catalog, field, value, MODEL_RU);
}

bool record_title(const struct registry *registry, const struct register_type *type,
                  const struct json *value, struct str *title, struct err *err)
{
    struct arena *arena = registry->arena;
    struct json *view = json_new(arena, JSON_OBJECT);
    struct buf line = {.arena = arena};

    for (const struct json *member = value->first; member != NULL; member = member->next) {
        const struct register_field *field = register_type_field(type, member->name);
        struct str text = {0};
        int64_t id;

        if (field == NULL || member->kind == JSON_NULL || !field->is_in_title)
            continue;
        if (field->type == FIELD_REF) {
            if (field->ref_index >= 0 && id_parse(member->text, &id) &&
                !record_title_of(registry->tx, arena, registry->catalog->nos[field->ref_index], id,
                                 &text, err))
                return false;
        } else if (field->type == FIELD_BOOL) {
            json_set_bool(arena, view, member->name, member->kind == JSON_TRUE);
            continue;
        } else {
            text = title_text(arena, registry->catalog, field, member);
        }
        json_set_text(arena, view, member->name, text);
    }
    template_render_line(type->title_line, view, &line);
    *title = utf8_head(str_trim(buf_str(&line)), TITLE_MAX);
    return true;
}

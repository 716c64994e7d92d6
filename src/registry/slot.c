#include "registry/slot.h"

#include "core/id.h"
#include "core/num.h"
#include "core/time.h"
#include "core/utf8.h"

/*
 * Keys of several values would run together in one buffer that moves when it grows, so
 * each text gets a buffer of its own in the arena.
 */
static struct str print_key(struct arena *arena, struct str text)
{
    struct buf key = {.arena = arena};

    utf8_key(&key, text);
    return buf_str(&key);
}

static bool parse_number(const struct register_field *field, struct str text, int64_t *number)
{
    switch (field->type) {
    case FIELD_INT:
        return num_parse_scaled(text, 0, number);
    case FIELD_DECIMAL:
        return num_parse_scaled(text, field->scale, number);
    case FIELD_DAY:
        return time_parse_day(text, number);
    case FIELD_MOMENT:
        return time_parse_moment(text, number);
    case FIELD_REF:
        return id_parse(text, number);
    case FIELD_BOOL:
        *number = str_equal(text, STR("true"));
        return *number == 1 || str_equal(text, STR("false"));
    case FIELD_TEXT:
    case FIELD_CODE:
    case FIELD_GEOMETRY:
    case FIELD_TEXTS:
    case FIELD_OTHER:
        break;
    }
    return false;
}

struct store_arg slot_value(struct buf *buf, const struct register_field *field,
                            const struct json *value)
{
    struct str text = {0};
    int64_t number;

    if (value == NULL || value->kind == JSON_NULL)
        return NONE;
    if (field->type == FIELD_TEXT)
        return TEXT(print_key(buf->arena, value->text));
    if (field->type == FIELD_CODE)
        return TEXT(value->text);
    text = value->kind == JSON_TRUE    ? STR("true")
           : value->kind == JSON_FALSE ? STR("false")
                                       : value->text;
    return parse_number(field, text, &number) ? INT(number) : NONE;
}

bool slot_parse(struct buf *buf, const struct register_field *field, struct str typed,
                struct store_arg *value)
{
    int64_t number;
    struct str plain;

    typed = str_trim(typed);
    if (field->type == FIELD_TEXT) {
        *value = TEXT(print_key(buf->arena, typed));
        return true;
    }
    if (field->type == FIELD_CODE) {
        *value = TEXT(typed);
        return true;
    }
    if (parse_number(field, typed, &number) ||
        (field->type == FIELD_DAY && time_parse_day_typed(typed, &number)) ||
        ((field->type == FIELD_INT || field->type == FIELD_DECIMAL) &&
         num_parse_typed(buf->arena, typed, &plain) && parse_number(field, plain, &number))) {
        *value = INT(number);
        return true;
    }
    return false;
}

static struct str key_text(const struct json *value)
{
    if (value == NULL || value->kind == JSON_NULL)
        return (struct str){0};
    return value->kind == JSON_TRUE ? STR("true") : value->text;
}

/* What parts the fields is marked where it stands in one, so that no two keys run together. */
static void add_part(struct buf *joined, struct str part)
{
    for (size_t i = 0; i < part.len; i++) {
        if (part.ptr[i] == '|' || part.ptr[i] == '\\')
            buf_char(joined, '\\');
        buf_char(joined, part.ptr[i]);
    }
}

struct str slot_key(struct buf *buf, const struct register_type *type, const struct json *value)
{
    struct buf joined = {.arena = buf->arena};

    if (type->key_count == 0)
        return (struct str){0};
    for (size_t i = 0; i < type->key_count; i++) {
        struct str part = str_trim(key_text(json_find(value, type->fields[type->key[i]].name)));

        if (part.len == 0)
            return (struct str){0};
        if (i > 0)
            buf_char(&joined, '|');
        if (type->key_count == 1)
            buf_add(&joined, part);
        else
            add_part(&joined, part);
    }
    return print_key(buf->arena, buf_str(&joined));
}

void slot_fill(struct arena *arena, const struct register_type *type, const struct json *value,
               struct store_arg slots[QUERY_ID])
{
    struct buf buf = {.arena = arena};

    for (int i = 0; i < QUERY_ID; i++)
        slots[i] = NONE;
    if (type->key_count > 0) {
        struct str key = slot_key(&buf, type, value);

        if (key.len > 0)
            slots[QUERY_T1] = TEXT(key);
    }
    for (size_t i = 0; i < type->field_count; i++) {
        const struct register_field *field = &type->fields[i];

        if (field->slot > QUERY_T1 || (field->slot == QUERY_T1 && type->key_count == 0))
            slots[field->slot] = slot_value(&buf, field, json_find(value, field->name));
    }
}

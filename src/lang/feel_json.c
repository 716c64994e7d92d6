/* JSON to values and back. */
#include "core/arena.h"
#include "core/json.h"
#include "lang/feel.h"
#include "lang/feel_time.h"

static const struct feel_value *list_from(struct arena *arena, const struct json *json)
{
    const struct feel_value **items = ARENA_ARRAY(arena, const struct feel_value *, json->count);
    size_t count = 0;

    for (const struct json *item = json->first; item != NULL; item = item->next)
        items[count++] = feel_from_json(arena, item);
    return feel_value_list(arena, items, count);
}

static const struct feel_value *context_from(struct arena *arena, const struct json *json)
{
    struct feel_entry *entries = ARENA_ARRAY(arena, struct feel_entry, json->count);
    size_t count = 0;

    for (const struct json *item = json->first; item != NULL; item = item->next)
        entries[count++] = (struct feel_entry){item->name, feel_from_json(arena, item)};
    return feel_value_context(arena, entries, count);
}

const struct feel_value *feel_from_json(struct arena *arena, const struct json *json)
{
    struct feel_number number;

    if (json->kind == JSON_TRUE || json->kind == JSON_FALSE)
        return feel_value_boolean(json->kind == JSON_TRUE);
    if (json->kind == JSON_STRING)
        return feel_value_text(arena, json->text);
    if (json->kind == JSON_NUMBER && feel_number_parse(json->text, &number))
        return feel_value_number(arena, number);
    if (json->kind == JSON_ARRAY)
        return list_from(arena, json);
    return json->kind == JSON_OBJECT ? context_from(arena, json) : &feel_null;
}

static struct json *object_to(struct arena *arena, const struct feel_context *context)
{
    struct json *object = json_new(arena, JSON_OBJECT);

    for (size_t i = 0; i < context->count; i++)
        json_set(object, context->entries[i].name, feel_to_json(arena, context->entries[i].value));
    return object;
}

struct json *feel_to_json(struct arena *arena, const struct feel_value *value)
{
    struct buf buf = {.arena = arena};
    struct json *json;

    if (value->kind == FEEL_NULL || value->kind == FEEL_FUNCTION)
        return json_new(arena, JSON_NULL);
    if (value->kind == FEEL_BOOLEAN)
        return json_new_bool(arena, value->boolean);
    if (value->kind == FEEL_CONTEXT)
        return object_to(arena, &value->context);
    if (value->kind == FEEL_LIST) {
        json = json_new(arena, JSON_ARRAY);
        for (size_t i = 0; i < value->list.count; i++)
            json_push(json, feel_to_json(arena, value->list.items[i]));
        return json;
    }
    feel_value_print_bare(&buf, value);
    if (value->kind != FEEL_NUMBER)
        return json_new_text(arena, buf_str(&buf));
    json = json_new(arena, JSON_NUMBER);
    json->text = buf_str(&buf);
    return json;
}

static const struct feel_value *read_moment(struct feel_run *run, enum feel_kind kind,
                                            const struct feel_value *value)
{
    struct feel_moment moment;
    bool is_good = false;

    if (kind == FEEL_DATE)
        is_good = feel_time_parse_date(value->text, &moment);
    else if (kind == FEEL_TIME)
        is_good = feel_time_parse_time(run, value->text, &moment);
    else if (kind == FEEL_DATE_TIME)
        is_good = feel_time_parse_date_time(run, value->text, &moment);
    if (is_good)
        return feel_value_moment(run->arena, kind, moment);
    if (kind == FEEL_MONTHS || kind == FEEL_SECONDS) {
        const struct feel_value *duration = feel_time_parse_duration(run->arena, value->text);
        return duration != NULL ? duration : value;
    }
    return value;
}

static const struct feel_value *read_members(struct feel_run *run, const struct feel_type *type,
                                             const struct feel_value *value)
{
    size_t count = value->context.count;
    struct feel_entry *entries = ARENA_ARRAY(run->arena, struct feel_entry, count);

    for (size_t i = 0; i < count; i++) {
        entries[i] = value->context.entries[i];
        for (size_t j = 0; j < type->count; j++)
            if (str_equal(entries[i].name, type->members[j].name))
                entries[i].value = feel_read_texts(run, type->members[j].type, entries[i].value);
    }
    return feel_value_context(run->arena, entries, count);
}

const struct feel_value *feel_read_texts(struct feel_run *run, const struct feel_type *type,
                                         const struct feel_value *value)
{
    const struct feel_value **items;

    while (type != NULL && type->kind == FEEL_TYPE_ALIAS)
        type = type->item;
    if (type == NULL)
        return value;
    if (type->kind == FEEL_TYPE_PLAIN && value->kind == FEEL_STRING)
        return read_moment(run, type->plain, value);
    if (type->kind == FEEL_TYPE_CONTEXT && value->kind == FEEL_CONTEXT)
        return read_members(run, type, value);
    if (type->kind != FEEL_TYPE_LIST || value->kind != FEEL_LIST)
        return value;
    items = ARENA_ARRAY(run->arena, const struct feel_value *, value->list.count);
    for (size_t i = 0; i < value->list.count; i++)
        items[i] = feel_read_texts(run, type->item, value->list.items[i]);
    return feel_value_list(run->arena, items, value->list.count);
}

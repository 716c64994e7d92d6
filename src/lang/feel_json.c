/* JSON to values and back. */
#include "core/arena.h"
#include "core/json.h"
#include "lang/feel.h"

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

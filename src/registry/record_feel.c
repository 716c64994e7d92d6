#include "registry/record_feel.h"

#include "core/arena.h"
#include "core/id.h"
#include "registry/slot.h"

struct feel_scope *record_feel_scope(struct arena *arena, const struct register_type *type)
{
    struct feel_scope *scope = feel_scope_new(arena, NULL);

    for (size_t i = 0; i < type->field_count; i++)
        feel_scope_add(scope, type->fields[i].name);
    return scope;
}

bool record_feel_parse(struct arena *arena, const struct register_type *type, struct str text,
                       struct feel_node **tree, struct err *err)
{
    return record_feel_parse_in(record_feel_scope(arena, type), type, text, tree, err);
}

bool record_feel_parse_in(struct feel_scope *scope, const struct register_type *type,
                          struct str text, struct feel_node **tree, struct err *err)
{
    if (!feel_parse(scope, text, tree, err))
        return false;
    return scope->unknown.name.len == 0 ||
           err_set(err, ERR_INPUT, "line %d, column %d: there is no field \"%.*s\" in %.*s",
                   scope->unknown.line, scope->unknown.column,
                   STR_ARG(str_slice(scope->unknown.name, 0, 60)), STR_ARG(type->id));
}

static const struct feel_value *moment_value(struct arena *arena, int64_t at)
{
    enum {
        SECOND_MS = 1000,
        MS_NANOS = 1000 * 1000,
        DAY_MS = 86400 * SECOND_MS,
    };
    int64_t day = at / DAY_MS - (at % DAY_MS < 0 ? 1 : 0);
    int64_t rest = at - day * DAY_MS;
    struct feel_moment moment = {.day = day,
                                 .second = (int32_t)(rest / SECOND_MS),
                                 .nano = (int32_t)(rest % SECOND_MS) * MS_NANOS,
                                 .zone = {.kind = FEEL_ZONE_OFFSET}};

    return feel_value_moment(arena, FEEL_DATE_TIME, moment);
}

static const struct feel_value *number_value(struct arena *arena, const struct json *value)
{
    struct feel_number number;

    return feel_number_parse(value->text, &number) ? feel_value_number(arena, number) : &feel_null;
}

static const struct feel_value *field_value(struct arena *arena, const struct register_field *field,
                                            const struct json *value)
{
    struct buf buf = {.arena = arena};
    struct store_arg slot = slot_value(&buf, field, value);

    switch (field->type) {
    case FIELD_GEOMETRY:
    case FIELD_TEXTS:
    case FIELD_OTHER:
        return value != NULL ? feel_from_json(arena, value) : &feel_null;
    case FIELD_TEXT:
    case FIELD_CODE:
        return slot.kind == STORE_NULL ? &feel_null : feel_value_text(arena, value->text);
    case FIELD_INT:
    case FIELD_DECIMAL:
        return slot.kind == STORE_NULL ? &feel_null : number_value(arena, value);
    case FIELD_BOOL:
        return slot.kind == STORE_NULL ? &feel_null : feel_value_boolean(slot.number == 1);
    case FIELD_DAY:
        return slot.kind == STORE_NULL
                   ? &feel_null
                   : feel_value_moment(arena, FEEL_DATE, (struct feel_moment){.day = slot.number});
    case FIELD_MOMENT:
        return slot.kind == STORE_NULL ? &feel_null : moment_value(arena, slot.number);
    case FIELD_REF:
        return slot.kind == STORE_NULL ? &feel_null
                                       : feel_value_text(arena, id_text(arena, slot.number));
    }
    return &feel_null;
}

const struct feel_value *record_feel_values(struct arena *arena, const struct register_type *type,
                                            const struct json *value)
{
    struct feel_entry *entries = ARENA_ARRAY(arena, struct feel_entry, type->field_count);

    for (size_t i = 0; i < type->field_count; i++) {
        const struct register_field *field = &type->fields[i];

        entries[i] = (struct feel_entry){field->name,
                                         field_value(arena, field, json_find(value, field->name))};
    }
    return feel_value_context(arena, entries, type->field_count);
}

const struct feel_value *record_feel_eval(struct feel_run *run, const struct register_type *type,
                                          const struct feel_node *tree, const struct json *value)
{
    struct feel_frame frame = {.item = record_feel_values(run->arena, type, value)};

    return feel_eval(run, tree, &frame);
}

bool record_feel_names(const struct register_type *type, const struct feel_node *node)
{
    if (node == NULL)
        return false;
    if (node->kind == FEEL_NODE_NAME && register_type_field(type, node->name) != NULL)
        return true;
    for (size_t i = 0; i < node->count; i++)
        if (record_feel_names(type, node->items[i]))
            return true;
    return false;
}

bool record_feel_names_clock(const struct register_type *type, const struct feel_node *node)
{
    if (node->kind == FEEL_NODE_NAME && register_type_field(type, node->name) == NULL &&
        (str_equal(node->name, STR("today")) || str_equal(node->name, STR("now"))))
        return true;
    for (size_t i = 0; i < node->count; i++)
        if (record_feel_names_clock(type, node->items[i]))
            return true;
    return false;
}
